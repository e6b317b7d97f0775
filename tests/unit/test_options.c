/* SPDX-License-Identifier: MIT */
/*
 * What options come to together: which rows CSV has, and whether a plug-in's output is wanted.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/error.h"
#include "cli/options.h"
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
