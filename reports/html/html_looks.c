/* SPDX-License-Identifier: MIT */
#include "reports/html/html_looks.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/caa.h"
#include "checker/observation.h"
#include "reports/html/html.h"
#include "reports/html/html_certificates.h"
#include "reports/html/html_places.h"
#include "reports/report.h"
#include "rules/verdict.h"

#define TEXT_BYTES 8192u

/* How it was made. */
static const char *const kinds[LOOK_COUNT] = {
	[LOOK_MAIN] = N_("The main look"),
	[LOOK_RSA] = N_("Only certificates with RSA keys accepted"),
	[LOOK_ECDSA] = N_("Only certificates with elliptic-curve keys accepted"),
	[LOOK_TLS12] = N_("TLS 1.3 not offered"),
	[LOOK_NO_SNI] = N_("No server name sent"),
	[LOOK_AGAIN] = N_("The same once more"),
};

/* What it got, beside the chain: "TLSv1.2, ECDHE-RSA-AES256-GCM-SHA384", or how it failed. */
static void put_connection(struct html *html, const struct verdict *seen, enum language language)
{
	char text[400] = "";

	if (seen->version[0])
		(void)snprintf(text, sizeof text, "%s, %s", seen->version,
			seen->cipher[0] ? seen->cipher : "?");
	html_begin(html, "td", NULL);
	html_slot(html, "span", NULL, text);
	if (seen->message[0]) {
		phrase_render(
			seen->said[0] ? seen->said : seen->message, language, text, sizeof text);
		html_text(html, " ");
		html_slot(html, "span", NULL, text);
	}
	html_end(html, "td");
}

/* The chain: that of another look, one of its own, or none. */
static void put_outcome(
	struct html *html, const struct verdict_look *look, size_t number, enum language language)
{
	char text[200] = "";

	if (look->same_as == 1)
		(void)snprintf(text, sizeof text, "%s",
			lang_text(language, "the same chain as the main look"));
	else if (look->same_as > 1)
		(void)snprintf(text, sizeof text, lang_text(language, "the same chain as look %zu"),
			look->same_as - 1);
	else if (look->verdict->chain.count > 0)
		(void)snprintf(text, sizeof text,
			lang_text(language, "another chain: the table of look %zu"), number);
	else
		(void)snprintf(text, sizeof text, "%s", lang_text(language, "no chain"));
	html_put(html, "td", NULL, text);
}

static void put_look(
	struct html *html, const struct verdict_look *look, size_t number, enum language language)
{
	html_begin(html, "tr", NULL);
	html_begin(html, "th", NULL);
	html_attr(html, "scope", "row");
	html_textf(html, "%zu", number);
	html_end(html, "th");
	html_put(html, "td", NULL, lang_text(language, kinds[look->kind]));
	put_connection(html, look->verdict, language);
	put_outcome(html, look, number, language);
	html_end(html, "tr");
	html_break(html);
}

/* A record keeps no paths of a further look, so what they would add is not shown of a fresh one
 * either: a report of saved results is the scan's, byte for byte. */
static void put_chain(
	struct html *html, const struct verdict *seen, size_t number, const struct report_run *run)
{
	struct verdict bare = *seen;
	struct html_places places;
	char caption[200];

	bare.path_count = 0;
	html_places_find(&places, &bare, run->profile);
	(void)snprintf(caption, sizeof caption,
		lang_text(run->language, "Look %zu: the certificates, in the order sent"), number);
	html_certificates_put(html, caption, &places, run);
}

void html_looks_put(struct html *html, const struct verdict *verdict, const struct report_run *run)
{
	const char *const titles[] = { lang_text(run->language, "Look"),
		lang_text(run->language, "How"), lang_text(run->language, "Connection"),
		lang_text(run->language, "The chain") };

	if (verdict->looks.count == 0)
		return;
	html_break(html);
	html_put(html, "h4", NULL, lang_text(run->language, "Further looks"));
	html_begin(html, "div", "tables");
	html_certificates_begin(html, lang_text(run->language, "What other clients see"), titles,
		ARRAY_LEN(titles));
	for (size_t i = 0; i < verdict->looks.count; i++)
		put_look(html, &verdict->looks.items[i], i + 1, run->language);
	html_certificates_end(html);
	for (size_t i = 0; i < verdict->looks.count; i++) {
		const struct verdict_look *look = &verdict->looks.items[i];

		if (look->same_as == 0 && look->verdict->chain.count > 0)
			put_chain(html, look->verdict, i + 1, run);
	}
	html_end(html, "div");
	html_break(html);
}

/* 'issue "hongkongpost.gov.hk"', as a zone file has it. */
static void describe_records(const struct caa *caa, struct buf *out)
{
	for (size_t i = 0; i < caa->count; i++)
		(void)buf_addf(out, "%s%s %s \"%s\"", i > 0 ? "; " : "",
			caa->records[i].critical ? "128" : "0", caa->records[i].tag,
			caa->records[i].value);
}

void html_looks_put_caa(struct html *html, const struct caa *caa, enum language language)
{
	CLEANUP(buf_release) struct buf records = BUF_INIT(TEXT_BYTES);
	char said[TEXT_BYTES], text[TEXT_BYTES];

	if (!caa)
		return;
	describe_records(caa, &records);
	if (caa->status == CAA_FOUND)
		phrase_say(said, sizeof said, "%s has %s", caa->domain, buf_text(&records));
	else if (caa->status == CAA_NONE)
		phrase_say(said, sizeof said, "no records: any CA may issue for the name");
	else
		phrase_say(said, sizeof said, "not known: %s", caa->why ? caa->why : "");
	phrase_render(said, language, text, sizeof text);
	html_begin(html, "div", NULL);
	html_put(html, "dt", NULL, lang_text(language, "Who may issue (CAA)"));
	html_slot(html, "dd", NULL, text);
	html_end(html, "div");
	html_break(html);
	html->out->failed |= records.failed;
}
