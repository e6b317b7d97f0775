/* SPDX-License-Identifier: MIT */
#include "reports/text/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"

#define GAP 2    /* between columns */
#define LEAST 16 /* a column of text narrower than this is not worth having */
#define LEAST_ROOMY 40
#define CELL_BYTES (1u << 21)

void table_release(struct table *table)
{
	for (size_t i = 0; i < table->cells.count; i++)
		free(table->cells.items[i].text);
	free(table->cells.items);
	memset(table, 0, sizeof *table);
}

size_t table_column(struct table *table, const char *title, unsigned flags)
{
	assert(table->columns < TABLE_COLUMNS && table->cells.count == 0);
	table->titles[table->columns] = title;
	table->flags[table->columns] = flags;
	return table->columns++;
}

void table_cell(struct table *table, enum page_style style, const char *text)
{
	char *copy = vec_reserve(&table->cells) ? text_copy(text, strlen(text)) : NULL;

	if (!copy) {
		table->failed = true;
		return;
	}
	table->cells.items[table->cells.count++] = (struct table_cell){ copy, style };
}

/* 0 when nothing stands in the column, whatever its heading. */
static size_t widest(const struct table *table, size_t column)
{
	size_t most = 0, heading = 0;

	for (size_t i = column; i < table->cells.count; i += table->columns) {
		size_t columns = text_columns(table->cells.items[i].text);

		if (columns > most)
			most = columns;
	}
	if (table->headed && table->titles[column])
		heading = text_columns(table->titles[column]);
	return most > 0 && heading > most ? heading : most;
}

static bool may_give(const struct table *table, size_t column, size_t width)
{
	if (table->flags[column] & TABLE_WHOLE)
		return false;
	return width > (table->flags[column] & TABLE_ROOMY ? LEAST_ROOMY : LEAST);
}

/* The widest column that may give way; the number of columns when none may. */
static size_t softest(const struct table *table, const size_t *widths)
{
	size_t most = table->columns;

	for (size_t c = 0; c < table->columns; c++)
		if (may_give(table, c, widths[c]) &&
			(most == table->columns || widths[c] > widths[most]))
			most = c;
	return most;
}

/* False when there is not room enough. */
static bool fit(const struct table *table, size_t room, size_t *widths)
{
	size_t sum = 0;

	for (size_t c = 0; c < table->columns; c++) {
		widths[c] = widest(table, c);
		sum += widths[c] + (sum > 0 && widths[c] > 0 ? GAP : 0);
	}
	for (; sum > room; sum--) {
		size_t soft = softest(table, widths);

		if (soft == table->columns)
			return false;
		widths[soft]--;
	}
	return true;
}

/* A row to print: of the table, or its headings. */
struct view {
	const char *text[TABLE_COLUMNS];
	enum page_style style[TABLE_COLUMNS];
};

/* One line of a cell: what fits of TEXT; returns where the rest begins. */
static size_t print_part(struct page *page, const struct table *table, const struct view *row,
	size_t column, size_t from, size_t width)
{
	const char *text = row->text[column] + from;
	size_t next = 0, len = *text ? page_line(text, width, &next) : 0;
	size_t columns = page_columns(text, len);
	size_t pad = columns < width ? width - columns : 0;
	if (table->flags[column] & TABLE_RIGHT)
		page_fill(page, ' ', pad);
	page_raw(page, row->style[column], text, len);
	if (!(table->flags[column] & TABLE_RIGHT))
		page_fill(page, ' ', pad);
	return from + next;
}

/* The last column that still has something to say on this line. */
static size_t last_filled(
	const struct view *row, const size_t *from, const size_t *widths, size_t columns)
{
	size_t last = columns;

	for (size_t c = 0; c < columns; c++)
		if (widths[c] > 0 && row->text[c][from[c]])
			last = c;
	return last;
}

static void trim(struct page *page)
{
	struct buf *out = page->out;

	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
}

