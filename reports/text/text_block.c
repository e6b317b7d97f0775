/* SPDX-License-Identifier: MIT */
#include "reports/text/text_block.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "reports/digest.h"
#include "reports/report.h"
#include "reports/text/table.h"

#define HEAD_BYTES 65536u
#define DETAIL_BYTES (1u << 20)

/* Items and steps of one block that are told apart host by host; further ones always are. */
#define PLACES 64

/* In what the entries of a block do not agree. */
struct differences {
	bool message[PLACES], due[PLACES], step[PLACES];
	bool any;
	bool alone; /* there is one entry, which cannot differ */
};

enum page_style text_block_style(enum status status)
{
	static const enum page_style styles[STATUS_COUNT] = {
		[STATUS_OK] = PAGE_GREEN,
		[STATUS_OUT_OF_SCOPE] = PAGE_CYAN,
		[STATUS_WARNING] = PAGE_YELLOW,
		[STATUS_CRITICAL] = PAGE_RED,
		[STATUS_UNREACHABLE] = PAGE_MAGENTA,
	};

	return styles[status];
}

static enum page_style severity_style(enum severity severity)
{
	return severity == SEVERITY_CRITICAL  ? PAGE_RED
	       : severity == SEVERITY_WARNING ? PAGE_YELLOW
					      : PAGE_DIM;
}

static void find_differences(const struct digest_block *block, struct differences *ret_found)
{
	const struct digest_entry *first = block->entries;
	struct differences found = { .alone = block->count == 1 };

	if (found.alone) {
		*ret_found = found;
		return;
	}
	for (size_t i = 0; i < first->faults && i < PLACES; i++) {
		found.message[i] = !digest_same_message(block, i);
		found.due[i] = !digest_same_due(block, i);
		found.any |= found.message[i] || found.due[i];
	}
	for (size_t i = 0; i < first->steps.count && i < PLACES; i++) {
		found.step[i] = !digest_same_step(block, i);
		found.any |= found.step[i];
	}
	found.any |= first->faults > PLACES || first->steps.count > PLACES;
	for (size_t i = 0; i < block->count; i++)
		found.any |= block->entries[i].error != NULL;
	*ret_found = found;
}

static bool differs(const struct differences *found, const bool flags[static PLACES], size_t place)
{
	return !found->alone && (place >= PLACES || flags[place]);
}

/* "www.example.hk:443 at 192.0.2.1" */
static void add_place(const struct digest_entry *entry, enum language language, struct buf *out)
{
	if (entry->address)
		phrase_add(out, language, "%s at %s", entry->service, entry->address);
	else
		(void)buf_add_text(out, entry->service);
}

/*
 * "1. 5 services: add ssl-ca-3-17-2025, remove ssl-ca-3-17-2017"
 * "2. www.example.hk:443, web team: request a new certificate"
 */
static bool put_heading(const struct digest_block *block, size_t number, struct page *page)
{
	const struct digest_entry *first = block->entries;
	CLEANUP(buf_release) struct buf text = BUF_INIT(HEAD_BYTES);
	enum language language = page->language;

	if (block->count == 1)
		add_place(first, language, &text);
	else if (block->services == 1)
		(void)buf_add_text(&text, first->service);
	else
		(void)buf_addf(&text,
			lang_plural(language, "%zu service", "%zu services", block->services),
			block->services);
	if (block->count > block->services) {
		(void)buf_add_text(&text, lang_text(language, ", "));
		(void)buf_addf(&text,
			lang_plural(language, "%zu address", "%zu addresses", block->count),
			block->count);
	}
	if (block->count == 1 && first->owner)
		(void)buf_addf(&text, "%s%s", lang_text(language, ", "), first->owner);
	(void)buf_add_text(&text, lang_text(language, ": "));
	for (size_t i = 0, next; i < first->steps.count; i = next) {
		(void)buf_add_text(&text, i ? lang_text(language, ", ") : "");
		for (next = i + 1; next < first->steps.count &&
				   step_is_like(&first->steps.items[i], &first->steps.items[next]);)
			next++;
		step_brief(&first->steps.items[i], next - i, language, &text);
	}
	if (first->steps.count == 0)
		(void)buf_add_text(
			&text, lang_text(language, rule_at(first->items.items[0].rule)->title));

	page_start(page, 0, 3);
	page_putf(page, PAGE_BOLD, "%zu. ", number);
	page_put(page, PAGE_BOLD, buf_text(&text));
	page_end(page);
	return !text.failed;
}

