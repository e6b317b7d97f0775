/* SPDX-License-Identifier: MIT */
/*
 * One page without a script: the look of the report (data/html/page.css), nothing fetched, and
 * every text through the one door that escapes it (html.h).
 */
#include "reports/compare/comparison_report.h"

#include <stdio.h>

#include "checker/base/buf.h"
#include "reports/compare/comparison_words.h"
#include "reports/html/html.h"
#include "reports/html/html_asset.h"

/* As badges: red for what has to be looked at, green for what is done. */
static const char *const badges[CHANGE_COUNT] = {
	[CHANGE_REGRESSED] = "badge critical",
	[CHANGE_UNREACHABLE] = "badge unreachable",
	[CHANGE_NEW] = "badge note",
	[CHANGE_GONE] = "badge warning",
	[CHANGE_FIXED] = "badge ok",
	[CHANGE_UNCHANGED] = "badge outside",
};

static const char *const finding_badges[FINDING_CLASS_COUNT] = {
	[FINDING_NEW] = "badge critical",
	[FINDING_WORSE] = "badge critical",
	[FINDING_FIXED] = "badge ok",
	[FINDING_WAIVED] = "badge warning",
	[FINDING_SAME] = "badge outside",
};

static void put_meta(struct html *html, const char *key, const char *name, const char *content)
{
	html_void(html, "meta", NULL);
	html_attr(html, key, name);
	html_attr(html, "content", content);
	html_break(html);
}

static void put_head(struct html *html, enum language language)
{
	char policy[300];

	(void)buf_add_text(html->out, "<!DOCTYPE html>\n");
	html_begin(html, "html", NULL);
	html_attr(html, "lang", language_name(language));
	html_begin(html, "head", NULL);
	html_void(html, "meta", NULL);
	html_attr(html, "charset", "utf-8");
	html_break(html);
	(void)snprintf(policy, sizeof policy,
		"default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'",
		html_asset_style.sha256);
	put_meta(html, "http-equiv", "Content-Security-Policy", policy);
	put_meta(html, "name", "viewport", "width=device-width, initial-scale=1");
	put_meta(html, "name", "color-scheme", "light dark");
	put_meta(html, "name", "referrer", "no-referrer");
	html_put(html, "title", NULL, lang_text(language, "What has changed"));
	html_break(html);
	(void)buf_add_text(html->out, "<style>");
	(void)buf_add(html->out, html_asset_style.text, html_asset_style.len);
	(void)buf_add_text(html->out, "</style>\n");
	html_end(html, "head");
	html_break(html);
}

static void put_top(struct html *html, const struct comparison *comparison, enum language language)
{
	char words[COMPARISON_WORDS];

	html_begin(html, "header", "top");
	html_put(html, "h1", NULL, lang_text(language, "What has changed"));
	comparison_words_set(&comparison->sets[SIDE_OLD], language, words);
	html_putf(html, "p", NULL, lang_text(language, "Before: %s."), words);
	comparison_words_set(&comparison->sets[SIDE_NEW], language, words);
	html_putf(html, "p", NULL, lang_text(language, "Now: %s."), words);
	html_end(html, "header");
	html_break(html);
}

static void put_heading(struct html *html, const char *text, bool number)
{
	html_begin(html, "th", number ? "number" : NULL);
	html_attr(html, "scope", "col");
	html_text(html, text);
	html_end(html, "th");
}

static void begin_table(struct html *html)
{
	html_begin(html, "div", "scroll");
	html_begin(html, "table", NULL);
	html_begin(html, "thead", NULL);
	html_begin(html, "tr", NULL);
}

static void begin_rows(struct html *html)
{
	html_end(html, "tr");
	html_end(html, "thead");
	html_begin(html, "tbody", NULL);
	html_break(html);
}

static void end_table(struct html *html)
{
	html_end(html, "tbody");
	html_end(html, "table");
	html_end(html, "div");
	html_break(html);
}

static void put_counts_row(
	struct html *html, const char *name, const size_t counts[static CHANGE_COUNT])
{
	html_begin(html, "tr", NULL);
	html_begin(html, "th", NULL);
	html_attr(html, "scope", "row");
	html_text(html, name);
	html_end(html, "th");
	for (enum change_class class = 0; class < CHANGE_COUNT; class ++)
		html_putf(html, "td", "number", "%zu", counts[class]);
	html_end(html, "tr");
	html_break(html);
}

