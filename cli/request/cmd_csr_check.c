/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/vec.h"
#include "checker/csr/csr.h"
#include "checker/csr/csr_file.h"
#include "checker/limits.h"
#include "cli/options/options.h"
#include "cli/process/exit_code.h"
#include "cli/request/cmd_csr.h"
#include "cli/request/csr_wanted.h"
#include "cli/request/known_keys.h"
#include "cli/request/submission.h"
#include "reports/report.h"
#include "reports/request/reviewed.h"
#include "rules/request/review.h"

/* A request of a file, and what it came to. */
struct checked {
	struct reviewed reviewed;
	struct csr *csr;
	struct review review;
	char why[ERROR_TEXT + 40];
};

struct checking {
	const struct options *options;
	struct csr_wanted wanted;
	const char *path; /* of the file that is read now */
	VEC(struct checked *) all;
};

static void checking_release(struct checking *checking)
{
	for (size_t i = 0; i < checking->all.count; i++) {
		csr_free(checking->all.items[i]->csr);
		review_release(&checking->all.items[i]->review);
		free(checking->all.items[i]);
	}
	free(checking->all.items);
	csr_wanted_release(&checking->wanted);
}

static struct checked *add(struct checking *checking, struct error *err)
{
	struct checked *checked = calloc(1, sizeof *checked);

	if (!checked || !vec_reserve(&checking->all)) {
		free(checked);
		(void)error_set_memory(err);
		return NULL;
	}
	checked->reviewed.path = checking->path;
	checking->all.items[checking->all.count++] = checked;
	return checked;
}

static bool add_unreadable(
	struct checking *checking, const struct error *why, size_t line, struct error *err)
{
	struct checked *checked = add(checking, err);

	if (!checked)
		return false;
	(void)snprintf(checked->why, sizeof checked->why, "%s", why->said);
	checked->reviewed.why = checked->why;
	checked->reviewed.line = line;
	return true;
}

static void review_envelope(struct review *review, const struct csr_found *found)
{
	if (found->mixed)
		review_say(review, REVIEW_ENVELOPE_LABELS,
			"its BEGIN and END lines have different labels");
	if (found->wide)
		review_say(review, REVIEW_ENVELOPE_UTF16, "the file is in UTF-16");
}

static bool add_found(void *arg, const struct csr_found *found, struct error *err)
{
	struct checking *checking = arg;
	struct error why = { .code = ERROR_NONE };
	const struct review_terms terms = {
		.profile = checking->wanted.profile,
		.product = checking->wanted.product,
		.name = checking->wanted.name[0] ? checking->wanted.name : NULL,
	};
	struct csr *csr = csr_new(found->der, found->len, &why);

	if (!csr)
		return why.code == ERROR_MEMORY ? error_set_memory(err)
						: add_unreadable(checking, &why, found->line, err);
	struct checked *checked = add(checking, err);
	if (!checked) {
		csr_free(csr);
		return false;
	}
	checked->csr = csr;
	checked->reviewed.csr = csr;
	checked->reviewed.line = found->line;
	if (!review_csr(&checked->review, csr, &terms, err))
		return false;
	review_envelope(&checked->review, found);
	known_keys_review(checking->wanted.known, csr, &checked->review);
	review_sort(&checked->review);
	checked->reviewed.review = &checked->review;
	/* The next ones may have the same key, or one that is made of the same primes. */
	return known_keys_add_csr(checking->wanted.known, csr, checking->path, err);
}

/* What cannot be read is a result like any other; only our own failures end the run. */
static bool read_file(struct checking *checking, const char *path, struct error *err)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(LIMIT_CSR_FILE_BYTES);
	struct error why = { .code = ERROR_NONE };
	size_t before = checking->all.count;

	checking->path = strcmp(path, "-") == 0 ? "standard input" : path;
	if ((!buf_read_file(&bytes, path, &why) ||
		    !csr_file_read(checking->path, (const uint8_t *)bytes.data, bytes.len,
			    add_found, checking, &why)) &&
		(why.code == ERROR_MEMORY || !add_unreadable(checking, &why, 0, err)))
		return error_set_memory(err);
	for (size_t i = before; i < checking->all.count; i++)
		checking->all.items[i]->reviewed.count = checking->all.count - before;
	return true;
}

static int report_all(struct checking *checking, struct error *err)
{
	const struct options *options = checking->options;
	size_t count = checking->all.count;
	struct reviewed *reviewed = calloc(count, sizeof *reviewed);
	bool good = reviewed || error_set_memory(err);

	for (size_t i = 0; good && i < count; i++)
		reviewed[i] = checking->all.items[i]->reviewed;
	for (size_t i = 0; good && i < options->outputs.count; i++)
		good = csr_report(options, report_format_name(options->outputs.items[i].format),
			options->outputs.items[i].path, reviewed, count, err);
	int code = good ? csr_exit_code(reviewed, count) : EXIT_CODE_TROUBLE;
	free(reviewed);
	return code;
}

static bool check_usage(const struct options *options, struct error *err)
{
	if (options->csr.key || options->csr.new_key || options->csr.key_type ||
		options->csr.encrypt || options->csr.new_header || options->csr.organization ||
		options->csr.emit.count > 0 || options->csr.from.count > 0 ||
		options->inputs.count > 0)
		return error_set(err, ERROR_USAGE,
			"csr --check makes nothing: it takes files, --product, --name, --seen, "
			"--weak-keys and --reference");
	if (options->args.count == 0 && !options->csr.reference)
		return error_set(err, ERROR_USAGE,
			"nothing to check: name a file with a request, or - for standard input");
	return true;
}

int csr_check(const struct options *options, struct error *err)
{
	CLEANUP(checking_release) struct checking checking = { .options = options };
	bool form_fits = true;

	if (!check_usage(options, err) || !csr_wanted_terms(&checking.wanted, options, err))
		return EXIT_CODE_TROUBLE;
	for (size_t i = 0; i < options->args.count; i++)
		if (!read_file(&checking, options->args.items[i], err))
			return EXIT_CODE_TROUBLE;
	if (options->csr.reference && !submission_check(options, &form_fits, err))
		return EXIT_CODE_TROUBLE;
	int code = checking.all.count > 0 ? report_all(&checking, err) : EXIT_CODE_OK;
	return code == EXIT_CODE_OK && !form_fits ? EXIT_CODE_FAILED : code;
}