static void put_due(struct instant due, const struct report_run *run, struct page *page)
{
	int64_t days = instant_days_between(run->as_of, due);
	unsigned long long far = (unsigned long long)(days < 0 ? -days : days);
	char day[INSTANT_TEXT];

	instant_format_day(due, day);
	if (days > 0)
		page_say(page, PAGE_PLAIN,
			far == 1 ? N_(" (due %s, in %llu day)") : N_(" (due %s, in %llu days)"),
			day, far);
	else if (days == 0)
		page_say(page, PAGE_RED, " (due %s, today)", day);
	else
		page_say(page, PAGE_RED,
			far == 1 ? N_(" (due %s, %llu day overdue)")
				 : N_(" (due %s, %llu days overdue)"),
			day, far);
}

/* Are two items the same rule, with nothing in their first line to tell them apart? */
static bool continues(
	const struct digest_block *block, size_t place, const struct differences *found)
{
	const struct digest_item *item = &block->entries->items.items[place];

	return place > 0 && item[-1].rule == item->rule && item[-1].severity == item->severity &&
	       item[-1].has_due == item->has_due && item[-1].due.seconds == item->due.seconds &&
	       differs(found, found->due, place - 1) == differs(found, found->due, place);
}

static void put_item_heading(const struct digest_block *block, size_t place,
	const struct differences *found, const struct report_run *run, struct page *page)
{
	const struct digest_item *item = &block->entries->items.items[place];
	const struct rule *rule = rule_at(item->rule);

	page_start(page, 3, 5);
	page_putf(page, severity_style(item->severity), "%s%s",
		lang_text(page->language, severity_name(item->severity)),
		lang_text(page->language, ": "));
	page_put(page, PAGE_PLAIN, rule->id);
	if (differs(found, found->due, place))
		page_say(page, PAGE_PLAIN, " (due: see below)");
	else if (item->has_due)
		put_due(item->due, run, page);
	page_end(page);
}

static void put_item(const struct digest_block *block, size_t place,
	const struct differences *found, const struct report_run *run, struct page *page)
{
	const struct digest_item *item = &block->entries->items.items[place];
	bool again = continues(block, place, found), own = differs(found, found->message, place);

	if (!again)
		put_item_heading(block, place, found, run, page);
	if (again && own && differs(found, found->message, place - 1))
		return; /* the title stands there */
	bool more = place + 1 < block->entries->faults && continues(block, place + 1, found);
	page_start(page, 5, again || more ? 7 : 5);
	page_put(page, PAGE_PLAIN,
		own ? lang_text(page->language, rule_at(item->rule)->title) : item->message);
	page_end(page);
}

/* Two certificates with the same name in one list of steps: the trap of every reissue. */
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

static size_t put_number(struct page *page, size_t number)
{
	page_start(page, 5, 8);
	page_putf(page, PAGE_PLAIN, "%zu. ", number);
	return number + 1;
}

static void put_source(const struct step *step, struct page *page)
{
	if (step->kind != ACTION_INSTALL_CERTIFICATE || !step->known || !step->known->url)
		return;
	char url[400];

	text_printable(step->known->url, strlen(step->known->url), url, sizeof url);
	page_start(page, 8, 8);
	page_say(page, PAGE_DIM, "It is at %s", url);
	page_end(page);
}