static void put_owners(
	struct html *html, const struct comparison *comparison, enum language language)
{
	char words[COMPARISON_WORDS];

	html_begin(html, "section", NULL);
	html_put(html, "h2", NULL, lang_text(language, "Owners"));
	begin_table(html);
	put_heading(html, lang_text(language, "Owner"), false);
	for (enum change_class class = 0; class < CHANGE_COUNT; class ++)
		put_heading(html, comparison_words_class(language, class), true);
	begin_rows(html);
	for (size_t i = 0; i < comparison->owners.count; i++) {
		comparison_words_owner(comparison->owners.items[i].name, words);
		put_counts_row(html, words, comparison->owners.items[i].counts);
	}
	put_counts_row(html, lang_text(language, "All"), comparison->counts);
	end_table(html);
	html_end(html, "section");
	html_break(html);
}

static void put_findings(struct html *html, const struct change *change, enum language language)
{
	struct finding_change findings[RULE_COUNT];
	size_t count = comparison_words_findings(change, findings);
	char words[COMPARISON_WORDS];

	html_begin(html, "td", NULL);
	for (size_t i = 0; i < count; i++) {
		const struct rule *rule = rule_at(findings[i].rule);

		html_begin(html, "div", NULL);
		html_put(html, "span", finding_badges[findings[i].class],
			comparison_words_finding(language, findings[i].class));
		comparison_words_severity(&findings[i], language, words);
		html_textf(html, " %s ", words);
		html_begin(html, "code", NULL);
		html_attr(html, "title", lang_text(language, rule->title));
		html_text(html, rule->id);
		html_end(html, "code");
		html_end(html, "div");
	}
	html_end(html, "td");
}

static void put_change(struct html *html, const struct change *change, enum language language)
{
	char words[COMPARISON_WORDS];

	html_begin(html, "tr", NULL);
	html_begin(html, "td", NULL);
	comparison_words_service(change, words);
	html_put(html, "code", NULL, words);
	comparison_words_address(change, words);
	if (words[0])
		html_put(html, "div", "hint", words);
	html_end(html, "td");
	comparison_words_status(change, language, words);
	html_put(html, "td", NULL, words);
	comparison_words_owner(change_owner(change), words);
	html_put(html, "td", NULL, words);
	put_findings(html, change, language);
	html_end(html, "tr");
	html_break(html);
}

static void begin_section(struct html *html, const struct comparison *comparison,
	enum change_class class, enum language language)
{
	html_begin(html, "section", NULL);
	html_attr(html, "id", change_class_name(class));
	html_begin(html, "h2", NULL);
	html_put(html, "span", badges[class], comparison_words_class(language, class));
	html_textf(html, " %zu", comparison->counts[class]);
	html_end(html, "h2");
	begin_table(html);
	put_heading(html, lang_text(language, "Service"), false);
	put_heading(html, lang_text(language, "Status"), false);
	put_heading(html, lang_text(language, "Owner"), false);
	put_heading(html, lang_text(language, "Findings"), false);
	begin_rows(html);
}

static void end_section(struct html *html)
{
	end_table(html);
	html_end(html, "section");
	html_break(html);
}

static void put_changes(
	struct html *html, const struct comparison *comparison, const struct comparison_view *view)
{
	enum change_class last = CHANGE_COUNT;

	for (size_t i = 0; i < comparison->changes.count; i++) {
		const struct change *change = &comparison->changes.items[i];

		if (!comparison_words_lists(change, view->all))
			continue;
		if (change->class != last && last != CHANGE_COUNT)
			end_section(html);
		if (change->class != last)
			begin_section(html, comparison, change->class, view->language);
		last = change->class;
		put_change(html, change, view->language);
	}
	if (last != CHANGE_COUNT)
		end_section(html);
}

bool comparison_html(
	const struct comparison *comparison, const struct comparison_view *view, struct buf *out)
{
	struct html html;

	html_init(&html, out);
	put_head(&html, view->language);
	html_begin(&html, "body", NULL);
	put_top(&html, comparison, view->language);
	html_begin(&html, "main", NULL);
	html_attr(&html, "id", "main");
	put_owners(&html, comparison, view->language);
	put_changes(&html, comparison, view);
	html_end(&html, "main");
	html_end(&html, "body");
	html_end(&html, "html");
	html_break(&html);
	return html_done(&html);
}
