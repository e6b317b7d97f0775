/* SPDX-License-Identifier: MIT */
#include "reports/html/html_fleet.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "reports/html/html.h"
#include "reports/html/html_host.h"
#include "rules/verdict.h"

#define SECTION_BYTES (4u << 20) /* a chain of 32 drawn is some 60 KiB */

bool html_fleet_init(struct html_fleet *fleet, const struct report_run *run, struct error *err)
{
	fleet->run = *run;
	fleet->run.verbose = false;
	digest_init(&fleet->digest, &fleet->run);
	html_slots_init(&fleet->slots);
	fleet->section = (struct buf)BUF_INIT(SECTION_BYTES);
	fleet->molds = html_molds_new();
	if (!fleet->molds)
		return error_set_memory(err);
	return !run->timeline ||
	       timeline_init(&fleet->timeline, run->profile, run->as_of, run->language, err);
}

void html_fleet_release(struct html_fleet *fleet)
{
	for (size_t i = 0; i < fleet->rows.count; i++) {
		free(fleet->rows.items[i].texts);
		free(fleet->rows.items[i].address);
	}
	free(fleet->rows.items);
	digest_release(&fleet->digest);
	timeline_release(&fleet->timeline);
	html_slots_release(&fleet->slots);
	buf_release(&fleet->section);
	html_molds_free(fleet->molds);
	free(fleet->order);
	free(fleet->numbers);
	free(fleet->blocks);
	free(fleet->is_static);
}

/* Writes a section; false when memory ran out. */
static bool make_section(struct html_fleet *fleet, const struct digest_entry *entry,
	const struct verdict *verdict, bool brief)
{
	struct html html;

	buf_clear(&fleet->section);
	html_slots_clear(&fleet->slots);
	html_init(&html, &fleet->section);
	html.slots = &fleet->slots;
	if (brief)
		html_host_put_brief(&html, entry, &fleet->run);
	else
		html_host_put(&html, entry, verdict, &fleet->run);
	return html_done(&html) && !fleet->slots.failed;
}

static bool find_mold(struct html_fleet *fleet, const struct digest_entry *entry,
	const struct verdict *verdict, size_t *ret_mold)
{
	if (!make_section(fleet, entry, verdict, false) ||
		!html_molds_find(fleet->molds, &fleet->section, &fleet->slots, false, ret_mold))
		return false;
	if (*ret_mold != NO_MOLD)
		return true;
	return make_section(fleet, entry, verdict, true) &&
	       html_molds_find(fleet->molds, &fleet->section, &fleet->slots, true, ret_mold);
}

static char *copy_texts(const struct html_slots *slots)
{
	char *copy = malloc(slots->texts.len + 1);

	if (copy && slots->texts.len > 0)
		memcpy(copy, slots->texts.data, slots->texts.len);
	if (copy)
		copy[slots->texts.len] = '\0';
	return copy;
}

static char *copy_visible(const char *text)
{
	struct buf out = BUF_INIT(HTML_TEXT_MOST * 2);

	html_visible(&out, text, strlen(text));
	if (!out.failed && out.data)
		return out.data;
	buf_release(&out);
	return text_copy("", 0);
}

bool html_fleet_add(struct html_fleet *fleet, const struct verdict *verdict, struct error *err)
{
	struct html_row row = { 0 };

	if (!vec_reserve(&fleet->rows))
		return error_set_memory(err);
	if (fleet->run.timeline && !timeline_add(&fleet->timeline, verdict, err))
		return false;
	if (!digest_add(&fleet->digest, verdict, err))
		return false;
	const struct digest_entry *entry =
		&fleet->digest.entries.items[fleet->digest.entries.count - 1];
	if (find_mold(fleet, entry, verdict, &row.mold)) {
		row.texts = copy_texts(&fleet->slots);
		row.address = copy_visible(verdict->address);
	}
	if (!row.texts || !row.address) {
		free(row.texts);
		free(row.address);
		return error_set_memory(err);
	}
	fleet->rows.items[fleet->rows.count++] = row;
	return true;
}

/* One of each problem first, then the worst, until there are enough. */
static void choose_static(struct html_fleet *fleet)
{
	const struct digest *digest = &fleet->digest;
	size_t left = HTML_SECTIONS_WRITTEN, number = 0;

	for (size_t i = 0; i < digest->blocks.count && left > 0; i++, left--) {
		fleet->is_static[number] = true;
		number += digest->blocks.items[i].count;
	}
	for (size_t i = 0; i < digest->entries.count && left > 0; i++) {
		left -= !fleet->is_static[i];
		fleet->is_static[i] = true;
	}
}

bool html_fleet_settle(struct html_fleet *fleet, struct error *err)
{
	const struct digest *digest = &fleet->digest;
	size_t count = digest->entries.count + 1, number = 0;

	if (!digest_settle(&fleet->digest, err))
		return false;
	fleet->order = calloc(count, sizeof *fleet->order);
	fleet->numbers = calloc(count, sizeof *fleet->numbers);
	fleet->blocks = calloc(count, sizeof *fleet->blocks);
	fleet->is_static = calloc(count, sizeof *fleet->is_static);
	if (!fleet->order || !fleet->numbers || !fleet->blocks || !fleet->is_static)
		return error_set_memory(err);
	for (size_t i = 0; i < digest->blocks.count; i++) {
		const struct digest_block *block = &digest->blocks.items[i];
		size_t first = (size_t)(block->entries - digest->entries.items);

		for (size_t k = 0; k < block->count; k++, number++) {
			fleet->order[number] = first + k;
			fleet->numbers[first + k] = number;
			fleet->blocks[number] = i;
		}
	}
	choose_static(fleet);
	return true;
}

size_t html_fleet_count(const struct html_fleet *fleet)
{
	return fleet->digest.entries.count;
}

size_t html_fleet_number(const struct html_fleet *fleet, const struct digest_entry *entry)
{
	return fleet->numbers[entry - fleet->digest.entries.items];
}

const struct digest_entry *html_fleet_entry(const struct html_fleet *fleet, size_t number)
{
	return &fleet->digest.entries.items[fleet->order[number]];
}

const struct html_row *html_fleet_row(const struct html_fleet *fleet, size_t number)
{
	return &fleet->rows.items[html_fleet_entry(fleet, number)->number];
}

bool html_fleet_is_static(const struct html_fleet *fleet, size_t number)
{
	return fleet->is_static[number];
}
