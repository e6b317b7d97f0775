/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "reports/text/page.h"
#include "reports/text/table.h"

#define ROOM (4u << 20)

static const struct {
	const char *descr, *text;
	size_t columns, len, next;
} lines[] = {
	{ "fits", "one two", 7, 7, 7 },
	{ "breaks at a blank, which goes", "one two", 6, 3, 4 },
	{ "several blanks go", "one   two", 6, 3, 6 },
	{ "blanks at the end go", "one  ", 10, 3, 5 },
	{ "a word too wide is cut", "abcdefgh", 5, 5, 5 },
	{ "wide characters count two", "香港郵政", 5, 6, 6 },
	{ "exactly", "香港郵政", 8, 12, 12 },
	{ "breaks between wide characters", "ab香港", 4, 5, 5 },
	{ "not between letters", "香abc", 4, 3, 3 },
	{ "a comma does not begin a line", "香港，郵", 4, 3, 3 },
	{ "a combining mark stays with its letter",
		"abe\xcc\x81"
		"f",
		3, 5, 5 },
	{ "at least one character", "香", 1, 3, 3 },
};

Test(page, breaks_lines)
{
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		size_t next = 99, len = page_line(lines[i].text, lines[i].columns, &next);

		cr_expect_eq(len, lines[i].len, "%s: %zu bytes", lines[i].descr, len);
		cr_expect_eq(next, lines[i].next, "%s: next at %zu", lines[i].descr, next);
	}
}

/* The widest line of TEXT, in columns; colour codes are not for here. */
static size_t widest(const char *text)
{
	size_t most = 0;

	while (*text) {
		size_t len = strcspn(text, "\n"), columns = page_columns(text, len);

		most = columns > most ? columns : most;
		text += len + (text[len] == '\n');
	}
	return most;
}

static const struct {
	const char *descr;
	size_t given, taken;
} widths[] = {
	{ "no terminal", 0, 100 },
	{ "too narrow", 7, 40 },
	{ "narrow", 40, 40 },
	{ "as it is", 81, 81 },
	{ "too wide to read", 500, 160 },
};

Test(page, takes_a_sensible_width)
{
	for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
		struct buf out = BUF_INIT(ROOM);
		struct page page;

		page_init(&page, &out, widths[i].given, false);
		cr_expect_eq(page.columns, widths[i].taken, "%s", widths[i].descr);
	}
}

Test(page, wraps_with_indents)
{
	struct buf out = BUF_INIT(ROOM);
	struct page page;

	page_init(&page, &out, 40, false);
	page_start(&page, 2, 5);
	page_put(&page, PAGE_BOLD, "1. ");
	page_put(&page, PAGE_PLAIN,
		"the certificate of the server ends on the last day of the month");
	page_end(&page);
	cr_expect_str_eq(buf_text(&out), "  1. the certificate of the server ends\n"
					 "     on the last day of the month\n");
	buf_release(&out);
}

Test(page, wraps_chinese_without_blanks)
{
	struct buf out = BUF_INIT(ROOM);
	struct page page;

	page_init(&page, &out, 40, false);
	page_paragraph(
		&page, 2, PAGE_PLAIN, "香港郵政電子證書（伺服器），二〇二五年中繼證書，必須更換。");
	cr_expect_leq(widest(buf_text(&out)), (size_t)40);
	cr_expect_null(strstr(buf_text(&out), "\n  ，"), "a comma begins a line");
	cr_expect_not_null(strchr(buf_text(&out), '\n'));
	buf_release(&out);
}

Test(page, colors_once_a_line_and_always_resets)
{
	struct buf out = BUF_INIT(ROOM);
	struct page page;

	page_init(&page, &out, 40, true);
	page_paragraph(&page, 0, PAGE_DIM, "a word or two");
	cr_expect_str_eq(buf_text(&out), "\033[2ma word or two\033[0m\n");
	buf_clear(&out);
	page_paragraph(&page, 2, PAGE_DIM, "the words of this one stand on two lines of it");
	cr_expect_str_eq(buf_text(&out), "  \033[2mthe words of this one stand on two\033[0m\n"
					 "  \033[2mlines of it\033[0m\n");
	buf_release(&out);
}

Test(page, cuts_what_is_endless)
{
	static const char *const units[] = { "A", "香", "e\xcc\x81", "a b", "，" };

	for (size_t u = 0; u < ARRAY_LEN(units); u++) {
		struct buf text = BUF_INIT(ROOM), out = BUF_INIT(ROOM);
		struct page page;

		while (text.len < 65536)
			(void)buf_add_text(&text, units[u]);
		page_init(&page, &out, 40, false);
		page_paragraph(&page, 8, PAGE_PLAIN, buf_text(&text));
		cr_expect_leq(widest(buf_text(&out)), (size_t)40, "%s", units[u]);
		cr_expect_geq(out.len, text.len);
		buf_release(&text);
		buf_release(&out);
	}
}

static void fill(struct table *table)
{
	table->headed = true;
	(void)table_column(table, "service", TABLE_WHOLE);
	(void)table_column(table, "count", TABLE_RIGHT);
	(void)table_column(table, "nothing", TABLE_TEXT);
	(void)table_column(table, "what", TABLE_TEXT);
	table_cell(table, PAGE_PLAIN, "中文.example.hk:443");
	table_cell(table, PAGE_PLAIN, "7");
	table_cell(table, PAGE_PLAIN, "");
	table_cell(table, PAGE_PLAIN, "the certificate ends soon, on a day that is near");
	table_cell(table, PAGE_PLAIN, "a.hk:443");
	table_cell(table, PAGE_PLAIN, "1234");
	table_cell(table, PAGE_PLAIN, "");
	table_cell(table, PAGE_PLAIN, "證書即將到期");
}

