/* SPDX-License-Identifier: MIT */
#include "reports/html/html_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "reports/html/html.h"
#include "reports/html/html_fleet.h"
#include "reports/html/html_words.h"
#include "reports/html/html_work.h"
#include "reports/json.h"
#include "reports/output.h"

#define PART_BYTES (64u << 20) /* of one row, or one mould: far above what a record holds */
#define FLUSH_BYTES 65536u

/* The columns, and by what name page.js sorts them. */
static const struct {
	const char *key, *title;
} columns[] = {
	{ "status", N_("Status") },
	{ "service", N_("Service") },
	{ "address", N_("Address") },
	{ "owner", N_("Owner") },
	{ "rules", N_("Findings") },
	{ "due", N_("Due") },
	{ "until", N_("Valid to") },
	{ "issuer", N_("Issued by") },
	{ "version", N_("TLS") },
};

static void put_head(struct html *html, enum language language)
{
	html_begin(html, "thead", NULL);
	html_begin(html, "tr", NULL);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		html_begin(html, "th", NULL);
		html_attr(html, "scope", "col");
		html_attr(html, "data-sort", columns[i].key);
		html_text(html, lang_text(language, columns[i].title));
		html_end(html, "th");
	}
	html_end(html, "tr");
	html_end(html, "thead");
}

static void put_field(struct html *html, const char *id, const char *label)
{
	html_begin(html, "div", "field");
	html_begin(html, "label", NULL);
	html_attr(html, "for", id);
	html_text(html, label);
	html_end(html, "label");
}

static void put_input(struct html *html, const char *id, const char *label, const char *hint)
{
	put_field(html, id, label);
	html_void(html, "input", NULL);
	html_attr(html, "id", id);
	html_attr(html, "type", "search");
	html_attr(html, "autocomplete", "off");
	html_attr(html, "spellcheck", "false");
	html_attr(html, "placeholder", hint);
	html_end(html, "div");
}

/* The script fills it with what there is. */
static void put_choice(struct html *html, const char *id, const char *label, enum language language)
{
	put_field(html, id, label);
	html_begin(html, "select", NULL);
	html_attr(html, "id", id);
	html_begin(html, "option", NULL);
	html_attr(html, "value", "");
	html_text(html, lang_text(language, "all"));
	html_end(html, "option");
	html_end(html, "select");
	html_end(html, "div");
}

static void put_filters(struct html *html, enum language language)
{
	html_begin(html, "form", "filters js");
	html_attr(html, "role", "search");
	html_attr(html, "aria-label", lang_text(language, "Filter the table"));
	put_input(html, "find", lang_text(language, "Find"),
		lang_text(language, "name, address, label, issuer"));
	put_choice(html, "by-status", lang_text(language, "Status"), language);
	put_choice(html, "by-rule", lang_text(language, "Finding"), language);
	put_choice(html, "by-owner", lang_text(language, "Owner"), language);
	put_input(html, "by-network", lang_text(language, "Network"), "192.0.2.0/24");
	html_begin(html, "div", "field");
	html_begin(html, "button", NULL);
	html_attr(html, "type", "reset");
	html_text(html, lang_text(language, "Show all"));
	html_end(html, "button");
	html_end(html, "div");
	html_end(html, "form");
	html_begin(html, "p", "found js");
	html_attr(html, "id", "found");
	html_attr(html, "role", "status");
	html_end(html, "p");
}

static void put_rules(struct html *html, const struct digest_entry *entry)
{
	html_begin(html, "td", "rules");
	for (size_t i = 0; i < entry->items.count; i++) {
		if (i > 0 && entry->items.items[i].rule == entry->items.items[i - 1].rule)
			continue;
		html_work_rule(html, entry->items.items[i].rule);
		html_text(html, " ");
	}
	html_end(html, "td");
}

