/* SPDX-License-Identifier: MIT */
#include "reports/json.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"

static void enter(struct json *json, char open)
{
	json_before_value(json);
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

static void add_unit(struct buf *out, uint32_t unit)
{
	static const char digits[] = "0123456789abcdef";
	const char text[] = { '\\', 'u', digits[unit >> 12 & 15], digits[unit >> 8 & 15],
		digits[unit >> 4 & 15], digits[unit & 15] };

	(void)buf_add(out, text, sizeof text);
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

	if (brief) {
		(void)buf_add_text(out, brief);
	} else if (point > 0xffff) {
		add_unit(out, 0xd7c0 + (point >> 10));
		add_unit(out, 0xdc00 + (point & 0x3ff));
	} else {
		add_unit(out, point);
	}
}

static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

#define ONES 0x0101010101010101u
#define HIGHS 0x8080808080808080u

/* The high bit of some byte when a byte of WORD is zero. */
static uint64_t any_zero(uint64_t word)
{
	return (word - ONES) & ~word & HIGHS;
}

/* Eight bytes of TEXT at once; nearly all text is plain. */
static bool are_plain(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof word);
	return ((word | (word - ONES * 0x20)) & HIGHS) == 0 && any_zero(word ^ ONES * 0x7f) == 0 &&
	       any_zero(word ^ ONES * '"') == 0 && any_zero(word ^ ONES * '\\') == 0;
}

static size_t plain_len(const char *text, size_t len)
{
	size_t plain = 0;

	while (len - plain >= sizeof(uint64_t) && are_plain(text + plain))
		plain += sizeof(uint64_t);
	while (plain < len && is_plain(text[plain]))
		plain++;
	return plain;
}

/* One character, or one byte that begins none; how many bytes of TEXT that was. */
static size_t add_other(struct buf *out, const char *text, size_t len)
{
	uint32_t point;
	size_t bytes = text_utf8_next(text, len, &point);

	if (bytes == 0) {
		static const char digits[] = "0123456789ABCDEF";
		const uint8_t byte = (uint8_t)text[0];
		const char shown[] = { '\\', '\\', 'x', digits[byte >> 4], digits[byte & 15] };

		(void)buf_add(out, shown, sizeof shown);
		return 1;
	}
	if (bytes == 1 || text_is_unsafe(point))
		add_escape(out, point);
	else
		(void)buf_add(out, text, bytes);
	return bytes;
}

static void add_escaped(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t plain = plain_len(text + i, len - i);

		if (plain > 0)
			(void)buf_add(out, text + i, plain);
		else
			plain = add_other(out, text + i, len - i);
		i += plain;
	}
}

static void add_quoted(struct buf *out, const char *text, size_t len)
{
	(void)buf_add_char(out, '"');
	add_escaped(out, text, len);
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
	json_before_value(json);
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

void json_begin_string(struct json *json)
{
	json_put_written(json, "\"", 1);
}

void json_add_string(struct json *json, const char *text, size_t len)
{
	add_escaped(json->out, text, len);
}

void json_add_integer(struct json *json, uint64_t value)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	(void)buf_add(json->out, digits + at, sizeof digits - at);
}

void json_end_string(struct json *json)
{
	(void)buf_add_char(json->out, '"');
}

void json_put_integer(struct json *json, int64_t value)
{
	json_put_written(json, "-", value < 0);
	json_add_integer(json, value < 0 ? -(uint64_t)value : (uint64_t)value);
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

	json_put_integer(json, (int64_t)(thousandths / 1000));
	if (rest == 0)
		return;
	char decimals[] = { '.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10),
		(char)('0' + rest % 10) };
	size_t len = sizeof decimals;
	while (decimals[len - 1] == '0')
		len--;
	(void)buf_add(json->out, decimals, len);
}

bool json_end(const struct json *json)
{
	assert(json->depth == 0 && json->whole);
	return !json->out->failed;
}
