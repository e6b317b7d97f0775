/* SPDX-License-Identifier: MIT */
#include "reports/html/html_work.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "reports/digest.h"
#include "reports/html/html.h"
#include "reports/html/html_fleet.h"
#include "reports/html/html_words.h"
#include "reports/report.h"
#include "reports/step.h"

/* A page that is read without its script is bounded; with it the table has all. */
#define PROBLEMS_SHOWN 300
#define WHERE_SHOWN 100  /* of one problem */
#define WHERE_OPEN 12    /* so few are shown without asking */
#define WHERE_TOTAL 3000 /* of the page */
#define SENTENCE_BYTES 8192u

void html_work_rule(struct html *html, enum rule_id rule)
{
	html_begin(html, "a", "rule");
	html_attrf(html, "href", "#rule-%s", rule_at(rule)->id);
	html_text(html, rule_at(rule)->id);
	html_end(html, "a");
}

void html_work_copy(struct html *html, enum language language)
{
	html_begin(html, "button", "copy js");
	html_attr(html, "type", "button");
	html_attr(html, "data-copy", "before");
	html_text(html, lang_text(language, "Copy"));
	html_end(html, "button");
}

static bool same_step(const struct digest_block *block, size_t place)
{
	return !block || block->count == 1 || digest_same_step(block, place);
}

static void put_step(
	struct html *html, const struct step *step, bool each, const struct report_run *run)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(SENTENCE_BYTES);

	step_sentence(step, each, run->language, &text);
	html_begin(html, "li", NULL);
	if (step->other)
		html_slot(html, "span", NULL, buf_text(&text));
	else
		html_text(html, buf_text(&text));
	if (step->kind == ACTION_INSTALL_CERTIFICATE && step->known && step->known->url) {
		html_begin(html, "span", "source");
		html_put(html, "code", NULL, step->known->url);
		html_work_copy(html, run->language);
		html_end(html, "span");
	}
	html_end(html, "li");
	html->out->failed |= text.failed;
}

/* Two certificates with one name in one list of steps. */
static bool names_twins(const struct digest_entry *entry)
{
	for (size_t a = 0; a < entry->steps.count; a++)
		for (size_t b = 0; b < a; b++) {
			const struct profile_certificate *left = entry->steps.items[a].known;
			const struct profile_certificate *right = entry->steps.items[b].known;

			if (left && right && left != right && strcmp(left->name, right->name) == 0)
				return true;
		}
	return false;
}

static bool has_step(const struct digest_entry *entry, enum action_kind kind)
{
	for (size_t i = 0; i < entry->steps.count; i++)
		if (entry->steps.items[i].kind == kind)
			return true;
	return false;
}

void html_work_steps(struct html *html, const struct digest_entry *entry,
	const struct digest_block *block, const struct report_run *run)
{
	html_begin(html, "ol", "steps");
	for (size_t i = 0; i < entry->steps.count; i++)
		put_step(html, &entry->steps.items[i], !same_step(block, i), run);
	for (size_t i = 0; i < entry->faults; i++)
		if (!entry->items.items[i].has_actions)
			html_put(html, "li", NULL,
				lang_text(run->language, rule_at(entry->items.items[i].rule)->fix));
	html_end(html, "ol");
	if (names_twins(entry))
		html_put(html, "p", "careful",
			lang_text(run->language,
				"Both have the same name: tell them apart by the thumbprint."));
	if (has_step(entry, ACTION_INSTALL_CERTIFICATE) &&
		has_step(entry, ACTION_REMOVE_CERTIFICATE))
		html_put(html, "p", "careful",
			lang_text(run->language, "Add the new before removing the old."));
}

