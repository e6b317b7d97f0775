/* SPDX-License-Identifier: MIT */
#include "reports/history/history_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"

#define APPLICATION 0x636d6864 /* "cmhd": whose file it is (sqlite.org/fileformat2, 1.3.17) */
#define BUSY_MS 60000          /* another run's transaction takes milliseconds */
#define VERSION 1

/* From version 0, an empty file, on: what each version adds. */
static const char *const steps[VERSION] = {
	"CREATE TABLE run (id INTEGER PRIMARY KEY, key TEXT UNIQUE, began TEXT NOT NULL,"
	" ended TEXT, interrupted INTEGER NOT NULL DEFAULT 0, as_of TEXT NOT NULL,"
	" profile TEXT NOT NULL, deadline TEXT, version TEXT NOT NULL, targets INTEGER NOT NULL);"
	"CREATE TABLE service (id INTEGER PRIMARY KEY, host TEXT NOT NULL, port INTEGER NOT NULL,"
	" protocol TEXT NOT NULL, address TEXT NOT NULL, sni TEXT NOT NULL,"
	" UNIQUE (host, port, protocol, address, sni));"
	"CREATE TABLE result (run INTEGER NOT NULL REFERENCES run (id),"
	" service INTEGER NOT NULL REFERENCES service (id), status TEXT NOT NULL, error TEXT,"
	" owner TEXT, leaf TEXT, not_after TEXT, issuing TEXT, open INTEGER NOT NULL,"
	" rules TEXT NOT NULL, PRIMARY KEY (run, service)) WITHOUT ROWID;"
	"CREATE INDEX result_service ON result (service, run);",
};

static bool fail(const struct history_file *file, struct error *err)
{
	int code = sqlite3_errcode(file->db);

	if (code == SQLITE_NOMEM)
		return error_set_memory(err);
	return error_set(err, ERROR_IO, "%s: %s", file->path,
		code == SQLITE_BUSY ? "other runs have been writing to it for a minute"
				    : sqlite3_errmsg(file->db));
}

bool history_file_run(struct history_file *file, const char *sql, struct error *err)
{
	return sqlite3_exec(file->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(file, err);
}

sqlite3_stmt *history_file_prepare(struct history_file *file, const char *sql, struct error *err)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(file->db, sql, -1, &statement, NULL) != SQLITE_OK)
		(void)fail(file, err);
	return statement;
}

bool history_file_row(struct history_file *file, sqlite3_stmt *statement, struct error *err)
{
	int code = sqlite3_step(statement);

	if (code != SQLITE_ROW && code != SQLITE_DONE)
		(void)fail(file, err);
	return code == SQLITE_ROW;
}

bool history_file_do(struct history_file *file, sqlite3_stmt *statement, struct error *err)
{
	bool good = sqlite3_step(statement) == SQLITE_DONE || fail(file, err);

	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return good;
}

void history_file_text(sqlite3_stmt *statement, int place, const char *text)
{
	/* What fails to be bound is NULL, which the columns that matter refuse. */
	if (text)
		(void)sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT);
	else
		(void)sqlite3_bind_null(statement, place);
}

void history_file_number(sqlite3_stmt *statement, int place, int64_t number)
{
	(void)sqlite3_bind_int64(statement, place, number);
}

const char *history_file_column(sqlite3_stmt *statement, int column)
{
	return (const char *)sqlite3_column_text(statement, column);
}

static bool ask_number(
	struct history_file *file, const char *sql, int64_t *ret_number, struct error *err)
{
	sqlite3_stmt *statement = history_file_prepare(file, sql, err);

	if (!statement)
		return false;
	bool good = history_file_row(file, statement, err);
	if (good)
		*ret_number = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return good;
}

/* How old its tables are: 0 for an empty file; false for one that is not ours to touch. */
static bool check_owner(
	struct history_file *file, bool write, int64_t *ret_version, struct error *err)
{
	int64_t application, version, tables;

	if (!ask_number(file, "PRAGMA application_id", &application, err) ||
		!ask_number(file, "PRAGMA user_version", &version, err) ||
		!ask_number(file, "SELECT count(*) FROM sqlite_schema", &tables, err))
		return false;
	bool empty = tables == 0 && application == 0 && version == 0;
	if (application != APPLICATION && !(write && empty))
		return error_set(err, ERROR_SYNTAX, "%s: not a history of chainmend", file->path);
	if (version > VERSION)
		return error_set(err, ERROR_SYNTAX,
			"%s: was written by a newer chainmend (version %lld of the tables, this "
			"one "
			"knows %d)",
			file->path, (long long)version, VERSION);
	*ret_version = version;
	return true;
}

/* What is read of it is of one moment: between two questions another run may make the tables. */
static bool whose(struct history_file *file, bool write, struct error *err)
{
	int64_t version;

	return history_file_run(file, "BEGIN", err) && check_owner(file, write, &version, err) &&
	       history_file_run(file, "COMMIT", err);
}

/* Within a transaction: of two runs that begin at once, one finds the work done. */
static bool upgrade(struct history_file *file, struct error *err)
{
	int64_t version;
	char sql[96];

	if (!check_owner(file, true, &version, err))
		return false;
	if (version == VERSION)
		return true;
	for (int64_t i = version; i < VERSION; i++)
		if (!history_file_run(file, steps[i], err))
			return false;
	(void)snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
		APPLICATION, VERSION);
	return history_file_run(file, sql, err);
}

/* Changing the journal is not waited for by SQLite itself when another run is about it. */
static bool use_log(struct history_file *file, struct error *err)
{
	for (int waited = 0; waited < BUSY_MS; waited += sqlite3_sleep(50)) {
		int code = sqlite3_exec(file->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
		if (code == SQLITE_OK)
			return true;
		if (code != SQLITE_BUSY && code != SQLITE_LOCKED)
			break;
	}
	return fail(file, err);
}

static bool prepare_to_write(struct history_file *file, struct error *err)
{
	return use_log(file, err) &&
	       history_file_run(file,
		       "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; BEGIN IMMEDIATE",
		       err) &&
	       upgrade(file, err) && history_file_run(file, "COMMIT", err);
}

bool history_file_open(struct history_file *file, const char *path, bool write, struct error *err)
{
	int how = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;

	file->path = text_copy(path, strlen(path));
	if (!file->path)
		return error_set_memory(err);
	if (sqlite3_open_v2(path, &file->db, how | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		bool said = file->db ? fail(file, err) : error_set_memory(err);
		history_file_close(file);
		return said;
	}
	(void)sqlite3_busy_timeout(file->db, BUSY_MS);
	bool good = whose(file, write, err) && (!write || prepare_to_write(file, err));
	if (!good)
		history_file_close(file);
	return good;
}

void history_file_close(struct history_file *file)
{
	(void)sqlite3_close(file->db);
	free(file->path);
	*file = (struct history_file){ .db = NULL };
}
