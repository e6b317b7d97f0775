/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/dcv/dcv_seen.h"
#include "checker/survey/survey.h"
#include "cli/options/options.h"
#include "cli/process/console.h"
#include "cli/request/dcv_names.h"
#include "reports/dcv/dcv_report.h"
#include "reports/output.h"
#include "reports/report.h"
#include "reports/text/page.h"
#include "rules/dcv/dcv.h"
#include "rules/profile/profile.h"

/* Names looked at together; what is seen of them is in memory until they are judged. */
#define TOGETHER 16

#define RECORD_BYTES (4u << 20)
#define PAGE_BYTES (64u << 20)

enum form { FORM_TEXT, FORM_NDJSON, FORM_JSON };

struct run {
	struct options *options;
	struct profile *profile;
	struct dcv_names names;
	struct buf file, code;
	struct dcv_request request;
	char resolvers[LIMIT_DCV_RESOLVERS][RESOLVE_SERVER_BYTES];
	size_t resolver_count;
	struct dcv_verdict *verdicts;
	struct buf *records; /* one each */
	size_t done;
};

static void run_release(struct run *run)
{
	for (size_t i = 0; run->verdicts && i < run->names.all.count; i++)
		dcv_verdict_release(&run->verdicts[i]);
	for (size_t i = 0; run->records && i < run->names.all.count; i++)
		buf_release(&run->records[i]);
	free(run->verdicts);
	free(run->records);
	buf_release(&run->file);
	buf_release(&run->code);
	dcv_names_release(&run->names);
	profile_free(run->profile);
}

/* --- What the command line says --- */

static bool form_of(const struct report_format *format, enum form *ret_form, struct error *err)
{
	static const char *const forms[] = { "text", "ndjson", "json" };
	const char *name = report_format_name(format);

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (strcmp(forms[i], name) == 0) {
			*ret_form = (enum form)i;
			return true;
		}
	}
	return error_set(err, ERROR_USAGE,
		"dcv does not write format '%s'; there are: text, ndjson, json", name);
}

static bool read_methods(struct run *run, struct error *err)
{
	static const unsigned bits[] = { PROFILE_METHOD_FILE, PROFILE_METHOD_DNS,
		PROFILE_METHOD_EMAIL };
	const struct option_list *wanted = &run->options->dcv.methods;

	for (size_t i = 0; i < wanted->count; i++) {
		enum dcv_method method = DCV_FILE;

		while (method < DCV_METHODS &&
			strcmp(dcv_method_name(method), wanted->items[i]) != 0)
			method++;
		if (method == DCV_METHODS)
			return error_set(err, ERROR_USAGE,
				"--method '%s' is none of: file, dns, email", wanted->items[i]);
		run->request.methods |= bits[method];
	}
	return true;
}

/* The one that is named, or the smallest that the names fit. */
static bool find_product(struct run *run, struct error *err)
{
	const char *id = run->options->dcv.product;
	const struct profile_request *request = &run->profile->request;
	bool wildcard = dcv_names_any_wildcard(&run->names);

	run->request.names = dcv_names_count(&run->names);
	if (id) {
		run->request.product = profile_product_by_id(run->profile, id);
		return run->request.product ||
		       error_set(err, ERROR_USAGE, "--product: the profile %s has no product '%s'",
			       run->profile->id, id);
	}
	for (size_t i = 0; i < request->product_count && !run->request.product; i++) {
		const struct profile_product *product = &request->products[i];
		if (product->wildcard == wildcard && product->names >= run->request.names)
			run->request.product = product;
	}
	return run->request.product || request->product_count == 0 ||
	       error_set(err, ERROR_USAGE,
		       "no product of the profile %s has all these names; --product names one",
		       run->profile->id);
}

static bool read_code(struct run *run, struct error *err)
{
	const struct options *options = run->options;

	if (options->dcv.file) {
		if (!buf_read_file(&run->file, options->dcv.file, err))
			return false;
		run->request.code.file = &run->file;
		dcv_code_of_file(&run->request.code);
	}
	if (options->dcv.code_file) {
		if (!buf_read_file(&run->code, options->dcv.code_file, err))
			return false;
		dcv_code_of_text(&run->request.code, &run->code);
		if (!run->request.code.text)
			return error_set(
				err, ERROR_SYNTAX, "%s: has no code", options->dcv.code_file);
	}
	return run->file.len > 0 || !options->dcv.file ||
	       error_set(err, ERROR_SYNTAX, "%s: is empty", options->dcv.file);
}

