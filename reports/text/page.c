/* SPDX-License-Identifier: MIT */
#include "reports/text/page.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"

static const char *const codes[PAGE_STYLE_COUNT] = {
	[PAGE_PLAIN] = "",
	[PAGE_BOLD] = "\033[1m",
	[PAGE_DIM] = "\033[2m",
	[PAGE_RED] = "\033[1;31m",
	[PAGE_YELLOW] = "\033[33m",
	[PAGE_GREEN] = "\033[32m",
	[PAGE_MAGENTA] = "\033[35m",
	[PAGE_CYAN] = "\033[36m",
};

void page_init(struct page *page, struct buf *out, size_t columns, bool color)
{
	*page = (struct page){ .out = out, .columns = columns ? columns : 100, .color = color };
	if (page->columns < PAGE_COLUMNS_LEAST)
		page->columns = PAGE_COLUMNS_LEAST;
	if (page->columns > PAGE_COLUMNS_MOST)
		page->columns = PAGE_COLUMNS_MOST;
}

/* The bytes of the character at TEXT and its columns; a stray byte is one of each. */
static size_t character(const char *text, size_t *ret_columns, uint32_t *ret_point)
{
	char alone[8];
	size_t bytes = text_utf8_next(text, strnlen(text, 4), ret_point);

	if (bytes == 0) {
		*ret_point = 0xfffd;
		*ret_columns = 1;
		return 1;
	}
	memcpy(alone, text, bytes);
	alone[bytes] = '\0';
	*ret_columns = text_columns(alone);
	return bytes;
}

/* Punctuation that may not begin a line (JIS X 4051; GB/T 15834). */
static bool closes(uint32_t point)
{
	static const uint32_t closing[] = { 0x3001, 0x3002, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011,
		0xff01, 0xff09, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f };

	for (size_t i = 0; i < ARRAY_LEN(closing); i++)
		if (closing[i] == point)
			return true;
	return false;
}

/*
 * What may not be broken at the front of TEXT: letters up to the next blank or
 * wide character, or one wide character; and what clings to it.
 */
static size_t piece(const char *text, size_t *ret_columns)
{
	size_t used = 0;
	bool wide = false;

	*ret_columns = 0;
	while (text[used] && text[used] != ' ') {
		uint32_t point;
		size_t columns, bytes = character(text + used, &columns, &point);

		if (used > 0 && columns > 0 && (wide || columns == 2) && !closes(point))
			break;
		wide = columns == 2 || (wide && columns == 0);
		used += bytes;
		*ret_columns += columns;
	}
	return used;
}

/* The characters of TEXT that take at most COLUMNS; one at the least. */
static size_t cut(const char *text, size_t len, size_t columns, size_t *ret_columns)
{
	size_t used = 0;

	*ret_columns = 0;
	while (used < len) {
		uint32_t point;
		size_t wide, bytes = character(text + used, &wide, &point);

		if (used > 0 && *ret_columns + wide > columns)
			break;
		used += bytes;
		*ret_columns += wide;
	}
	return used;
}

size_t page_columns(const char *text, size_t len)
{
	size_t columns;

	(void)cut(text, len, SIZE_MAX, &columns);
	return columns;
}

static size_t skip_blanks(const char *text)
{
	return strspn(text, " ");
}

size_t page_line(const char *text, size_t columns, size_t *ret_next)
{
	size_t used = 0, at = 0;

	while (text[used]) {
		size_t blanks = skip_blanks(text + used), wide;
		size_t len = piece(text + used + blanks, &wide);

		if (len == 0) {
			*ret_next = used + blanks;
			return used;
		}
		if (at + blanks + wide > columns)
			break;
		used += blanks + len;
		at += blanks + wide;
	}
	if (used == 0) {
		size_t wide, len = piece(text, &wide);

		used = cut(text, len, columns, &wide);
	}
	*ret_next = used + skip_blanks(text + used);
	return used;
}

