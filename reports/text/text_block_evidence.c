/* SPDX-License-Identifier: MIT */
/*
 * What one endpoint served, certificate by certificate, and which clients can
 * make a path of it: for the one who wants to see it with his own eyes.
 */
#include "reports/text/text_block.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "reports/digest.h"
#include "reports/report.h"
#include "reports/text/table.h"

#define TAIL 8 /* digits that tell twins apart at a glance */

/* Known by its fingerprint, or the end of that. */
static void put_identity(const struct digest_link *link, struct table *table)
{
	char print[sizeof "SHA-256 ..." + TAIL];

	(void)snprintf(
		print, sizeof print, "SHA-256 ...%s", link->print + sizeof link->print - 1 - TAIL);
	table_cell(table, PAGE_PLAIN, link->known_as ? link->known_as : print);
}

static void put_validity(
	const struct digest_link *link, enum language language, struct table *table)
{
	char from[INSTANT_TEXT], until[INSTANT_TEXT], span[2 * INSTANT_TEXT + 8] = "";

	if (link->readable) {
		instant_format_day(link->not_before, from);
		instant_format_day(link->not_after, until);
		(void)snprintf(span, sizeof span, lang_text(language, "%s to %s"), from, until);
	}
	table_cell(table, PAGE_PLAIN, span);
}

static bool put_links(const struct digest_evidence *evidence, struct page *page)
{
	CLEANUP(table_release) struct table table = { .headed = true };

	(void)table_column(&table, lang_text(page->language, "certificate"), TABLE_TEXT);
	(void)table_column(&table, lang_text(page->language, "role"), TABLE_WHOLE);
	(void)table_column(&table, lang_text(page->language, "known as"), TABLE_WHOLE);
	(void)table_column(&table, lang_text(page->language, "valid"), TABLE_WHOLE);
	for (size_t i = 0; i < evidence->links.count; i++) {
		const struct digest_link *link = &evidence->links.items[i];
		char name[600];

		(void)snprintf(name, sizeof name, "%zu. %s", i + 1, link->name);
		table_cell(&table, PAGE_PLAIN, name);
		table_cell(&table, PAGE_PLAIN, lang_text(page->language, role_name(link->role)));
		put_identity(link, &table);
		put_validity(link, page->language, &table);
	}
	return table_print(&table, page, 5);
}

static const char *path_words(const struct digest_path *path)
{
	if (path->trusted == ANSWER_UNKNOWN)
		return N_("unknown");
	if (path->trusted == ANSWER_NO)
		return N_("no");
	return path->completed_by == COMPLETION_SERVED ? N_("yes") : N_("only if it fetches");
}

static enum page_style path_style(const struct digest_path *path)
{
	if (path->trusted == ANSWER_UNKNOWN)
		return PAGE_MAGENTA;
	if (path->trusted == ANSWER_NO)
		return PAGE_RED;
	return path->completed_by == COMPLETION_SERVED ? PAGE_GREEN : PAGE_YELLOW;
}

/* It may say first what the column beside it says. */
static const char *reason_of(const struct digest_path *path, enum language language)
{
	char said[64], prefix[64];

	phrase_say(said, sizeof said, "unknown: %.140s", "");
	phrase_render(said, language, prefix, sizeof prefix);
	size_t len = strlen(prefix);

	return path->reason + (strncmp(path->reason, prefix, len) == 0 ? len : 0);
}

static bool put_paths(
	const struct digest_evidence *evidence, const struct report_run *run, struct page *page)
{
	CLEANUP(table_release) struct table table = { .headed = false };

	(void)table_column(&table, lang_text(page->language, "clients"), TABLE_TEXT);
	(void)table_column(&table, lang_text(page->language, "trust it"), TABLE_WHOLE);
	(void)table_column(&table, lang_text(page->language, "because"), TABLE_TEXT);
	for (size_t i = 0; i < evidence->paths.count; i++) {
		const struct digest_path *path = &evidence->paths.items[i];
		const char *title = profile_title_in(
			&run->profile->stores[path->store].title, run->language);
		char shown[300];

		if (!title)
			title = run->profile->stores[path->store].id;
		text_printable(title, strlen(title), shown, sizeof shown);
		table_cell(&table, PAGE_PLAIN, shown);
		table_cell(&table, path_style(path), lang_text(page->language, path_words(path)));
		table_cell(&table, PAGE_PLAIN, reason_of(path, page->language));
	}
	return table_print(&table, page, 5);
}

/* The protocol, and what is odd about it. */
static void put_connection(const struct digest_entry *entry, struct page *page)
{
	if (!entry->version[0])
		return;
	page_putf(page, PAGE_PLAIN, "%s%s", lang_text(page->language, ", "), entry->version);
	if (entry->legacy_offer)
		page_say(page, PAGE_PLAIN, " (legacy offer only)");
	if (entry->proven == PROOF_SHOWN)
		return;
	page_put(page, PAGE_YELLOW, lang_text(page->language, ", "));
	if (entry->proven == PROOF_REFUTED)
		page_say(page, PAGE_YELLOW, "and does not hold the key to it");
	else
		page_say(page, PAGE_YELLOW, "and has not shown that it holds the key to it");
}

bool text_block_evidence(
	const struct digest_entry *entry, const struct report_run *run, struct page *page)
{
	const struct digest_evidence *evidence = entry->evidence;

	if (!evidence)
		return true;
	if (evidence->links.count > 0) {
		page_start(page, 3, 5);
		page_say(page, PAGE_BOLD, "What it sends now:");
		page_put(page, PAGE_PLAIN, " ");
		if (entry->address)
			page_say(page, PAGE_PLAIN, "%s at %s", entry->service, entry->address);
		else
			page_put(page, PAGE_PLAIN, entry->service);
		put_connection(entry, page);
		page_end(page);
		if (!put_links(evidence, page))
			return false;
	}
	if (evidence->paths.count == 0)
		return true;
	page_paragraph(page, 3, PAGE_BOLD, lang_text(page->language, "Which clients trust it"));
	return put_paths(evidence, run, page);
}
