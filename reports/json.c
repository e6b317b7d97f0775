/* SPDX-License-Identifier: MIT */
#include "reports/json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"

void json_init(struct json *json, struct buf *out)
{
	*json = (struct json){ .out = out, .first = true };
}

/* What stands before a value: a comma in an array, nothing behind a key. */
static void before_value(struct json *json)
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

static void enter(struct json *json, char open)
{
	before_value(json);
	assert(json->depth < JSON_DEPTH);
	json->open[json->depth++] = open;
	json->first = true;
	(void)buf_add_char(json->out, open);
}

static void leave(struct json *json, char open, char end)
{
	assert(json->depth > 0 && json->open[json->depth - 1] == open && !json->keyed);
	(void)open;
	json->depth--;
	json->first = false;
	(void)buf_add_char(json->out, end);
}

void json_begin_object(struct json *json)
{
	enter(json, '{');
}

void json_end_object(struct json *json)
{
	leave(json, '{', '}');
}

void json_begin_array(struct json *json)
{
	enter(json, '[');
}

void json_end_array(struct json *json)
{
	leave(json, '[', ']');
}

/* RFC 8259, 7: points beyond the basic plane are written as a surrogate pair. */
static void add_escape(struct buf *out, uint32_t point)
{
	const char *brief = point == '\n'   ? "\\n"
			    : point == '\r' ? "\\r"
			    : point == '\t' ? "\\t"
			    : point == '"'  ? "\\\""
			    : point == '\\' ? "\\\\"
					    : NULL;

	if (brief)
		(void)buf_add_text(out, brief);
	else if (point > 0xffff)
		(void)buf_addf(out, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xd7c0 + (point >> 10),
			0xdc00 + (point & 0x3ff));
	else
		(void)buf_addf(out, "\\u%04" PRIx32, point);
}

static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* One character, or one byte that begins none; how many bytes of TEXT that was. */
static size_t add_other(struct buf *out, const char *text, size_t len)
{
	uint32_t point;
	size_t bytes = text_utf8_next(text, len, &point);

	if (bytes == 0) {
		(void)buf_addf(out, "\\\\x%02X", (unsigned)(uint8_t)text[0]);
		return 1;
	}
	if (bytes == 1 || text_is_unsafe(point))
		add_escape(out, point);
	else
		(void)buf_add(out, text, bytes);
	return bytes;
}

static void add_quoted(struct buf *out, const char *text, size_t len)
{
	(void)buf_add_char(out, '"');
	for (size_t i = 0; i < len;) {
		size_t plain = 0;

		while (i + plain < len && is_plain(text[i + plain]))
			plain++;
		if (plain > 0)
			(void)buf_add(out, text + i, plain);
		else
			plain = add_other(out, text + i, len - i);
		i += plain;
	}
	(void)buf_add_char(out, '"');
}

void json_key(struct json *json, const char *key)
{
	assert(json->depth > 0 && json->open[json->depth - 1] == '{' && !json->keyed);
	if (!json->first)
		(void)buf_add_char(json->out, ',');
	json->first = false;
	json->keyed = true;
	add_quoted(json->out, key, strlen(key));
	(void)buf_add_char(json->out, ':');
}

void json_put_string_len(struct json *json, const char *text, size_t len)
{
	before_value(json);
	add_quoted(json->out, text, len);
}

void json_put_string(struct json *json, const char *text)
{
	json_put_string_len(json, text, strlen(text));
}

void json_put_string_or_null(struct json *json, const char *text)
{
	if (text)
		json_put_string(json, text);
	else
		json_put_null(json);
}

void json_put_integer(struct json *json, int64_t value)
{
	before_value(json);
	(void)buf_addf(json->out, "%" PRId64, value);
}

void json_put_measure(struct json *json, double value)
{
	/* The bound keeps the product within 64 bits; NaN fails both comparisons. */
	if (!(value >= 0 && value < 1e12)) {
		json_put_null(json);
		return;
	}
	uint64_t thousandths = (uint64_t)(value * 1000 + 0.5);
	uint64_t rest = thousandths % 1000;

	before_value(json);
	(void)buf_addf(json->out, "%" PRIu64, thousandths / 1000);
	if (rest == 0)
		return;
	int digits = 3;
	while (rest % 10 == 0) {
		rest /= 10;
		digits--;
	}
	(void)buf_addf(json->out, ".%0*" PRIu64, digits, rest);
}

void json_put_bool(struct json *json, bool value)
{
	before_value(json);
	(void)buf_add_text(json->out, value ? "true" : "false");
}

void json_put_null(struct json *json)
{
	before_value(json);
	(void)buf_add_text(json->out, "null");
}

bool json_end(const struct json *json)
{
	assert(json->depth == 0 && json->whole);
	return !json->out->failed;
}
