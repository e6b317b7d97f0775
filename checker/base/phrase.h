/* SPDX-License-Identifier: MIT */
/*
 * phrase - something said, in a form that can be said again in any language
 *
 * Where a fault is found nobody knows who will read of it, and in which
 * language.  So what is said there is kept as the text and, apart from it, what
 * fills its places, one string that begins and ends with a control character:
 *
 *	OPEN "the certificate of %s expired on %s" NEXT "example.hk" NEXT "2026-06-15" CLOSE
 *
 * phrase_render() makes a sentence of it.  What fills a place is put in as it
 * is, unless it is a phrase itself; so phrases nest when one is handed to
 * phrase_say() for a %s, and PHRASE() makes a piece of text such a one:
 *
 *	phrase_say(out, sizeof out, "%s stands first, but %s", name,
 *		ca ? PHRASE("may not sign") : PHRASE("is no CA certificate"));
 *
 * A string without these characters is a phrase too: one that is the same in
 * every language.  What others wrote is made printable as it fills a place, so
 * it can neither end a phrase nor begin one; a text is looked up and its places
 * are filled here, and nothing from outside ever gets to printf().
 */
#ifndef CHECKER_BASE_PHRASE_H
#define CHECKER_BASE_PHRASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/lang.h"

struct buf;

/* No text holds them: text_printable() lets no control character through. */
#define PHRASE_OPEN '\016'
#define PHRASE_NEXT '\037'
#define PHRASE_CLOSE '\017'

/* TEXT, a literal without places, as a phrase. */
#define PHRASE(text) "\016" text "\017"

#define PHRASE_PLACES 8 /* a text has no more */
#define PHRASE_DEPTH 8  /* phrases within phrases; what lies deeper is shown in English */

/*
 * FMT is the text, and may have %s %c %d %i %u %x %f %g with their lengths and with
 * width or precision, also %.*s.  What does not fit in SIZE is cut where it stands,
 * so that the text is whole and the first places come first.
 */
void phrase_say(char *out, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);
void phrase_vsay(char *out, size_t size, const char *fmt, va_list args) PRINTF_LIKE(3, 0);

/* The sentence, printable, cut to SIZE. */
void phrase_render(const char *phrase, enum language language, char *out, size_t size);

/* TEXT as it fills a place: itself when it is a phrase, one when it is a text that is known. */
void phrase_from(char *out, size_t size, const char *text);

/* Says and renders at once, at the end of OUT. */
void phrase_add(struct buf *out, enum language language, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Is there more to it than plain text? */
bool phrase_is(const char *text);

/* A phrase taken apart; what is in here points into it. */
struct phrase_part {
	const char *at;
	size_t len;
};
struct phrase_parts {
	struct phrase_part text;                     /* the English text with its places */
	struct phrase_part arguments[PHRASE_PLACES]; /* each may be a phrase again */
	size_t count;
};

/* The first LEN bytes of PHRASE; false when they are plain text. */
MUST_USE bool phrase_take(const char *phrase, size_t len, struct phrase_parts *ret_parts);

/* Puts a phrase together from a text and COUNT strings or phrases, as they come from a file. */
void phrase_make(
	char *out, size_t size, const char *text, const char *const *arguments, size_t count);

#endif
