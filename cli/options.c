/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "cli/machine.h"
#include "cli/option_values.h"
#include "reports/report.h"

#define CONCURRENCY_DEFAULT 1000
#define CONCURRENCY_MAX 1000000
#define THREADS_MAX 1024
#define RETRIES_MAX 10
#define TIMEOUT_MAX 3600.0
#define RATE_MAX 1000000.0

/* Columns of the help for options and their arguments. */
#define HELP_LEFT 28

enum option {
	OPTION_END, /* popt gives 0 to nobody */
	OPTION_HELP,
	OPTION_PROFILE,
	OPTION_TRUST_STORE,
	OPTION_AS_OF,
	OPTION_FAIL_ON,
	OPTION_FORMAT,
	OPTION_OUTPUT,
	OPTION_LANG,
	OPTION_COLOR,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_CACHE,
	OPTION_OFFLINE,
	OPTION_FETCH,
	OPTION_INPUT,
	OPTION_CONCURRENCY,
	OPTION_THREADS,
	OPTION_TIMEOUT,
	OPTION_RETRIES,
	OPTION_RATE,
	OPTION_SKIP_BAD_INPUT,
	OPTION_FIRST_ADDRESS,
	OPTION_ORDERED,
	OPTION_NO_PROGRESS,
	OPTION_NAME,
	OPTION_PASSWORD_FILE,
};

#define FLAG(name, letter, option, text)                              \
	{                                                             \
		name, letter, POPT_ARG_NONE, NULL, option, text, NULL \
	}
#define VALUE(name, letter, option, text, what)                         \
	{                                                               \
		name, letter, POPT_ARG_STRING, NULL, option, text, what \
	}

/* clang-format off */
#define GROUP_JUDGE                                                                                \
	VALUE("profile", '\0', OPTION_PROFILE, "built-in profile or YAML file (hongkong-post)",    \
		"NAME|FILE"),                                                                      \
	VALUE("trust-store", '\0', OPTION_TRUST_STORE,                                             \
		"replace the anchors of one of the profile's trust stores", "NAME=FILE"),          \
	VALUE("as-of", '\0', OPTION_AS_OF, "judge as if it were this day (now)", "DATE"),          \
	VALUE("fail-on", '\0', OPTION_FAIL_ON,                                                     \
		"lowest status for exit code 1: warning, critical, never (critical)", "S")

#define GROUP_OUTPUT                                                                               \
	VALUE("format", 'f', OPTION_FORMAT, "text or ndjson (text)", "F"),                         \
	VALUE("output", 'o', OPTION_OUTPUT,                                                        \
		"where the output goes, in --format or in F; may be given again", "[F:]FILE"),     \
	VALUE("color", '\0', OPTION_COLOR, "auto, always, never (auto)", "WHEN"),                  \
	FLAG("verbose", 'v', OPTION_VERBOSE, "say what is being done; report in full")

#define GROUP_CACHE                                                                                \
	VALUE("cache", '\0', OPTION_CACHE, "where fetched certificates and lists are kept", "DIR"), \
	FLAG("offline", '\0', OPTION_OFFLINE, "fetch nothing, use the cache")

#define GROUP_LANGUAGE \
	VALUE("lang", '\0', OPTION_LANG, "en, zh-Hant, zh-Hans (from the locale)", "L")
#define GROUP_QUIET FLAG("quiet", 'q', OPTION_QUIET, "neither warnings nor progress")
#define GROUP_HELP FLAG("help", 'h', OPTION_HELP, "show this help"), POPT_TABLEEND

static const struct poptOption scan_table[] = {
	VALUE("input", 'i', OPTION_INPUT,
		"targets from a file, - for standard input; may be given again", "FILE"),
	FLAG("skip-bad-input", '\0', OPTION_SKIP_BAD_INPUT,
		"a line that cannot be read becomes a result"),
	GROUP_JUDGE,
	GROUP_OUTPUT,
	GROUP_LANGUAGE,
	FLAG("ordered", '\0', OPTION_ORDERED, "results in the order of the input"),
	FLAG("no-progress", '\0', OPTION_NO_PROGRESS, "no progress line on the terminal"),
	GROUP_QUIET,
	VALUE("concurrency", 'c', OPTION_CONCURRENCY, "connections in flight (1000)", "N"),
	VALUE("threads", 't', OPTION_THREADS, "scanning threads (the processors allowed)", "N"),
	VALUE("timeout", '\0', OPTION_TIMEOUT, "seconds for a whole target, all tries together (10)", "S"),
	VALUE("retries", '\0', OPTION_RETRIES, "further tries after a network failure (1)", "N"),
	VALUE("rate", '\0', OPTION_RATE, "new connections a second, at most (no limit)", "N"),
	FLAG("first-address", '\0', OPTION_FIRST_ADDRESS, "only the first address of a name"),
	VALUE("fetch", '\0', OPTION_FETCH,
		"URLs that may be fetched: profile, none (profile)", "WHICH"),
	GROUP_CACHE,
	GROUP_HELP
};

