/* SPDX-License-Identifier: MIT */
#include "reports/compare/comparison_report.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "reports/compare/comparison_words.h"
#include "reports/text/page.h"
#include "reports/text/table.h"

static const enum page_style styles[CHANGE_COUNT] = {
	[CHANGE_REGRESSED] = PAGE_RED,
	[CHANGE_UNREACHABLE] = PAGE_MAGENTA,
	[CHANGE_NEW] = PAGE_CYAN,
	[CHANGE_GONE] = PAGE_YELLOW,
	[CHANGE_FIXED] = PAGE_GREEN,
	[CHANGE_UNCHANGED] = PAGE_DIM,
};

static const enum page_style finding_styles[FINDING_CLASS_COUNT] = {
	[FINDING_NEW] = PAGE_RED,
	[FINDING_WORSE] = PAGE_RED,
	[FINDING_FIXED] = PAGE_GREEN,
	[FINDING_WAIVED] = PAGE_YELLOW,
	[FINDING_SAME] = PAGE_DIM,
};

comparison_write *comparison_writer(const char *format)
{
	static const struct {
		const char *name;
		comparison_write *write;
	} writers[] = {
		{ "text", comparison_text },
		{ "markdown", comparison_markdown },
		{ "html", comparison_html },
		{ "ndjson", comparison_ndjson },
	};

	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		if (strcmp(format, writers[i].name) == 0)
			return writers[i].write;
	return NULL;
}

static void put_count(struct table *table, enum page_style style, size_t count)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%zu", count);
	table_cell(table, count > 0 ? style : PAGE_DIM, text);
}

static bool put_counts(const struct comparison *comparison, struct page *page)
{
	CLEANUP(table_release) struct table table = { .headed = false };

	(void)table_column(&table, NULL, TABLE_TEXT);
	(void)table_column(&table, NULL, TABLE_RIGHT | TABLE_WHOLE);
	for (enum change_class class = 0; class < CHANGE_COUNT; class ++) {
		table_cell(&table, comparison->counts[class] ? styles[class] : PAGE_DIM,
			comparison_words_class(page->language, class));
		put_count(&table, styles[class], comparison->counts[class]);
	}
	return table_print(&table, page, 2);
}

static bool put_owners(const struct comparison *comparison, struct page *page)
{
	CLEANUP(table_release) struct table table = { .headed = true };
	char words[COMPARISON_WORDS];

	if (comparison->owners.count == 0 ||
		(comparison->owners.count == 1 && !comparison->owners.items[0].name[0]))
		return true;
	page_gap(page);
	(void)table_column(&table, lang_text(page->language, "Owner"), TABLE_TEXT);
	for (enum change_class class = 0; class < CHANGE_COUNT; class ++)
		(void)table_column(&table, comparison_words_class(page->language, class),
			TABLE_RIGHT | TABLE_WHOLE);
	for (size_t i = 0; i < comparison->owners.count; i++) {
		const struct compared_owner *owner = &comparison->owners.items[i];

		comparison_words_owner(owner->name, words);
		table_cell(&table, PAGE_PLAIN, words);
		for (enum change_class class = 0; class < CHANGE_COUNT; class ++)
			put_count(&table, styles[class], owner->counts[class]);
	}
	return table_print(&table, page, 2);
}

static bool put_rules(const struct comparison *comparison, struct page *page)
{
	CLEANUP(table_release) struct table table = { .headed = true };
	bool any = false;

	(void)table_column(&table, lang_text(page->language, "Rule"), TABLE_WHOLE);
	for (enum finding_class class = 0; class < FINDING_CLASS_COUNT; class ++)
		(void)table_column(&table, comparison_words_finding(page->language, class),
			TABLE_RIGHT | TABLE_WHOLE);
	for (enum rule_id rule = 0; rule < RULE_COUNT; rule++) {
		const size_t *counts = comparison->findings[rule];
		size_t changed = 0;

		for (enum finding_class class = 0; class < FINDING_SAME; class ++)
			changed += counts[class];
		if (changed == 0)
			continue;
		any = true;
		table_cell(&table, PAGE_PLAIN, rule_at(rule)->id);
		for (enum finding_class class = 0; class < FINDING_CLASS_COUNT; class ++)
			put_count(&table, finding_styles[class], counts[class]);
	}
	if (!any)
		return true;
	page_gap(page);
	return table_print(&table, page, 2);
}