static void put_briefs(struct html *html, const struct digest_block *block, enum language language)
{
	const struct digest_entry *first = block->entries;

	html_begin(html, "span", "briefs");
	for (size_t i = 0, next; i < first->steps.count; i = next) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(SENTENCE_BYTES);

		for (next = i + 1; next < first->steps.count &&
				   step_is_like(&first->steps.items[i], &first->steps.items[next]);)
			next++;
		step_brief(&first->steps.items[i], next - i, language, &text);
		html_put(html, "span", "brief", buf_text(&text));
		html_text(html, " ");
		html->out->failed |= text.failed;
	}
	if (first->steps.count == 0)
		html_put(html, "span", "brief",
			lang_text(language, rule_at(first->items.items[0].rule)->title));
	html_end(html, "span");
}

static void put_who(
	struct html *html, const struct html_fleet *fleet, const struct digest_block *block)
{
	const struct digest_entry *first = block->entries;
	enum language language = fleet->run.language;

	if (block->count == 1) {
		html_work_host(html, fleet, first);
		if (first->address)
			html_putf(html, "span", "own address", " %s", first->address);
		if (first->owner)
			html_putf(html, "span", "own address", " %s", first->owner);
	} else if (block->services == 1) {
		html_put(html, "span", "own", first->service);
	} else {
		html_putf(html, "span", NULL,
			lang_plural(language, "%zu service", "%zu services", block->services),
			block->services);
	}
	if (block->count > block->services) {
		html_text(html, " ");
		html_putf(html, "span", "address",
			lang_plural(language, "at %zu address", "at %zu addresses", block->count),
			block->count);
	}
	html_text(html, " ");
}

static void put_due(
	struct html *html, const struct digest_item *item, bool same, const struct report_run *run)
{
	char due[120];

	if (!same) {
		html_text(html, " ");
		html_put(html, "span", "due", lang_text(run->language, "due: see each service"));
	} else if (item->has_due) {
		html_words_due(run, item->due, due, sizeof due);
		html_text(html, " ");
		html_put(html, "span", item->due.seconds <= run->as_of.seconds ? "due bad" : "due",
			due);
	}
}

static void put_items(
	struct html *html, const struct digest_block *block, const struct report_run *run)
{
	const struct digest_entry *first = block->entries;

	html_begin(html, "ul", "findings");
	for (size_t i = 0; i < first->faults; i++) {
		const struct digest_item *item = &first->items.items[i];
		char classes[64];
		bool same = digest_same_message(block, i);

		(void)snprintf(classes, sizeof classes, "badge %s",
			html_words_severity_class(item->severity));
		html_begin(html, "li", NULL);
		html_put(html, "span", classes, html_words_severity(run->language, item->severity));
		html_text(html, " ");
		html_work_rule(html, item->rule);
		put_due(html, item, digest_same_due(block, i), run);
		html_put(html, "p", "own",
			same ? item->message
			     : lang_text(run->language, rule_at(item->rule)->title));
		html_end(html, "li");
	}
	html_end(html, "ul");
}

/* What holds for this one alone. */
static void put_detail(struct html *html, const struct digest_block *block,
	const struct digest_entry *entry, const struct report_run *run)
{
	html_begin(html, "td", "own");
	for (size_t i = 0; i < entry->faults; i++) {
		const struct digest_item *item = &entry->items.items[i];
		char due[120];

		if (!digest_same_message(block, i))
			html_put(html, "div", NULL, item->message);
		if (!digest_same_due(block, i) && item->has_due) {
			html_words_due(run, item->due, due, sizeof due);
			html_put(html, "div", NULL, due);
		}
	}
	for (size_t i = 0; i < entry->steps.count; i++)
		if (entry->steps.items[i].other && !same_step(block, i)) {
			CLEANUP(buf_release) struct buf text = BUF_INIT(SENTENCE_BYTES);

			step_own(&entry->steps.items[i], run->language, &text);
			html_put(html, "div", NULL, buf_text(&text));
			html->out->failed |= text.failed;
		}
	if (entry->error)
		html_put(html, "div", NULL, entry->error);
	html_end(html, "td");
}

