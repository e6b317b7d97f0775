/* SPDX-License-Identifier: MIT */
#include "reports/html/html_drawing.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "reports/html/html.h"
#include "reports/html/html_places.h"
#include "reports/html/html_words.h"
#include "reports/report.h"
#include "reports/text/page.h"

/* In the drawing's own units; it is as wide as there is room. */
#define WIDTH 1010
#define GUTTER 92 /* left of the certificates, for lines that go past others */
#define CARD_WIDTH 450
#define CARD_HEIGHT 76
#define CARD_GAP 30
#define UNSENT_GAP 34 /* more, above those that were not sent: their heading */
#define STORE_LEFT 646
#define STORE_WIDTH 356
#define STORE_GAP 16
#define LINE 19
#define TOP 8

#define NAME_COLUMNS 44 /* what fits on a card */
#define STORE_COLUMNS 38
#define REASON_COLUMNS 46
#define REASON_LINES 3

#define STORES_SHOWN LIMIT_TRUST_STORES

struct spot {
	int x, y;
};

/* TEXT cut to COLUMNS, with an ellipsis when it was. */
static void shorten(const char *text, size_t columns, char *out, size_t size)
{
	size_t next, len;

	if (text_columns(text) <= columns) {
		(void)snprintf(out, size, "%s", text);
		return;
	}
	len = page_line(text, columns - 1, &next);
	/* Words may leave much of the line free; letters do not. */
	while (text[len] && page_columns(text, len) + 2 < columns) {
		size_t more = len + 1;

		while (((unsigned char)text[more] & 0xc0) == 0x80)
			more++;
		len = more;
	}
	(void)snprintf(out, size, "%.*s…", (int)len, text);
}

static int card_top(const struct html_places *places, size_t place)
{
	int top = TOP + (int)place * (CARD_HEIGHT + CARD_GAP);

	return place < places->served ? top : top + UNSENT_GAP;
}

static void put_box(struct html *html, const char *classes, struct spot at, struct spot size)
{
	html_begin(html, "rect", classes);
	html_attr_number(html, "x", at.x);
	html_attr_number(html, "y", at.y);
	html_attr_number(html, "width", size.x);
	html_attr_number(html, "height", size.y);
	html_attr_number(html, "rx", 8);
	html_end(html, "rect");
	html_break(html);
}

static void begin_words(struct html *html, const char *classes, struct spot at)
{
	html_begin(html, "text", classes);
	html_attr_number(html, "x", at.x);
	html_attr_number(html, "y", at.y);
}

static void put_words(struct html *html, const char *classes, struct spot at, const char *text)
{
	begin_words(html, classes, at);
	html_text(html, text);
	html_end(html, "text");
	html_break(html);
}

static void put_own_words(struct html *html, const char *classes, struct spot at, const char *text)
{
	begin_words(html, classes, at);
	html_slot_here(html, text);
	html_break(html);
}

/* A line with an arrow at its end, which points down (1), up (-1) or to the right (0). */
static void put_arrow(struct html *html, const char *classes, struct spot end, int down)
{
	html_begin(html, "path", classes);
	if (down)
		html_attrf(html, "d", "M%d %dl-5 %dh10z", end.x, end.y, -9 * down);
	else
		html_attrf(html, "d", "M%d %dl-9 -5v10z", end.x, end.y);
	html_end(html, "path");
	html_break(html);
}

static void put_mark(struct html *html, const char *mark, struct spot at)
{
	html_begin(html, "circle", "mark");
	html_attr_number(html, "cx", at.x);
	html_attr_number(html, "cy", at.y);
	html_attr_number(html, "r", 14);
	html_end(html, "circle");
	put_words(html, "marked", (struct spot){ at.x, at.y + 5 }, mark);
}

/* "issuing certificate, retired: ssl-ca-3-17-2017" */
static void describe(const struct html_places *places, size_t number, enum language language,
	char *out, size_t size)
{
	const struct html_place *place = &places->at[number];
	const struct profile_certificate *known = place->known;
	bool retired = known && known->state == PROFILE_STATE_RETIRED;
	static const enum role roles[] = { [PROFILE_ROLE_ROOT] = ROLE_ROOT,
		[PROFILE_ROLE_ISSUING] = ROLE_ISSUING,
		[PROFILE_ROLE_CROSS] = ROLE_CROSS };
	enum role role = place->served ? place->served->role
			 : known       ? roles[known->role]
				       : ROLE_OTHER;
	char name[120];

	if (known)
		text_printable(known->id, strlen(known->id), name, sizeof name);
	else
		(void)snprintf(name, sizeof name, "SHA-256 …%s",
			place->print + (strlen(place->print) > 8 ? strlen(place->print) - 8 : 0));
	if (retired)
		(void)snprintf(out, size, lang_text(language, "%s, retired: %s"),
			html_words_role(language, role), name);
	else
		(void)snprintf(out, size, lang_text(language, "%s: %s"),
			html_words_role(language, role), name);
}

