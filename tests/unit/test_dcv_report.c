/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "reports/dcv/dcv_report.h"
#include "reports/text/page.h"
#include "tests/dcv_stage.h"

static struct dcv_stage stage;
static struct dcv_seen seen;
static struct dcv_verdict verdict;

static void set_up(void)
{
	dcv_stage_init(&stage);
	dcv_stage_seen(&seen);
}

static void tear_down(void)
{
	dcv_verdict_release(&verdict);
	dcv_seen_release(&seen);
	dcv_stage_release(&stage);
}

TestSuite(dcv_report, .init = set_up, .fini = tear_down);

static void put(enum language language, bool all, struct buf *out)
{
	struct page page;

	dcv_verdict_release(&verdict);
	dcv_judge(&stage.request, &seen, &verdict);
	page_init(&page, out, 100, false);
	page.language = language;
	dcv_report_text(&stage.request, &verdict, 1, all, &page);
}

static size_t count(const char *text, const char *part)
{
	size_t found = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		found++;
	return found;
}

Test(dcv_report, says_what_several_faults_have_in_common_once)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(65536);

	dcv_stage_without_file(&seen);
	for (size_t i = 0; i < seen.looks.count; i++)
		dcv_stage_no_text(&seen.looks.items[i]);
	put(LANGUAGE_EN, false, &out);
	cr_expect_eq(count(buf_text(&out), "answers HTTP 404"), 4u, "%s", buf_text(&out));
	cr_expect_eq(count(buf_text(&out), "[file-status]"), 4u, "%s", buf_text(&out));
	cr_expect_eq(count(buf_text(&out), "To do: Put the file"), 1u, "%s", buf_text(&out));
	cr_expect_eq(count(buf_text(&out), "would fail"), 4u, "%s", buf_text(&out));
}

/* The file is missing, and the record is there: that is enough, and the rest is for who asks. */
Test(dcv_report, is_short_where_it_passes)
{
	CLEANUP(buf_release) struct buf brief = BUF_INIT(65536), whole = BUF_INIT(65536);

	dcv_stage_without_file(&seen);
	put(LANGUAGE_EN, false, &brief);
	put(LANGUAGE_EN, true, &whole);
	cr_expect_eq(count(buf_text(&brief), "[file-status]"), 0u, "%s", buf_text(&brief));
	cr_expect_eq(count(buf_text(&whole), "[file-status]"), 4u, "%s", buf_text(&whole));
	cr_expect_eq(count(buf_text(&brief), "3.2.2.9"), 1u, "%s", buf_text(&brief));
}

Test(dcv_report, shows_a_name_as_people_write_it)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(65536), json = BUF_INIT(65536);

	(void)snprintf(seen.name, sizeof seen.name, "xn--g6w251d.example.hk");
	(void)snprintf(seen.at, sizeof seen.at, "xn--g6w251d.example.hk");
	seen.is_wildcard = true;
	put(LANGUAGE_EN, false, &out);
	cr_expect_eq(count(buf_text(&out), "*.xn--g6w251d.example.hk (*.測試.example.hk)"), 1u,
		"%s", buf_text(&out));
	cr_assert(dcv_report_json(&stage.request, &seen, &verdict, &json));
	cr_expect_eq(count(buf_text(&json), "\"name\":\"*.xn--g6w251d.example.hk\",\"unicode\":"
					    "\"測試.example.hk\""),
		1u, "%s", buf_text(&json));
}

Test(dcv_report, has_no_record_with_the_code)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(65536), json = BUF_INIT(65536);

	seen.visits.items[0].certificate = "self-signed \x1b[31m";
	dcv_stage_body(&seen.visits.items[1], "<html>" DCV_CODE);
	put(LANGUAGE_EN, true, &out);
	cr_assert(dcv_report_json(&stage.request, &seen, &verdict, &json));
	for (const struct buf *one = &out;; one = &json) {
		cr_expect_eq(count(buf_text(one), DCV_CODE), 0u, "%s", buf_text(one));
		cr_expect_eq(count(buf_text(one), "\x1b"), 0u, "%s", buf_text(one));
		cr_expect_eq(count(buf_text(one), "file-more"), 1u, "%s", buf_text(one));
		if (one == &json)
			break;
	}
}