/* A link where the section is on the page as it was written; the script makes one of the others. */
void html_work_host(
	struct html *html, const struct html_fleet *fleet, const struct digest_entry *entry)
{
	size_t number = html_fleet_number(fleet, entry);

	if (html_fleet_is_static(fleet, number)) {
		html_begin(html, "a", "own service");
		html_attrf(html, "href", "#host-%zu", number + 1);
		html_text(html, entry->service);
		html_end(html, "a");
		return;
	}
	html_begin(html, "span", "own service");
	html_attrf(html, "data-host", "%zu", number + 1);
	html_text(html, entry->service);
	html_end(html, "span");
}

/* Which columns have anything in them. */
struct columns {
	bool address, owner, detail;
};

static bool has_detail(const struct digest_block *block)
{
	bool differ = false;

	for (size_t i = 0; i < block->count; i++)
		differ |= block->entries[i].error != NULL;
	for (size_t i = 0; i < block->entries->faults && !differ; i++)
		differ = !digest_same_message(block, i) || !digest_same_due(block, i);
	for (size_t i = 0; i < block->entries->steps.count && !differ; i++)
		differ = !digest_same_step(block, i);
	return differ;
}

static struct columns columns_of(const struct digest_block *block)
{
	struct columns columns = { .detail = has_detail(block) };

	for (size_t i = 0; i < block->count; i++) {
		columns.address |= block->entries[i].address != NULL;
		columns.owner |= block->entries[i].owner != NULL;
	}
	return columns;
}

static void put_where_row(struct html *html, const struct html_fleet *fleet,
	const struct digest_block *block, const struct digest_entry *entry, struct columns columns)
{
	html_begin(html, "tr", NULL);
	html_begin(html, "td", NULL);
	html_work_host(html, fleet, entry);
	html_end(html, "td");
	if (columns.address)
		html_put(html, "td", "own", entry->address ? entry->address : "");
	if (columns.owner)
		html_put(html, "td", "own", entry->owner ? entry->owner : "");
	if (columns.detail)
		put_detail(html, block, entry, &fleet->run);
	html_end(html, "tr");
	html_break(html);
}

static void put_where_head(struct html *html, struct columns columns, enum language language)
{
	const struct {
		bool shown;
		const char *title;
	} heads[] = {
		{ true, lang_text(language, "Service") },
		{ columns.address, lang_text(language, "Address") },
		{ columns.owner, lang_text(language, "Owner") },
		{ columns.detail, lang_text(language, "Details") },
	};

	html_begin(html, "thead", NULL);
	html_begin(html, "tr", NULL);
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		if (!heads[i].shown)
			continue;
		html_begin(html, "th", NULL);
		html_attr(html, "scope", "col");
		html_text(html, heads[i].title);
		html_end(html, "th");
	}
	html_end(html, "tr");
	html_end(html, "thead");
}

static void put_where(struct html *html, const struct html_fleet *fleet,
	const struct digest_block *block, size_t *left)
{
	enum language language = fleet->run.language;
	struct columns columns = columns_of(block);
	size_t shown = block->count < WHERE_SHOWN ? block->count : WHERE_SHOWN;

	shown = shown < *left ? shown : *left;
	*left -= shown;
	html_begin(html, "details", "where");
	if (block->count <= WHERE_OPEN)
		html_flag(html, "open");
	html_put(html, "summary", NULL, lang_text(language, "Where"));
	html_begin(html, "div", "scroll");
	html_begin(html, "table", "plain");
	put_where_head(html, columns, language);
	html_begin(html, "tbody", NULL);
	for (size_t i = 0; i < shown; i++)
		put_where_row(html, fleet, block, &block->entries[i], columns);
	html_end(html, "tbody");
	html_end(html, "table");
	html_end(html, "div");
	if (shown < block->count)
		html_putf(html, "p", "hint", lang_text(language, "and %zu more"),
			block->count - shown);
	html_end(html, "details");
}

