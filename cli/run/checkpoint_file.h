/* SPDX-License-Identifier: MIT */
/*
 * checkpoint_file - the file of a checkpoint: its lines, and what became of the last records
 *
 * For checkpoint.c only.
 */
#ifndef CLI_RUN_CHECKPOINT_FILE_H
#define CLI_RUN_CHECKPOINT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "cli/run/journal.h"

struct error;

struct checkpoint_file {
	char *path;
	int fd;        /* -1: to be made */
	uint64_t size; /* of the lines that are whole */
};

/* What is there is opened with RESUME, and locked; without, it is an error that something is. */
MUST_USE bool checkpoint_file_open(
	struct checkpoint_file *file, const char *path, bool resume, struct error *err);
void checkpoint_file_close(struct checkpoint_file *file);

/* Makes the file, or takes away the line at the end that is cut off. */
MUST_USE bool checkpoint_file_settle(struct checkpoint_file *file, struct error *err);
MUST_USE bool checkpoint_file_append(
	struct checkpoint_file *file, const char *bytes, size_t len, struct error *err);
MUST_USE bool checkpoint_file_write_at(struct checkpoint_file *file, const char *bytes, size_t len,
	uint64_t at, struct error *err);
MUST_USE bool checkpoint_file_sync(struct checkpoint_file *file, struct error *err);

/* The offset of the line behind the one at AT. */
MUST_USE bool checkpoint_file_behind(
	const struct checkpoint_file *file, uint64_t at, uint64_t *ret_behind, struct error *err);

/* One line, ended by NUL, good until the next one. */
struct checkpoint_line {
	char *text;
	size_t len;
	uint64_t offset;
	char *records; /* for who makes them of the text */
	size_t records_len;
};

/* The lines from one offset up to another. */
struct checkpoint_reader {
	const struct checkpoint_file *file;
	struct buf window;
	size_t used;
	uint64_t at, end; /* of the file: behind the window, and where to stop */
	uint64_t whole;   /* behind the last line that has an end */
	bool failed;
};

void checkpoint_reader_init(struct checkpoint_reader *reader, const struct checkpoint_file *file,
	uint64_t from, uint64_t to);
void checkpoint_reader_release(struct checkpoint_reader *reader);

/* False behind the last whole line, and when it failed, with ERR set. */
MUST_USE bool checkpoint_reader_next(
	struct checkpoint_reader *reader, struct checkpoint_line *ret_line, struct error *err);

/* The last records that were to be written directly, and may not have been. */
struct checkpoint_lack {
	struct journal_attempt attempt;
	struct journal_output output;
	bool delivered;
};

/*
 * Looks for them in the file they were for; those that are there in part are completed there.
 * An error when that file is gone: then nobody can say.  A stream has none to look into.
 */
MUST_USE bool checkpoint_lack_look(
	struct checkpoint_lack *lack, const struct checkpoint_file *file, struct error *err);

#endif
