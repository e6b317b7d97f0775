/* SPDX-License-Identifier: MIT */
/*
 * text - small questions about strings: numbers, hex, UTF-8, what may be printed
 *
 * Text that came from a certificate, a server or an input file passes
 * text_printable() or text_display() before a person sees it.  Nothing here
 * allocates or fails silently: what does not fit is cut at a character
 * boundary and ends in "...".
 */
#ifndef CHECKER_BASE_TEXT_H
#define CHECKER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

/* A decimal number without sign or blanks, at most MAX; false when it is not one. */
MUST_USE bool text_to_uint(const char *text, uint64_t max, uint64_t *ret_value);

/* Lower-case hex of LEN bytes; OUT has room for 2 * LEN + 1. */
void text_from_bytes(const uint8_t *bytes, size_t len, char *out);

/* Exactly LEN bytes from hex in either case; false when it is not that. */
MUST_USE bool text_to_bytes(const char *hex, uint8_t *out, size_t len);

/*
 * The code point at TEXT (LEN bytes left, LEN > 0) into RET_POINT, and its
 * length in bytes; 0 when the bytes are not valid UTF-8 (RFC 3629: no
 * overlong forms, no surrogates, nothing above U+10FFFF).
 */
size_t text_utf8_next(const char *text, size_t len, uint32_t *ret_point);

/* True for what can act on a terminal or hide in a line: C0, C1, bidi marks
 * and isolates, zero-width and line separators, tags, the byte order mark. */
bool text_is_unsafe(uint32_t point);

/*
 * TEXT made harmless for one line of output: unsafe code points become
 * \u{XXXX}, bytes that are not UTF-8 become \xXX, a backslash stays.  Cut to SIZE.
 */
void text_printable(const char *text, size_t len, char *out, size_t size);

/* Columns that the valid UTF-8 in TEXT takes on a terminal: East Asian wide
 * characters two, combining ones none (UAX #11). */
size_t text_columns(const char *text);

/*
 * Does no blank belong between BEFORE (LEN bytes) and AFTER, where one stands in
 * English?  East Asian text has none between wide characters, nor beside its
 * punctuation.
 */
bool text_joins(const char *before, size_t len, const char *after);

/* ASCII only, so that no locale can change what a name is. */
bool text_equal_nocase(const char *a, const char *b);
void text_lower(char *text);

/* A copy on the heap of LEN bytes and a NUL; NULL when memory runs out. */
MUST_USE char *text_copy(const char *text, size_t len);

#endif