static bool earliest_due(const struct digest_entry *entry, struct instant *ret_due)
{
	bool found = false;

	for (size_t i = 0; i < entry->faults; i++) {
		const struct digest_item *item = &entry->items.items[i];

		if (!item->has_due || (found && item->due.seconds >= ret_due->seconds))
			continue;
		*ret_due = item->due;
		found = true;
	}
	return found;
}

static const char *issuer_of(const struct digest_entry *entry)
{
	return entry->issuing ? entry->issuing : entry->issuer ? entry->issuer : "";
}

/* A narrow screen has no heads over its rows: each cell has its own name there. */
static void put_cell(struct html *html, enum language language, const char *key, const char *text)
{
	size_t column = 0;

	while (strcmp(columns[column].key, key) != 0)
		column++;
	html_begin(html, "td", "own");
	html_attr(html, "data-label", lang_text(language, columns[column].title));
	html_text(html, text);
	html_end(html, "td");
}

static void put_row(struct html *html, const struct html_fleet *fleet, size_t number)
{
	const struct digest_entry *entry = html_fleet_entry(fleet, number);
	char day[INSTANT_TEXT] = "", until[INSTANT_TEXT] = "", classes[64];
	enum language language = fleet->run.language;
	struct instant due = { 0 };

	if (earliest_due(entry, &due))
		instant_format_day(due, day);
	if (entry->has_leaf)
		instant_format_day(entry->not_after, until);
	(void)snprintf(classes, sizeof classes, "badge %s", html_words_class(entry->status));
	html_begin(html, "tr", NULL);
	html_begin(html, "td", NULL);
	html_putf(html, "span", classes, "%s %s", html_words_sign(entry->status),
		html_words_status(fleet->run.language, entry->status));
	html_end(html, "td");
	html_begin(html, "th", NULL);
	html_attr(html, "scope", "row");
	html_work_host(html, fleet, entry);
	html_end(html, "th");
	put_cell(html, language, "address", html_fleet_row(fleet, number)->address);
	put_cell(html, language, "owner", entry->owner ? entry->owner : "");
	put_rules(html, entry);
	put_cell(html, language, "due", day);
	put_cell(html, language, "until", until);
	put_cell(html, language, "issuer", issuer_of(entry));
	put_cell(html, language, "version", entry->version);
	html_end(html, "tr");
	html_break(html);
}

void html_table_put(struct html *html, const struct html_fleet *fleet)
{
	enum language language = fleet->run.language;
	size_t count = html_fleet_count(fleet);
	size_t shown = count < HTML_ROWS_WRITTEN ? count : HTML_ROWS_WRITTEN;

	put_filters(html, language);
	html_begin(html, "div", "scroll");
	html_attr(html, "role", "region");
	html_attr(html, "tabindex", "0");
	html_attr(html, "aria-labelledby", "fleet-caption");
	html_begin(html, "table", "fleet");
	html_attr(html, "id", "table");
	html_begin(html, "caption", NULL);
	html_attr(html, "id", "fleet-caption");
	html_text(html, lang_text(language, "All services that were examined"));
	html_end(html, "caption");
	put_head(html, language);
	html_begin(html, "tbody", NULL);
	html_break(html);
	for (size_t i = 0; i < shown; i++)
		put_row(html, fleet, i);
	html_end(html, "tbody");
	html_end(html, "table");
	html_end(html, "div");
	if (shown < count)
		html_putf(html, "p", "hint nojs",
			lang_text(language, "The first %zu of %zu stand here; with JavaScript the "
					    "table has all."),
			shown, count);
	html_begin(html, "nav", "pager js");
	html_attr(html, "aria-label", lang_text(language, "Pages of the table"));
	html_attr(html, "id", "pager");
	html_end(html, "nav");
}

