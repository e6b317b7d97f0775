/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/base/lines.h"

static const struct {
	const char *descr, *text, *lines; /* each in brackets */
} rows[] = {
	{ "nothing", "", "" },
	{ "one", "a\n", "[a]" },
	{ "the last has no end", "a\nb", "[a][b]" },
	{ "empty ones", "\n\na\n\n", "[][][a][]" },
	{ "CRLF", "a\r\n\r\nb\r\n", "[a][][b]" },
	{ "a byte order mark",
		"\xef\xbb\xbf"
		"a\n\xef\xbb\xbf"
		"b\n",
		"[a][\xef\xbb\xbf"
		"b]" },
	{ "a CR alone is text", "a\rb\n", "[a\rb]" },
};

static void read_all(struct lines *lines, char *out, size_t size, struct error *err)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t number = 1; lines_next(lines, err); number++) {
		cr_expect_eq(lines->number, number);
		len += (size_t)snprintf(out + len, size - len, "[%s]", buf_text(&lines->line));
	}
}

/* A file with TEXT, removed by the caller. */
static void write_file(char path[static 32], const char *text, size_t len)
{
	(void)snprintf(path, 32, "/tmp/test_lines_XXXXXX");
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	cr_assert_eq(close(fd), 0);
}

Test(lines, are_the_same_from_a_file_and_from_memory)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error err = { .code = ERROR_NONE };
		struct lines lines;
		char path[32], out[200];

		cr_assert(lines_open_bytes(
			&lines, "bytes", rows[i].text, strlen(rows[i].text), &err));
		read_all(&lines, out, sizeof out, &err);
		lines_close(&lines);
		cr_expect_str_eq(out, rows[i].lines, "%s: %s", rows[i].descr, out);
		write_file(path, rows[i].text, strlen(rows[i].text));
		cr_assert(lines_open(&lines, path, 100, &err));
		read_all(&lines, out, sizeof out, &err);
		lines_close(&lines);
		cr_expect_str_eq(out, rows[i].lines, "%s: %s", rows[i].descr, out);
		cr_expect_eq(err.code, ERROR_NONE);
		(void)unlink(path);
	}
}

/* Far longer than what is read at once, before and behind the bound. */
Test(lines, are_bounded)
{
	enum { MOST = 200000 };
	char *text = malloc(MOST + 10), path[32];

	cr_assert_not_null(text);
	memset(text, 'x', MOST + 10);
	memcpy(text, "a\n", 2);
	for (int over = 0; over < 2; over++) {
		struct error err = { .code = ERROR_NONE };
		struct lines lines;
		char want[100];

		text[2 + MOST + over] = '\n';
		write_file(path, text, (size_t)3 + MOST + (size_t)over);
		cr_assert(lines_open(&lines, path, MOST, &err));
		cr_expect(lines_next(&lines, &err));
		cr_expect_eq(lines_next(&lines, &err), !over);
		(void)snprintf(
			want, sizeof want, "%s:2: the line is longer than %d bytes", path, MOST);
		cr_expect_str_eq(err.text, over ? want : "", "%s", err.text);
		lines_close(&lines);
		(void)unlink(path);
		text[2 + MOST] = 'x';
	}
	free(text);
}

Test(lines, say_what_cannot_be_read)
{
	struct error err = { .code = ERROR_NONE };
	struct lines lines;

	cr_expect_not(lines_open(&lines, "/no/such/file", 10, &err));
	cr_expect(strstr(err.text, "/no/such/file"), "%s", err.text);
	lines_close(&lines);
	err.code = ERROR_NONE;
	cr_assert(lines_open(&lines, "/", 10, &err));
	cr_expect_not(lines_next(&lines, &err));
	cr_expect_eq(err.code, ERROR_IO);
	lines_close(&lines);
}
