/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/caa.h"
#include "reports/html/html_asset.h"
#include "reports/html/html_fleet.h"
#include "reports/report.h"
#include "tests/golden.h"
#include "tests/sample.h"

#define ROOM (256u << 20)

static struct sample fleet[SAMPLE_FLEET];
static size_t fleet_size;

static void set_up(void)
{
	fleet_size = sample_fleet(fleet);
}

static void tear_down(void)
{
	for (size_t i = 0; i < fleet_size; i++)
		sample_release(&fleet[i]);
}

TestSuite(format_html, .init = set_up, .fini = tear_down);

static struct buf page_of(const struct sample *const *samples, size_t count, enum language language)
{
	char path[] = "/tmp/chainmend-html-XXXXXX";
	struct report_run run = {
		.profile = sample_profile(), .as_of = sample_day(), .language = language
	};
	struct report_summary summary = { .targets = count };
	struct error err = { .code = ERROR_NONE };
	struct buf got = BUF_INIT(ROOM);
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	struct report *report = report_open(report_format_by_name("html"), path, &run, &err);
	cr_assert_not_null(report, "%s", err.text);
	for (size_t i = 0; i < count; i++)
		cr_assert(report_add(report, &samples[i]->verdict, &err), "%s", err.text);
	cr_assert(report_close(report, &summary, &err), "%s", err.text);
	report_free(report);
	cr_assert(buf_read_file(&got, path, &err), "%s", err.text);
	(void)close(fd);
	(void)unlink(path);
	return got;
}

static struct buf fleet_page(enum language language)
{
	const struct sample *samples[SAMPLE_FLEET];

	for (size_t i = 0; i < fleet_size; i++)
		samples[i] = &fleet[i];
	return page_of(samples, fleet_size, language);
}

static void cut_out(struct buf *page, const char *what, size_t len)
{
	char *at = strstr(page->data, what);

	cr_assert_not_null(at);
	memmove(at, at + len, strlen(at) - len + 1);
	page->len -= len;
}

/* One host, without the style and the script, which are files of their own. */
Test(format_html, one_host)
{
	const struct sample *samples[] = { &fleet[0] };
	struct buf page = page_of(samples, 1, LANGUAGE_EN);

	cut_out(&page, html_asset_style.text, html_asset_style.len);
	cut_out(&page, html_asset_script.text, html_asset_script.len);
	cut_out(&page, html_asset_style.sha256, strlen(html_asset_style.sha256));
	cut_out(&page, html_asset_script.sha256, strlen(html_asset_script.sha256));
	golden_expect("one.html", buf_text(&page), page.len);
	buf_release(&page);
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		count++;
	return count;
}

Test(format_html, every_result_has_a_row_and_a_section)
{
	struct buf page = fleet_page(LANGUAGE_EN);

	cr_expect_eq(count_of(page.data, "<details class=\"host "), fleet_size);
	cr_expect_eq(count_of(page.data, "<th scope=\"row\"><a class=\"own service\""), fleet_size);
	cr_expect_eq(count_of(page.data, "<script"), 2u, "the data and the script");
	cr_expect_eq(count_of(page.data, "</script>"), 2u);
	cr_expect_eq(count_of(page.data, " style="), 0u, "the policy lets none work");
	cr_expect_eq(count_of(page.data, " onclick="), 0u);
	cr_expect_eq(count_of(page.data, "src="), 0u);
	buf_release(&page);
}

/* Those with the same chain and the same fault have one mould. */
Test(format_html, sections_share_moulds)
{
	const struct sample *samples[] = { &fleet[0], &fleet[1], &fleet[2] };
	struct buf page = page_of(samples, ARRAY_LEN(samples), LANGUAGE_EN);

	cr_expect_eq(count_of(page.data, "<template "), 1u);
	buf_release(&page);
}

Test(format_html, does_not_depend_on_the_order_of_results)
{
	const struct sample *turned[SAMPLE_FLEET];
	struct buf page = fleet_page(LANGUAGE_EN);

	for (size_t i = 0; i < fleet_size; i++)
		turned[i] = &fleet[fleet_size - 1 - i];
	struct buf other = page_of(turned, fleet_size, LANGUAGE_EN);
	/* The moulds are numbered as they come. */
	const char *end = strstr(page.data, "<template "), *same = strstr(other.data, "<template ");
	cr_assert(end && same);
	cr_expect_eq(end - page.data, same - other.data);
	cr_expect_eq(memcmp(page.data, other.data, (size_t)(end - page.data)), 0);
	buf_release(&page);
	buf_release(&other);
}

static const char *const languages[LANGUAGE_COUNT] = {
	[LANGUAGE_EN] = "<html lang=\"en\">",
	[LANGUAGE_ZH_HANT] = "<html lang=\"zh-Hant\">",
	[LANGUAGE_ZH_HANS] = "<html lang=\"zh-Hans\">",
};

Test(format_html, says_its_language)
{
	for (enum language i = 0; i < LANGUAGE_COUNT; i++) {
		struct buf page = fleet_page(i);

		cr_expect_not_null(strstr(page.data, languages[i]));
		cr_expect_not_null(
			strstr(page.data, profile_title_in(&sample_profile()->title, i)));
		buf_release(&page);
	}
}

