/* SPDX-License-Identifier: MIT */
#include "reports/html/html_host.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/target/target.h"
#include "reports/digest.h"
#include "reports/html/html.h"
#include "reports/html/html_drawing.h"
#include "reports/html/html_places.h"
#include "reports/html/html_words.h"
#include "reports/html/html_work.h"
#include "reports/report.h"

#define NAMES_SHOWN 12 /* of a certificate: a page is not a list of names */

static void begin_fact(struct html *html, const char *name)
{
	html_begin(html, "div", NULL);
	html_put(html, "dt", NULL, name);
}

static void put_fact(struct html *html, const char *name, const char *value)
{
	if (!value || !value[0])
		return;
	begin_fact(html, name);
	html_slot(html, "dd", NULL, value);
	html_end(html, "div");
	html_break(html);
}

/* The same, with a button that copies it. */
static void put_fact_to_copy(
	struct html *html, enum language language, const char *name, const char *value)
{
	begin_fact(html, name);
	html_begin(html, "dd", NULL);
	html_slot(html, "code", NULL, value);
	html_work_copy(html, language);
	html_end(html, "dd");
	html_end(html, "div");
	html_break(html);
}

static void put_labels(struct html *html, const struct target *target)
{
	for (size_t i = 0; i < target->labels.count; i++) {
		const struct label *label = &target->labels.items[i];

		if (!label->value || !label->value[0])
			continue;
		html_begin(html, "div", NULL);
		html_slot(html, "dt", NULL, label->name);
		html_slot(html, "dd", NULL, label->value);
		html_end(html, "div");
	}
}

static void put_connection(struct html *html, const struct verdict *verdict, enum language language)
{
	char text[400];

	put_fact(html, lang_text(language, "Address"), verdict->address);
	put_fact(html, lang_text(language, "Asked for"), verdict->target->sni);
	if (verdict->version[0]) {
		(void)snprintf(text, sizeof text, "%s, %s", verdict->version,
			verdict->cipher[0] ? verdict->cipher : "?");
		put_fact(html, lang_text(language, "Connection"), text);
	}
	if (verdict->legacy_offer)
		html_put(html, "div", "fact-note",
			lang_text(language, "Only an outdated offer was answered."));
	if (verdict->version[0] && verdict->proven == PROOF_REFUTED)
		html_put(html, "div", "fact-note bad",
			lang_text(
				language, "The server does not hold the key to its certificate."));
	if (verdict->version[0] && verdict->proven == PROOF_UNKNOWN)
		html_put(html, "div", "fact-note",
			lang_text(language, "The server has not shown that it holds the key to its "
					    "certificate."));
}

static const struct cert *leaf_of(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->chain.count; i++)
		if (verdict->chain.items[i].role == ROLE_LEAF &&
			verdict->chain.items[i].cert->readable)
			return verdict->chain.items[i].cert;
	return NULL;
}

static void put_names(struct html *html, const struct cert *leaf, enum language language)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(65536);
	size_t count = 0;

	for (; leaf->san && leaf->san[count]; count++)
		if (count < NAMES_SHOWN)
			(void)buf_addf(&text, "%s%.255s", count ? ", " : "", leaf->san[count]);
	if (count + leaf->san_dropped > NAMES_SHOWN) {
		(void)buf_add_char(&text, ' ');
		(void)buf_addf(&text, lang_text(language, "and %zu more"),
			count + leaf->san_dropped - NAMES_SHOWN);
	}
	put_fact(html, lang_text(language, "Names"), buf_text(&text));
	html->out->failed |= text.failed;
}

static void put_leaf(struct html *html, const struct verdict *verdict, enum language language)
{
	const struct cert *leaf = leaf_of(verdict);
	char day[INSTANT_TEXT];

	if (!leaf)
		return;
	put_fact(html, lang_text(language, "Subject"), leaf->subject);
	put_names(html, leaf, language);
	put_fact(html, lang_text(language, "Issued by"), leaf->issuer);
	instant_format_day(leaf->not_after, day);
	put_fact(html, lang_text(language, "Valid to"), day);
	put_fact(html, lang_text(language, "Key"), leaf->key);
	put_fact_to_copy(html, language, lang_text(language, "Serial number"), leaf->serial);
}

static void put_facts(struct html *html, const struct verdict *verdict, enum language language)
{
	char time[INSTANT_TEXT];

	html_begin(html, "dl", "facts");
	put_labels(html, verdict->target);
	put_connection(html, verdict, language);
	put_leaf(html, verdict, language);
	instant_format(verdict->time, time);
	put_fact(html, lang_text(language, "Examined"), time);
	html_end(html, "dl");
}

static void put_badge(struct html *html, const struct digest_item *item, enum language language)
{
	char classes[64];

	(void)snprintf(
		classes, sizeof classes, "badge %s", html_words_severity_class(item->severity));
	html_put(html, "span", classes, html_words_severity(language, item->severity));
}

