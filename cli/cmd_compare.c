/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/target/owner_map.h"
#include "cli/options/options.h"
#include "cli/process/console.h"
#include "reports/compare/comparison.h"
#include "reports/compare/comparison_report.h"
#include "reports/output.h"
#include "reports/report.h"
#include "reports/result/results.h"
#include "rules/verdict.h"

#define REPORT_BYTES (1u << 30) /* millions of services that have all changed */

static bool read_side(struct comparison *comparison, enum side side, const char *path,
	const struct owner_map *owners, struct error *err)
{
	const char *const paths[] = { path };
	struct error why = { .code = ERROR_NONE };
	struct verdict *verdict;
	CLEANUP(results_freep) struct results *results = results_new(paths, 1, err);

	if (!results)
		return false;
	while ((verdict = results_next(results, &why))) {
		bool good = owner_map_label(owners, &verdict->target, verdict->address) &&
			    comparison_add(comparison, side, verdict);

		verdict_free(verdict);
		if (!good)
			return error_set_memory(err);
	}
	return why.code == ERROR_NONE || error_set(err, why.code, "%s", why.said);
}

static bool check_arguments(const struct options *options, struct error *err)
{
	size_t count = options->args.count;
	const char *const *args = options->args.items;

	if (count != 2)
		return error_set(err, ERROR_USAGE,
			"compare takes two sets of results, OLD and NEW, not %zu", count);
	if (strcmp(args[0], "-") == 0 && strcmp(args[1], "-") == 0)
		return error_set(err, ERROR_USAGE, "only one of OLD and NEW can be standard input");
	for (size_t i = 0; i < options->outputs.count; i++) {
		const char *format = report_format_name(options->outputs.items[i].format);

		if (!comparison_writer(format))
			return error_set(err, ERROR_USAGE,
				"a comparison is written as text, markdown, html or ndjson, not in "
				"format '%s'",
				format);
	}
	return true;
}

static bool write_output(const struct options *options, const struct output_option *option,
	const struct comparison *comparison, struct error *err)
{
	bool standard = strcmp(option->path, "-") == 0;
	const struct comparison_view view = {
		.language = options->language,
		.color = options->color == COLOR_ALWAYS ||
			 (options->color == COLOR_AUTO && standard &&
				 console_wants_color(STDOUT_FILENO)),
		.columns = standard ? console_columns(STDOUT_FILENO) : 0,
		.all = options->console.verbose,
	};
	CLEANUP(buf_release) struct buf out = BUF_INIT(REPORT_BYTES);
	CLEANUP(output_freep) struct output *output = output_open(option->path, err);

	if (!output)
		return false;
	if (!comparison_writer(report_format_name(option->format))(comparison, &view, &out) ||
		out.failed)
		return error_set_memory(err);
	return output_write(output, buf_text(&out), out.len, err) && output_commit(output, err);
}

/* Other rules make other findings: then a change need not be one of the servers. */
static void warn_of_profiles(const struct options *options, const struct comparison *comparison)
{
	const char *old = comparison->sets[SIDE_OLD].profile;
	const char *new = comparison->sets[SIDE_NEW].profile;

	if (old[0] && new[0] && strcmp(old, new) != 0)
		console_warn(&options->console,
			"the results were judged by different profiles, '%s' and '%s'", old, new);
}

static int exit_code(const struct comparison *comparison, enum compare_fail_on fail_on)
{
	enum severity floor = fail_on == COMPARE_FAIL_ON_CRITICAL ? SEVERITY_CRITICAL
								  : SEVERITY_WARNING;

	if (fail_on == COMPARE_FAIL_ON_NEVER)
		return EXIT_CODE_OK;
	if (fail_on == COMPARE_FAIL_ON_UNREACHABLE && comparison->counts[CHANGE_UNREACHABLE] > 0)
		return EXIT_CODE_FAILED;
	for (size_t i = 0; i < comparison->counts[CHANGE_REGRESSED]; i++)
		if (change_is_at_least(&comparison->changes.items[i], floor))
			return EXIT_CODE_FAILED;
	return EXIT_CODE_OK;
}

static int compare(const struct options *options, struct error *err)
{
	CLEANUP(comparison_freep) struct comparison *comparison = comparison_new();
	CLEANUP(owner_map_freep) struct owner_map *owners = NULL;

	if (!comparison)
		(void)error_set_memory(err);
	if (!comparison || !check_arguments(options, err))
		return EXIT_CODE_TROUBLE;
	if (options->owner_map && !(owners = owner_map_load(options->owner_map, err)))
		return EXIT_CODE_TROUBLE;
	for (enum side side = SIDE_OLD; side < SIDE_COUNT; side++)
		if (!read_side(comparison, side, options->args.items[side], owners, err))
			return EXIT_CODE_TROUBLE;
	if (!comparison_settle(comparison)) {
		(void)error_set_memory(err);
		return EXIT_CODE_TROUBLE;
	}
	warn_of_profiles(options, comparison);
	for (size_t i = 0; i < options->outputs.count; i++)
		if (!write_output(options, &options->outputs.items[i], comparison, err))
			return EXIT_CODE_TROUBLE;
	return exit_code(comparison, options->compare_fail_on);
}

int command_compare(struct options *options, struct error *err)
{
	/* A reader that went away is an error of a write, so that files are not left behind. */
	(void)signal(SIGPIPE, SIG_IGN);
	return compare(options, err);
}
