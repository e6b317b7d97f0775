/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/buf.h"
#include "reports/machine/csv.h"

static const struct {
	const char *descr, *text, *want;
} rows[] = {
	{ "plain", "a.hk", "a.hk" },
	{ "nothing", "", "" },
	{ "no text", NULL, "" },
	{ "a comma", "a,b", "\"a,b\"" },
	{ "quotes", "say \"yes\"", "\"say \"\"yes\"\"\"" },
	{ "blanks at the ends", " a ", "\" a \"" },
	{ "a formula", "=1+1", "\"'=1+1\"" },
	{ "plus", "+1", "\"'+1\"" },
	{ "minus", "-1", "\"'-1\"" },
	{ "at", "@SUM(A1)", "\"'@SUM(A1)\"" },
	{ "a formula behind blanks", "  =1", "\"'  =1\"" },
	{ "a formula in quotes", "=\"a\"", "\"'=\"\"a\"\"\"" },
	{ "a tab", "\t=1", "\"'\\u{0009}=1\"" },
	{ "a line end", "\r\nx", "\"'\\u{000D}\\u{000A}x\"" },
	{ "not at the beginning", "a=1", "a=1" },
	{ "an escape", "\033[2J", "\\u{001B}[2J" },
	{ "right to left", "\xe2\x80\xae", "\\u{202E}" },
	{ "no UTF-8", "\xff", "\\xFF" },
	{ "Chinese", "香港", "香港" },
};

Test(csv, cells_are_text)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
		struct csv csv = { .out = &out };
		char want[200];

		csv_cell(&csv, rows[i].text);
		csv_number(&csv, 7);
		csv_end_row(&csv);
		(void)snprintf(want, sizeof want, "%s,7\r\n", rows[i].want);
		cr_expect_str_eq(buf_text(&out), want, "%s: %s", rows[i].descr, buf_text(&out));
		cr_expect_not(csv.begun);
	}
}

static const struct {
	const char *descr;
	int64_t number;
	const char *want;
} integers[] = {
	{ "days that are left", 12, "12" },
	{ "none", 0, "0" },
	{ "a number below zero is no formula", -41, "-41" },
	{ "the least", INT64_MIN, "-9223372036854775808" },
};

Test(csv, integers)
{
	for (size_t i = 0; i < ARRAY_LEN(integers); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
		struct csv csv = { .out = &out };
		char want[200];

		csv_cell(&csv, NULL);
		csv_integer(&csv, integers[i].number);
		csv_end_row(&csv);
		(void)snprintf(want, sizeof want, ",%s\r\n", integers[i].want);
		cr_expect_str_eq(buf_text(&out), want, "%s: %s", integers[i].descr, buf_text(&out));
	}
}
