/* SPDX-License-Identifier: MIT */
#include "reports/text/text_lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "reports/digest.h"
#include "reports/digest_tally.h"
#include "reports/report.h"
#include "reports/text/page.h"
#include "reports/text/table.h"
#include "reports/text/text_block.h"

/* How much of a list is shown where the list is not the point; -v shows it all. */
#define OWNERS_SHOWN 20
#define IN_ORDER_SHOWN 60
#define NOTED_SHOWN 6

#define LINE_BYTES (1u << 16)

static bool put_owners(const struct digest_owners *owners, bool all, struct page *page)
{
	CLEANUP(table_release) struct table table = { .headed = true };
	static const enum status shown[] = { STATUS_CRITICAL, STATUS_WARNING, STATUS_UNREACHABLE,
		STATUS_OUT_OF_SCOPE, STATUS_OK };
	size_t count = all || owners->all.count < OWNERS_SHOWN ? owners->all.count : OWNERS_SHOWN;

	(void)table_column(&table, lang_text(page->language, "owner"), TABLE_TEXT);
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		(void)table_column(&table, lang_text(page->language, status_name(shown[i])),
			TABLE_RIGHT | TABLE_WHOLE);
	for (size_t i = 0; i < count; i++) {
		const struct digest_owner *owner = &owners->all.items[i];

		table_cell(&table, PAGE_PLAIN,
			owner->name ? owner->name : lang_text(page->language, "(none named)"));
		for (size_t s = 0; s < ARRAY_LEN(shown); s++) {
			size_t results = owner->results[shown[s]];
			char number[24];

			(void)snprintf(number, sizeof number, "%zu", results);
			table_cell(&table, results ? text_block_style(shown[s]) : PAGE_DIM, number);
		}
	}
	page_gap(page);
	if (!table_print(&table, page, 2))
		return false;
	if (count < owners->all.count) {
		page_start(page, 2, 2);
		page_say(page, PAGE_DIM, "and %zu more owners (all of them with -v)",
			owners->all.count - count);
		page_end(page);
	}
	return true;
}

bool text_lists_owners(const struct digest *digest, struct page *page)
{
	CLEANUP(digest_owners_release) struct digest_owners owners;

	if (!digest_tally_owners(digest, &owners))
		return false;
	return owners.all.count <= 1 || put_owners(&owners, digest->run->verbose, page);
}

/* A line for each, with what a person would look up next. */
static bool put_in_full(const struct digest_block *block, struct page *page)
{
	CLEANUP(table_release) struct table table = { .headed = true };

	(void)table_column(&table, lang_text(page->language, "service"), TABLE_WHOLE);
	(void)table_column(&table, lang_text(page->language, "address"), TABLE_WHOLE);
	(void)table_column(&table, lang_text(page->language, "owner"), TABLE_TEXT);
	(void)table_column(&table, lang_text(page->language, "TLS"), TABLE_WHOLE);
	(void)table_column(&table, lang_text(page->language, "leaf until"), TABLE_WHOLE);
	(void)table_column(&table, lang_text(page->language, "issued by"), TABLE_TEXT);
	for (size_t i = 0; i < block->count; i++) {
		const struct digest_entry *entry = &block->entries[i];
		char until[INSTANT_TEXT] = "";

		if (entry->has_leaf)
			instant_format_day(entry->not_after, until);
		table_cell(&table, PAGE_PLAIN, entry->service);
		table_cell(&table, PAGE_PLAIN, entry->address ? entry->address : "");
		table_cell(&table, PAGE_PLAIN, entry->owner ? entry->owner : "");
		table_cell(&table, PAGE_PLAIN, entry->version);
		table_cell(&table, PAGE_PLAIN, until);
		table_cell(&table, PAGE_PLAIN,
			entry->issuing  ? entry->issuing
			: entry->issuer ? entry->issuer
					: "");
	}
	return table_print(&table, page, 2);
}