static void set_style(struct page *page, enum page_style style)
{
	if (!page->color || style == page->style)
		return;
	if (page->style != PAGE_PLAIN)
		(void)buf_add_text(page->out, "\033[0m");
	(void)buf_add_text(page->out, codes[style]);
	page->style = style;
}

void page_raw(struct page *page, enum page_style style, const char *text, size_t len)
{
	if (len == 0)
		return;
	set_style(page, style);
	(void)buf_add(page->out, text, len);
	set_style(page, PAGE_PLAIN);
}

void page_fill(struct page *page, char c, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)buf_add_char(page->out, c);
}

void page_start(struct page *page, size_t indent, size_t further)
{
	assert(indent < page->columns && further < page->columns);
	page_fill(page, ' ', indent);
	page->at = indent;
	page->indent = further;
	page->last[0] = '\0';
	page->fresh = true;
	page->blank = false;
}

static void break_line(struct page *page)
{
	set_style(page, PAGE_PLAIN);
	(void)buf_add_char(page->out, '\n');
	page_fill(page, ' ', page->indent);
	page->at = page->indent;
	page->fresh = true;
	page->blank = false;
}

/* What stands last, as text_joins() wants it. */
static void remember(struct page *page, const char *text, size_t len)
{
	size_t from = len;

	while (from > 0 && len - from < 4 && ((uint8_t)text[--from] & 0xc0) == 0x80)
		continue;
	memcpy(page->last, text + from, len - from);
	page->last[len - from] = '\0';
}

static void put_piece(
	struct page *page, enum page_style style, const char *text, size_t len, size_t columns)
{
	if (!page->fresh && page->at + page->blank + columns > page->columns)
		break_line(page);
	if (page->blank && !page->fresh) {
		if (style != page->style)
			set_style(page, PAGE_PLAIN);
		(void)buf_add_char(page->out, ' ');
		page->at++;
	}
	page->blank = false;
	while (page->at + columns > page->columns) {
		size_t wide, part = cut(text, len, page->columns - page->at, &wide);

		set_style(page, style);
		(void)buf_add(page->out, text, part);
		text += part;
		len -= part;
		columns -= wide;
		if (len == 0)
			break;
		break_line(page);
	}
	if (len > 0) {
		set_style(page, style);
		(void)buf_add(page->out, text, len);
	}
	page->at += columns;
	page->fresh = false;
	remember(page, text, len);
}

void page_put(struct page *page, enum page_style style, const char *text)
{
	size_t before = skip_blanks(text);

	/* Spans meet with a blank as Latin letters do. */
	page->blank |= before > 0;
	text += before;
	if (page->blank && text_joins(page->last, strlen(page->last), text))
		page->blank = false;
	while (*text) {
		size_t blanks = skip_blanks(text), columns;
		size_t len = piece(text + blanks, &columns);

		page->blank |= blanks > 0;
		if (len > 0)
			put_piece(page, style, text + blanks, len, columns);
		text += blanks + len;
	}
}

void page_putf(struct page *page, enum page_style style, const char *fmt, ...)
{
	char text[2048];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	page_put(page, style, text);
}

void page_say(struct page *page, enum page_style style, const char *fmt, ...)
{
	char said[2048], text[2048];
	va_list args;

	va_start(args, fmt);
	phrase_vsay(said, sizeof said, fmt, args);
	va_end(args);
	phrase_render(said, page->language, text, sizeof text);
	page_put(page, style, text);
}

void page_end(struct page *page)
{
	set_style(page, PAGE_PLAIN);
	(void)buf_add_char(page->out, '\n');
}

void page_paragraph(struct page *page, size_t indent, enum page_style style, const char *text)
{
	page_start(page, indent, indent);
	page_put(page, style, text);
	page_end(page);
}

void page_gap(struct page *page)
{
	(void)buf_add_char(page->out, '\n');
}