static bool add_resolvers(struct run *run, const char *list, struct error *err)
{
	char one[RESOLVE_SERVER_BYTES];

	for (const char *at = list; at; at = strchr(at, ','), at = at ? at + 1 : NULL) {
		size_t len = strcspn(at, ",");

		if (run->resolver_count == LIMIT_DCV_RESOLVERS)
			return error_set(err, ERROR_USAGE, "--resolver: more than %d of them",
				LIMIT_DCV_RESOLVERS);
		memcpy(one, at, len < sizeof one ? len : sizeof one - 1);
		one[len < sizeof one ? len : sizeof one - 1] = '\0';
		if (!resolve_direct_server(one, 53, run->resolvers[run->resolver_count]))
			return error_set(err, ERROR_USAGE,
				"--resolver '%s' is no ADDRESS, ADDRESS:PORT or [V6]:PORT", one);
		run->resolver_count++;
	}
	return true;
}

static bool find_resolvers(struct run *run, struct error *err)
{
	const struct options *options = run->options;

	for (size_t i = 0; i < options->dcv.resolvers.count; i++)
		if (!add_resolvers(run, options->dcv.resolvers.items[i], err))
			return false;
	if (run->resolver_count == 0)
		run->resolver_count = resolve_direct_system(run->resolvers, 2);
	if (run->resolver_count == 0)
		return error_set(err, ERROR_USAGE,
			"this system has no resolver; --resolver ADDRESS names one");
	if (run->resolver_count == 1)
		console_warn(&options->console,
			"only one resolver is asked, %s; --resolver ADDRESS, given again, names "
			"another",
			run->resolvers[0]);
	return true;
}

/* A day alone means its first second, but today is now. */
static struct instant day_of(const struct options *options)
{
	struct instant now = clock_now();

	if (!options->has_as_of || options->as_of.seconds == instant_day(now).seconds)
		return now;
	return options->as_of;
}

static bool prepare(struct run *run, struct error *err)
{
	enum form form;

	for (size_t i = 0; i < run->options->outputs.count; i++)
		if (!form_of(run->options->outputs.items[i].format, &form, err))
			return false;
	run->profile = profile_load(run->options->profile, err);
	if (!run->profile)
		return false;
	run->request.profile = run->profile;
	run->request.now = day_of(run->options);
	run->request.has_issued = run->options->dcv.has_issued;
	run->request.issued = run->options->dcv.issued;
	if (!dcv_names_read(&run->names, run->options, err) || !read_methods(run, err) ||
		!find_product(run, err) || !read_code(run, err) || !find_resolvers(run, err))
		return false;
	run->verdicts = calloc(run->names.all.count, sizeof *run->verdicts);
	run->records = calloc(run->names.all.count, sizeof *run->records);
	return (run->verdicts && run->records) || error_set_memory(err);
}

/* --- Looking --- */

static struct survey_options survey_options(struct run *run)
{
	const struct options *options = run->options;
	unsigned methods = dcv_methods(&run->request);
	bool file = methods & PROFILE_METHOD_FILE;

	return (struct survey_options){
		.resolvers = run->resolvers,
		.resolver_count = run->resolver_count,
		.dns_port = options->dcv.dns_port,
		.http_port = options->dcv.http_port,
		.https_port = options->dcv.https_port,
		.path = file ? run->profile->dcv.file : NULL,
		.mail = methods & PROFILE_METHOD_EMAIL,
		.allow_private = options->dcv.allow_private,
		.timeout_s = options->timeout_s,
		.now = run->request.now,
	};
}

static bool judge(struct run *run, const struct dcv_seen *seen, size_t number, struct error *err)
{
	struct dcv_verdict *verdict = &run->verdicts[number];

	dcv_judge(&run->request, seen, verdict);
	run->records[number] = (struct buf)BUF_INIT(RECORD_BYTES);
	return (!verdict->failed &&
		       dcv_report_json(&run->request, seen, verdict, &run->records[number])) ||
	       error_set_memory(err);
}