static const struct {
	const char *descr;
	size_t columns;
	const char *want;
} tables[] = {
	{ "room for all", 100,
		"service              count  what\n"
		"中文.example.hk:443      7  the certificate ends soon, on a day that is near\n"
		"a.hk:443              1234  證書即將到期\n" },
	{ "text gives way", 60,
		"service              count  what\n"
		"中文.example.hk:443      7  the certificate ends soon, on a\n"
		"                            day that is near\n"
		"a.hk:443              1234  證書即將到期\n" },
	{ "too narrow for columns", 40,
		"中文.example.hk:443\n"
		"  count: 7; what: the certificate ends\n"
		"  soon, on a day that is near\n"
		"a.hk:443\n"
		"  count: 1234; what: 證書即將到期\n" },
};

Test(table, fits_the_page)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		CLEANUP(table_release) struct table table = { .headed = false };
		struct buf out = BUF_INIT(ROOM);
		struct page page;

		fill(&table);
		page_init(&page, &out, tables[i].columns, false);
		cr_assert(table_print(&table, &page, 0));
		cr_expect_str_eq(buf_text(&out), tables[i].want, "%s: got\n%s", tables[i].descr,
			buf_text(&out));
		buf_release(&out);
	}
}

/* A sentence has room, or a paragraph of its own, in which no line begins with a semicolon. */
Test(table, gives_sentences_room)
{
	for (size_t columns = PAGE_COLUMNS_LEAST; columns <= 100; columns++) {
		CLEANUP(table_release) struct table table = { .headed = false };
		struct buf out = BUF_INIT(ROOM);
		struct page page;

		(void)table_column(&table, NULL, TABLE_WHOLE);
		(void)table_column(&table, "owner", TABLE_TEXT);
		(void)table_column(&table, NULL, TABLE_ROOMY);
		table_cell(&table, PAGE_PLAIN, "one.two.three.example.hk:443");
		table_cell(&table, PAGE_PLAIN, "the team of the web");
		table_cell(&table, PAGE_PLAIN,
			"the server closed the connection after its certificates, before the end");
		page_init(&page, &out, columns, false);
		cr_assert(table_print(&table, &page, 0));
		cr_expect_eq(strstr(buf_text(&out), "owner: ") == NULL,
			columns >= 28 + 2 + 16 + 2 + 40, "at %zu:\n%s", columns, buf_text(&out));
		cr_expect_null(
			strstr(buf_text(&out), "  ;"), "at %zu:\n%s", columns, buf_text(&out));
		cr_expect_leq(widest(buf_text(&out)), columns, "at %zu", columns);
		buf_release(&out);
	}
}

Test(table, never_exceeds_any_width)
{
	for (size_t columns = PAGE_COLUMNS_LEAST; columns <= 200; columns++) {
		CLEANUP(table_release) struct table table = { .headed = false };
		struct buf out = BUF_INIT(ROOM);
		struct page page;

		fill(&table);
		page_init(&page, &out, columns, false);
		cr_assert(table_print(&table, &page, 5));
		cr_expect_leq(widest(buf_text(&out)), columns, "at %zu", columns);
		buf_release(&out);
	}
}

static const struct {
	const char *descr;
	size_t columns;
	const char *want;
} grids[] = {
	{ "read downwards", 40,
		"  a.example.hk:443  d.example.hk:443\n"
		"  b.example.hk:443  香港.hk\n"
		"  c.example.hk:443\n" },
	{ "all on a line", 100,
		"  a.example.hk:443  b.example.hk:443  c.example.hk:443  d.example.hk:443  "
		"香港.hk\n" },
};

Test(table, lays_out_a_grid)
{
	static const char *const names[] = { "a.example.hk:443", "b.example.hk:443",
		"c.example.hk:443", "d.example.hk:443", "香港.hk" };

	for (size_t i = 0; i < ARRAY_LEN(grids); i++) {
		struct buf out = BUF_INIT(ROOM);
		struct page page;

		page_init(&page, &out, grids[i].columns, false);
		table_grid(&page, 2, names, ARRAY_LEN(names));
		cr_expect_str_eq(buf_text(&out), grids[i].want, "%s: got\n%s", grids[i].descr,
			buf_text(&out));
		buf_release(&out);
	}
}

Test(table, a_name_too_wide_for_a_grid_is_not_lost)
{
	static const char name[] = "a-host-with-a-very-long-name-indeed.example.gov.hk:443";
	const char *const names[] = { "a.hk", name };
	struct buf out = BUF_INIT(ROOM);
	struct page page;
	size_t letters = 0;

	page_init(&page, &out, 40, false);
	table_grid(&page, 2, names, ARRAY_LEN(names));
	cr_expect_leq(widest(buf_text(&out)), (size_t)40);
	for (size_t i = 0; i < out.len; i++)
		letters += out.data[i] != ' ' && out.data[i] != '\n';
	cr_expect_eq(letters, strlen("a.hk") + strlen(name));
	buf_release(&out);
}