static void put_tool(struct html *html, const char *name, size_t value, const char *text)
{
	html_begin(html, "button", NULL);
	html_attr(html, "type", "button");
	html_attrf(html, name, "%zu", value);
	html_text(html, text);
	html_end(html, "button");
	html_text(html, " ");
}

void html_work_tool(struct html *html, enum language language)
{
	html_begin(html, "button", NULL);
	html_attr(html, "type", "button");
	html_attr(html, "data-copy", "work");
	html_text(html, lang_text(language, "Copy as a work order"));
	html_end(html, "button");
}

static void put_tools(
	struct html *html, const struct digest_block *block, size_t number, enum language language)
{
	html_begin(html, "p", "tools js");
	if (block->count > 1) {
		put_tool(html, "data-show", number, lang_text(language, "Show in the table"));
		put_tool(html, "data-names", number, lang_text(language, "Copy the names"));
	}
	html_work_tool(html, language);
	html_end(html, "p");
}

static void begin_problem(struct html *html, const struct digest_block *block, size_t number)
{
	char classes[64];

	(void)snprintf(
		classes, sizeof classes, "problem %s", html_words_class(block->entries->status));
	html_begin(html, "article", classes);
	html_attrf(html, "id", "problem-%zu", number);
	html_attrf(html, "aria-labelledby", "problem-%zu-title", number);
	html_begin(html, "h3", NULL);
	html_attrf(html, "id", "problem-%zu-title", number);
}

static void put_problem(struct html *html, const struct html_fleet *fleet,
	const struct digest_block *block, size_t number, size_t *left)
{
	const struct report_run *run = &fleet->run;

	begin_problem(html, block, number);
	put_who(html, fleet, block);
	put_briefs(html, block, run->language);
	html_end(html, "h3");
	put_items(html, block, run);
	html_work_steps(html, block->entries, block, run);
	if (block->count == 1 && block->entries->error)
		html_put(html, "p", "own", block->entries->error);
	put_tools(html, block, number, run->language);
	if (block->count > 1)
		put_where(html, fleet, block, left);
	html_end(html, "article");
	html_break(html);
}

static void put_unreachable(struct html *html, const struct html_fleet *fleet,
	const struct digest_block *block, size_t number, size_t *left)
{
	enum language language = fleet->run.language;
	enum outcome outcome = block->entries->outcome;

	begin_problem(html, block, number);
	html_putf(html, "span", NULL,
		lang_plural(language, "%zu service", "%zu services", block->services),
		block->services);
	html_text(html, " ");
	html_begin(html, "span", "briefs");
	html_put(html, "span", "brief", html_words_outcome(language, outcome));
	html_end(html, "span");
	html_end(html, "h3");
	put_tools(html, block, number, language);
	put_where(html, fleet, block, left);
	html_end(html, "article");
	html_break(html);
}

void html_work_put(struct html *html, const struct html_fleet *fleet)
{
	const struct digest *digest = &fleet->digest;
	enum language language = digest->run->language;
	size_t shown = 0, problems = 0, left = WHERE_TOTAL;

	for (size_t i = 0; i < digest->blocks.count; i++) {
		const struct digest_block *block = &digest->blocks.items[i];
		bool unreachable = block->entries->status == STATUS_UNREACHABLE;

		if (!unreachable && !block->entries->key)
			continue;
		if (problems++ >= PROBLEMS_SHOWN)
			continue;
		shown++;
		if (unreachable)
			put_unreachable(html, fleet, block, i, &left);
		else
			put_problem(html, fleet, block, i, &left);
	}
	if (problems == 0)
		html_put(html, "p", NULL, lang_text(language, "There is nothing to do."));
	if (shown < problems)
		html_putf(html, "p", "hint",
			lang_text(language, "%zu more problems are in the table below."),
			problems - shown);
}
