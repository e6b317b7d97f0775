/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "checker/base/arena.h"
#include "checker/base/buf.h"
#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/text.h"

Test(text, to_uint)
{
	static const struct {
		const char *descr, *text;
		uint64_t max, value;
		bool good;
	} cases[] = {
		{ "zero", "0", 10, 0, true },
		{ "the bound", "65535", 65535, 65535, true },
		{ "one more", "65536", 65535, 0, false },
		{ "the largest there is", "18446744073709551615", UINT64_MAX, UINT64_MAX, true },
		{ "one more than that", "18446744073709551616", UINT64_MAX, 0, false },
		{ "nothing", "", 10, 0, false },
		{ "sign", "+1", 10, 0, false },
		{ "blank", " 1", 10, 0, false },
		{ "trailing", "1x", 10, 0, false },
		{ "bound below a digit", "7", 5, 0, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t value = 0;
		bool good = text_to_uint(cases[i].text, cases[i].max, &value);
		cr_expect_eq(good, cases[i].good, "%s", cases[i].descr);
		cr_expect_eq(value, cases[i].value, "%s", cases[i].descr);
	}
}

Test(text, printable)
{
	static const struct {
		const char *descr, *text;
		size_t len, size;
		const char *want;
	} cases[] = {
		{ "plain", "abc", 3, 16, "abc" },
		{ "Chinese", "\xe9\xa6\x99\xe6\xb8\xaf", 6, 16, "\xe9\xa6\x99\xe6\xb8\xaf" },
		{ "escape", "a\x1b[31m", 6, 32, "a\\u{001B}[31m" },
		{ "newline", "a\nb", 3, 32, "a\\u{000A}b" },
		{ "NUL", "a\0b", 3, 32, "a\\u{0000}b" },
		{ "C1 control", "\xc2\x9b", 2, 32, "\\u{009B}" },
		{ "right-to-left override", "\xe2\x80\xae", 3, 32, "\\u{202E}" },
		{ "zero width", "\xe2\x80\x8b", 3, 32, "\\u{200B}" },
		{ "byte order mark", "\xef\xbb\xbf", 3, 32, "\\u{FEFF}" },
		{ "tag", "\xf3\xa0\x81\x81", 4, 32, "\\u{E0041}" },
		{ "not UTF-8", "a\xff\xfe", 3, 32, "a\\xFF\\xFE" },
		{ "overlong", "\xc0\xaf", 2, 32, "\\xC0\\xAF" },
		{ "surrogate", "\xed\xa0\x80", 3, 32, "\\xED\\xA0\\x80" },
		{ "half a character", "\xe9\xa6", 2, 32, "\\xE9\\xA6" },
		{ "just fits", "abcdefg", 7, 8, "abcdefg" },
		{ "cut", "abcdefgh", 8, 8, "abcd..." },
		{ "cut between characters", "ab\xe9\xa6\x99\xe6\xb8\xaf", 8, 8, "ab..." },
		{ "no room at all", "abc", 3, 1, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[64];
		text_printable(cases[i].text, cases[i].len, out, cases[i].size);
		cr_expect_str_eq(out, cases[i].want, "%s: got '%s'", cases[i].descr, out);
	}
}

Test(text, columns)
{
	cr_expect_eq(text_columns("abc"), (size_t)3);
	cr_expect_eq(text_columns("\xe9\xa6\x99\xe6\xb8\xaf"), (size_t)4, "wide");
	cr_expect_eq(text_columns("e\xcc\x81"), (size_t)1, "combining");
	cr_expect_eq(text_columns(""), (size_t)0);
}

Test(text, hex)
{
	uint8_t bytes[3];
	char hex[7];

	cr_expect(text_to_bytes("00fFa0", bytes, 3));
	text_from_bytes(bytes, 3, hex);
	cr_expect_str_eq(hex, "00ffa0");
	cr_expect_not(text_to_bytes("00ff", bytes, 3), "too short");
	cr_expect_not(text_to_bytes("00ffa0a0", bytes, 3), "too long");
	cr_expect_not(text_to_bytes("00ffg0", bytes, 3), "no digit");
}

Test(clock, parse_and_format)
{
	static const struct {
		const char *descr, *text, *want; /* NULL: refused */
	} cases[] = {
		{ "a day", "2026-01-15", "2026-01-15T00:00:00Z" },
		{ "the beginning", "1970-01-01", "1970-01-01T00:00:00Z" },
		{ "before it", "1969-12-31", "1969-12-31T00:00:00Z" },
		{ "long before it", "0001-03-01", "0001-03-01T00:00:00Z" },
		{ "the last", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z" },
		{ "leap day", "2028-02-29", "2028-02-29T00:00:00Z" },
		{ "no leap day", "2026-02-29", NULL },
		{ "no leap century", "1900-02-29", NULL },
		{ "leap century", "2000-02-29", "2000-02-29T00:00:00Z" },
		{ "east", "2026-01-15T08:00:00+08:00", "2026-01-15T00:00:00Z" },
		{ "west, next day", "2026-01-15T20:00:00-05:00", "2026-01-16T01:00:00Z" },
		{ "fraction", "2026-01-15T08:00:00.999Z", "2026-01-15T08:00:00Z" },
		{ "leap second", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z" },
		{ "no zone", "2026-01-15T08:00:00", NULL },
		{ "month 13", "2026-13-01", NULL },
		{ "day 0", "2026-01-00", NULL },
		{ "hour 24", "2026-01-15T24:00:00Z", NULL },
		{ "trailing", "2026-01-15x", NULL },
		{ "short", "2026-1-15", NULL },
		{ "nothing", "", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct instant instant = { 0 };
		char text[INSTANT_TEXT];
		bool good = instant_parse(cases[i].text, &instant);

		cr_expect_eq(good, cases[i].want != NULL, "%s", cases[i].descr);
		if (!good || !cases[i].want)
			continue;
		instant_format(instant, text);
		cr_expect_str_eq(text, cases[i].want, "%s: got %s", cases[i].descr, text);
	}
}

Test(clock, days)
{
	struct instant a, b;

	cr_assert(instant_parse("2026-06-14T23:59:59Z", &a));
	cr_assert(instant_parse("2026-06-15T00:00:00Z", &b));
	cr_expect_eq(instant_days_between(a, b), 1);
	cr_expect_eq(instant_days_between(b, a), -1);
	cr_expect_eq(instant_day(a).seconds, b.seconds - SECONDS_A_DAY);
	cr_assert(instant_parse("1969-12-31T12:00:00Z", &a));
	cr_expect_eq(instant_day(a).seconds, -SECONDS_A_DAY);
}

Test(buf, grows_to_its_maximum_and_no_further)
{
	struct buf buf = BUF_INIT(10);

	cr_expect_str_eq(buf_text(&buf), "");
	cr_expect(buf_add_text(&buf, "12345"));
	cr_expect(buf_addf(&buf, "%d", 67890));
	cr_expect_str_eq(buf_text(&buf), "1234567890");
	cr_expect_not(buf_add_char(&buf, 'x'));
	cr_expect(buf.failed);
	buf_drop(&buf, 9);
	cr_expect_str_eq(buf_text(&buf), "0");
	cr_expect_not(buf_add_char(&buf, 'x'), "a failure sticks");
	buf_clear(&buf);
	cr_expect(buf_add_char(&buf, 'x'));
	buf_release(&buf);
	buf_release(&buf);
}

Test(buf, reads_files_or_says_why_not)
{
	char path[] = "/tmp/chainmend-test-XXXXXX";
	int fd = mkstemp(path);
	struct buf buf = BUF_INIT(8);
	struct error err = { 0 };

	cr_assert(fd >= 0);
	cr_assert_eq(write(fd, "12345678", 8), (ssize_t)8);
	cr_expect(buf_read_file(&buf, path, &err), "exactly the maximum");
	cr_expect_str_eq(buf_text(&buf), "12345678");
	buf_release(&buf);

	cr_assert_eq(write(fd, "9", 1), (ssize_t)1);
	cr_expect_not(buf_read_file(&buf, path, &err));
	cr_expect(strstr(err.text, "larger than 8 bytes") != NULL, "%s", err.text);
	buf_release(&buf);
	close(fd);
	unlink(path);

	err = (struct error){ 0 };
	cr_expect_not(buf_read_file(&buf, path, &err));
	cr_expect(strstr(err.text, path) != NULL, "%s", err.text);
	err = (struct error){ 0 };
	cr_expect_not(buf_read_file(&buf, "/tmp", &err));
	cr_expect_str_eq(err.text, "/tmp: is a directory");
	buf_release(&buf);
}

Test(error, first_one_sticks_and_is_one_printable_line)
{
	struct error err = { 0 };

	cr_expect_not(error_set(&err, ERROR_SYNTAX, "a\nb %s", "\x1b[2J"));
	cr_expect_not(error_set(&err, ERROR_IO, "later"));
	cr_expect_str_eq(err.text, "a\\u{000A}b \\u{001B}[2J");
	cr_expect_eq(err.code, ERROR_SYNTAX);
	cr_expect_not(error_set(NULL, ERROR_IO, "nobody listens"));
}

/* text_printable() one character at a time, as its header tells it. */
static void printable_slowly(const char *text, size_t len, char *out, size_t size)
{
	size_t used = 0, safe = 0;

	for (size_t i = 0; i < len;) {
		char piece[16];
		uint32_t point = 0;
		size_t bytes = text_utf8_next(text + i, len - i, &point);

		if (bytes == 0)
			(void)snprintf(piece, sizeof piece, "\\x%02X", (unsigned)(uint8_t)text[i]);
		else if (text_is_unsafe(point))
			(void)snprintf(piece, sizeof piece, "\\u{%04X}", (unsigned)point);
		else
			(void)snprintf(piece, sizeof piece, "%.*s", (int)bytes, text + i);
		if (used + strlen(piece) >= size) {
			(void)snprintf(out + safe, size - safe, "%s", size > 3 ? "..." : "");
			if (size <= 3)
				out[safe] = '\0';
			return;
		}
		(void)snprintf(out + used, size - used, "%s", piece);
		used += strlen(piece);
		if (used + 4 <= size)
			safe = used;
		i += bytes ? bytes : 1;
	}
	out[used] = '\0';
}

Test(text, printable_at_every_size)
{
	static const char *const texts[] = {
		"",
		"a",
		"plain text alone",
		"\x1b[31mred",
		"\xe9\x83\xb5\xe6\x94\xbf post",
		"abc\x01 efgh\xff jkl",
		"\xe2\x80\xae\xe2\x80\xae",
		"ab\xf0\x9f\x98\x80 d\xf0\x9f\x98",
		"tail\x7f",
		"\\x41 stays",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		for (size_t size = 1; size < 48; size++) {
			char out[48] = "", slow[48] = "";

			text_printable(texts[i], strlen(texts[i]), out, size);
			printable_slowly(texts[i], strlen(texts[i]), slow, size);
			cr_expect_str_eq(out, slow, "\"%s\" in %zu: \"%s\" for \"%s\"", texts[i],
				size, out, slow);
		}
	}
}

Test(arena, pieces_stay_apart)
{
	uint8_t room[64];
	char *texts[40];
	uint64_t *numbers[40];
	struct arena arena;

	arena_init(&arena, room, sizeof room);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		char text[400];

		memset(text, 'a' + (int)(i % 26), sizeof text);
		texts[i] = arena_text(&arena, text, i * 10);
		numbers[i] = arena_take(&arena, (i + 1) * sizeof *numbers[i]);
		cr_assert(texts[i] && numbers[i]);
		cr_expect_eq((uintptr_t)numbers[i] % sizeof(void *), 0);
		for (size_t k = 0; k <= i; k++)
			cr_expect_eq(numbers[i][k], 0);
		memset(numbers[i], 0xff, (i + 1) * sizeof *numbers[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		cr_expect_eq(strlen(texts[i]), i * 10);
		for (size_t k = 0; k < i * 10; k++)
			cr_expect_eq(texts[i][k], 'a' + (int)(i % 26));
	}
	arena_release(&arena);
}

/* Each in a process of its own, for what is noted stays. */
Test(heap, no_bytes_are_no_refusal)
{
	struct error err = { .code = ERROR_NONE };

	free(heap_take(0));
	free(heap_retake(heap_take(10), 20));
	(void)error_set(&err, ERROR_SYNTAX, "another reason");
	(void)error_set_memory(&err);
	cr_assert_not(heap_ran_out());
}

Test(heap, a_reason_nobody_hears_is_noted)
{
	(void)error_set_memory(NULL);
	cr_assert(heap_ran_out());
}
