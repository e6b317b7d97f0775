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

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"

#define JSON_DEPTH 24 /* a record has five levels, and phrases in it (phrase.h) twice eight */

struct json {
	struct buf *out;
	size_t depth;
	char open[JSON_DEPTH]; /* '{' or '[', outermost first */
	bool first;            /* nothing stands in the innermost one yet */
	bool keyed;            /* a key waits for its value */
	bool whole;            /* one value of the top level was written */
};

static inline void json_init(struct json *json, struct buf *out)
{
	*json = (struct json){ .out = out, .first = true };
}

/* What stands before a value: a comma in an array, nothing behind a key. */
static inline void json_before_value(struct json *json)
{
	if (json->depth == 0) {
		assert(!json->whole);
		json->whole = true;
		return;
	}
	if (json->open[json->depth - 1] == '{') {
		assert(json->keyed);
		json->keyed = false;
		return;
	}
	if (!json->first)
		(void)buf_add_char(json->out, ',');
	json->first = false;
}

void json_begin_object(struct json *json);
void json_end_object(struct json *json);
void json_begin_array(struct json *json);
void json_end_array(struct json *json);

void json_key(struct json *json, const char *key);

/* A key that is known to be plain: `,"KEY":`, all of it, with its length. */
static inline void json_key_literal(struct json *json, const char *text, size_t len)
{
	assert(json->depth > 0 && json->open[json->depth - 1] == '{' && !json->keyed);
	(void)buf_add(json->out, text + json->first, len - json->first);
	json->first = false;
	json->keyed = true;
}

#define JSON_KEY(json, key) json_key_literal(json, ",\"" key "\":", sizeof(",\"" key "\":") - 1)

void json_put_string(struct json *json, const char *text);
void json_put_string_len(struct json *json, const char *text, size_t len);
/* null for NULL. */
void json_put_string_or_null(struct json *json, const char *text);

/* A string in parts. */
void json_begin_string(struct json *json);
void json_add_string(struct json *json, const char *text, size_t len);
void json_add_integer(struct json *json, uint64_t value);
void json_end_string(struct json *json);

/* A value that was written by this module before; it is copied. */
static inline void json_put_written(struct json *json, const char *text, size_t len)
{
	json_before_value(json);
	(void)buf_add(json->out, text, len);
}

/* Members that were written as the first of another object; at least one. */
static inline void json_continue_object(struct json *json, const char *text, size_t len)
{
	assert(json->depth > 0 && json->open[json->depth - 1] == '{' && json->first);
	(void)buf_add(json->out, text, len);
	json->first = false;
}

void json_put_integer(struct json *json, int64_t value);
/* At most three decimals; null for what is negative or no number. */
void json_put_measure(struct json *json, double value);

static inline void json_put_bool(struct json *json, bool value)
{
	json_put_written(json, value ? "true" : "false", value ? 4 : 5);
}

static inline void json_put_null(struct json *json)
{
	json_put_written(json, "null", 4);
}

/* Asserts that everything opened was closed; true when all of it fitted. */
MUST_USE bool json_end(const struct json *json);

#endif
