/* SPDX-License-Identifier: MIT */
/*
 * table - rows and columns on a page
 *
 * Columns are as wide as what stands in them.  Where that is more than the page
 * has, the widest ones give way and their cells go over several lines, but
 * never those marked as whole: a name in two pieces cannot be copied.  Nothing
 * is ever cut off.  A page too narrow even for that gets a paragraph for each row.
 * Columns in which nothing stands are left out.
 *
 * Widths are columns of a terminal, not bytes: East Asian characters take two.
 * Cells are copied and have to be printable.
 */
#ifndef REPORTS_TEXT_TABLE_H
#define REPORTS_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"
#include "reports/text/page.h"

#define TABLE_COLUMNS 8

enum table_flag {
	TABLE_TEXT = 0,
	TABLE_RIGHT = 1, /* numbers */
	TABLE_WHOLE = 2, /* never broken */
	TABLE_ROOMY = 4, /* sentences: rather a paragraph for each row than many short lines */
};

struct table_cell {
	char *text;
	enum page_style style;
};

struct table {
	const char *titles[TABLE_COLUMNS]; /* NULL: no heading */
	unsigned flags[TABLE_COLUMNS];
	size_t columns;
	bool headed;                  /* print the headings; in paragraphs they are there anyway */
	bool failed;                  /* memory ran out */
	VEC(struct table_cell) cells; /* row by row */
};

/* A table begins as zeroes; CLEANUP(table_release) ends it. */
void table_release(struct table *table);

/* Adds a column; its number. */
size_t table_column(struct table *table, const char *title, unsigned flags);

/* The next cell, left to right, row after row. */
void table_cell(struct table *table, enum page_style style, const char *text);

/* False when memory ran out on the way. */
MUST_USE bool table_print(const struct table *table, struct page *page, size_t indent);

/* COUNT short texts side by side in columns, read downwards as `ls` does. */
void table_grid(struct page *page, size_t indent, const char *const *texts, size_t count);

#endif
