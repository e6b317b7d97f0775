/* SPDX-License-Identifier: MIT */
/*
 * html - HTML and the SVG in it, written as it comes into a buffer: the one door for text
 *
 * Nesting is the caller's duty and checked by assert.  Names of elements, attributes and classes
 * are ours; everything else goes through the writer, which escapes it in the one way that is right
 * in text and in a quoted attribute alike.  What could act on whoever reads (controls, bidi marks,
 * zero-width characters, text_is_unsafe()) is written as \u{XXXX}, a byte that is not UTF-8 as
 * \xXX, so that a page is valid UTF-8 whatever it was given.  Nothing that comes from outside is
 * ever put where a browser reads a script, a style, a URL or the name of anything.
 *
 * A fleet has few kinds of pages and many hosts, so the writer can also make a mould: what
 * html_slot() is given then goes beside the bytes and leaves a hole (html_mold.h).
 *
 * Nothing fails on the way; look at the buffer's `failed` once, at the end.
 */
#ifndef REPORTS_HTML_HTML_H
#define REPORTS_HTML_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct buf;
struct html_slots;

#define HTML_DEPTH 32 /* the deepest page has some fifteen levels */

struct html {
	struct buf *out;
	struct html_slots *slots; /* NULL: no mould, slots are written in their place */
	size_t depth;
	const char *open[HTML_DEPTH]; /* outermost first */
	bool in_tag;                  /* attributes may follow */
};

void html_init(struct html *html, struct buf *out);

/* CLASS may be NULL.  Attributes come before anything else. */
void html_begin(struct html *html, const char *tag, const char *classes);
void html_attr(struct html *html, const char *name, const char *value);
void html_attrf(struct html *html, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* One without a value. */
void html_flag(struct html *html, const char *name);
void html_end(struct html *html, const char *tag);
/* An element that has no content and no end (<meta>, <input>); its attributes may follow. */
void html_void(struct html *html, const char *tag, const char *classes);

void html_text(struct html *html, const char *text);
void html_textf(struct html *html, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* An element with nothing but TEXT in it. */
void html_put(struct html *html, const char *tag, const char *classes, const char *text);
void html_putf(struct html *html, const char *tag, const char *classes, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

/* What differs from host to host, as an element of its own; its text is kept from mixing with what
 * stands around it (class "own"). */
void html_slot(struct html *html, const char *tag, const char *classes, const char *text);
void html_slotf(struct html *html, const char *tag, const char *classes, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
/* The same for the element that was begun last; it is ended. */
void html_slot_here(struct html *html, const char *text);

/* A whole number in an attribute of a drawing. */
void html_attr_number(struct html *html, const char *name, int64_t value);

/* TEXT into OUT, escaped as everything above. */
void html_escape(struct buf *out, const char *text, size_t len);

/* TEXT as it is shown, without HTML's own escapes: what could act on a reader made visible, and
 * what is longer than anybody reads cut, with an ellipsis. */
#define HTML_TEXT_MOST 2000
void html_visible(struct buf *out, const char *text, size_t len);

/* JSON for a <script> that is data: no byte of it can end or open anything. */
void html_escape_json(struct buf *out, const char *json, size_t len);

/* A line break between two blocks, for those who read the source. */
void html_break(struct html *html);

/* Asserts that everything begun was ended; true when all of it fitted. */
MUST_USE bool html_done(const struct html *html);

#endif
