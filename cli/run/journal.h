/* SPDX-License-Identifier: MIT */
/*
 * journal - the lines of a checkpoint: how they are written, and what they add up to
 *
 * One JSON object a line, its members always in the same order, made by this module and read
 * by it alone.  The first line says what the checkpoint is bound to.  Then come, as they happen:
 *
 *	{"output":"file","device":1,"inode":2,"path":"2f746d70"}
 *		records go there from here on: "file", written directly; "stream", a pipe or a
 *		terminal; "replaced", files that appear at the end of the run.  A path is hex.
 *	{"done":[3],"statuses":["ok"],"at":0,"lengths":[2048],"records":[{...}]}
 *		a service that is done: its targets by number, its records, and at which offset of
 *		the "file" they will be written next (null for the others)
 *	{"again":4711,"at":0}
 *		the records of the line at that offset of the journal are written now, which they
 *		have not been before
 *
 * A line is written before its records are.  So of all records that were to be written to a
 * "file" or a "stream" at most the last ones may be missing there; `delivered` of the first line
 * says whether they are (in place: it is the one thing that changes).
 *
 * Pure: bytes in, a struct out.  A line that this module would not have written is an error.
 */
#ifndef CLI_RUN_JOURNAL_H
#define CLI_RUN_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/cert/checksum.h"
#include "rules/verdict.h"

struct buf;
struct error;

/* Where the eight hexadecimal digits of `delivered` stand in the first line: aligned. */
#define JOURNAL_DELIVERED_AT 48
#define JOURNAL_DELIVERED_BYTES 8

#define JOURNAL_LINE_BYTES (1u << 30) /* the records of one service */

/* What a checkpoint is bound to.  Texts of options are plain ASCII without quotes. */
struct journal_head {
	char targets[CHECKSUM_TEXT], profile[CHECKSUM_TEXT], trust[CHECKSUM_TEXT];
	char options[512];
	char as_of[INSTANT_TEXT]; /* the moment that is judged for */
	uint64_t count;           /* of targets */
};

enum journal_kind { JOURNAL_REPLACED, JOURNAL_STREAM, JOURNAL_FILE };

struct journal_output {
	enum journal_kind kind;
	uint64_t device, inode; /* of a JOURNAL_FILE */
	char path[4096];        /* "" when it is not known */
};

/* Records that were to be written directly. */
struct journal_attempt {
	uint64_t line; /* the offset of the line that has them */
	uint64_t at;   /* in a JOURNAL_FILE */
};

/* What the lines read so far add up to. */
struct journal {
	bool has_head;
	struct journal_head head;
	uint32_t delivered; /* number of the last attempt that is known to have succeeded */
	uint8_t *done;      /* a bit a target */
	uint64_t done_count;
	uint64_t results[STATUS_COUNT];
	uint64_t first_line; /* the offset of the first line with records; 0: there is none */
	struct journal_output output; /* where records go by now */
	uint32_t attempts;
	struct journal_attempt last;       /* when there were attempts */
	struct journal_output last_output; /* where it went */
	uint64_t output_since; /* the line of the first attempt that went to that very output */
};

void journal_release(struct journal *journal);

/* The line at OFFSET of the checkpoint, without its end.  ERR has the reason alone. */
MUST_USE bool journal_take(
	struct journal *journal, const char *line, size_t len, uint64_t offset, struct error *err);

bool journal_is_done(const struct journal *journal, uint64_t target);

/*
 * When LINE has records, turns it into them, one a line, in place: *RET_RECORDS and *RET_LEN, else
 * NULL.  For a line that journal_take() has taken.
 */
void journal_records(char *line, size_t len, char **ret_records, size_t *ret_len);

/* The lines, ends included. */
void journal_put_head(struct buf *out, const struct journal_head *head);
void journal_put_output(struct buf *out, const struct journal_output *output);
void journal_put_again(
	struct buf *out, const struct journal_attempt *attempt, enum journal_kind kind);

/* A service: verdicts, and their records one after the other, each with its line end at ENDS. */
struct journal_group {
	struct verdict *const *verdicts;
	const size_t *ends;
	size_t count;
	const char *records;
	uint64_t at;
	enum journal_kind kind;
};
void journal_put_group(struct buf *out, const struct journal_group *group);

/* The digits of `delivered`. */
void journal_delivered(uint32_t attempt, char out[static JOURNAL_DELIVERED_BYTES]);

#endif
