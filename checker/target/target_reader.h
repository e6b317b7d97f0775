/* SPDX-License-Identifier: MIT */
/*
 * target_reader - from a source of targets to whoever takes them, one mention at a time
 *
 * A source is an argument, a file or bytes.  A cursor goes through it record by record; what it
 * finds goes to a sink: mentions, each of which stands for one target or a range of them, and
 * bad lines where those are skipped.  target_list.c keeps what comes, target_stream.c counts it
 * and lets it go.  Files are seen through a window (target_input.h), so what is read costs no
 * memory, but for an Ansible inventory, which is a document.
 *
 * Only the target_*.c files and their tests include this header.
 */
#ifndef CHECKER_TARGET_TARGET_READER_H
#define CHECKER_TARGET_TARGET_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/target/target.h"
#include "checker/target/target_parse.h"

/* The name of a source, shared by its targets. */
struct target_origin {
	atomic_uint refs;
	char name[];
};

struct target_origin *target_origin_new(const char *name);
struct target_origin *target_origin_ref(struct target_origin *origin);
void target_origin_unref(struct target_origin *origin);

/* A target of its own with one reference; NULL when memory runs out.  DRAFT is no range. */
MUST_USE struct target *target_new(
	const struct target_draft *draft, struct target_origin *origin, size_t line);

/* A bad line as a target: what is SHOWN of it, and WHY it is bad. */
MUST_USE struct target *target_new_faulty(
	const char *shown, const char *why, struct target_origin *origin, size_t line);

/* Target number INDEX of the range DRAFT, with the labels, origin and line of MODEL. */
MUST_USE struct target *target_new_like(
	const struct target *model, const struct target_draft *draft, uint32_t index);

/* Adds the labels that TARGET lacks, before it is handed out. */
MUST_USE bool target_add_labels(struct target *target, const struct target_mark *marks,
	size_t count, struct target_fault *fault);

/* What makes two mentions one target; what makes two targets mates is its beginning. */
#define TARGET_KEY_BYTES (2 * LIMIT_HOST_BYTES + LIMIT_ADDRESS_BYTES + 8)

struct target_key {
	char bytes[TARGET_KEY_BYTES];
	size_t service; /* protocol, port and host: this many bytes */
	size_t len;
};

void target_key_of(struct target_key *key, const struct target_draft *draft);

/* What one place of the input stands for; all is borrowed. */
struct target_mention {
	const struct target_draft *draft; /* perhaps of a range */
	const struct target_mark *marks;
	size_t mark_count;
	struct target_origin *origin;
	size_t line;
};

/* How many targets DRAFT stands for, and which is number INDEX. */
uint32_t target_draft_count(const struct target_draft *draft);
void target_draft_at(
	const struct target_draft *draft, uint32_t index, struct target_draft *ret_draft);

/* A line that cannot be read and was not to stop the reading; all is borrowed. */
struct target_bad {
	const char *shown; /* printable */
	const char *why;
	struct target_origin *origin;
	size_t line;
};

/* A fault that is ERROR_SYNTAX can be skipped, any other ends the reading. */
struct target_sink {
	bool (*mention)(
		void *arg, const struct target_mention *mention, struct target_fault *fault);
	bool (*bad)(void *arg, const struct target_bad *bad, struct target_fault *fault);
	/* Where this is there, rows of CSV go here as they are, and nothing is made of them. */
	bool (*row)(void *arg, const struct target_row *row, struct target_fault *fault);
	void *arg;
};

/* What is read and for whom; all is borrowed. */
struct target_reader {
	struct target_sink sink;
	const struct target_options *options;
	struct target_origin *origin;
	bool is_argument;
	struct error *err;
};

/* The text that a fault counts its bytes in, and the line it begins on. */
struct target_piece {
	const char *text;
	size_t len;
	size_t line;
	const char *shown; /* for a person, instead of the text; NULL: the text */
};

/* Hands on what DRAFT and the labels of ROW (or NULL) stand for. */
MUST_USE bool target_reader_add(struct target_reader *reader, const struct target_draft *draft,
	const struct target_row *row, size_t line, struct target_fault *fault);

/* False when FAULT ends the reading, with the reader's error set; true when it was skipped. */
MUST_USE bool target_reader_reject(struct target_reader *reader, const struct target_piece *piece,
	const struct target_fault *fault);

/* One argument of the command line. */
MUST_USE bool target_reader_argument(
	struct target_reader *reader, const char *text, size_t position);

/* False when PIECE is too long, holds a NUL byte, or is not UTF-8. */
MUST_USE bool target_piece_check(const struct target_piece *piece, struct target_fault *fault);

struct target_input;
struct target_file;

/* How long the byte order mark is that FILE begins with, 0 for none; UTF-16 is an error. */
MUST_USE bool target_file_mark(
	const struct target_file *file, uint64_t *ret_len, struct error *err);

/* One file, record by record.  FILE and the origin of READER outlive it. */
struct target_cursor;

MUST_USE struct target_cursor *target_cursor_new(
	const struct target_file *file, struct target_reader *reader);
void target_cursor_free(struct target_cursor *cursor);
DEFINE_CLEANUP(struct target_cursor *, target_cursor_free);

/* Reads one record; *RET_MORE is false when there was none.  False with the reader's error set. */
MUST_USE bool target_cursor_step(
	struct target_cursor *cursor, struct target_reader *reader, bool *ret_more);

/* True when INPUT goes on with the header line of a CSV file; it has moved on then. */
bool target_csv_is(struct target_input *input);

/* CSV (RFC 4180) that begins with its header line. */
struct target_csv;

MUST_USE struct target_csv *target_csv_new(
	struct target_input *input, struct target_reader *reader);
void target_csv_free(struct target_csv *csv);
/* Is there a column of that name?  And where is the record that was read last? */
bool target_csv_has(const struct target_csv *csv, const char *column);
size_t target_csv_line(const struct target_csv *csv);
MUST_USE bool target_csv_step(struct target_csv *csv, struct target_reader *reader, bool *ret_more);

/* What the first line of a JSON file is. */
enum target_json_shape {
	TARGET_JSON_RECORD,    /* whole: one record of NDJSON */
	TARGET_JSON_INVENTORY, /* whole: an inventory on one line */
	TARGET_JSON_OPEN,      /* it goes on in the next line */
	TARGET_JSON_BAD,
};

enum target_json_shape target_json_shape(const char *line, size_t len);

/* One line of NDJSON. */
MUST_USE bool target_json_line(struct target_reader *reader, const struct target_piece *piece);

/* What `ansible-inventory --list` prints; PIECE is the rest of the file. */
MUST_USE bool target_inventory_read(struct target_reader *reader, const struct target_piece *piece);

/* As target_list_new(), for fewer targets than LIMIT_TARGETS. */
struct target_list *target_list_new_bounded(size_t max);

/* As target_list_add_file() with bytes that are there already; NAME is what errors call them. */
MUST_USE bool target_list_add_bytes(struct target_list *list, const char *name, const char *bytes,
	size_t len, const struct target_options *options, struct error *err);

#endif