static void put_steps(const struct digest_block *block, const struct differences *found,
	const struct report_run *run, struct page *page)
{
	const struct digest_entry *first = block->entries;
	size_t number = 1;

	page_paragraph(page, 3, PAGE_BOLD, lang_text(page->language, "What to do"));
	for (size_t i = 0; i < first->steps.count; i++) {
		const struct step *step = &first->steps.items[i];

		number = put_number(page, number);
		step_put(step, differs(found, found->step, i), run->verbose, page);
		page_end(page);
		put_source(step, page);
	}
	for (size_t i = 0; i < first->faults; i++) {
		const struct digest_item *item = &first->items.items[i];

		if (item->has_actions)
			continue;
		number = put_number(page, number);
		page_put(page, PAGE_PLAIN, lang_text(page->language, rule_at(item->rule)->fix));
		page_end(page);
	}
	if (names_twins(first))
		page_paragraph(page, 5, PAGE_YELLOW,
			lang_text(page->language,
				"Both have the same name: tell them apart by the thumbprint."));
	if (has_step(first, ACTION_INSTALL_CERTIFICATE) &&
		has_step(first, ACTION_REMOVE_CERTIFICATE))
		page_paragraph(page, 5, PAGE_YELLOW,
			lang_text(page->language, "Add the new before removing the old."));
}

static void add_separator(enum language language, struct buf *out)
{
	if (out->len > 0)
		(void)buf_add_text(out, lang_text(language, "; "));
}

/* What holds for this endpoint alone. */
static void add_detail(const struct digest_entry *entry, const struct differences *found,
	enum language language, struct buf *out)
{
	for (size_t i = 0; i < entry->faults; i++) {
		const struct digest_item *item = &entry->items.items[i];
		char day[INSTANT_TEXT];

		if (differs(found, found->message, i)) {
			add_separator(language, out);
			(void)buf_add_text(out, item->message);
		}
		if (differs(found, found->due, i) && item->has_due) {
			instant_format_day(item->due, day);
			add_separator(language, out);
			phrase_add(out, language, "due %s", day);
		}
	}
	for (size_t i = 0; i < entry->steps.count; i++)
		if (differs(found, found->step, i) && entry->steps.items[i].other) {
			add_separator(language, out);
			step_own(&entry->steps.items[i], language, out);
		}
	if (entry->error) {
		add_separator(language, out);
		phrase_add(out, language, "the connection then failed: %s", entry->error);
	}
}

static bool any_owner(const struct digest_block *block)
{
	for (size_t i = 0; i < block->count; i++)
		if (block->entries[i].owner)
			return true;
	return false;
}

/* A chain was read, and yet the connection came to no good end. */
static void put_failure(const struct digest_entry *entry, struct page *page)
{
	if (!entry->error)
		return;
	page_start(page, 3, 5);
	page_say(page, PAGE_PLAIN, "The connection then failed: %s", entry->error);
	page_end(page);
}

/* A table with a line of its own for each endpoint, and what is true of it alone. */
static bool put_details(
	const struct digest_block *block, const struct differences *found, struct page *page)
{
	CLEANUP(table_release) struct table table = { 0 };
	CLEANUP(buf_release) struct buf detail = BUF_INIT(DETAIL_BYTES);

	(void)table_column(&table, lang_text(page->language, "service"), TABLE_WHOLE);
	(void)table_column(&table, lang_text(page->language, "address"), TABLE_WHOLE);
	(void)table_column(&table, lang_text(page->language, "owner"), TABLE_TEXT);
	(void)table_column(&table, NULL, TABLE_ROOMY);
	for (size_t i = 0; i < block->count; i++) {
		const struct digest_entry *entry = &block->entries[i];

		buf_clear(&detail);
		if (found)
			add_detail(entry, found, page->language, &detail);
		else if (entry->error)
			(void)buf_add_text(&detail, entry->error);
		if (detail.failed)
			return false;
		table_cell(&table, PAGE_BOLD, entry->service);
		table_cell(&table, PAGE_PLAIN, entry->address ? entry->address : "");
		table_cell(&table, PAGE_PLAIN, entry->owner ? entry->owner : "");
		table_cell(&table, PAGE_PLAIN, buf_text(&detail));
	}
	return table_print(&table, page, 5);
}

static char *place_of(const struct digest_entry *entry, enum language language)
{
	struct buf text = BUF_INIT(2048);

	add_place(entry, language, &text);
	if (text.failed) {
		buf_release(&text);
		return NULL;
	}
	return text.data;
}