/* What the page's script says. */
static const struct {
	const char *key, *text;
} words[] = {
	{ "all", N_("%s services") },
	{ "some", N_("%s of %s services") },
	{ "none", N_("No service fits.") },
	{ "copied", N_("Copied") },
	{ "notCopied", N_("Copying failed: select the text instead") },
	{ "previous", N_("Previous") },
	{ "next", N_("Next") },
	{ "page", N_("Page %s of %s") },
	{ "network", N_("That is no address and no network.") },
	{ "unowned", N_("(none named)") },
	{ "problem", N_("One problem only; \"Show all\" ends that.") },
	{ "printed", N_("The first %s of %s are printed.") },
};

static void put_words(struct json *json, enum language language)
{
	JSON_KEY(json, "words");
	json_begin_object(json);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		json_key(json, words[i].key);
		json_put_string(json, lang_text(language, words[i].text));
	}
	json_end_object(json);
}

static void put_statuses(struct json *json, enum language language)
{
	JSON_KEY(json, "statuses");
	json_begin_array(json);
	for (size_t i = 0; i < HTML_STATUSES; i++) {
		enum status status = html_words_ranked(i);

		json_begin_array(json);
		json_put_string(json, html_words_class(status));
		json_put_string(json, html_words_sign(status));
		json_put_string(json, html_words_status(language, status));
		json_end_array(json);
	}
	json_end_array(json);
}

/* One that is the same as that of the row before is 0. */
struct repeat {
	const char *last;
};

static void put_repeated(struct json *json, struct repeat *repeat, const char *text)
{
	if (repeat->last && strcmp(repeat->last, text) == 0)
		json_put_integer(json, 0);
	else
		json_put_string(json, text);
	repeat->last = text;
}

static void put_day(struct json *json, bool has_day, struct instant day)
{
	if (has_day)
		json_put_integer(json, instant_day(day).seconds / SECONDS_A_DAY);
	else
		json_put_null(json);
}

struct writing {
	const struct html_fleet *fleet;
	struct output *output;
	struct buf out;
	struct json json;
	struct repeat owner, issuer, version;
	int64_t rules[RULE_COUNT]; /* the number of each in the data; of those that were found */
	const char **texts;        /* by mould, those of its row before */
};

/* Those that were found, in their order. */
static void put_rule_ids(struct writing *writing)
{
	const struct digest *digest = &writing->fleet->digest;
	bool found[RULE_COUNT] = { false };
	int64_t number = 0;

	for (size_t i = 0; i < digest->entries.count; i++)
		for (size_t k = 0; k < digest->entries.items[i].items.count; k++)
			found[digest->entries.items[i].items.items[k].rule] = true;
	JSON_KEY(&writing->json, "rules");
	json_begin_array(&writing->json);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (!found[i])
			continue;
		writing->rules[i] = number++;
		json_put_string(&writing->json, rule_at((enum rule_id)i)->id);
	}
	json_end_array(&writing->json);
}

static void put_rule_numbers(struct writing *writing, const struct digest_entry *entry)
{
	struct json *json = &writing->json;

	json_begin_array(json);
	for (size_t i = 0; i < entry->items.count; i++)
		if (i == 0 || entry->items.items[i].rule != entry->items.items[i - 1].rule)
			json_put_integer(json, writing->rules[entry->items.items[i].rule]);
	json_end_array(json);
}

static void put_texts(struct writing *writing, const struct html_row *row)
{
	size_t holes = html_molds_at(writing->fleet->molds, row->mold)->hole_count;
	const char *text = row->texts, *before = writing->texts[row->mold];

	json_begin_array(&writing->json);
	for (size_t i = 0; i < holes; i++) {
		struct repeat repeat = { before };

		put_repeated(&writing->json, &repeat, text);
		text += strlen(text) + 1;
		before = before ? before + strlen(before) + 1 : NULL;
	}
	json_end_array(&writing->json);
	writing->texts[row->mold] = row->texts;
}

static size_t rank_of(enum status status)
{
	size_t rank = 0;

	while (html_words_ranked(rank) != status)
		rank++;
	return rank;
}