static void print_row(const struct table *table, const struct view *row, struct page *page,
	size_t indent, const size_t *widths)
{
	size_t from[TABLE_COLUMNS] = { 0 };
	size_t last = last_filled(row, from, widths, table->columns);

	while (last < table->columns) {
		size_t before = 0;

		page_fill(page, ' ', indent);
		for (size_t c = 0; c <= last; c++) {
			if (widths[c] == 0)
				continue;
			page_fill(page, ' ', before);
			before = GAP;
			from[c] = print_part(page, table, row, c, from[c], widths[c]);
		}
		trim(page);
		page_gap(page);
		last = last_filled(row, from, widths, table->columns);
	}
}

/* END belongs to the last word: no line begins with it. */
static void put_ended(struct page *page, enum page_style style, const char *text, const char *end)
{
	CLEANUP(buf_release) struct buf whole = BUF_INIT(CELL_BYTES);

	(void)buf_addf(&whole, "%s%s", text, end);
	page_put(page, style, whole.failed ? text : buf_text(&whole));
}

/* For a page that is too narrow: the first cell, and below it the others with their titles. */
static void print_paragraph(
	const struct table *table, const struct view *row, struct page *page, size_t indent)
{
	size_t last = table->columns - 1;

	page_paragraph(page, indent, row->style[0], row->text[0]);
	while (last > 0 && !row->text[last][0])
		last--;
	if (last == 0)
		return;
	page_start(page, indent + 2, indent + 2);
	for (size_t c = 1; c <= last; c++) {
		if (!row->text[c][0])
			continue;
		if (table->titles[c])
			page_putf(page, PAGE_DIM, "%s%s", table->titles[c],
				lang_text(page->language, ": "));
		put_ended(page, row->style[c], row->text[c],
			c < last ? lang_text(page->language, "; ") : "");
	}
	page_end(page);
}

static void print_headings(
	const struct table *table, struct page *page, size_t indent, const size_t *widths)
{
	struct view row;

	for (size_t c = 0; c < table->columns; c++) {
		row.text[c] = table->titles[c] ? table->titles[c] : "";
		row.style[c] = PAGE_DIM;
	}
	print_row(table, &row, page, indent, widths);
}

bool table_print(const struct table *table, struct page *page, size_t indent)
{
	size_t widths[TABLE_COLUMNS];

	if (table->failed)
		return false;
	assert(table->columns > 0 && table->cells.count % table->columns == 0);
	bool fits = fit(table, page->columns - indent, widths);

	if (fits && table->headed)
		print_headings(table, page, indent, widths);
	for (size_t i = 0; i < table->cells.count; i += table->columns) {
		struct view row = { 0 };

		for (size_t c = 0; c < table->columns; c++) {
			row.text[c] = table->cells.items[i + c].text;
			row.style[c] = table->cells.items[i + c].style;
		}
		if (fits)
			print_row(table, &row, page, indent, widths);
		else
			print_paragraph(table, &row, page, indent);
	}
	return true;
}

void table_grid(struct page *page, size_t indent, const char *const *texts, size_t count)
{
	size_t width = 1, room = page->columns - indent;

	for (size_t i = 0; i < count; i++) {
		size_t columns = text_columns(texts[i]);

		if (columns > width)
			width = columns;
	}
	size_t across = width >= room ? 1 : (room + GAP) / (width + GAP);
	size_t down = (count + across - 1) / across;

	for (size_t line = 0; line < down; line++) {
		if (across == 1) {
			page_paragraph(page, indent, PAGE_PLAIN, texts[line]);
			continue;
		}
		page_fill(page, ' ', indent);
		for (size_t i = line; i < count; i += down) {
			size_t columns = text_columns(texts[i]);

			page_raw(page, PAGE_PLAIN, texts[i], strlen(texts[i]));
			if (i + down < count)
				page_fill(page, ' ', width - columns + GAP);
		}
		page_gap(page);
	}
}