/* "www.example.hk:443 (3 addresses)" */
static bool add_name(const struct digest_entry *entry, size_t addresses, enum language language,
	struct table *names)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(LINE_BYTES);

	(void)buf_add_text(&text, entry->service);
	if (addresses > 1)
		phrase_add(&text, language, " (%zu addresses)", addresses);
	if (entry->issuer)
		phrase_add(&text, language, ", issued by %s", entry->issuer);
	table_cell(names, PAGE_PLAIN, buf_text(&text));
	return !text.failed && !names->failed;
}

static bool put_names(const struct digest_block *block, struct page *page)
{
	CLEANUP(table_release) struct table names = { .columns = 1 };
	const char *shown[IN_ORDER_SHOWN] = { NULL };
	size_t count = 0;

	for (size_t first = 0, end; first < block->count; first = end) {
		for (end = first + 1; end < block->count; end++)
			if (strcmp(block->entries[first].service, block->entries[end].service) != 0)
				break;
		if (count++ >= IN_ORDER_SHOWN)
			continue;
		if (!add_name(&block->entries[first], end - first, page->language, &names))
			return false;
	}
	for (size_t i = 0; i < names.cells.count; i++)
		shown[i] = names.cells.items[i].text;
	table_grid(page, 2, shown, names.cells.count);
	if (count > IN_ORDER_SHOWN) {
		page_start(page, 2, 2);
		page_say(page, PAGE_DIM, "and %zu more (all of them with -v)",
			count - IN_ORDER_SHOWN);
		page_end(page);
	}
	return true;
}

bool text_lists_in_order(
	const struct digest_block *block, const struct report_run *run, struct page *page)
{
	bool fitted = run->verbose ? put_in_full(block, page) : put_names(block, page);

	for (size_t i = 0; i < block->count && fitted; i++)
		fitted = text_block_evidence(&block->entries[i], run, page);
	page_gap(page);
	return fitted;
}

/* COUNT notes of one rule: what they say once, and for whom. */
static void put_note(const struct digest_note *notes, size_t count, bool all, struct page *page)
{
	const struct rule *rule = rule_at(notes->item->rule);
	const char *colon = lang_text(page->language, ": "),
		   *comma = lang_text(page->language, ", ");
	size_t services = 0, shown = 0;
	bool same = true;

	for (size_t i = 0; i < count; i++) {
		same &= strcmp(notes[i].item->message, notes->item->message) == 0;
		services += i == 0 || strcmp(notes[i].entry->service, notes[i - 1].entry->service);
	}
	page_start(page, 2, 4);
	page_putf(page, PAGE_DIM, "%s%s%s%s", rule->id, colon,
		same ? notes->item->message : lang_text(page->language, rule->title), colon);
	if (notes->item->waiver)
		page_putf(page, PAGE_DIM, "%s%s", notes->item->waiver, colon);
	for (size_t i = 0; i < count && (all || shown < NOTED_SHOWN); i++) {
		if (i > 0 && strcmp(notes[i].entry->service, notes[i - 1].entry->service) == 0)
			continue;
		page_putf(page, PAGE_DIM, "%s%s", shown++ ? comma : "", notes[i].entry->service);
	}
	if (shown < services)
		page_say(page, PAGE_DIM, " and %zu more", services - shown);
	page_end(page);
}

static bool put_notes(
	const struct digest *digest, enum digest_of of, const char *title, struct page *page)
{
	CLEANUP(digest_notes_release) struct digest_notes notes;

	if (!digest_tally_notes(digest, of, &notes))
		return false;
	if (notes.all.count == 0)
		return true;
	page_paragraph(page, 0, PAGE_DIM, title);
	for (size_t first = 0, count; first < notes.all.count; first += count) {
		count = digest_notes_like(&notes, first);
		put_note(&notes.all.items[first], count, digest->run->verbose, page);
	}
	page_gap(page);
	return true;
}

bool text_lists_notes(const struct digest *digest, struct page *page)
{
	return put_notes(digest, DIGEST_NOTES,
		lang_text(page->language, "Notes (not counted as faults):"), page);
}

bool text_lists_waived(const struct digest *digest, struct page *page)
{
	return put_notes(digest, DIGEST_WAIVED,
		lang_text(page->language, "Waived (not counted until their day):"), page);
}