Test(format_html, nothing_examined_is_a_page_too)
{
	struct buf page = page_of(NULL, 0, LANGUAGE_EN);

	cr_expect_not_null(strstr(page.data, "Nothing was examined."));
	cr_expect_not_null(strstr(page.data, "\"rows\":[]"));
	buf_release(&page);
}

Test(format_html, what_is_waived_is_shown_with_its_reason)
{
	struct sample *one = &fleet[0];
	const struct sample *samples[] = { one };
	struct finding *finding = sample_find(one, RULE_leaf_eku, SEVERITY_WARNING, "it may");

	finding->waived.is = true;
	finding->waived.until = sample_day();
	(void)snprintf(
		finding->waived.reason, sizeof finding->waived.reason, "%s", "the <box> goes");
	(void)snprintf(finding->waived.by, sizeof finding->waived.by, "%s", "mail team");
	struct buf got = page_of(samples, 1, LANGUAGE_EN);
	cr_expect_not_null(strstr(buf_text(&got), "the &lt;box&gt; goes (mail team, until "));
	cr_expect_not_null(strstr(buf_text(&got), "Waived (not counted until their day)"));
	buf_release(&got);
	finding->waived.is = false;
	got = page_of(samples, 1, LANGUAGE_EN);
	cr_expect_null(strstr(buf_text(&got), "Waived (not counted"));
	buf_release(&got);
}

Test(format_html, further_looks_are_shown_with_their_chains)
{
	static char banner[] = "220 <mail> ESMTP";
	struct sample *one = &fleet[0];
	struct sample other = fleet[0];
	struct verdict refused = { .target = &one->target,
		.outcome = OUTCOME_HANDSHAKE,
		.message = "refused the <handshake>" };
	struct verdict same = { .target = &one->target, .version = "TLSv1.2", .cipher = "AES" };
	struct verdict_look looks[] = { { LOOK_ECDSA, 0, &refused }, { LOOK_TLS12, 1, &same },
		{ LOOK_AGAIN, 3, &same }, { LOOK_NO_SNI, 0, &other.verdict } };
	const struct sample *samples[] = { one };

	one->verdict.looks.items = looks;
	one->verdict.looks.count = ARRAY_LEN(looks);
	one->verdict.banner = banner;
	struct buf got = page_of(samples, 1, LANGUAGE_EN);
	cr_expect_not_null(strstr(buf_text(&got), "refused the &lt;handshake&gt;"));
	cr_expect_not_null(strstr(buf_text(&got), "the same chain as the main look"));
	cr_expect_not_null(strstr(buf_text(&got), "the same chain as look 2"));
	cr_expect_not_null(strstr(buf_text(&got), "another chain: the table of look 4"));
	cr_expect_not_null(strstr(buf_text(&got), "Look 4: the certificates, in the order sent"));
	cr_expect_null(strstr(buf_text(&got), "Look 2: the certificates"));
	cr_expect_not_null(strstr(buf_text(&got), "220 &lt;mail&gt; ESMTP"));
	buf_release(&got);
	one->verdict.looks.count = 0;
	one->verdict.looks.items = NULL;
	one->verdict.banner = NULL;
	got = page_of(samples, 1, LANGUAGE_EN);
	cr_expect_null(strstr(buf_text(&got), "Further looks"));
	cr_expect_null(strstr(buf_text(&got), "Calls itself"));
	buf_release(&got);
}

static const struct {
	const char *descr;
	struct caa caa;
	const char *want;
} caas[] = {
	{ "records",
		{ .status = CAA_FOUND,
			.domain = "example.hk",
			.count = 2,
			.records = { { false, "issue", "hongkongpost.gov.hk" },
				{ true, "iodef", "<x>" } } },
		"example.hk has 0 issue &quot;hongkongpost.gov.hk&quot;; 128 iodef "
		"&quot;&lt;x&gt;&quot;" },
	{ "none", { .status = CAA_NONE }, "no records: any CA may issue for the name" },
	{ "unknown", { .status = CAA_UNKNOWN, .why = "the name server does not answer" },
		"not known: the name server does not answer" },
};

Test(format_html, says_who_may_issue)
{
	const struct sample *samples[] = { &fleet[0] };

	for (size_t i = 0; i < ARRAY_LEN(caas); i++) {
		struct caa caa = caas[i].caa;

		fleet[0].verdict.caa = &caa;
		struct buf got = page_of(samples, 1, LANGUAGE_EN);
		cr_expect_not_null(strstr(buf_text(&got), caas[i].want), "%s", caas[i].descr);
		buf_release(&got);
		fleet[0].verdict.caa = NULL;
	}
}

/* Whose table it is not worth: one owner, or none. */
Test(format_html, owners_have_a_table)
{
	const struct sample *samples[] = { &fleet[0], &fleet[1], &fleet[2] };

	sample_owner(&fleet[0], "web <team>");
	sample_owner(&fleet[1], "mail team");
	sample_owner(&fleet[2], "mail team");
	struct buf got = page_of(samples, 3, LANGUAGE_EN);
	cr_expect_eq(count_of(buf_text(&got), "data-owner=\""), 2u);
	cr_expect_not_null(strstr(buf_text(&got), "data-owner=\"web &lt;team&gt;\""));
	buf_release(&got);
	got = page_of(samples + 1, 2, LANGUAGE_EN);
	cr_expect_eq(count_of(buf_text(&got), "data-owner=\""), 0u);
	buf_release(&got);
}