/* What is the matter with one, in a word; "" when nothing is. */
static void remark(const struct html_places *places, size_t number, const struct report_run *run,
	char *out, size_t size)
{
	const struct html_place *place = &places->at[number];
	enum language language = run->language;

	out[0] = '\0';
	if (place->first != NO_PLACE)
		(void)snprintf(out, size, lang_text(language, "the same as %s"),
			places->at[place->first].mark);
	else if (place->twin != NO_PLACE)
		(void)snprintf(
			out, size, lang_text(language, "twin of %s"), places->at[place->twin].mark);
}

static void put_days(struct html *html, const struct html_place *place, struct spot at,
	const struct report_run *run)
{
	const struct cert *cert = place->served ? place->served->cert : NULL;
	char from[INSTANT_TEXT], until[INSTANT_TEXT], text[120];
	bool over = place->has_not_after && place->not_after.seconds < run->as_of.seconds;

	if (!place->has_not_after)
		return;
	instant_format_day(place->not_after, until);
	if (cert) {
		instant_format_day(cert->not_before, from);
		(void)snprintf(text, sizeof text,
			over ? lang_text(run->language, "valid %s to %s: expired")
			     : lang_text(run->language, "valid %s to %s"),
			from, until);
	} else {
		(void)snprintf(text, sizeof text, lang_text(run->language, "valid to %s"), until);
	}
	if (cert && place->served->role == ROLE_LEAF)
		put_own_words(html, over ? "small bad" : "small", at, text);
	else
		put_words(html, over ? "small bad" : "small", at, text);
}

static const char *card_classes(const struct html_place *place)
{
	if (!place->served)
		return "card unsent";
	if (!place->served->cert->readable || place->first != NO_PLACE)
		return "card odd";
	if (place->known && place->known->state == PROFILE_STATE_RETIRED)
		return "card retired";
	return place->served->role == ROLE_OTHER ? "card odd" : "card";
}

static void put_card(struct html *html, const struct html_places *places, size_t number,
	const struct report_run *run)
{
	const struct html_place *place = &places->at[number];
	int top = card_top(places, number), left = GUTTER + 50;
	char name[400], text[400], shown[400];

	put_box(html, card_classes(place), (struct spot){ GUTTER, top },
		(struct spot){ CARD_WIDTH, CARD_HEIGHT });
	put_mark(html, place->mark, (struct spot){ GUTTER + 26, top + CARD_HEIGHT / 2 });
	html_places_name(place, run->language, name, sizeof name);
	shorten(name, NAME_COLUMNS, shown, sizeof shown);
	if (place->served && place->served->role == ROLE_LEAF)
		put_own_words(html, "name", (struct spot){ left, top + 25 }, shown);
	else
		put_words(html, "name", (struct spot){ left, top + 25 }, shown);
	describe(places, number, run->language, text, sizeof text);
	shorten(text, NAME_COLUMNS + 6, shown, sizeof shown);
	if (place->served && place->served->role == ROLE_LEAF)
		put_own_words(html, "small", (struct spot){ left, top + 45 }, shown);
	else
		put_words(html, "small", (struct spot){ left, top + 45 }, shown);
	put_days(html, place, (struct spot){ left, top + 64 }, run);
	remark(places, number, run, text, sizeof text);
	if (text[0])
		put_words(
			html, "remark", (struct spot){ GUTTER + CARD_WIDTH - 12, top + 64 }, text);
}

/* Past others it goes through the gutter, the farther the wider. */
static void put_link(struct html *html, const struct html_places *places, size_t from, size_t to)
{
	int y = card_top(places, from) + CARD_HEIGHT / 2,
	    end = card_top(places, to) + CARD_HEIGHT / 2;
	size_t far = to > from ? to - from : from - to;
	int depth = 24 + 9 * (int)(far > 6 ? 6 : far);
	bool sent = places->at[to].served;
	struct spot tip = { GUTTER, end + (to > from ? -8 : 8) };

	y += to > from ? 8 : -8;
	html_begin(html, "path", sent ? "link" : "link unsent");
	html_attrf(html, "d", "M%d %dC%d %d %d %d %d %d", GUTTER, y, GUTTER - depth, y,
		GUTTER - depth, tip.y, GUTTER - 7, tip.y);
	html_end(html, "path");
	put_arrow(html, sent ? "tip" : "tip unsent", tip, 0);
}