static bool put_findings(const struct change *change, struct page *page)
{
	CLEANUP(table_release) struct table table = { .headed = false };
	struct finding_change findings[RULE_COUNT];
	size_t count = comparison_words_findings(change, findings);
	char words[COMPARISON_WORDS];

	if (count == 0)
		return true;
	(void)table_column(&table, NULL, TABLE_WHOLE);
	(void)table_column(&table, NULL, TABLE_TEXT);
	(void)table_column(&table, NULL, TABLE_WHOLE);
	(void)table_column(&table, NULL, TABLE_TEXT);
	for (size_t i = 0; i < count; i++) {
		const struct finding_change *finding = &findings[i];

		table_cell(&table, finding_styles[finding->class],
			comparison_words_finding(page->language, finding->class));
		comparison_words_severity(finding, page->language, words);
		table_cell(&table, PAGE_PLAIN, words);
		table_cell(&table, PAGE_PLAIN, rule_at(finding->rule)->id);
		table_cell(
			&table, PAGE_DIM, lang_text(page->language, rule_at(finding->rule)->title));
	}
	return table_print(&table, page, 4);
}

static bool put_change(const struct change *change, struct page *page)
{
	char words[COMPARISON_WORDS];

	page_start(page, 2, 4);
	comparison_words_service(change, words);
	page_put(page, PAGE_BOLD, words);
	comparison_words_address(change, words);
	if (words[0])
		page_putf(page, PAGE_PLAIN, " (%s)", words);
	page_put(page, PAGE_PLAIN, "  ");
	comparison_words_status(change, page->language, words);
	page_put(page, styles[change->class], words);
	if (change_owner(change)[0]) {
		comparison_words_owner(change_owner(change), words);
		page_putf(page, PAGE_DIM, "  %s", words);
	}
	page_end(page);
	return put_findings(change, page);
}

static bool put_changes(
	const struct comparison *comparison, const struct comparison_view *view, struct page *page)
{
	enum change_class last = CHANGE_COUNT;

	for (size_t i = 0; i < comparison->changes.count; i++) {
		const struct change *change = &comparison->changes.items[i];

		if (!comparison_words_lists(change, view->all))
			continue;
		if (change->class != last) {
			page_gap(page);
			page_start(page, 0, 0);
			page_say(page, styles[change->class], "== %s: %zu ==",
				comparison_words_class(page->language, change->class),
				comparison->counts[change->class]);
			page_end(page);
		}
		last = change->class;
		if (!put_change(change, page))
			return false;
	}
	return true;
}

bool comparison_text(
	const struct comparison *comparison, const struct comparison_view *view, struct buf *out)
{
	char words[COMPARISON_WORDS];
	struct page page;

	page_init(&page, out, view->columns, view->color);
	page.language = view->language;
	page_start(&page, 0, 2);
	comparison_words_set(&comparison->sets[SIDE_OLD], view->language, words);
	page_say(&page, PAGE_PLAIN, "Before: %s.", words);
	page_end(&page);
	page_start(&page, 0, 2);
	comparison_words_set(&comparison->sets[SIDE_NEW], view->language, words);
	page_say(&page, PAGE_PLAIN, "Now: %s.", words);
	page_end(&page);
	page_gap(&page);
	return put_counts(comparison, &page) && put_owners(comparison, &page) &&
	       put_rules(comparison, &page) && put_changes(comparison, view, &page) && !out->failed;
}
