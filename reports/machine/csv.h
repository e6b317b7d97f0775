/* SPDX-License-Identifier: MIT */
/*
 * csv - rows of RFC 4180 written into a buffer: UTF-8, CRLF, quoted where need be
 *
 * A cell that a spreadsheet would take for a formula (it begins with = + - @, a tab or a line end;
 * also behind blanks) gets an apostrophe in front, which spreadsheets take for "this is text".
 * Controls and characters that hide are written as text_printable() writes them, so that a row is
 * one line and no cell acts on a terminal.  The buffer's `failed` says at the end whether all
 * fitted.
 */
#ifndef REPORTS_MACHINE_CSV_H
#define REPORTS_MACHINE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

struct csv {
	struct buf *out;
	bool begun; /* a cell stands in this row */
};

void csv_cell(struct csv *csv, const char *text); /* empty for NULL */
void csv_number(struct csv *csv, size_t number);
void csv_integer(struct csv *csv, int64_t number); /* which may be below zero */
void csv_end_row(struct csv *csv);

#endif