static const struct poptOption check_table[] = {
	VALUE("name", '\0', OPTION_NAME, "the server's name, which the leaf has to cover", "NAME"),
	VALUE("password-file", '\0', OPTION_PASSWORD_FILE,
		"its first line opens PKCS#12 files", "FILE"),
	GROUP_JUDGE,
	GROUP_OUTPUT,
	GROUP_LANGUAGE,
	GROUP_QUIET,
	GROUP_CACHE,
	GROUP_HELP
};

static const struct poptOption explain_table[] = { GROUP_HELP };
static const struct poptOption profile_table[] = { GROUP_LANGUAGE, GROUP_HELP };
/* clang-format on */

struct options_page {
	const char *usage;
	const char *about;
	const struct poptOption *table;
};

const struct options_page options_scan = {
	"scan [OPTION...] [TARGET...]",
	"Connects to every target and judges the certificate chain that it serves.",
	scan_table,
};
const struct options_page options_check = {
	"check [OPTION...] FILE...",
	"Judges chain files (PEM, DER, PKCS#7, PKCS#12) as if a server served them; - is standard\n"
	"input.  Needs no network and uses none.",
	check_table,
};
const struct options_page options_explain = {
	"explain [RULE]",
	"Says what a rule means, why it exists and how to fix what it finds; lists all without "
	"RULE.",
	explain_table,
};
const struct options_page options_profile = {
	"profile list | show NAME|FILE | lint NAME|FILE...",
	"Lists the built-in profiles, shows one whole, or finds the faults of profiles.",
	profile_table,
};

static const char *keep(struct options *options, const char *text)
{
	char *copy;

	if (!text || !vec_reserve(&options->owned) || !(copy = text_copy(text, strlen(text))))
		return NULL;
	options->owned.items[options->owned.count++] = copy;
	return copy;
}

static bool *flag_of(struct options *options, enum option option)
{
	switch (option) {
	case OPTION_QUIET:
		return &options->console.quiet;
	case OPTION_VERBOSE:
		return &options->console.verbose;
	case OPTION_OFFLINE:
		return &options->offline;
	case OPTION_SKIP_BAD_INPUT:
		return &options->skip_bad_input;
	case OPTION_FIRST_ADDRESS:
		return &options->first_address;
	case OPTION_ORDERED:
		return &options->ordered;
	case OPTION_NO_PROGRESS:
		return &options->no_progress;
	default:
		return NULL;
	}
}

static bool add_store(struct options *options, const char *text, struct error *err)
{
	size_t len;
	const char *file;

	if (!value_store(text, &len, &file, err))
		return false;
	char *name = text_copy(text, len);
	const char *kept = keep(options, name);
	free(name);
	if (!kept || !vec_reserve(&options->stores))
		return error_set_memory(err);
	options->stores.items[options->stores.count++] = (struct store_option){ .name = kept,
		.file = file };
	return true;
}

static bool add_output(struct options *options, const char *text, struct error *err)
{
	struct output_option output;

	if (!value_output(text, &output.format, &output.path, err))
		return false;
	for (size_t i = 0; i < options->outputs.count; i++)
		if (strcmp(options->outputs.items[i].path, output.path) == 0)
			return error_set(
				err, ERROR_USAGE, "--output names '%s' twice", output.path);
	if (!vec_reserve(&options->outputs))
		return error_set_memory(err);
	options->outputs.items[options->outputs.count++] = output;
	return true;
}

