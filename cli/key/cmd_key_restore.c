/* SPDX-License-Identifier: MIT */
#include "cli/key/cmd_key.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_pem.h"
#include "checker/key/key_file.h"
#include "checker/key/private_key.h"
#include "cli/key/bundling.h"
#include "cli/options/options.h"
#include "cli/process/exit_code.h"
#include "reports/output.h"

#define RESTORED_BYTES (4u << 20)
#define MODE_KEY 0600
#define MODE_CHAIN 0644

/* A file that is to be there in the end. */
struct placed {
	const char *path; /* NULL: not wanted */
	struct buf bytes;
	mode_t mode;
	struct output *output; /* NULL: it is there already */
	bool appeared;
};

static void placed_release(struct placed *placed)
{
	output_free(placed->output);
	private_key_wipe(&placed->bytes);
}

/* --- What goes into them --- */

/* In place of a bundle: what the backup has, but for roots. */
static size_t as_they_are(const struct bundling *bundling, const struct cert *leaf,
	const struct cert *certs[BUNDLING_CERTS])
{
	const struct pile *pile = &bundling->pile;
	size_t count = 0;

	certs[count++] = leaf;
	for (size_t i = 0; i < pile->items.count && count < BUNDLING_CERTS; i++) {
		const struct cert *cert = pile->items.items[i].cert;
		if (cert->readable && cert->is_ca && !cert->self_signed)
			certs[count++] = cert;
	}
	return count;
}

static bool fill_chain(
	struct bundling *bundling, const struct cert *leaf, struct placed *chain, struct error *err)
{
	const struct cert *certs[BUNDLING_CERTS];
	size_t count;

	if (!bundling_make(bundling, leaf, err))
		return false;
	bundling_tell(bundling);
	if (bundling->bundle.state == BUNDLE_WHOLE) {
		count = bundling_certs(bundling, true, certs);
	} else {
		console_warn(&bundling->options->console,
			"the chain is as the backup has it, and not as it should be: %s",
			bundling->bundle.why);
		count = as_they_are(bundling, leaf, certs);
	}
	for (size_t i = 0; i < count; i++)
		if (!cert_pem_add(certs[i], &chain->bytes))
			return error_set_memory(err);
	return true;
}

/* --- Where they go --- */

static bool is_same(const struct placed *placed)
{
	CLEANUP(private_key_wipe) struct buf there = BUF_INIT(RESTORED_BYTES);

	return buf_read_file(&there, placed->path, NULL) && there.len == placed->bytes.len &&
	       memcmp(there.data, placed->bytes.data, there.len) == 0;
}

static bool prepare(struct placed *placed, struct error *err)
{
	struct stat there;

	if (!placed->path)
		return true;
	if (lstat(placed->path, &there) != 0 || !S_ISREG(there.st_mode) || !is_same(placed)) {
		placed->output = output_open_new(placed->path, placed->mode, err);
		return placed->output && output_write(placed->output, buf_text(&placed->bytes),
						 placed->bytes.len, err);
	}
	/* What is right is left as it is, and who may read it, too. */
	mode_t mode = there.st_mode & placed->mode;
	if (mode != (there.st_mode & 0777) && chmod(placed->path, mode) != 0)
		return error_set_errno(
			err, errno, "%s: who may read it cannot be set", placed->path);
	return true;
}

static bool appear(struct placed *placed, struct error *err)
{
	if (!placed->output)
		return true;
	placed->appeared = output_commit(placed->output, err);
	return placed->appeared;
}

static void tell(const struct options *options, const struct placed *placed)
{
	if (placed->path && placed->appeared)
		console_tell(&options->console, "%s: restored", placed->path);
	else if (placed->path)
		console_tell(&options->console, "%s: is there already, the same", placed->path);
}

/* Both or none. */
static bool place(
	const struct options *options, struct placed *key, struct placed *chain, struct error *err)
{
	if (!prepare(key, err) || !prepare(chain, err) || !appear(key, err))
		return false;
	if (!appear(chain, err)) {
		if (key->appeared)
			(void)unlink(key->path);
		return false;
	}
	tell(options, key);
	tell(options, chain);
	return true;
}

static bool read_backup(struct bundling *bundling, const struct options *options, struct error *err)
{
	if (options->args.count != 2)
		return error_set(err, ERROR_USAGE, "key restore takes one backup");
	if (!options->made.key && !options->made.certificate)
		return error_set(err, ERROR_USAGE,
			"key restore: where to? --key FILE, --certificate FILE, or both");
	if (!pile_add(&bundling->pile, options->args.items[1], PILE_BOTH, err))
		return false;
	return bundling->pile.key ||
	       error_set(err, ERROR_SYNTAX, "%s: there is no private key in it",
		       options->args.items[1]);
}

int cmd_key_restore(const struct options *options, struct error *err)
{
	CLEANUP(bundling_release) struct bundling bundling;
	CLEANUP(placed_release)
	struct placed key = {
		.path = options->made.key, .bytes = BUF_INIT(RESTORED_BYTES), .mode = MODE_KEY
	};
	CLEANUP(placed_release)
	struct placed chain = { .path = options->made.certificate,
		.bytes = BUF_INIT(RESTORED_BYTES),
		.mode = MODE_CHAIN };

	if (!bundling_begin(&bundling, options, err) || !read_backup(&bundling, options, err))
		return EXIT_CODE_TROUBLE;
	const struct cert *leaf = pile_leaf(&bundling.pile, 0);
	if (!leaf || !bundling_fits(&bundling, leaf))
		return EXIT_CODE_FAILED;
	if ((chain.path && !fill_chain(&bundling, leaf, &chain, err)) ||
		!private_key_write(bundling.pile.key, NULL, &key.bytes, err) ||
		!place(options, &key, &chain, err))
		return EXIT_CODE_TROUBLE;
	return EXIT_CODE_OK;
}
