/* SPDX-License-Identifier: MIT */
#include "cli/options/options.h"

#include <popt.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/capture/capture.h"
#include "checker/engine/proxy.h"
#include "checker/key/pfx.h"
#include "cli/options/config.h"
#include "cli/options/language.h"
#include "cli/options/option_rows.h"
#include "cli/options/option_tables.h"
#include "cli/options/option_values.h"
#include "cli/process/machine.h"
#include "cli/process/plugin.h"
#include "reports/report.h"

#define CONCURRENCY_DEFAULT 1000
#define PER_ADDRESS_DEFAULT 20

static const char default_profile[] = "hongkong-post";

bool options_name_profile(const struct options *options)
{
	return options->profile != default_profile;
}

static const char *keep(struct options *options, const char *text)
{
	char *copy;

	if (!text || !vec_reserve(&options->owned) || !(copy = text_copy(text, strlen(text))))
		return NULL;
	options->owned.items[options->owned.count++] = copy;
	return copy;
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

static bool read_language(struct options *options, const char *text, struct error *err)
{
	if (language_by_name(text, &options->language)) {
		options->console.language = options->language;
		return true;
	}
	return error_set(err, ERROR_USAGE, "--lang '%s' is none of: en, zh-Hant, zh-Hans", text);
}

static bool read_proxy(struct options *options, const char *text, struct error *err)
{
	struct error why = { .code = ERROR_NONE };

	proxy_free(options->proxy);
	options->proxy = proxy_new(text, &why);
	return options->proxy || error_set(err, ERROR_USAGE, "--proxy: %s", why.text);
}

/* TEXT is kept by OPTIONS already. */
static bool read_value(
	struct options *options, enum option option, const char *text, struct error *err)
{
	switch (option) {
	case OPTION_TRUST_STORE:
		return add_store(options, text, err);
	case OPTION_AS_OF:
		options->has_as_of = true;
		return instant_parse(text, &options->as_of) ||
		       error_set(err, ERROR_USAGE,
			       "--as-of '%s' is neither YYYY-MM-DD nor an RFC 3339 time", text);
	case OPTION_DCV_ISSUED:
		options->dcv.has_issued = true;
		return instant_parse(text, &options->dcv.issued) ||
		       error_set(err, ERROR_USAGE,
			       "--issued '%s' is neither YYYY-MM-DD nor an RFC 3339 time", text);
	case OPTION_OUTPUT:
		return add_output(options, text, err);
	case OPTION_LANG:
		return read_language(options, text, err);
	case OPTION_CACHE:
		options->cache = text;
		options->cache_given = true;
		return *text || error_set(err, ERROR_USAGE, "--cache '' names no folder");
	case OPTION_PROBE:
		return value_probe(text, &options->probe_auto, &options->probe, err);
	case OPTION_PROXY:
		return read_proxy(options, text, err);
	case OPTION_CSV:
		options->csv_given = true;
		return option_rows_read(options, option, text, err) == OPTION_FOUND;
	case OPTION_FETCH:
		options->fetch_given = true;
		return option_rows_read(options, option, text, err) == OPTION_FOUND;
	case OPTION_REVOCATION:
		options->revocation_given = true;
		return option_rows_read(options, option, text, err) == OPTION_FOUND;
	default:
		return option_rows_read(options, option, text, err) == OPTION_FOUND;
	}
}

static bool set_defaults(struct options *options, int argc, const char **argv, struct error *err)
{
	enum language language = language_wanted(argc, argv);
	struct buf cache = BUF_INIT(4096);

	*options = (struct options){
		.profile = default_profile,
		.fail_on = FAIL_ON_CRITICAL,
		.language = language,
		.console = { .language = language, .plugin = plugin_wanted(argc - 1, argv + 1) },
		.concurrency = CONCURRENCY_DEFAULT,
		.threads = machine_processors(),
		.retries = RETRIES_DEFAULT,
		.probe_auto = true,
		.timeout_s = 10,
		.import_from = CAPTURE_KINDS,
		.per_address = PER_ADDRESS_DEFAULT,
		.dcv = { .dns_port = 53, .http_port = 80, .https_port = 443 },
		.made.reader = PFX_READER_COUNT,
	};
	bool has_cache = machine_cache_folder(&cache);
	if (has_cache)
		options->cache = keep(options, buf_text(&cache));
	buf_release(&cache);
	return !has_cache || options->cache || error_set_memory(err);
}

static bool settle_csv(const struct options *options, struct error *err)
{
	const struct report_format *csv = report_format_by_name("csv");

	for (size_t i = 0; i < options->outputs.count; i++)
		if (!options->csv_given || options->outputs.items[i].format == csv)
			return true;
	return error_set(err, ERROR_USAGE,
		"--csv says what a row of format 'csv' is, and no output is in that format");
}

/* What can be said only when all options are known: a plain -o FILE is in the format of -f. */
static bool settle_outputs(struct options *options, const char *format, struct error *err)
{
	const struct report_format *chosen = NULL;
	const char *usual = options->explain     ? "chain"
			    : options->csv_given ? "csv"
						 : options->usual_format;

	if (!value_format("--format", format ? format : usual, &chosen, err))
		return false;
	for (size_t i = 0; i < options->outputs.count; i++)
		if (!options->outputs.items[i].format)
			options->outputs.items[i].format = chosen;
	options->output_given = options->outputs.count > 0;
	if (!options->output_given) {
		if (!vec_reserve(&options->outputs))
			return error_set_memory(err);
		options->outputs.items[options->outputs.count++] = (struct output_option){
			.format = chosen, .path = "-"
		};
	}
	options->console.plugin = plugin_of(options, chosen);
	return settle_csv(options, err);
}

/* Asked for, it has to be somewhere. */
static bool settle_timeline(const struct options *options, struct error *err)
{
	for (size_t i = 0; i < options->outputs.count; i++)
		if (report_format_has_timeline(options->outputs.items[i].format))
			return true;
	return !options->timeline ||
	       error_set(err, ERROR_USAGE,
		       "--timeline goes with format text or html; as NDJSON it is a format of its "
		       "own, -f timeline or -o timeline:FILE");
}

/* A checkpoint holds records; other reports are made of the whole run at its end. */
static bool settle_checkpoint(const struct options *options, struct error *err)
{
	if (options->resume && !options->checkpoint)
		return error_set(err, ERROR_USAGE,
			"--resume: which checkpoint? --checkpoint FILE has to name it");
	if (!options->checkpoint)
		return true;
	if (options->evidence)
		return error_set(err, ERROR_USAGE,
			"--checkpoint does not go with --evidence, which is of one run from its "
			"beginning to its end");
	for (size_t i = 0; i < options->outputs.count; i++) {
		const struct report_format *format = options->outputs.items[i].format;
		if (!report_format_renders(format))
			return error_set(err, ERROR_USAGE,
				"--checkpoint goes with records only, -f ndjson or -o "
				"ndjson:FILE, and not with format '%s'",
				report_format_name(format));
		if (strcmp(options->outputs.items[i].path, options->checkpoint) == 0)
			return error_set(err, ERROR_USAGE,
				"--checkpoint and --output both name '%s'", options->checkpoint);
	}
	if (options->ordered)
		return error_set(err, ERROR_USAGE,
			"--checkpoint does not go with --ordered: what a run that goes on finds "
			"comes after what is there");
	return true;
}

/* Whom certificates name for revocations is named inside certificates. */
static bool settle_revocation(struct options *options, struct error *err)
{
	if (!options->revocation_given && options->fetch == FETCH_ANY)
		options->revocation = REVOCATION_FULL;
	if (options->revocation == REVOCATION_FULL && options->fetch_given &&
		options->fetch != FETCH_ANY)
		return error_set(err, ERROR_USAGE,
			"--revocation full asks at URLs that certificates name, which takes "
			"--fetch any");
	return true;
}

/* What the configuration is read into. */
struct configured {
	struct options *options;
	const struct options_page *page;
	const char **format;
};

/* What is wrong further on is said as a plug-in says it, whatever the command line still changes.
 */
static void hear_of_plugin(struct options *options, const char *format)
{
	enum plugin plugin = plugin_of(options, format ? report_format_by_name(format) : NULL);

	if (options->console.plugin == PLUGIN_NO)
		options->console.plugin = plugin;
}

static bool take_option(struct configured *configured, const struct poptOption *row,
	const struct config_entry *entry, struct error *err)
{
	enum option option = (enum option)row->val;

	if ((row->argInfo & POPT_ARG_MASK) == POPT_ARG_NONE) {
		bool on = strcmp(entry->value, "true") == 0;

		if (!on && strcmp(entry->value, "false") != 0)
			return error_set(err, ERROR_USAGE, "%s is true or false", entry->key);
		return !on || option_rows_flag(configured->options, option);
	}
	const char *kept = keep(configured->options, entry->value);
	if (!kept)
		return error_set_memory(err);
	if (option == OPTION_FORMAT)
		*configured->format = kept;
	else if (!read_value(configured->options, option, kept, err))
		return false;
	hear_of_plugin(configured->options, *configured->format);
	return true;
}

static bool take_target(struct options *options, const char *text, struct error *err)
{
	const char *kept = keep(options, text);

	if (!kept || !vec_reserve(&options->args))
		return error_set_memory(err);
	options->args.items[options->args.count++] = kept;
	return true;
}

static bool take_configured(
	struct configured *configured, const struct config_entry *entry, struct error *err)
{
	if (strcmp(entry->key, "targets") == 0)
		return take_target(configured->options, entry->value, err);
	for (const struct poptOption *row = configured->page->table; row->longName; row++)
		if (strcmp(row->longName, entry->key) == 0 && row->val != OPTION_CONFIG &&
			row->val != OPTION_HELP)
			return take_option(configured, row, entry, err);
	return error_set(err, ERROR_USAGE, "scan has no option '%s'", entry->key);
}

/* Says what is wrong with a value where it stands. */
static bool take_entry(void *arg, const struct config_entry *entry, struct error *err)
{
	struct error own = { .code = ERROR_NONE };

	if (take_configured(arg, entry, &own))
		return true;
	return error_set(err, own.code, "%s:%zu: %s", entry->path, entry->line, own.said);
}

/* What stands in the configuration comes first, so that the command line has the last word. */
static bool read_config(struct options *options, const struct options_page *page, int argc,
	const char **argv, const char **ret_format, struct error *err)
{
	struct configured configured = { options, page, ret_format };
	const char *path = page == &options_scan ? config_wanted(argc - 1, argv + 1) : NULL;

	options->config = path;
	return !path || config_read(path, take_entry, &configured, err);
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
	poptContext context, const char *format, struct error *err)
{
	int code;

	options->explain = page == &options_explain_chain;
	options->usual_format = page == &options_import ? "ndjson" : "text";
	while ((code = poptGetNextOpt(context)) > 0) {
		enum option option = (enum option)code;
		if (option == OPTION_HELP) {
			options_print_help(page, options->language);
			return OPTIONS_HELP;
		}
		if (option_rows_flag(options, option))
			continue;
		char *text = poptGetOptArg(context);
		const char *kept = keep(options, text);
		free(text);
		if (!kept)
			return error_set_memory(err), OPTIONS_WRONG;
		if (option == OPTION_FORMAT)
			format = kept;
		else if (option == OPTION_CONFIG)
			continue; /* read already */
		else if (!read_value(options, option, kept, err))
			return OPTIONS_WRONG;
	}
	if (code < -1)
		return wrong(page, context, code, err);
	if (!take_args(options, context, err) || !settle_outputs(options, format, err) ||
		!settle_timeline(options, err) || !settle_checkpoint(options, err) ||
		!settle_revocation(options, err))
		return OPTIONS_WRONG;
	return OPTIONS_READ;
}

enum options_result options_read(struct options *options, const struct options_page *page, int argc,
	const char **argv, struct error *err)
{
	if (!set_defaults(options, argc, argv, err))
		return OPTIONS_WRONG;
	poptContext context = poptGetContext("chainmend", argc, argv, page->table, 0);
	if (!context)
		return error_set_memory(err), OPTIONS_WRONG;
	const char *format = NULL;
	enum options_result result = read_config(options, page, argc, argv, &format, err)
					     ? read_all(options, page, context, format, err)
					     : OPTIONS_WRONG;
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
	free(options->notify.items);
	free(options->crls.items);
	free(options->draft_from.items);
	free(options->csr.from.items);
	free(options->csr.emit.items);
	free(options->csr.seen.items);
	free(options->csr.weak_keys.items);
	free(options->dcv.methods.items);
	free(options->dcv.resolvers.items);
	free(options->args.items);
	proxy_free(options->proxy);
	*options = (struct options){ .profile = NULL };
}