static bool read_choice(
	struct options *options, enum option option, const char *text, struct error *err)
{
	static const char *const fail_on[] = { "warning", "critical", "never" };
	static const char *const colors[] = { "auto", "always", "never" };
	static const char *const fetches[] = { "profile", "none" };
	size_t choice = 0;

	switch (option) {
	case OPTION_FAIL_ON:
		if (!value_choice("--fail-on", text, fail_on, ARRAY_LEN(fail_on), &choice, err))
			return false;
		options->fail_on = (enum fail_on)choice;
		return true;
	case OPTION_COLOR:
		if (!value_choice("--color", text, colors, ARRAY_LEN(colors), &choice, err))
			return false;
		options->color = (enum color)choice;
		return true;
	case OPTION_FETCH:
		if (strcmp(text, "any") == 0)
			return error_set(err, ERROR_USAGE,
				"--fetch 'any' is not available in this version; there are: "
				"profile, none");
		if (!value_choice("--fetch", text, fetches, ARRAY_LEN(fetches), &choice, err))
			return false;
		options->fetch = (enum fetch_choice)choice;
		return true;
	default:
		return false;
	}
}

static bool read_number(
	struct options *options, enum option option, const char *text, struct error *err)
{
	switch (option) {
	case OPTION_CONCURRENCY:
		return value_whole(
			"--concurrency", text, 1, CONCURRENCY_MAX, &options->concurrency, err);
	case OPTION_THREADS:
		return value_whole("--threads", text, 1, THREADS_MAX, &options->threads, err);
	case OPTION_RETRIES:
		return value_whole("--retries", text, 0, RETRIES_MAX, &options->retries, err);
	case OPTION_TIMEOUT:
		return value_decimal("--timeout", text, TIMEOUT_MAX, &options->timeout_s, err);
	case OPTION_RATE:
		return value_decimal("--rate", text, RATE_MAX, &options->rate, err);
	default:
		return read_choice(options, option, text, err);
	}
}

static bool read_language(struct options *options, const char *text, struct error *err)
{
	options->language_given = true;
	if (language_by_name(text, &options->language))
		return true;
	return error_set(err, ERROR_USAGE, "--lang '%s' is none of: en, zh-Hant, zh-Hans", text);
}

/* TEXT is kept by OPTIONS already. */
static bool read_value(
	struct options *options, enum option option, const char *text, struct error *err)
{
	switch (option) {
	case OPTION_PROFILE:
		options->profile = text;
		return true;
	case OPTION_TRUST_STORE:
		return add_store(options, text, err);
	case OPTION_AS_OF:
		options->has_as_of = true;
		return instant_parse(text, &options->as_of) ||
		       error_set(err, ERROR_USAGE,
			       "--as-of '%s' is neither YYYY-MM-DD nor an RFC 3339 time", text);
	case OPTION_OUTPUT:
		return add_output(options, text, err);
	case OPTION_LANG:
		return read_language(options, text, err);
	case OPTION_CACHE:
		options->cache = text;
		options->cache_given = true;
		return *text || error_set(err, ERROR_USAGE, "--cache '' names no folder");
	case OPTION_INPUT:
		if (!vec_reserve(&options->inputs))
			return error_set_memory(err);
		options->inputs.items[options->inputs.count++] = text;
		return true;
	case OPTION_NAME:
		options->name = text;
		return true;
	case OPTION_PASSWORD_FILE:
		options->password_file = text;
		return true;
	default:
		return read_number(options, option, text, err);
	}
}

/* LC_ALL, LC_MESSAGES, LANG: the first that is set counts (POSIX, 8.2). */
static enum language language_of_locale(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	enum language language;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *set = getenv(names[i]);
		if (set && *set)
			return language_by_name(set, &language) ? language : LANGUAGE_EN;
	}
	return LANGUAGE_EN;
}

static bool set_defaults(struct options *options, struct error *err)
{
	struct buf cache = BUF_INIT(4096);

	*options = (struct options){
		.profile = "hongkong-post",
		.fail_on = FAIL_ON_CRITICAL,
		.language = language_of_locale(),
		.concurrency = CONCURRENCY_DEFAULT,
		.threads = machine_processors(),
		.retries = 1,
		.timeout_s = 10,
	};
	bool has_cache = machine_cache_folder(&cache);
	if (has_cache)
		options->cache = keep(options, buf_text(&cache));
	buf_release(&cache);
	return !has_cache || options->cache || error_set_memory(err);
}

