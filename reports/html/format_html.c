/* SPDX-License-Identifier: MIT */
/*
 * format_html - one page that holds everything: for people, in a browser, offline
 *
 * Why it is made as it is: docs/adr/0017-the-html-page.md.
 */
#include "reports/format.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "reports/html/html.h"
#include "reports/html/html_asset.h"
#include "reports/html/html_fleet.h"
#include "reports/html/html_parts.h"
#include "reports/html/html_table.h"
#include "reports/output.h"
#include "reports/report.h"

#define PART_BYTES (1u << 30) /* of the page without hosts and data; some megabytes at most */

static void put_raw(
	struct html *html, const char *tag, const char *attributes, const struct html_asset *part)
{
	html_break(html);
	(void)buf_addf(html->out, "<%s%s>", tag, attributes);
	(void)buf_add(html->out, part->text, part->len);
	(void)buf_addf(html->out, "</%s>\n", tag);
}

static void put_meta(struct html *html, const char *key, const char *name, const char *content)
{
	html_void(html, "meta", NULL);
	html_attr(html, key, name);
	html_attr(html, "content", content);
	html_break(html);
}

/* Nothing is fetched, sent or framed, and nothing runs but the script that was built in. */
static void put_policy(struct html *html)
{
	char policy[600];

	(void)snprintf(policy, sizeof policy,
		"default-src 'none'; script-src 'sha256-%s'; style-src 'sha256-%s'; base-uri "
		"'none'; "
		"form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
		html_asset_script.sha256, html_asset_style.sha256);
	put_meta(html, "http-equiv", "Content-Security-Policy", policy);
}

static void put_title(const struct report_run *run, char *out, size_t size)
{
	const char *title = profile_title_in(&run->profile->title, run->language);

	text_printable(title ? title : run->profile->id, strlen(title ? title : run->profile->id),
		out, size);
}

static void put_head(struct html_parts *page)
{
	struct html *html = page->html;
	char title[480];

	(void)buf_add_text(html->out, "<!DOCTYPE html>\n");
	html_begin(html, "html", NULL);
	html_attr(html, "lang", language_name(page->language));
	html_break(html);
	html_begin(html, "head", NULL);
	html_break(html);
	html_void(html, "meta", NULL);
	html_attr(html, "charset", "utf-8");
	html_break(html);
	put_policy(html);
	put_meta(html, "name", "viewport", "width=device-width, initial-scale=1");
	put_meta(html, "name", "color-scheme", "light dark");
	put_meta(html, "name", "referrer", "no-referrer");
	put_meta(html, "name", "robots", "noindex");
	put_meta(html, "name", "generator", "chainmend");
	put_title(&page->fleet->run, title, sizeof title);
	html_put(html, "title", NULL, title);
	put_raw(html, "style", "", &html_asset_style);
	html_end(html, "head");
	html_break(html);
}

static void put_top(struct html_parts *page)
{
	struct html *html = page->html;
	const struct report_run *run = &page->fleet->run;
	char title[480], day[INSTANT_TEXT];

	html_begin(html, "a", "skip");
	html_attr(html, "href", "#main");
	html_text(html, lang_text(page->language, "Skip to the report"));
	html_end(html, "a");
	html_begin(html, "header", "top");
	put_title(run, title, sizeof title);
	html_put(html, "h1", NULL, title);
	instant_format_day(run->as_of, day);
	html_putf(html, "p", NULL, lang_text(page->language, "Judged as of %s."), day);
	html_begin(html, "nav", NULL);
	html_attr(html, "aria-label", lang_text(page->language, "Parts of the report"));
	html_begin(html, "ul", NULL);
	for (const struct html_part *place = html_parts_wanted(html_parts, run); place->id;
		place = html_parts_wanted(place + 1, run)) {
		html_begin(html, "li", NULL);
		html_begin(html, "a", NULL);
		html_attrf(html, "href", "#%s", place->id);
		html_text(html, lang_text(page->language, place->title));
		html_end(html, "a");
		html_end(html, "li");
	}
	html_end(html, "ul");
	html_end(html, "nav");
	html_end(html, "header");
	html_break(html);
}

/* What was made so far; a page is not held whole. */
static bool flush(struct html_parts *page, struct output *output, struct error *err)
{
	struct buf *out = page->html->out;

	if (out->failed)
		return error_set_memory(err);
	bool written = output_write(output, buf_text(out), out->len, err);
	buf_clear(out);
	return written;
}

static void begin_part(struct html *html, const struct html_part *part, enum language language)
{
	html_begin(html, "section", NULL);
	html_attr(html, "id", part->id);
	html_attrf(html, "aria-labelledby", "%s-title", part->id);
	html_begin(html, "h2", NULL);
	html_attrf(html, "id", "%s-title", part->id);
	html_text(html, lang_text(language, part->title));
	html_end(html, "h2");
	html_break(html);
}

static bool put_parts(struct html_parts *page, struct output *output, struct error *err)
{
	html_begin(page->html, "main", NULL);
	html_attr(page->html, "id", "main");
	html_attr(page->html, "tabindex", "-1");
	html_break(page->html);
	const struct report_run *run = &page->fleet->run;
	for (const struct html_part *part = html_parts_wanted(html_parts, run); part->id;
		part = html_parts_wanted(part + 1, run)) {
		begin_part(page->html, part, page->language);
		if (!part->put(page))
			return error_set_memory(err);
		html_end(page->html, "section");
		html_break(page->html);
		if (!flush(page, output, err))
			return false;
	}
	html_end(page->html, "main");
	html_break(page->html);
	return true;
}

static bool write_page(struct html_parts *page, struct output *output, struct error *err)
{
	put_head(page);
	html_begin(page->html, "body", NULL);
	html_break(page->html);
	put_top(page);
	if (!put_parts(page, output, err))
		return false;
	html_begin(page->html, "p", "toast js");
	html_attr(page->html, "id", "toast");
	html_attr(page->html, "role", "status");
	html_end(page->html, "p");
	html_break(page->html);
	if (!flush(page, output, err) || !html_table_write(page->fleet, output, err))
		return false;
	put_raw(page->html, "script", "", &html_asset_script);
	html_end(page->html, "body");
	html_break(page->html);
	html_end(page->html, "html");
	html_break(page->html);
	return flush(page, output, err);
}

static bool html_begin_report(const struct format_job *job, struct error *err)
{
	return html_fleet_init(job->state, job->run, err);
}

static bool html_add(const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	return html_fleet_add(job->state, verdict, err);
}

static bool html_finish(
	const struct format_job *job, const struct report_summary *summary, struct error *err)
{
	struct html_fleet *fleet = job->state;
	CLEANUP(buf_release) struct buf out = BUF_INIT(PART_BYTES);
	struct html html;
	struct html_parts page = {
		.fleet = fleet, .summary = summary, .html = &html, .language = job->run->language
	};

	html_init(&html, &out);
	return html_fleet_settle(fleet, err) && write_page(&page, job->output, err);
}

static void html_release(void *state)
{
	html_fleet_release(state);
}

const struct report_format format_html = {
	.name = "html",
	.state_size = sizeof(struct html_fleet),
	.has_timeline = true,
	.begin = html_begin_report,
	.add = html_add,
	.finish = html_finish,
	.release = html_release,
};