static bool look_at(
	struct run *run, struct survey *survey, size_t first, size_t count, struct error *err)
{
	struct dcv_seen *seen = calloc(count, sizeof *seen);
	bool good = seen || error_set_memory(err);

	for (size_t i = 0; i < count && good; i++) {
		const struct dcv_name *name = &run->names.all.items[first + i];

		memcpy(seen[i].name, name->domain, sizeof seen[i].name);
		seen[i].is_wildcard = name->is_wildcard;
		console_say(&run->options->console, "looking at %s", name->domain);
	}
	good = good && survey_run(survey, seen, count, err);
	for (size_t i = 0; i < count && good; i++)
		good = judge(run, &seen[i], first + i, err);
	for (size_t i = 0; i < count && seen; i++)
		dcv_seen_release(&seen[i]);
	free(seen);
	return good;
}

static bool look(struct run *run, struct error *err)
{
	struct survey_options options = survey_options(run);
	CLEANUP(survey_freep) struct survey *survey = survey_new(&options, err);
	size_t count = run->names.all.count;
	bool good = survey;

	for (size_t at = 0; at < count && good; at += TOGETHER)
		good = look_at(run, survey, at, count - at < TOGETHER ? count - at : TOGETHER, err);
	return good && (!heap_ran_out() || error_set_memory(err));
}

/* --- Telling --- */

static void put_text(const struct run *run, const struct output_option *option, struct buf *out)
{
	const struct options *options = run->options;
	bool standard = strcmp(option->path, "-") == 0;
	bool color = options->color == COLOR_ALWAYS || (options->color == COLOR_AUTO && standard &&
							       console_wants_color(STDOUT_FILENO));
	struct page page;

	page_init(&page, out, standard ? console_columns(STDOUT_FILENO) : 0, color);
	page.language = options->language;
	dcv_report_text(&run->request, run->verdicts, run->names.all.count,
		options->console.verbose, &page);
}

static void put_records(const struct run *run, bool array, struct buf *out)
{
	size_t count = run->names.all.count;

	for (size_t i = 0; i < count; i++) {
		if (array)
			(void)buf_add_text(out, i > 0 ? ",\n" : "[\n");
		(void)buf_add(out, buf_text(&run->records[i]), run->records[i].len);
		if (!array)
			(void)buf_add_char(out, '\n');
	}
	if (array)
		(void)buf_add_text(out, "\n]\n");
}

static bool write_output(
	const struct run *run, const struct output_option *option, struct error *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(PAGE_BYTES);
	enum form form = FORM_TEXT;

	if (!form_of(option->format, &form, err))
		return false;
	if (form == FORM_TEXT)
		put_text(run, option, &out);
	else
		put_records(run, form == FORM_JSON, &out);
	if (out.failed)
		return error_set_memory(err);
	CLEANUP(output_freep) struct output *output = output_open(option->path, err);
	return output && output_write(output, buf_text(&out), out.len, err) &&
	       output_commit(output, err);
}

static int exit_code(const struct run *run)
{
	switch (dcv_whole(&run->request, run->verdicts, run->names.all.count)) {
	case DCV_PASS:
	case DCV_EXEMPT:
		return EXIT_CODE_OK;
	case DCV_FAIL:
		return EXIT_CODE_FAILED;
	default:
		return EXIT_CODE_UNEXAMINED;
	}
}

int command_dcv(struct options *options, struct error *err)
{
	CLEANUP(run_release)
	struct run run = { .options = options,
		.file = BUF_INIT(LIMIT_DCV_BODY_BYTES),
		.code = BUF_INIT(LIMIT_DCV_BODY_BYTES) };

	(void)signal(SIGPIPE, SIG_IGN);
	if (!prepare(&run, err) || !look(&run, err))
		return EXIT_CODE_TROUBLE;
	for (size_t i = 0; i < options->outputs.count; i++)
		if (!write_output(&run, &options->outputs.items[i], err))
			return EXIT_CODE_TROUBLE;
	return exit_code(&run);
}
