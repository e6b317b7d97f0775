/* SPDX-License-Identifier: MIT */
/*
 * book - a workbook of sheets with a heading, filters and rows, written as it comes
 *
 * The one door to libxlsxwriter.  Rows go to temporary files, so a book of any length takes
 * the same memory; they are written from the top down and cell by cell from the left.  Every
 * text is a text cell, whatever it looks like: nothing in it is a formula or a link.  It is
 * made printable, and cut where Excel ends (32,767 characters).  A sheet takes 1,048,575 rows;
 * what is beyond is counted.
 */
#ifndef REPORTS_XLSX_BOOK_H
#define REPORTS_XLSX_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct book;
struct error;
struct output;
struct sheet;

/* CREATED is what the file says of itself, so that the same results make the same file. */
MUST_USE struct book *book_new(struct instant created, struct error *err);
void book_free(struct book *book);

enum book_style {
	BOOK_PLAIN,
	BOOK_BOLD,
	BOOK_WRAPPED, /* long texts */
	BOOK_CRITICAL,
	BOOK_WARNING,
	BOOK_UNREACHABLE,
	BOOK_GOOD,
	BOOK_DATE, /* the last two are for book's own use of numbers */
	BOOK_STYLE_COUNT
};

struct sheet_column {
	const char *title;
	unsigned width; /* characters */
};

/* The book's next sheet, in the order of its tabs, with COUNT columns whose headings stay in sight.
 * NULL and ERR when there is no memory or no room for temporary files. */
MUST_USE struct sheet *book_sheet(struct book *book, const char *name,
	const struct sheet_column *columns, size_t count, struct error *err);

/* The next cell of the row, left to right.  NULL or "" leaves it empty. */
void sheet_text(struct sheet *sheet, enum book_style style, const char *text);
void sheet_number(struct sheet *sheet, double number);
void sheet_day(struct sheet *sheet, struct instant day);
void sheet_skip(struct sheet *sheet);

/* The row ends; the next one begins. */
void sheet_next(struct sheet *sheet);

/* Rows that did not fit. */
size_t sheet_dropped(const struct sheet *sheet);

/* Writes all of it to OUTPUT.  The book is only good for book_free() then. */
MUST_USE bool book_write(struct book *book, struct output *output, struct error *err);

#endif
