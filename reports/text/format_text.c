/* SPDX-License-Identifier: MIT */
/*
 * format_text - what a person sees: how it stands, what to do, worst first
 *
 * One block is one problem, however many services have it, because a team works
 * through problems; who looks after the services stands in the block.
 */
#include "reports/format.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "reports/digest.h"
#include "reports/digest_tally.h"
#include "reports/output.h"
#include "reports/report.h"
#include "reports/text/page.h"
#include "reports/text/table.h"
#include "reports/text/text_block.h"
#include "reports/text/text_burndown.h"
#include "reports/text/text_lists.h"
#include "reports/text/text_timeline.h"
#include "reports/text/text_work.h"
#include "reports/timeline/timeline.h"

#define PAGE_BYTES (1u << 30) /* one block of two million services */
#define BAR_MOST 40

struct text {
	struct digest digest;
	struct timeline timeline; /* when the run asks for it */
	struct buf out;
};

static const enum status statuses[] = { STATUS_CRITICAL, STATUS_WARNING, STATUS_UNREACHABLE,
	STATUS_OUT_OF_SCOPE, STATUS_OK };

static const char *status_title(enum status status, enum language language)
{
	return lang_text(
		language, status == STATUS_OUT_OF_SCOPE ? N_("out of scope") : status_name(status));
}

static size_t count_status(const struct digest *digest, enum status status)
{
	size_t count = 0;

	for (size_t i = 0; i < digest->blocks.count; i++)
		if (digest->blocks.items[i].entries->status == status)
			count += digest->blocks.items[i].count;
	return count;
}

/* The bar is there for proportion; a single result still shows. */
static size_t bar_length(size_t count, size_t most, const struct page *page)
{
	size_t room = page->columns - 28 < BAR_MOST ? page->columns - 28 : BAR_MOST;

	if (most <= room)
		return count;
	return (size_t)(((double)count * (double)room + (double)most - 1) / (double)most);
}

static bool put_counts(const struct digest *digest, struct page *page)
{
	CLEANUP(table_release) struct table table = { .headed = false };
	size_t counts[STATUS_COUNT], most = 0;

	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		counts[i] = count_status(digest, statuses[i]);
		most = counts[i] > most ? counts[i] : most;
	}
	(void)table_column(&table, NULL, TABLE_TEXT);
	(void)table_column(&table, NULL, TABLE_RIGHT | TABLE_WHOLE);
	(void)table_column(&table, NULL, TABLE_TEXT);
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		enum page_style style = counts[i] ? text_block_style(statuses[i]) : PAGE_DIM;
		char number[24], bar[BAR_MOST + 1];
		size_t len = bar_length(counts[i], most, page);

		memset(bar, '#', len);
		bar[len] = '\0';
		(void)snprintf(number, sizeof number, "%zu", counts[i]);
		table_cell(&table, style, status_title(statuses[i], page->language));
		table_cell(&table, style, number);
		table_cell(&table, style, bar);
	}
	return table_print(&table, page, 2);
}

static void put_title(const struct report_run *run, struct page *page)
{
	const struct profile *profile = run->profile;
	const char *title = profile_title_in(&profile->title, run->language);
	char shown[480], day[INSTANT_TEXT];

	text_printable(title ? title : "", strlen(title ? title : ""), shown, sizeof shown);
	page_start(page, 0, 2);
	page_put(page, PAGE_BOLD, shown);
	text_printable(profile->id, strlen(profile->id), shown, sizeof shown);
	page_say(page, PAGE_PLAIN, " (%s)", shown);
	page_end(page);
	instant_format_day(run->as_of, day);
	page_start(page, 0, 2);
	page_say(page, PAGE_PLAIN, "Judged as of %s.", day);
	page_put(page, PAGE_PLAIN, lang_text(page->language, " "));
}

/* How much was looked at, on the line that says when. */
static void put_extent(size_t services, size_t results, size_t duplicates, struct page *page)
{
	const char *space = lang_text(page->language, " ");
	char count[80];

	(void)snprintf(count, sizeof count,
		lang_plural(page->language, "%zu service", "%zu services", services), services);
	if (results > services)
		page_say(page, PAGE_PLAIN,
			results == 1 ? N_("%s at %zu address examined.")
				     : N_("%s at %zu addresses examined."),
			count, results);
	else
		page_say(page, PAGE_PLAIN, "%s examined.", count);
	if (duplicates > 0) {
		page_put(page, PAGE_PLAIN, space);
		page_say(page, PAGE_PLAIN,
			duplicates == 1 ? N_("%zu target named more than once.")
					: N_("%zu targets named more than once."),
			duplicates);
	}
	page_end(page);
}

/* What was not looked at. */
static void put_lacks(
	const struct report_summary *summary, size_t services, size_t dropped, struct page *page)
{
	if (summary->interrupted || summary->targets > services) {
		page_start(page, 0, 2);
		page_say(page, PAGE_YELLOW,
			summary->interrupted ? N_("Interrupted: %zu of %zu services were examined.")
					     : N_("Incomplete: %zu of %zu services were examined."),
			services, summary->targets);
		page_end(page);
	}
	if (dropped > 0) {
		page_start(page, 0, 2);
		page_say(page, PAGE_YELLOW,
			dropped == 1
				? N_("%zu further address not examined: of one name, %d are.")
				: N_("%zu further addresses not examined: of one name, %d are."),
			dropped, LIMIT_ADDRESSES);
		page_end(page);
	}
}

