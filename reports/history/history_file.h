/* SPDX-License-Identifier: MIT */
/*
 * history_file - the SQLite file below history: schema, statements, errors
 *
 * Private to reports/history/.
 */
#ifndef REPORTS_HISTORY_HISTORY_FILE_H
#define REPORTS_HISTORY_HISTORY_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "checker/base/attr.h"

struct error;

struct history_file {
	sqlite3 *db;
	char *path;
};

/* Opens PATH, makes or updates its tables when it is to be written. */
MUST_USE bool history_file_open(
	struct history_file *file, const char *path, bool write, struct error *err);
void history_file_close(struct history_file *file);

/* NULL and ERR when SQL cannot be prepared.  history_file_done() ends it. */
MUST_USE sqlite3_stmt *history_file_prepare(
	struct history_file *file, const char *sql, struct error *err);

/* One step: true while there is a row.  Look at ERR's code after false. */
bool history_file_row(struct history_file *file, sqlite3_stmt *statement, struct error *err);

/* A statement without rows, ready for the next time afterwards. */
MUST_USE bool history_file_do(
	struct history_file *file, sqlite3_stmt *statement, struct error *err);

MUST_USE bool history_file_run(struct history_file *file, const char *sql, struct error *err);

/* Binds; NULL binds NULL. */
void history_file_text(sqlite3_stmt *statement, int place, const char *text);
void history_file_number(sqlite3_stmt *statement, int place, int64_t number);

/* The text of a column, NULL for NULL. */
const char *history_file_column(sqlite3_stmt *statement, int column);

#endif
