/* SPDX-License-Identifier: MIT */
/*
 * format_markdown - for a ticket: how it stands, then each problem with its services as a list
 *
 * Names of services stand in code spans (markdown.h has the syntax).
 */
#include "reports/format.h"

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/lang.h"
#include "reports/digest.h"
#include "reports/digest_tally.h"
#include "reports/markdown.h"
#include "reports/output.h"
#include "reports/report.h"
#include "reports/step.h"

#define PAGE_BYTES (1u << 30)

static const enum status order[] = { STATUS_CRITICAL, STATUS_WARNING, STATUS_UNREACHABLE,
	STATUS_OUT_OF_SCOPE, STATUS_OK };

static void put_counts(
	const struct report_run *run, const struct report_summary *summary, struct buf *out)
{
	char day[INSTANT_TEXT];

	(void)buf_add_text(out, "# ");
	markdown_put_text(out, profile_title_in(&run->profile->title, run->language));
	instant_format_day(run->as_of, day);
	(void)buf_addf(out, "\n\n| %s | |\n| --- | ---: |\n", day);
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		(void)buf_addf(out, "| %s | %zu |\n",
			lang_text(run->language, status_name(order[i])),
			summary->results[order[i]]);
	(void)buf_add_char(out, '\n');
	if (summary->interrupted)
		(void)buf_addf(out, "**%s**\n\n",
			lang_text(run->language, "not all targets were examined"));
}

/* Who has how much to do; nothing when the input names no two owners. */
static bool put_owners(const struct digest *digest, enum language language, struct buf *out)
{
	CLEANUP(digest_owners_release) struct digest_owners owners;

	if (!digest_tally_owners(digest, &owners))
		return false;
	if (owners.all.count <= 1)
		return true;
	(void)buf_addf(out, "| %s |", lang_text(language, "owner"));
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		(void)buf_addf(out, " %s |", lang_text(language, status_name(order[i])));
	(void)buf_addf(out, " %s |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |\n",
		lang_text(language, "First due"));
	for (size_t i = 0; i < owners.all.count; i++) {
		const struct digest_owner *owner = &owners.all.items[i];
		char day[INSTANT_TEXT] = "";

		(void)buf_add_text(out, "| ");
		if (owner->name)
			markdown_put_cell(out, owner->name);
		else
			(void)buf_add_text(out, lang_text(language, "(none named)"));
		(void)buf_add_text(out, " |");
		for (size_t k = 0; k < ARRAY_LEN(order); k++)
			(void)buf_addf(out, " %zu |", owner->results[order[k]]);
		if (owner->has_due)
			instant_format_day(owner->due, day);
		(void)buf_addf(out, " %s |\n", day);
	}
	(void)buf_add_char(out, '\n');
	return true;
}

static void put_items(const struct digest_entry *entry, enum language language, struct buf *out)
{
	for (size_t i = 0; i < entry->faults; i++) {
		const struct digest_item *item = &entry->items.items[i];
		char day[INSTANT_TEXT];

		(void)buf_addf(out, "- %s ", lang_text(language, severity_name(item->severity)));
		markdown_put_code(out, rule_at(item->rule)->id);
		if (item->has_due) {
			instant_format_day(item->due, day);
			(void)buf_addf(out, " %s", day);
		}
		(void)buf_add_text(out, ": ");
		markdown_put_text(out, item->message);
		(void)buf_add_char(out, '\n');
	}
}

static bool put_steps(const struct digest_entry *entry, enum language language, struct buf *out)
{
	size_t number = 0;

	(void)buf_addf(out, "\n**%s**\n\n", lang_text(language, "What to do"));
	for (size_t i = 0; i < entry->steps.count; i++) {
		CLEANUP(buf_release) struct buf line = BUF_INIT(8192);

		step_sentence(&entry->steps.items[i], false, language, &line);
		(void)buf_addf(out, "%zu. ", ++number);
		markdown_put_text(out, buf_text(&line));
		(void)buf_add_char(out, '\n');
		if (line.failed)
			return false;
	}
	for (size_t i = 0; i < entry->faults; i++) {
		if (entry->items.items[i].has_actions)
			continue;
		(void)buf_addf(out, "%zu. ", ++number);
		markdown_put_text(
			out, lang_text(language, rule_at(entry->items.items[i].rule)->fix));
		(void)buf_add_char(out, '\n');
	}
	return true;
}

