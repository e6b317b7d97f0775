/* SPDX-License-Identifier: MIT */
#include "cli/cmd_profile_new.h"

#include <stdlib.h>

#include "checker/base/buf.h"
#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/vec.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file.h"
#include "checker/limits.h"
#include "cli/options/options.h"
#include "reports/output.h"
#include "rules/profile/profile.h"
#include "rules/profile/profile_draft.h"

struct drafting {
	VEC(const struct cert *) certs;
};

static void drafting_release(struct drafting *drafting)
{
	for (size_t i = 0; i < drafting->certs.count; i++)
		cert_unref(drafting->certs.items[i]);
	free(drafting->certs.items);
}

static bool add_cert(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	struct drafting *drafting = arg;

	if (!vec_reserve(&drafting->certs))
		return error_set_memory(err);
	const struct cert *cert = cert_new(der, len, err);
	if (!cert)
		return false;
	drafting->certs.items[drafting->certs.count++] = cert;
	return true;
}

static bool read_file(struct drafting *drafting, const char *path, struct error *err)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(LIMIT_CHAIN_FILE_BYTES);

	return buf_read_file(&bytes, path, err) &&
	       cert_file_read(&(struct cert_file){ .path = path,
				      .bytes = (const uint8_t *)bytes.data,
				      .len = bytes.len },
		       add_cert, drafting, err);
}

static bool read_files(struct drafting *drafting, const struct options *options, struct error *err)
{
	for (size_t i = 0; i < options->draft_from.count; i++)
		if (!read_file(drafting, options->draft_from.items[i], err))
			return false;
	/* "--from A B": what follows the first one is no option's value. */
	for (size_t i = 1; i < options->args.count; i++)
		if (!read_file(drafting, options->args.items[i], err))
			return false;
	return true;
}

static bool write_draft(const struct buf *draft, const char *path, struct error *err)
{
	CLEANUP(output_freep) struct output *output = output_open(path, err);

	return output && output_write(output, buf_text(draft), draft->len, err) &&
	       output_commit(output, err);
}

bool profile_new(const struct options *options, struct error *err)
{
	CLEANUP(drafting_release) struct drafting drafting = { .certs = { NULL, 0, 0 } };
	CLEANUP(buf_release) struct buf draft = BUF_INIT(LIMIT_PROFILE_BYTES);

	if (options->draft_from.count == 0)
		return error_set(err, ERROR_USAGE,
			"profile new: from which certificates? --from FILE has to name them");
	if (!read_files(&drafting, options, err) ||
		!profile_draft(drafting.certs.items, drafting.certs.count, options->draft_id,
			clock_now(), &draft, err))
		return false;
	/* What cannot be loaded is not handed out: an id that is none, for one. */
	CLEANUP(profile_freep) struct profile *profile = profile_parse("the draft", &draft, err);
	return profile && write_draft(&draft, options->draft_output, err);
}
