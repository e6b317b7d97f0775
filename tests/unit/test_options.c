/* SPDX-License-Identifier: MIT */
/*
 * What options come to together: which rows CSV has, and whether a plug-in's output is wanted.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/error.h"
#include "cli/options/options.h"
#include "cli/process/plugin.h"
#include "reports/report.h"

#define WORDS 8

static enum options_result read_scan(
	const char *const words[static WORDS], struct options *options, struct error *err)
{
	const char *argv[WORDS + 2] = { "scan" };
	int argc = 1;

	while (argc <= WORDS && words[argc - 1]) {
		argv[argc] = words[argc - 1];
		argc++;
	}
	return options_read(options, &options_scan, argc, argv, err);
}

static const struct {
	const char *descr;
	const char *words[WORDS]; /* of scan */
	const char *format;       /* of the first output */
	enum csv_rows rows;
} rows_of_csv[] = {
	{ "findings, unless told", { "-f", "csv" }, "csv", CSV_FINDINGS },
	{ "findings, told", { "-f", "csv", "--csv=findings" }, "csv", CSV_FINDINGS },
	{ "hosts", { "-f", "csv", "--csv", "hosts" }, "csv", CSV_HOSTS },
	{ "it says the format, too", { "--csv", "hosts" }, "csv", CSV_HOSTS },
	{ "into a file", { "--csv", "hosts", "-o", "x" }, "csv", CSV_HOSTS },
	{ "one output of several", { "-o", "text:y", "-o", "csv:x", "--csv", "hosts" }, "text",
		CSV_HOSTS },
};

Test(options, rows_of_csv)
{
	for (size_t i = 0; i < ARRAY_LEN(rows_of_csv); i++) {
		struct error err = { .code = ERROR_NONE };
		struct options options;

		cr_assert_eq(read_scan(rows_of_csv[i].words, &options, &err), OPTIONS_READ,
			"%s: %s", rows_of_csv[i].descr, err.text);
		cr_expect_eq(options.outputs.items[0].format,
			report_format_by_name(rows_of_csv[i].format), "%s", rows_of_csv[i].descr);
		cr_expect_eq(options.csv, rows_of_csv[i].rows, "%s", rows_of_csv[i].descr);
		options_release(&options);
	}
}

static const struct {
	const char *descr;
	const char *words[WORDS];
	enum plugin before; /* by the words alone */
	enum plugin after;  /* once they have been read; as before, where they are wrong */
} plugins[] = {
	{ "nothing", { NULL }, PLUGIN_NO, PLUGIN_NO },
	{ "another format", { "-f", "text", "nagios" }, PLUGIN_NO, PLUGIN_NO },
	{ "a word", { "-f", "nagios" }, PLUGIN_SAYS, PLUGIN_SAYS },
	{ "one word", { "-fnagios" }, PLUGIN_SAYS, PLUGIN_SAYS },
	{ "with =", { "-f=nagios" }, PLUGIN_SAYS, PLUGIN_SAYS },
	{ "long", { "--format=nagios" }, PLUGIN_SAYS, PLUGIN_SAYS },
	{ "long, two words", { "--format", "nagios" }, PLUGIN_SAYS, PLUGIN_SAYS },
	{ "behind other letters", { "-qvf", "nagios" }, PLUGIN_SAYS, PLUGIN_SAYS },
	{ "behind what is wrong", { "--bogus", "-f", "nagios" }, PLUGIN_SAYS, PLUGIN_SAYS },
	{ "behind a target", { "a.hk", "-f", "nagios" }, PLUGIN_SAYS, PLUGIN_SAYS },
	{ "an argument", { "--", "-f", "nagios" }, PLUGIN_NO, PLUGIN_NO },
	{ "the last format counts", { "-f", "nagios", "-f", "text" }, PLUGIN_NO, PLUGIN_NO },
	{ "no value follows", { "-f" }, PLUGIN_NO, PLUGIN_NO },
	{ "part of a value", { "-i", "fnagios", "-ofnagios" }, PLUGIN_NO, PLUGIN_NO },
	{ "an output", { "-o", "nagios:x" }, PLUGIN_SAYS, PLUGIN_SAYS },
	{ "an output, long", { "--output=nagios:x" }, PLUGIN_SAYS, PLUGIN_SAYS },
	{ "beside records in a file", { "-o", "nagios:-", "-o", "ndjson:x" }, PLUGIN_SAYS,
		PLUGIN_SAYS },
	{ "beside records on standard output", { "-o", "nagios:x", "-o", "ndjson:-" },
		PLUGIN_SILENT, PLUGIN_SILENT },
	{ "beside the format's own", { "-f", "ndjson", "-o", "-", "-onagios:x" }, PLUGIN_SILENT,
		PLUGIN_SILENT },
};

Test(options, say_whether_it_is_a_plug_in)
{
	for (size_t i = 0; i < ARRAY_LEN(plugins); i++) {
		struct error err = { .code = ERROR_NONE };
		struct options options;
		int count = 0;

		while (count < WORDS && plugins[i].words[count])
			count++;
		cr_expect_eq(plugin_wanted(count, plugins[i].words), plugins[i].before, "%s",
			plugins[i].descr);
		(void)read_scan(plugins[i].words, &options, &err);
		cr_expect_eq(options.console.plugin, plugins[i].after, "%s", plugins[i].descr);
		options_release(&options);
	}
}