static void put_finding(
	struct html *html, const struct digest_item *item, const struct report_run *run)
{
	char due[120];

	html_begin(html, "li", NULL);
	put_badge(html, item, run->language);
	html_text(html, " ");
	html_work_rule(html, item->rule);
	if (item->has_due) {
		html_words_due(run, item->due, due, sizeof due);
		html_text(html, " ");
		html_slot(html, "span", "due", due);
	}
	html_slot(html, "p", NULL, item->message);
	if (item->waiver)
		html_slot(html, "p", "hint", item->waiver);
	html_end(html, "li");
	html_break(html);
}

static void put_findings(
	struct html *html, const struct digest_entry *entry, const struct report_run *run)
{
	if (entry->items.count == 0)
		return;
	html_break(html);
	html_put(html, "h4", NULL, lang_text(run->language, "What was found"));
	html_begin(html, "ul", "findings");
	for (size_t i = 0; i < entry->items.count; i++)
		put_finding(html, &entry->items.items[i], run);
	html_end(html, "ul");
}

/* They count for nothing, and are in no order: sorted where they were judged. */
static void put_waived(
	struct html *html, const struct digest_entry *entry, const struct report_run *run)
{
	if (entry->waived.count == 0)
		return;
	html_break(html);
	html_put(html, "h4", NULL,
		lang_text(run->language, "Waived (not counted until their day):"));
	html_begin(html, "ul", "findings");
	for (size_t i = 0; i < entry->waived.count; i++)
		put_finding(html, &entry->waived.items[i], run);
	html_end(html, "ul");
}

static void head_row(struct html *html, const char *const *titles, size_t count)
{
	html_begin(html, "thead", NULL);
	html_begin(html, "tr", NULL);
	for (size_t i = 0; i < count; i++) {
		html_begin(html, "th", NULL);
		html_attr(html, "scope", "col");
		html_text(html, titles[i]);
		html_end(html, "th");
	}
	html_end(html, "tr");
	html_break(html);
	html_end(html, "thead");
	html_begin(html, "tbody", NULL);
}

static void begin_table(struct html *html, const char *caption)
{
	html_begin(html, "div", "scroll");
	html_attr(html, "role", "region");
	html_attr(html, "tabindex", "0");
	html_attr(html, "aria-label", caption);
	html_begin(html, "table", "plain");
	html_put(html, "caption", NULL, caption);
}

static void end_table(struct html *html)
{
	html_end(html, "tbody");
	html_end(html, "table");
	html_end(html, "div");
	html_break(html);
}

/* What hosts differ in, and what they share. */
static void put_cell(struct html *html, bool own, const char *text)
{
	if (own)
		html_slot(html, "td", NULL, text);
	else
		html_put(html, "td", "own", text);
}

static void put_day(struct html *html, bool own, const char *day)
{
	if (own)
		html_slot(html, "td", "day", day);
	else
		html_put(html, "td", "day", day);
}

static void put_issuer_marks(const struct html_places *places, size_t number, struct buf *out)
{
	bool any = false;

	for (size_t k = 0; k < places->count; k++)
		if (places->at[number].issuers >> k & 1) {
			(void)buf_addf(out, "%s%s", any ? ", " : "", places->at[k].mark);
			any = true;
		}
}

static void put_certificate(struct html *html, const struct html_places *places, size_t number,
	const struct report_run *run)
{
	const struct html_place *place = &places->at[number];
	const struct cert *cert = place->served ? place->served->cert : NULL;
	bool own = place->served && place->served->role == ROLE_LEAF;
	CLEANUP(buf_release) struct buf issuers = BUF_INIT(1024);
	char name[400], until[INSTANT_TEXT] = "";

	html_places_name(place, run->language, name, sizeof name);
	put_issuer_marks(places, number, &issuers);
	if (place->has_not_after)
		instant_format_day(place->not_after, until);
	html_begin(html, "tr", NULL);
	html_begin(html, "th", NULL);
	html_attr(html, "scope", "row");
	html_text(html, place->mark);
	html_end(html, "th");
	put_cell(html, own, name);
	html_put(html, "td", NULL,
		cert ? html_words_role(run->language, place->served->role)
		     : lang_text(run->language, "not sent"));
	html_put(html, "td", NULL, place->known ? place->known->id : "");
	html_put(html, "td", NULL, buf_text(&issuers));
	put_day(html, own, until);
	html_begin(html, "td", "print");
	if (own)
		html_slot(html, "code", NULL, place->print);
	else
		html_put(html, "code", NULL, place->print);
	html_work_copy(html, run->language);
	html_end(html, "td");
	html_end(html, "tr");
	html_break(html);
	html->out->failed |= issuers.failed;
}

