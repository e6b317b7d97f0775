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
#include "reports/html/html_certificates.h"
#include "reports/html/html_drawing.h"
#include "reports/html/html_looks.h"
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

/* What it calls itself, and what software that is, unless the input has said it as a label. */
static void put_software(struct html *html, const struct verdict *verdict, enum language language)
{
	const char *given = target_label(verdict->target, "platform");

	if (!given || !given[0])
		put_fact(html, lang_text(language, "Platform"), verdict_platform(verdict));
	put_fact(html, lang_text(language, "Calls itself"), verdict->banner);
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
	put_software(html, verdict, language);
	put_leaf(html, verdict, language);
	html_looks_put_caa(html, verdict->caa, language);
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
	html_certificates_put(html, lang_text(run->language, "The certificates, in the order sent"),
		&places, run);
	if (verdict->path_count > 0)
		html_certificates_put_clients(html, verdict, &places, run);
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
	html_looks_put(html, verdict, run);
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
