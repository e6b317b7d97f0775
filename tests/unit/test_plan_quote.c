/* SPDX-License-Identifier: MIT */
/* Texts as literals of other languages, and which row of the platforms a label means. */
#include <string.h>

#include <criterion/criterion.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "reports/plan/plan_platform.h"
#include "reports/plan/plan_quote.h"

static const struct {
	const char *descr, *text, *sh, *powershell, *yaml;
} rows[] = {
	{ "plain", "www.example.hk", "'www.example.hk'", "'www.example.hk'",
		"!unsafe \"www.example.hk\"" },
	{ "nothing", "", "''", "''", "!unsafe \"\"" },
	{ "an apostrophe", "a'; id; '", "'a'\\''; id; '\\'''", "'a''; id; '''",
		"!unsafe \"a'; id; '\"" },
	{ "expansions", "$(id) `id` ${IFS} $env:x", "'$(id) `id` ${IFS} $env:x'",
		"'$(id) `id` ${IFS} $env:x'", "!unsafe \"$(id) `id` ${IFS} $env:x\"" },
	{ "a template", "{{ lookup('pipe','id') }}", "'{{ lookup('\\''pipe'\\'','\\''id'\\'') }}'",
		"'{{ lookup(''pipe'',''id'') }}'", "!unsafe \"{{ lookup('pipe','id') }}\"" },
	{ "quotes and backslashes", "\"\\", "'\"\\'", "'\"\\'", "!unsafe \"\\\"\\\\\"" },
	{ "a new line", "a\nb", "'a\\u{000A}b'", "'a\\u{000A}b'", "!unsafe \"a\\\\u{000A}b\"" },
	{ "the apostrophes of Windows", "a\xe2\x80\x99; id", "'a\xe2\x80\x99; id'",
		"('a' + [char]0x2019 + '; id')", "!unsafe \"a\xe2\x80\x99; id\"" },
	{ "Chinese", "\xe9\xa6\x99\xe6\xb8\xaf", "'\xe9\xa6\x99\xe6\xb8\xaf'",
		"('' + [char]0x9999 + [char]0x6E2F)", "!unsafe \"\xe9\xa6\x99\xe6\xb8\xaf\"" },
	{ "beyond the first plane", "\xf0\xa0\x80\x80!", "'\xf0\xa0\x80\x80!'",
		"('' + [char]0xD840 + [char]0xDC00 + '!')", "!unsafe \"\xf0\xa0\x80\x80!\"" },
};

static void expect(void (*quote)(const char *text, struct buf *out), const char *text,
	const char *want, const char *descr)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);

	quote(text, &out);
	cr_expect_str_eq(buf_text(&out), want, "%s: %s", descr, buf_text(&out));
}

Test(plan_quote, one_literal_in_each_syntax)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		expect(plan_quote_sh, rows[i].text, rows[i].sh, rows[i].descr);
		expect(plan_quote_powershell, rows[i].text, rows[i].powershell, rows[i].descr);
		expect(plan_quote_yaml, rows[i].text, rows[i].yaml, rows[i].descr);
	}
}

static const struct {
	const char *label, *id;
} labels[] = {
	{ "nginx", "nginx" },
	{ "NGINX", "nginx" },
	{ "nginx/1.22.1", "nginx" },
	{ "nginx-1.22", "nginx" },
	{ "nginxy", NULL },
	{ "ngin", NULL },
	{ "", NULL },
	{ NULL, NULL },
	{ "generic", "generic" },
	{ "exchange", "exchange" },
	{ "exchange-2007", "exchange" },
	{ "Exchange-2010 SP3", "exchange-2010" },
	{ "exchange-2016", "exchange-2016" },
	{ "exchange-20160", "exchange" },
	{ "IIS-7.0", "iis" },
	{ "tomcat/9.0.80", "tomcat" },
	{ "f5", "f5" },
	{ "java", NULL },
};

Test(plan_platform, what_a_label_means)
{
	for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
		const struct plan_platform *found = plan_platform_of(labels[i].label);

		if (labels[i].id)
			cr_expect_str_eq(found ? found->id : "none", labels[i].id);
		else
			cr_expect_null(found, "%s", labels[i].label);
	}
}

Test(plan_platform, every_row_has_what_it_names)
{
	for (size_t i = 0; i < plan_platform_count(); i++) {
		const struct plan_platform *row = plan_platform_at(i);
		size_t len;

		cr_expect(row->where && row->reload && row->title, "%s", row->id);
		cr_expect_eq(plan_platform_of(row->id), row, "%s", row->id);
		cr_expect_eq(
			row->family == PLAN_FAMILY_GUIDE, row->bodies[0] == NULL, "%s", row->id);
		for (size_t k = 0; k < PLAN_BODIES && row->bodies[k]; k++)
			cr_expect_not_null(
				plan_body(row->bodies[k], &len), "%s: %s", row->id, row->bodies[k]);
	}
	cr_expect_null(plan_platform_at(plan_platform_count()));
}
