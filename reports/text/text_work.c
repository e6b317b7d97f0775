/* SPDX-License-Identifier: MIT */
#include "reports/text/text_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "reports/digest.h"
#include "reports/report.h"
#include "reports/text/page.h"
#include "reports/text/table.h"
#include "reports/text/text_block.h"

/* With fewer problems than these, adding up is longer than what it adds up. */
#define PROBLEMS_LEAST 3

#define WORK_SHOWN 12 /* -v shows it all */
#define BRIEF_BYTES 4096u

static const enum status shown[] = { STATUS_CRITICAL, STATUS_WARNING, STATUS_OUT_OF_SCOPE };

struct work {
	char *brief; /* "add ssl-ca-3-17-2025" */
	size_t counts[STATUS_COUNT];
	const struct digest_block *last; /* counted already */
};

struct works {
	VEC(struct work) all;
};

static void works_release(struct works *works)
{
	for (size_t i = 0; i < works->all.count; i++)
		free(works->all.items[i].brief);
	free(works->all.items);
}

static struct work *find_or_add(struct works *works, const char *brief)
{
	for (size_t i = 0; i < works->all.count; i++)
		if (strcmp(works->all.items[i].brief, brief) == 0)
			return &works->all.items[i];
	char *copy = vec_reserve(&works->all) ? text_copy(brief, strlen(brief)) : NULL;
	if (!copy)
		return NULL;
	struct work *work = &works->all.items[works->all.count++];
	*work = (struct work){ .brief = copy };
	return work;
}

/* Two certificates to remove from one place are one visit. */
static bool count_brief(struct works *works, const char *brief, const struct digest_block *block)
{
	struct work *work = find_or_add(works, brief);

	if (!work)
		return false;
	if (work->last != block)
		work->counts[block->entries->status] += block->count;
	work->last = block;
	return true;
}

static bool count_block(
	struct works *works, const struct digest_block *block, enum language language)
{
	const struct digest_entry *first = block->entries;
	CLEANUP(buf_release) struct buf brief = BUF_INIT(BRIEF_BYTES);

	for (size_t i = 0; i < first->steps.count; i++) {
		buf_clear(&brief);
		step_brief(&first->steps.items[i], 1, language, &brief);
		if (brief.failed || !count_brief(works, buf_text(&brief), block))
			return false;
	}
	if (first->steps.count > 0)
		return true;
	phrase_add(&brief, language, "see %s", rule_at(first->items.items[0].rule)->id);
	return !brief.failed && count_brief(works, buf_text(&brief), block);
}

static int compare_works(const void *left, const void *right)
{
	const struct work *a = left, *b = right;

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		if (a->counts[shown[i]] != b->counts[shown[i]])
			return a->counts[shown[i]] > b->counts[shown[i]] ? -1 : 1;
	return strcmp(a->brief, b->brief);
}

static bool any_of(const struct works *works, enum status status)
{
	for (size_t i = 0; i < works->all.count; i++)
		if (works->all.items[i].counts[status] > 0)
			return true;
	return false;
}

static void put_counts(const struct works *works, const struct work *work, struct table *table)
{
	for (size_t s = 0; s < ARRAY_LEN(shown); s++) {
		size_t results = work->counts[shown[s]];
		char number[24];

		if (!any_of(works, shown[s]))
			continue;
		(void)snprintf(number, sizeof number, "%zu", results);
		table_cell(table, results ? text_block_style(shown[s]) : PAGE_DIM, number);
	}
}

static bool put_works(const struct works *works, bool all, struct page *page)
{
	CLEANUP(table_release) struct table table = { .headed = true };
	size_t count = all || works->all.count < WORK_SHOWN ? works->all.count : WORK_SHOWN;

	(void)table_column(&table, lang_text(page->language, "what to do"), TABLE_TEXT);
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		if (any_of(works, shown[i]))
			(void)table_column(&table, lang_text(page->language, status_name(shown[i])),
				TABLE_RIGHT | TABLE_WHOLE);
	for (size_t i = 0; i < count; i++) {
		table_cell(&table, PAGE_PLAIN, works->all.items[i].brief);
		put_counts(works, &works->all.items[i], &table);
	}
	page_gap(page);
	if (!table_print(&table, page, 2))
		return false;
	if (count < works->all.count) {
		page_start(page, 2, 2);
		page_say(page, PAGE_DIM, "and %zu more (all of them with -v)",
			works->all.count - count);
		page_end(page);
	}
	return true;
}

bool text_work_put(const struct digest *digest, struct page *page)
{
	CLEANUP(works_release) struct works works = { .all = { NULL, 0, 0 } };
	size_t problems = 0;

	for (size_t i = 0; i < digest->blocks.count; i++) {
		const struct digest_block *block = &digest->blocks.items[i];

		if (!block->entries->key)
			continue;
		problems++;
		if (!count_block(&works, block, page->language))
			return false;
	}
	if (problems < PROBLEMS_LEAST)
		return true;
	qsort(works.all.items, works.all.count, sizeof *works.all.items, compare_works);
	return put_works(&works, digest->run->verbose, page);
}
