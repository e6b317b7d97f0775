/* SPDX-License-Identifier: MIT */
/*
 * json - JSON written as it comes, compact, into a buffer
 *
 * Nesting is the caller's duty and checked by assert: a value needs a key in an
 * object and may not have one in an array.  Strings are made safe here and
 * nowhere else: what is not ASCII and printable goes out as UTF-8 when it is
 * harmless to look at, as \uXXXX when it is not (text_is_unsafe()), and a byte
 * that is not UTF-8 becomes the four characters \xXX, so that any reader gets a
 * valid document and no terminal gets an escape sequence.
 *
 * Nothing fails on the way; look at the buffer's `failed` once, at the end.
 * Numbers do not depend on the locale.  No name in here is one of jansson's,
 * which the program is linked with.
 */
#ifndef REPORTS_JSON_H
#define REPORTS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct buf;

#define JSON_DEPTH 16 /* the deepest record has five levels */

struct json {
	struct buf *out;
	size_t depth;
	char open[JSON_DEPTH]; /* '{' or '[', outermost first */
	bool first;            /* nothing stands in the innermost one yet */
	bool keyed;            /* a key waits for its value */
	bool whole;            /* one value of the top level was written */
};

void json_init(struct json *json, struct buf *out);

void json_begin_object(struct json *json);
void json_end_object(struct json *json);
void json_begin_array(struct json *json);
void json_end_array(struct json *json);

void json_key(struct json *json, const char *key);

void json_put_string(struct json *json, const char *text);
void json_put_string_len(struct json *json, const char *text, size_t len);
/* null for NULL. */
void json_put_string_or_null(struct json *json, const char *text);
void json_put_integer(struct json *json, int64_t value);
/* At most three decimals; null for what is negative or no number. */
void json_put_measure(struct json *json, double value);
void json_put_bool(struct json *json, bool value);
void json_put_null(struct json *json);

/* Asserts that everything opened was closed; true when all of it fitted. */
MUST_USE bool json_end(const struct json *json);

#endif
