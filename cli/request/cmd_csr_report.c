/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "cli/options/options.h"
#include "cli/process/exit_code.h"
#include "cli/request/cmd_csr.h"
#include "reports/json.h"
#include "reports/output.h"
#include "reports/request/reviewed.h"
#include "reports/text/page.h"

/* LIMIT_CSRS requests of some thousand names, with what is wrong with each. */
#define REPORT_BYTES (64u << 20)

enum form { FORM_TEXT, FORM_NDJSON, FORM_JSON, FORM_COUNT };
static const char *const forms[FORM_COUNT] = { "text", "ndjson", "json" };

static enum form form_of(const char *name)
{
	enum form form = FORM_TEXT;

	while (form < FORM_COUNT && strcmp(forms[form], name) != 0)
		form++;
	return form;
}

bool csr_report_knows(const char *name, struct error *err)
{
	return form_of(name) != FORM_COUNT ||
	       error_set(err, ERROR_USAGE,
		       "csr does not write format '%s'; there are: text, ndjson, json", name);
}

static bool wants_color(const struct options *options, const char *path)
{
	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	return strcmp(path, "-") == 0 && console_wants_color(STDOUT_FILENO);
}

static void put_text(const struct options *options, const char *path,
	const struct reviewed *reviewed, size_t count, struct buf *out)
{
	struct page page;

	page_init(&page, out, strcmp(path, "-") == 0 ? console_columns(STDOUT_FILENO) : 0,
		wants_color(options, path));
	page.language = options->language;
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			page_gap(&page);
		reviewed_put_text(&reviewed[i], &page);
	}
}

static bool put_json(enum form form, const struct reviewed *reviewed, size_t count, struct buf *out)
{
	struct json json;

	json_init(&json, out);
	if (form == FORM_JSON)
		json_begin_array(&json);
	for (size_t i = 0; i < count; i++) {
		if (form == FORM_NDJSON)
			json_init(&json, out);
		reviewed_put_json(&reviewed[i], &json);
		if (form == FORM_NDJSON)
			(void)buf_add_char(out, '\n');
	}
	if (form == FORM_JSON) {
		json_end_array(&json);
		(void)buf_add_char(out, '\n');
	}
	return !out->failed;
}

bool csr_report(const struct options *options, const char *name, const char *path,
	const struct reviewed *reviewed, size_t count, struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(REPORT_BYTES);
	enum form form = form_of(name);

	if (form == FORM_TEXT)
		put_text(options, path, reviewed, count, &text);
	else if (!put_json(form, reviewed, count, &text))
		return error_set_memory(err);
	CLEANUP(output_freep) struct output *output = output_open(path, err);

	return output && output_write(output, buf_text(&text), text.len, err) &&
	       output_commit(output, err);
}

int csr_exit_code(const struct reviewed *reviewed, size_t count)
{
	int code = EXIT_CODE_OK;

	for (size_t i = 0; i < count; i++) {
		const char *verdict = reviewed_verdict(&reviewed[i]);

		if (strcmp(verdict, "unreadable") == 0)
			return EXIT_CODE_TROUBLE;
		if (strcmp(verdict, "fit") != 0)
			code = EXIT_CODE_FAILED;
	}
	return code;
}