static void put_services(const struct digest_block *block, struct buf *out)
{
	(void)buf_add_char(out, '\n');
	for (size_t i = 0; i < block->count; i++) {
		const struct digest_entry *entry = &block->entries[i];

		(void)buf_add_text(out, "- [ ] ");
		markdown_put_code(out, entry->service);
		if (entry->address) {
			(void)buf_add_char(out, ' ');
			markdown_put_code(out, entry->address);
		}
		if (entry->owner) {
			(void)buf_add_text(out, " ");
			markdown_put_code(out, entry->owner);
		}
		if (entry->error) {
			(void)buf_add_text(out, ": ");
			markdown_put_text(out, entry->error);
		}
		(void)buf_add_char(out, '\n');
	}
	(void)buf_add_char(out, '\n');
}

static bool put_block(
	const struct digest_block *block, size_t *number, enum language language, struct buf *out)
{
	const struct digest_entry *first = block->entries;

	if (first->status == STATUS_UNREACHABLE) {
		put_services(block, out);
		return true;
	}
	if (!first->key)
		return true; /* nothing to do; they are counted above */
	(void)buf_addf(out, "### %zu. ", ++*number);
	markdown_put_text(out, lang_text(language, rule_at(first->items.items[0].rule)->title));
	(void)buf_add_text(out, "\n\n");
	put_items(first, language, out);
	if (!put_steps(first, language, out))
		return false;
	put_services(block, out);
	return true;
}

/* What is waived: why once, and for whom. */
static bool put_waived(const struct digest *digest, enum language language, struct buf *out)
{
	CLEANUP(digest_notes_release) struct digest_notes notes;

	if (!digest_tally_notes(digest, DIGEST_WAIVED, &notes))
		return false;
	if (notes.all.count > 0)
		(void)buf_addf(out, "## %s\n\n",
			lang_text(language, "Waived (not counted until their day):"));
	for (size_t first = 0, count; first < notes.all.count; first += count) {
		const struct digest_note *note = &notes.all.items[first];

		count = digest_notes_like(&notes, first);
		(void)buf_add_text(out, "- ");
		markdown_put_code(out, rule_at(note->item->rule)->id);
		(void)buf_add_text(out, ": ");
		markdown_put_text(out, note->item->waiver);
		(void)buf_add_char(out, '\n');
		for (size_t i = 0; i < count; i++) {
			(void)buf_add_text(out, "  - ");
			markdown_put_code(out, note[i].entry->service);
			if (note[i].entry->address) {
				(void)buf_add_char(out, ' ');
				markdown_put_code(out, note[i].entry->address);
			}
			(void)buf_add_text(out, ": ");
			markdown_put_text(out, note[i].item->message);
			(void)buf_add_char(out, '\n');
		}
	}
	return true;
}

static bool markdown_begin(const struct format_job *job, struct error *err)
{
	(void)err;
	digest_init(job->state, job->run);
	return true;
}

static bool markdown_add(
	const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	return digest_add(job->state, verdict, err);
}

static bool markdown_finish(
	const struct format_job *job, const struct report_summary *summary, struct error *err)
{
	struct digest *digest = job->state;
	CLEANUP(buf_release) struct buf out = BUF_INIT(PAGE_BYTES);
	size_t number = 0;

	if (!digest_settle(digest, err))
		return false;
	put_counts(job->run, summary, &out);
	if (!put_owners(digest, job->run->language, &out))
		return error_set_memory(err);
	for (size_t i = 0; i < digest->blocks.count; i++) {
		const struct digest_block *block = &digest->blocks.items[i];
		enum status status = block->entries->status;
		bool fresh = i == 0 || block[-1].entries->status != status;

		if (fresh && (block->entries->key || status == STATUS_UNREACHABLE))
			(void)buf_addf(&out, "## %s\n\n",
				lang_text(job->run->language, status_name(status)));
		if (!put_block(block, &number, job->run->language, &out))
			return error_set_memory(err);
	}
	if (!put_waived(digest, job->run->language, &out) || out.failed)
		return error_set_memory(err);
	return output_append(job->output, out.data, out.len, err);
}

static void markdown_release(void *state)
{
	digest_release(state);
}

const struct report_format format_markdown = {
	.name = "markdown",
	.state_size = sizeof(struct digest),
	.begin = markdown_begin,
	.add = markdown_add,
	.finish = markdown_finish,
	.release = markdown_release,
};