/* What can be said only when all options are known: a plain -o FILE is in the format of -f. */
static bool settle_outputs(struct options *options, const char *format, struct error *err)
{
	const struct report_format *chosen = NULL;

	if (!value_format("--format", format ? format : "text", &chosen, err))
		return false;
	for (size_t i = 0; i < options->outputs.count; i++)
		if (!options->outputs.items[i].format)
			options->outputs.items[i].format = chosen;
	if (options->outputs.count > 0)
		return true;
	if (!vec_reserve(&options->outputs))
		return error_set_memory(err);
	options->outputs.items[options->outputs.count++] = (struct output_option){ .format = chosen,
		.path = "-" };
	return true;
}

static void print_help(const struct options_page *page)
{
	char left[64];

	(void)printf("Usage: chainmend %s\n%s\n\n", page->usage, page->about);
	for (const struct poptOption *row = page->table; row->longName; row++) {
		int len = snprintf(left, sizeof left, "%c%c%s--%s%s%s", row->shortName ? '-' : ' ',
			row->shortName ? row->shortName : ' ', row->shortName ? ", " : "  ",
			row->longName, row->argDescrip ? " " : "",
			row->argDescrip ? row->argDescrip : "");
		if (len < HELP_LEFT)
			(void)printf("  %-*s", HELP_LEFT, left);
		else
			(void)printf("  %s\n  %*s", left, HELP_LEFT, "");
		(void)printf("%s\n", row->descrip);
	}
}

static enum options_result wrong(
	const struct options_page *page, poptContext context, int code, struct error *err)
{
	const char *option = poptBadOption(context, POPT_BADOPTION_NOALIAS);

	if (code == POPT_ERROR_BADOPT)
		(void)error_set(err, ERROR_USAGE,
			"%s: there is no such option; `chainmend %.*s --help` lists them", option,
			(int)strcspn(page->usage, " "), page->usage);
	else
		(void)error_set(err, ERROR_USAGE, "%s: %s", option,
			code == POPT_ERROR_NOARG ? "a value has to follow" : poptStrerror(code));
	return OPTIONS_WRONG;
}

static bool take_args(struct options *options, poptContext context, struct error *err)
{
	const char **args = poptGetArgs(context);

	for (; args && *args; args++) {
		const char *kept = keep(options, *args);
		if (!kept || !vec_reserve(&options->args))
			return error_set_memory(err);
		options->args.items[options->args.count++] = kept;
	}
	return true;
}

static enum options_result read_all(struct options *options, const struct options_page *page,
	poptContext context, struct error *err)
{
	const char *format = NULL;
	int code;

	while ((code = poptGetNextOpt(context)) > 0) {
		enum option option = (enum option)code;
		if (option == OPTION_HELP) {
			print_help(page);
			return OPTIONS_HELP;
		}
		bool *flag = flag_of(options, option);
		if (flag) {
			*flag = true;
			continue;
		}
		char *text = poptGetOptArg(context);
		const char *kept = keep(options, text);
		free(text);
		if (!kept)
			return error_set_memory(err), OPTIONS_WRONG;
		if (option == OPTION_FORMAT)
			format = kept;
		else if (!read_value(options, option, kept, err))
			return OPTIONS_WRONG;
	}
	if (code < -1)
		return wrong(page, context, code, err);
	if (!take_args(options, context, err) || !settle_outputs(options, format, err))
		return OPTIONS_WRONG;
	return OPTIONS_READ;
}

enum options_result options_read(struct options *options, const struct options_page *page, int argc,
	const char **argv, struct error *err)
{
	if (!set_defaults(options, err))
		return OPTIONS_WRONG;
	poptContext context = poptGetContext("chainmend", argc, argv, page->table, 0);
	if (!context)
		return error_set_memory(err), OPTIONS_WRONG;
	enum options_result result = read_all(options, page, context, err);
	poptFreeContext(context);
	return result;
}

void options_release(struct options *options)
{
	for (size_t i = 0; i < options->owned.count; i++)
		free(options->owned.items[i]);
	free(options->owned.items);
	free(options->stores.items);
	free(options->outputs.items);
	free(options->inputs.items);
	free(options->args.items);
	*options = (struct options){ .profile = NULL };
}
