/* SPDX-License-Identifier: MIT */
#include "reports/html/html_certificates.h"

#include <stdio.h>

#include "checker/base/buf.h"
#include "checker/cert/cert.h"
#include "reports/html/html.h"
#include "reports/html/html_places.h"
#include "reports/html/html_words.h"
#include "reports/html/html_work.h"
#include "reports/report.h"

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

void html_certificates_begin(
	struct html *html, const char *caption, const char *const *titles, size_t count)
{
	html_begin(html, "div", "scroll");
	html_attr(html, "role", "region");
	html_attr(html, "tabindex", "0");
	html_attr(html, "aria-label", caption);
	html_begin(html, "table", "plain");
	html_put(html, "caption", NULL, caption);
	head_row(html, titles, count);
}

void html_certificates_end(struct html *html)
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

void html_certificates_put(struct html *html, const char *caption, const struct html_places *places,
	const struct report_run *run)
{
	const char *const titles[] = { lang_text(run->language, "Place"),
		lang_text(run->language, "Certificate"), lang_text(run->language, "Role"),
		lang_text(run->language, "Known as"), lang_text(run->language, "Issued by"),
		lang_text(run->language, "Valid to"), "SHA-256" };

	html_certificates_begin(html, caption, titles, ARRAY_LEN(titles));
	for (size_t i = 0; i < places->count; i++)
		put_certificate(html, places, i, run);
	html_certificates_end(html);
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

void html_certificates_put_clients(struct html *html, const struct verdict *verdict,
	const struct html_places *places, const struct report_run *run)
{
	const char *const titles[] = { lang_text(run->language, "Clients"),
		lang_text(run->language, "Answer"), lang_text(run->language, "Path"),
		lang_text(run->language, "Because") };

	html_certificates_begin(html, lang_text(run->language, "Which clients trust it"), titles,
		ARRAY_LEN(titles));
	for (size_t i = 0; i < verdict->path_count; i++)
		put_client(html, &verdict->paths[i], places, run);
	html_certificates_end(html);
}