static void put_next(struct html *html, const struct html_places *places, size_t from,
	const struct report_run *run)
{
	int x = GUTTER + 26, y = card_top(places, from) + CARD_HEIGHT;
	int end = card_top(places, from + 1);

	html_begin(html, "path", "link");
	html_attrf(html, "d", "M%d %dV%d", x, y, end - 8);
	html_end(html, "path");
	put_arrow(html, "tip", (struct spot){ x, end }, 1);
	put_words(html, "label", (struct spot){ x + 14, y + CARD_GAP / 2 + 5 },
		lang_text(run->language, "issued by"));
}

/* Nobody shown here issued it: who it says did. */
static void put_loose(struct html *html, const struct html_places *places, size_t number,
	const struct report_run *run)
{
	const struct cert *cert = places->at[number].served->cert;
	int x = GUTTER + 26, y = card_top(places, number) + CARD_HEIGHT;
	const char *issuer = cert->issuer_common_name && cert->issuer_common_name[0]
				     ? cert->issuer_common_name
				     : cert->issuer;
	char name[300], text[400], shown[400];

	text_printable(issuer, strlen(issuer), name, sizeof name);
	(void)snprintf(
		text, sizeof text, lang_text(run->language, "its issuer was not sent: %s"), name);
	shorten(text, NAME_COLUMNS + 10, shown, sizeof shown);
	html_begin(html, "path", "link missing");
	html_attrf(html, "d", "M%d %dv%d", x, y, CARD_GAP / 2 + 4);
	html_end(html, "path");
	put_words(html, "label bad", (struct spot){ x + 14, y + CARD_GAP / 2 + 5 }, shown);
}

static void put_links(
	struct html *html, const struct html_places *places, const struct report_run *run)
{
	for (size_t i = 0; i < places->count; i++) {
		for (size_t k = 0; k < places->count; k++) {
			if (!(places->at[i].issuers >> k & 1))
				continue;
			if (k == i + 1 && k != places->served)
				put_next(html, places, i, run);
			else
				put_link(html, places, i, k);
		}
		if (html_places_is_loose(places, i))
			put_loose(html, places, i, run);
	}
}

/* Twins are joined on the other side, by a line that has no direction. */
static void put_twins(struct html *html, const struct html_places *places)
{
	int x = GUTTER + CARD_WIDTH;

	for (size_t i = 0; i < places->count; i++) {
		size_t twin = places->at[i].twin;

		if (twin == NO_PLACE || twin < i)
			continue;
		html_begin(html, "path", "twins");
		html_attrf(html, "d", "M%d %dh14V%dh-14", x, card_top(places, i) + CARD_HEIGHT - 14,
			card_top(places, twin) + CARD_HEIGHT - 14);
		html_end(html, "path");
	}
}

/* How a store's card is filled. */
struct store {
	const struct verdict_path *path;
	struct html_answer answer;
	char title[300];
	int top, height;
};

/* TEXT on lines of COLUMNS, at most MOST of them; those that are not needed are empty. */
static void put_lines(struct html *html, const char *classes, struct spot at, const char *text)
{
	for (size_t i = 0; i < REASON_LINES; i++) {
		size_t next = 0, len = *text ? page_line(text, REASON_COLUMNS, &next) : 0;
		bool cut = i + 1 == REASON_LINES && text[next];
		char line[400];

		(void)snprintf(line, sizeof line, "%.*s%s", (int)len, text, cut ? "…" : "");
		put_own_words(html, classes, at, line);
		at.y += LINE - 2;
		text += next;
	}
}