static void put_certificates(
	struct html *html, const struct html_places *places, const struct report_run *run)
{
	const char *const titles[] = { lang_text(run->language, "Place"),
		lang_text(run->language, "Certificate"), lang_text(run->language, "Role"),
		lang_text(run->language, "Known as"), lang_text(run->language, "Issued by"),
		lang_text(run->language, "Valid to"), "SHA-256" };

	begin_table(html, lang_text(run->language, "The certificates, in the order sent"));
	head_row(html, titles, ARRAY_LEN(titles));
	for (size_t i = 0; i < places->count; i++)
		put_certificate(html, places, i, run);
	end_table(html);
}

static void put_client(struct html *html, const struct verdict_path *path,
	const struct html_places *places, const struct report_run *run)
{
	struct instant until;
	struct html_answer answer;
	char title[300], line[400], classes[64];
	bool has_until = html_places_until(places, path, &until);

	html_words_store(run, path->store, title, sizeof title);
	html_words_answer(run, path, has_until ? &until : NULL, &answer);
	(void)snprintf(classes, sizeof classes, "answer %s", answer.classes);
	html_begin(html, "tr", NULL);
	html_begin(html, "th", NULL);
	html_attr(html, "scope", "row");
	html_text(html, title);
	html_end(html, "th");
	html_slotf(html, "td", classes, "%s %s", answer.sign, answer.words);
	html_places_line(places, path, line, sizeof line);
	html_put(html, "td", NULL, line);
	html_words_reason(path, run->language, line, sizeof line);
	html_slot(html, "td", NULL, line);
	html_end(html, "tr");
	html_break(html);
}

static void put_clients(struct html *html, const struct verdict *verdict,
	const struct html_places *places, const struct report_run *run)
{
	const char *const titles[] = { lang_text(run->language, "Clients"),
		lang_text(run->language, "Answer"), lang_text(run->language, "Path"),
		lang_text(run->language, "Because") };

	begin_table(html, lang_text(run->language, "Which clients trust it"));
	head_row(html, titles, ARRAY_LEN(titles));
	for (size_t i = 0; i < verdict->path_count; i++)
		put_client(html, &verdict->paths[i], places, run);
	end_table(html);
}

static void put_chain(
	struct html *html, const struct verdict *verdict, const struct report_run *run)
{
	struct html_places places;

	if (verdict->chain.count == 0)
		return;
	html_places_find(&places, verdict, run->profile);
	html_break(html);
	html_put(html, "h4", NULL, lang_text(run->language, "The chain"));
	html_begin(html, "div", "scroll");
	html_attr(html, "role", "region");
	html_attr(html, "tabindex", "0");
	html_attr(html, "aria-label", lang_text(run->language, "The chain, drawn"));
	html_drawing_put(html, verdict, &places, run);
	html_end(html, "div");
	if (verdict->chain_dropped > 0)
		html_putf(html, "p", "hint",
			lang_plural(run->language,
				"%zu further certificate was sent and is not shown.",
				"%zu further certificates were sent and are not shown.",
				verdict->chain_dropped),
			verdict->chain_dropped);
	html_begin(html, "div", "tables");
	put_certificates(html, &places, run);
	if (verdict->path_count > 0)
		put_clients(html, verdict, &places, run);
	html_end(html, "div");
	html_break(html);
}

static void put_actions(
	struct html *html, const struct digest_entry *entry, const struct report_run *run)
{
	if (entry->faults == 0)
		return;
	html_begin(html, "div", "actions");
	html_break(html);
	html_put(html, "h4", NULL, lang_text(run->language, "What to do"));
	html_work_steps(html, entry, NULL, run);
	html_begin(html, "p", "tools js");
	html_work_tool(html, run->language);
	html_end(html, "p");
	html_end(html, "div");
	html_break(html);
}

void html_host_put(struct html *html, const struct digest_entry *entry,
	const struct verdict *verdict, const struct report_run *run)
{
	if (entry->error)
		html_slot(html, "p", NULL, entry->error);
	put_findings(html, entry, run);
	put_waived(html, entry, run);
	put_actions(html, entry, run);
	put_chain(html, verdict, run);
	html_break(html);
	html_put(html, "h4", NULL, lang_text(run->language, "What was seen"));
	put_facts(html, verdict, run->language);
}

void html_host_put_brief(
	struct html *html, const struct digest_entry *entry, const struct report_run *run)
{
	CLEANUP(buf_release) struct buf found = BUF_INIT(65536);

	for (size_t i = 0; i < entry->items.count; i++) {
		(void)buf_add_text(&found, i ? lang_text(run->language, "; ") : "");
		(void)buf_addf(&found, lang_text(run->language, "%s: %s"),
			rule_at(entry->items.items[i].rule)->id, entry->items.items[i].message);
	}
	html_slot(html, "p", NULL, buf_text(&found));
	html_put(html, "p", "hint",
		lang_text(run->language, "This report has more kinds of chains than one page can "
					 "draw. A report on this "
					 "service alone draws its chain."));
	html->out->failed |= found.failed;
}