static bool put_head(
	const struct digest *digest, const struct report_summary *summary, struct page *page)
{
	size_t services, dropped, results = digest->entries.count;

	if (!digest_tally_services(digest, &services, &dropped))
		return false;
	put_title(digest->run, page);
	put_extent(services, results, summary->duplicates, page);
	put_lacks(summary, services, dropped, page);
	if (results == 0)
		page_paragraph(
			page, 0, PAGE_YELLOW, lang_text(page->language, "Nothing was examined."));
	if (results <= 1)
		return true;
	page_gap(page);
	return put_counts(digest, page) && text_burndown_put(digest, page);
}

/* "CRITICAL: 12 results" over its blocks */
static void put_group_title(const struct digest *digest, enum status status, struct page *page)
{
	char title[32];
	size_t len = 0;

	for (const char *c = status_title(status, page->language); *c && len + 1 < sizeof title;
		c++)
		title[len++] = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	title[len] = '\0';
	page_start(page, 0, 0);
	page_say(page, text_block_style(status), "== %s: %zu ==", title,
		count_status(digest, status));
	page_end(page);
}

/* So that a long report does not have to stand in memory whole. */
static bool flush(const struct format_job *job, struct error *err)
{
	struct text *state = job->state;

	if (state->out.failed)
		return error_set_memory(err);
	bool written = output_write(job->output, buf_text(&state->out), state->out.len, err);
	buf_clear(&state->out);
	return written;
}

static bool put_block(const struct digest_block *block, size_t *number,
	const struct report_run *run, struct page *page)
{
	if (block->entries->status == STATUS_UNREACHABLE)
		return text_block_unreachable(block, page);
	if (!block->entries->key)
		return text_lists_in_order(block, run, page);
	return text_block_problem(block, ++*number, run, page);
}

static bool put_groups(const struct format_job *job, struct page *page, struct error *err)
{
	const struct text *state = job->state;
	const struct digest *digest = &state->digest;
	size_t number = 0;

	for (size_t i = 0; i < digest->blocks.count; i++) {
		const struct digest_block *block = &digest->blocks.items[i];
		enum status status = block->entries->status;

		if (i == 0 || block[-1].entries->status != status)
			put_group_title(digest, status, page);
		if (!put_block(block, &number, job->run, page))
			return error_set_memory(err);
		if (!flush(job, err))
			return false;
	}
	return true;
}

/* The first fault of the report is the worst one of most services. */
static void put_end(const struct digest *digest, struct page *page)
{
	for (size_t i = 0; i < digest->blocks.count; i++) {
		const struct digest_entry *entry = digest->blocks.items[i].entries;

		if (!entry->key)
			continue;
		page_start(page, 0, 2);
		page_say(page, PAGE_PLAIN, "What a rule means and why it exists:");
		page_put(page, PAGE_PLAIN, " ");
		page_putf(page, PAGE_BOLD, "chainmend explain %s",
			rule_at(entry->items.items[0].rule)->id);
		page_end(page);
		return;
	}
}

static bool text_begin(const struct format_job *job, struct error *err)
{
	struct text *state = job->state;
	const struct report_run *run = job->run;

	digest_init(&state->digest, run);
	state->out = (struct buf)BUF_INIT(PAGE_BYTES);
	return !run->timeline ||
	       timeline_init(&state->timeline, run->profile, run->as_of, run->language, err);
}

static bool text_add(const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	struct text *state = job->state;

	return (!job->run->timeline || timeline_add(&state->timeline, verdict, err)) &&
	       digest_add(&state->digest, verdict, err);
}

static bool text_finish(
	const struct format_job *job, const struct report_summary *summary, struct error *err)
{
	struct text *state = job->state;
	struct page page;

	if (!digest_settle(&state->digest, err))
		return false;
	page_init(&page, &state->out, job->run->columns, job->run->color);
	page.language = job->run->language;
	if (!put_head(&state->digest, summary, &page) || !text_work_put(&state->digest, &page) ||
		!text_lists_owners(&state->digest, &page) ||
		(job->run->timeline &&
			!text_timeline_put(&state->timeline, job->run->verbose, &page)))
		return error_set_memory(err);
	page_gap(&page);
	if (!put_groups(job, &page, err))
		return false;
	if (!text_lists_waived(&state->digest, &page) || !text_lists_notes(&state->digest, &page))
		return error_set_memory(err);
	put_end(&state->digest, &page);
	return flush(job, err);
}

static void text_release(void *state)
{
	struct text *text = state;

	digest_release(&text->digest);
	timeline_release(&text->timeline);
	buf_release(&text->out);
}

const struct report_format format_text = {
	.name = "text",
	.state_size = sizeof(struct text),
	.has_timeline = true,
	.begin = text_begin,
	.add = text_add,
	.finish = text_finish,
	.release = text_release,
};