static void put_data_row(struct writing *writing, size_t number)
{
	const struct html_fleet *fleet = writing->fleet;
	const struct digest_entry *entry = html_fleet_entry(fleet, number);
	const struct html_row *row = html_fleet_row(fleet, number);
	struct json *json = &writing->json;
	struct instant due = { 0 };
	bool has_due = earliest_due(entry, &due);

	json_begin_array(json);
	json_put_integer(json, (int64_t)rank_of(entry->status));
	json_put_string(json, entry->service);
	json_put_string(json, row->address);
	put_repeated(json, &writing->owner, entry->owner ? entry->owner : "");
	put_rule_numbers(writing, entry);
	put_day(json, has_due, due);
	put_day(json, entry->has_leaf, entry->not_after);
	put_repeated(json, &writing->issuer, issuer_of(entry));
	put_repeated(json, &writing->version, entry->version);
	json_put_integer(json, (int64_t)fleet->blocks[number]);
	json_put_integer(json, (int64_t)row->mold);
	put_texts(writing, row);
	json_end_array(json);
}

static bool flush(struct writing *writing, struct error *err)
{
	if (writing->out.failed)
		return error_set_memory(err);
	bool written = output_write(
		writing->output, buf_text(&writing->out), writing->out.len, err);
	buf_clear(&writing->out);
	return written;
}

static bool write_molds(struct writing *writing, struct error *err)
{
	const struct html_molds *molds = writing->fleet->molds;

	for (size_t i = 0; i < html_molds_count(molds); i++) {
		const struct html_mold *mold = html_molds_at(molds, i);

		(void)buf_addf(&writing->out, "<template id=\"mold-%zu\">", i);
		(void)buf_add(&writing->out, mold->bytes, mold->len);
		(void)buf_add_text(&writing->out, "</template>\n");
		if (!flush(writing, err))
			return false;
	}
	return true;
}

/* What was made of the document so far, with nothing in it that could end its element. */
static bool flush_json(struct writing *writing, struct buf *made, struct error *err)
{
	html_escape_json(&writing->out, buf_text(made), made->len);
	if (made->failed)
		return error_set_memory(err);
	buf_clear(made);
	return flush(writing, err);
}

static bool write_data(struct writing *writing, struct error *err)
{
	enum language language = writing->fleet->run.language;
	CLEANUP(buf_release) struct buf made = BUF_INIT(PART_BYTES);

	json_init(&writing->json, &made);
	json_begin_object(&writing->json);
	put_words(&writing->json, language);
	put_statuses(&writing->json, language);
	put_rule_ids(writing);
	JSON_KEY(&writing->json, "day");
	put_day(&writing->json, true, writing->fleet->run.as_of);
	JSON_KEY(&writing->json, "rows");
	json_begin_array(&writing->json);
	for (size_t i = 0; i < html_fleet_count(writing->fleet); i++) {
		put_data_row(writing, i);
		(void)buf_add_char(&made, '\n');
		if (made.len > FLUSH_BYTES && !flush_json(writing, &made, err))
			return false;
	}
	json_end_array(&writing->json);
	json_end_object(&writing->json);
	if (!json_end(&writing->json))
		return error_set_memory(err);
	return flush_json(writing, &made, err);
}

bool html_table_write(const struct html_fleet *fleet, struct output *output, struct error *err)
{
	struct writing writing = { .fleet = fleet,
		.output = output,
		.out = BUF_INIT(PART_BYTES),
		.texts = calloc(html_molds_count(fleet->molds) + 1, sizeof(const char *)) };
	bool written = writing.texts || error_set_memory(err);

	written = written && write_molds(&writing, err);
	(void)buf_add_text(&writing.out, "<script type=\"application/json\" id=\"data\">");
	written = written && write_data(&writing, err);
	(void)buf_add_text(&writing.out, "</script>\n");
	written = written && flush(&writing, err);
	buf_release(&writing.out);
	free(writing.texts);
	return written;
}