static void put_store(struct html *html, const struct store *store,
	const struct html_places *places, const struct report_run *run)
{
	int x = STORE_LEFT + 14, y = store->top + 24;
	char classes[64], shown[400], line[400];

	(void)snprintf(classes, sizeof classes, "store %s", store->answer.classes);
	put_box(html, classes, (struct spot){ STORE_LEFT, store->top },
		(struct spot){ STORE_WIDTH, store->height });
	shorten(store->title, STORE_COLUMNS, shown, sizeof shown);
	put_words(html, "name", (struct spot){ x, y }, shown);
	(void)snprintf(classes, sizeof classes, "answer %s", store->answer.classes);
	(void)snprintf(line, sizeof line, "%s %s", store->answer.sign, store->answer.words);
	y += LINE + 2;
	put_own_words(html, classes, (struct spot){ x, y }, line);
	if (store->path->len > 0) {
		html_places_line(places, store->path, line, sizeof line);
		y += LINE;
		put_words(html, "small", (struct spot){ x, y }, line);
	}
	if (store->path->trusted == ANSWER_YES)
		return;
	html_words_reason(store->path, run->language, line, sizeof line);
	put_lines(html, "small", (struct spot){ x, y + LINE }, line);
}

/* From the anchor to those who trust it. */
static void put_trust(
	struct html *html, const struct store *store, const struct html_places *places)
{
	const struct verdict_path *path = store->path;
	size_t anchor = path->len > 0 ? html_places_of(places, path->certs[path->len - 1])
				      : NO_PLACE;
	int x = GUTTER + CARD_WIDTH, middle = (x + STORE_LEFT) / 2;
	char classes[64];

	if (anchor == NO_PLACE)
		return;
	int from = card_top(places, anchor) + CARD_HEIGHT / 2, to = store->top + store->height / 2;

	(void)snprintf(classes, sizeof classes, "trust %s", store->answer.classes);
	html_begin(html, "path", classes);
	html_attrf(html, "d", "M%d %dC%d %d %d %d %d %d", x, from, middle + 20, from, middle - 20,
		to, STORE_LEFT - 7, to);
	html_end(html, "path");
	(void)snprintf(classes, sizeof classes, "tip %s", store->answer.classes);
	put_arrow(html, classes, (struct spot){ STORE_LEFT, to }, 0);
}

static int store_height(const struct verdict_path *path)
{
	int lines = 2 + (path->len > 0) + (path->trusted == ANSWER_YES ? 0 : REASON_LINES);

	return 18 + lines * LINE;
}

static size_t set_stores(const struct verdict *verdict, const struct html_places *places,
	const struct report_run *run, struct store stores[static STORES_SHOWN])
{
	size_t count = 0;
	int top = TOP;

	for (size_t i = 0; i < verdict->path_count && count < STORES_SHOWN; i++) {
		struct store *store = &stores[count++];
		struct instant until;
		bool has_until = html_places_until(places, &verdict->paths[i], &until);

		store->path = &verdict->paths[i];
		html_words_store(run, store->path->store, store->title, sizeof store->title);
		html_words_answer(run, store->path, has_until ? &until : NULL, &store->answer);
		store->top = top;
		store->height = store_height(store->path);
		top += store->height + STORE_GAP;
	}
	return count;
}

static int height_of(const struct html_places *places, const struct store *stores, size_t count)
{
	int left = 0, right = 0;

	if (places->count > 0)
		left = card_top(places, places->count - 1) + CARD_HEIGHT;
	if (places->count > 0 && html_places_is_loose(places, places->count - 1))
		left += CARD_GAP;
	if (count > 0)
		right = stores[count - 1].top + stores[count - 1].height;
	return (left > right ? left : right) + TOP;
}

void html_drawing_put(struct html *html, const struct verdict *verdict,
	const struct html_places *places, const struct report_run *run)
{
	struct store stores[STORES_SHOWN];
	size_t count = set_stores(verdict, places, run, stores);

	html_begin(html, "svg", "chain");
	html_attr(html, "role", "img");
	html_attrf(html, "viewBox", "0 0 %d %d", WIDTH, height_of(places, stores, count));
	html_put(html, "title", NULL,
		lang_text(run->language, "The certificates that were sent, who issued which, and "
					 "which clients trust "
					 "them; the tables below say the same."));
	for (size_t i = 0; i < count; i++)
		put_trust(html, &stores[i], places);
	put_links(html, places, run);
	put_twins(html, places);
	if (places->count > places->served)
		put_words(html, "heading",
			(struct spot){ GUTTER, card_top(places, places->served) - 12 },
			lang_text(run->language, "not sent by the server"));
	for (size_t i = 0; i < places->count; i++)
		put_card(html, places, i, run);
	for (size_t i = 0; i < count; i++)
		put_store(html, &stores[i], places, run);
	html_end(html, "svg");
}
