/* SPDX-License-Identifier: MIT */
#include "checker/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/heap.h"

bool text_to_uint(const char *text, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (!text[0])
		return false;
	for (const char *c = text; *c; c++) {
		if (*c < '0' || *c > '9')
			return false;
		uint64_t digit = (uint64_t)(*c - '0');
		if (digit > max || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return true;
}

void text_from_bytes(const uint8_t *bytes, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool text_to_bytes(const char *hex, uint8_t *out, size_t len)
{
	if (strlen(hex) != 2 * len)
		return false;
	for (size_t i = 0; i < 2 * len; i++)
		if (hex_digit(hex[i]) < 0)
			return false;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
	return true;
}

/* How many bytes a lead byte announces, and the least point that needs as many. */
static size_t utf8_shape(uint8_t lead, uint32_t *ret_bits, uint32_t *ret_least)
{
	if (lead < 0x80) {
		*ret_bits = lead;
		*ret_least = 0;
		return 1;
	}
	if ((lead & 0xe0) == 0xc0) {
		*ret_bits = lead & 0x1fu;
		*ret_least = 0x80;
		return 2;
	}
	if ((lead & 0xf0) == 0xe0) {
		*ret_bits = lead & 0x0fu;
		*ret_least = 0x800;
		return 3;
	}
	if ((lead & 0xf8) == 0xf0) {
		*ret_bits = lead & 0x07u;
		*ret_least = 0x10000;
		return 4;
	}
	return 0;
}

size_t text_utf8_next(const char *text, size_t len, uint32_t *ret_point)
{
	uint32_t point, least;
	size_t need = utf8_shape((uint8_t)text[0], &point, &least);

	if (need == 0 || need > len)
		return 0;
	for (size_t i = 1; i < need; i++) {
		uint8_t byte = (uint8_t)text[i];
		if ((byte & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (byte & 0x3fu);
	}
	if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret_point = point;
	return need;
}

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t point, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

bool text_is_unsafe(uint32_t point)
{
	static const struct range unsafe[] = {
		{ 0x00, 0x1f },        /* C0 */
		{ 0x7f, 0x9f },        /* DEL, C1 */
		{ 0xad, 0xad },        /* soft hyphen */
		{ 0x34f, 0x34f },      /* combining grapheme joiner */
		{ 0x61c, 0x61c },      /* Arabic letter mark */
		{ 0x115f, 0x1160 },    /* Hangul fillers */
		{ 0x17b4, 0x17b5 },    /* Khmer inherent vowels, invisible */
		{ 0x180b, 0x180f },    /* Mongolian selectors */
		{ 0x200b, 0x200f },    /* zero width, left-to-right and right-to-left marks */
		{ 0x2028, 0x202e },    /* separators, embeddings, overrides */
		{ 0x2060, 0x206f },    /* word joiner, isolates, deprecated controls */
		{ 0x3164, 0x3164 },    /* Hangul filler */
		{ 0xd800, 0xdfff },    /* surrogates */
		{ 0xe000, 0xf8ff },    /* private use: nobody knows what it shows */
		{ 0xfe00, 0xfe0f },    /* variation selectors */
		{ 0xfeff, 0xfeff },    /* byte order mark */
		{ 0xffa0, 0xffa0 },    /* half-width Hangul filler */
		{ 0xfff0, 0xfffb },    /* specials, interlinear annotation */
		{ 0xfffe, 0xffff },    /* not characters */
		{ 0xe0000, 0xe0fff },  /* tags, further selectors */
		{ 0xf0000, 0x10ffff }, /* private use planes */
	};

	if (point >= 0x20 && point < 0x7f) /* nearly all that there is */
		return false;
	return in_ranges(point, unsafe, ARRAY_LEN(unsafe));
}

/* How many bytes from TEXT on are printable ASCII, which stands for itself. */
static size_t plain_run(const char *text, size_t len)
{
	size_t run = 0;

	while (run < len && text[run] >= 0x20 && text[run] < 0x7f)
		run++;
	return run;
}

void text_printable(const char *text, size_t len, char *out, size_t size)
{
	size_t used = 0, safe = 0; /* SAFE: the longest prefix that leaves room for "..." */

	if (size == 0)
		return;
	for (size_t i = 0; i < len;) {
		size_t room = size - 1 - used, left = len - i;
		size_t run = plain_run(text + i, left < room ? left : room);
		if (run > 0) {
			memcpy(out + used, text + i, run);
			if (used + 4 < size)
				safe = used + run + 4 <= size ? used + run : size - 4;
			used += run;
			i += run;
			continue;
		}
		char piece[16];
		uint32_t point = 0;
		size_t bytes = text_utf8_next(text + i, len - i, &point);
		size_t wide = bytes;

		if (bytes == 0) {
			wide = (size_t)snprintf(
				piece, sizeof piece, "\\x%02X", (unsigned)(uint8_t)text[i]);
			bytes = 1;
		} else if (text_is_unsafe(point)) {
			wide = (size_t)snprintf(piece, sizeof piece, "\\u{%04X}", (unsigned)point);
		} else {
			memcpy(piece, text + i, bytes);
		}
		if (wide > room) {
			used = safe;
			if (size > 3) {
				memcpy(out + used, "...", 3);
				used += 3;
			}
			break;
		}
		memcpy(out + used, piece, wide);
		used += wide;
		if (used + 4 <= size)
			safe = used;
		i += bytes;
	}
	out[used] = '\0';
}

static size_t point_columns(uint32_t point)
{
	static const struct range none[] = {
		{ 0x300, 0x36f },
		{ 0x483, 0x489 },
		{ 0x591, 0x5bd },
		{ 0x610, 0x61a },
		{ 0x64b, 0x65f },
		{ 0x6d6, 0x6dc },
		{ 0x900, 0x902 },
		{ 0x93c, 0x93c },
		{ 0x941, 0x948 },
		{ 0x94d, 0x94d },
		{ 0xe31, 0xe31 },
		{ 0xe34, 0xe3a },
		{ 0xe47, 0xe4e },
		{ 0x1ab0, 0x1aff },
		{ 0x1dc0, 0x1dff },
		{ 0x20d0, 0x20ff },
		{ 0x302a, 0x302d },
		{ 0x3099, 0x309a },
		{ 0xfe20, 0xfe2f },
	};
	static const struct range wide[] = {
		{ 0x1100, 0x115e },
		{ 0x231a, 0x231b },
		{ 0x2329, 0x232a },
		{ 0x23e9, 0x23ec },
		{ 0x2e80, 0x303e },
		{ 0x3041, 0x33ff },
		{ 0x3400, 0x4dbf },
		{ 0x4e00, 0x9fff },
		{ 0xa000, 0xa4cf },
		{ 0xa960, 0xa97f },
		{ 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f },
		{ 0xff01, 0xff60 },
		{ 0xffe0, 0xffe6 },
		{ 0x16fe0, 0x18cff },
		{ 0x1b000, 0x1b2ff },
		{ 0x1f004, 0x1f004 },
		{ 0x1f0cf, 0x1f0cf },
		{ 0x1f18e, 0x1f19a },
		{ 0x1f200, 0x1f320 },
		{ 0x1f32d, 0x1f64f },
		{ 0x1f680, 0x1f6ff },
		{ 0x1f7e0, 0x1f7eb },
		{ 0x1f900, 0x1faff },
		{ 0x20000, 0x3fffd },
	};

	if (text_is_unsafe(point) || in_ranges(point, none, ARRAY_LEN(none)))
		return 0;
	return in_ranges(point, wide, ARRAY_LEN(wide)) ? 2 : 1;
}

size_t text_columns(const char *text)
{
	size_t len = strlen(text), columns = 0;

	for (size_t i = 0; i < len;) {
		uint32_t point;
		size_t bytes = text_utf8_next(text + i, len - i, &point);

		columns += bytes ? point_columns(point) : 1;
		i += bytes ? bytes : 1;
	}
	return columns;
}

/* CJK Symbols and Punctuation, and the full-width forms of ASCII's. */
static bool is_wide_mark(uint32_t point)
{
	return (point >= 0x3000 && point <= 0x303f) || (point >= 0xff01 && point <= 0xff0f) ||
	       (point >= 0xff1a && point <= 0xff20);
}

bool text_joins(const char *before, size_t len, const char *after)
{
	uint32_t left = 0, right = 0;
	size_t last = len;

	while (last > 0 && len - last < 4 && ((uint8_t)before[--last] & 0xc0) == 0x80)
		continue;
	if (len == 0 || text_utf8_next(before + last, len - last, &left) == 0 || !*after ||
		text_utf8_next(after, strlen(after), &right) == 0)
		return false;
	return is_wide_mark(left) || is_wide_mark(right) ||
	       (point_columns(left) == 2 && point_columns(right) == 2);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_nocase(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) == lower(*b);
}

void text_lower(char *text)
{
	for (; *text; text++)
		*text = lower(*text);
}

char *text_copy(const char *text, size_t len)
{
	char *copy = heap_take(len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}