static bool put_places(
	const struct digest_entry *entries, size_t count, size_t indent, struct page *page)
{
	char **places = calloc(count, sizeof *places);
	bool fitted = places != NULL;

	for (size_t i = 0; i < count && fitted; i++) {
		places[i] = place_of(&entries[i], page->language);
		fitted = places[i] != NULL;
	}
	if (fitted)
		table_grid(page, indent, (const char *const *)places, count);
	for (size_t i = 0; i < count && places; i++)
		free(places[i]);
	free(places);
	return fitted;
}

/* Endpoints side by side, under the name of whoever looks after them. */
static bool put_by_owner(const struct digest_block *block, struct page *page)
{
	if (!any_owner(block))
		return put_places(block->entries, block->count, 5, page);
	for (size_t first = 0, end; first < block->count; first = end) {
		const char *owner = block->entries[first].owner;

		for (end = first + 1; end < block->count; end++) {
			const char *next = block->entries[end].owner;

			if (!owner != !next || (owner && strcmp(owner, next) != 0))
				break;
		}
		page_start(page, 5, 7);
		page_say(page, PAGE_DIM, "%s:", owner ? owner : PHRASE("no owner named"));
		page_end(page);
		if (!put_places(block->entries + first, end - first, 7, page))
			return false;
	}
	return true;
}

bool text_block_problem(const struct digest_block *block, size_t number,
	const struct report_run *run, struct page *page)
{
	struct differences found;

	find_differences(block, &found);
	if (!put_heading(block, number, page))
		return false;
	for (size_t i = 0; i < block->entries->faults; i++)
		put_item(block, i, &found, run, page);
	put_steps(block, &found, run, page);
	if (found.alone)
		put_failure(block->entries, page);
	else
		page_paragraph(page, 3, PAGE_BOLD, lang_text(page->language, "Where"));
	if (!found.alone &&
		!(found.any ? put_details(block, &found, page) : put_by_owner(block, page)))
		return false;
	for (size_t i = 0; i < block->count; i++)
		if (!text_block_evidence(&block->entries[i], run, page))
			return false;
	page_gap(page);
	return true;
}

bool text_block_unreachable(const struct digest_block *block, struct page *page)
{
	static const char *const words[OUTCOME_COUNT] = {
		[OUTCOME_BAD_TARGET] = N_("these lines of the input name no service"),
		[OUTCOME_DNS] = N_("the name could not be resolved to an address"),
		[OUTCOME_REFUSED] = N_("nothing listens there, or a firewall says no"),
		[OUTCOME_UNREACHABLE] = N_("there is no route to the address"),
		[OUTCOME_TIMEOUT] = N_("no answer in time: a firewall that drops, or a slow host"),
		[OUTCOME_RESET] = N_("the connection was closed before a certificate came"),
		[OUTCOME_STARTTLS] = N_("the plain-text dialogue did not lead to TLS"),
		[OUTCOME_NOT_TLS] = N_("something other than TLS answers there"),
		[OUTCOME_HANDSHAKE] = N_("the TLS handshake failed"),
		[OUTCOME_LIMIT] = N_("more was sent than is sensible"),
		[OUTCOME_INTERNAL] = N_("a fault of chainmend itself; please report it"),
	};
	enum outcome outcome = block->entries->outcome;
	const char *kind = outcome_name(outcome);
	enum language language = page->language;

	page_start(page, 0, 3);
	page_put(page, PAGE_BOLD, lang_text(language, kind ? kind : N_("no certificate")));
	page_put(page, PAGE_BOLD, lang_text(language, ", "));
	page_putf(page, PAGE_BOLD, lang_plural(language, "%zu result", "%zu results", block->count),
		block->count);
	if (words[outcome])
		page_putf(page, PAGE_PLAIN, "%s%s", lang_text(language, ": "),
			lang_text(language, words[outcome]));
	page_end(page);
	bool fitted = put_details(block, NULL, page);
	page_gap(page);
	return fitted;
}
