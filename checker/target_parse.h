/* SPDX-License-Identifier: MIT */
/*
 * target_parse - how text becomes targets: shared by the readers of targets only
 *
 * The way of a line: a reader (target_file.c: text; target_csv.c; target_json.c:
 * NDJSON; target_service.c: Ansible) cuts it into a row of cells,
 * target_row_parse() makes a draft of it, and target_reader_add() puts what
 * the draft stands for, one target or a range of them, into the list.  What
 * is wrong on the way is a fault: a reason and the place in the text it is
 * about.  The reader then turns it into the one error of the call, or, with
 * skip_bad_input, into a target that says so.
 *
 * Nobody but these files and their tests includes this header.
 */
#ifndef CHECKER_TARGET_PARSE_H
#define CHECKER_TARGET_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/error.h"
#include "checker/limits.h"
#include "checker/target.h"

/* `why.code` is ERROR_SYNTAX for a bad line; anything else ends the reading, skip or not. */
struct target_fault {
	size_t at; /* bytes into the text that was parsed */
	struct error why;
};

#define TARGET_FAULT_INIT                             \
	{                                             \
		.at = 0, .why = {.code = ERROR_NONE } \
	}

/* A bad line, at byte AT of it.  Returns false, for `return target_fault_set()`. */
bool target_fault_set(struct target_fault *fault, size_t at, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* A service as it was written; what the writer left out is 0 or "". */
struct target_draft {
	enum protocol protocol;
	bool has_protocol; /* a scheme was written */
	uint16_t port;
	int family; /* of the host: AF_INET, AF_INET6; 0: it is a name */
	int prefix; /* of a range of addresses; -1: one host */
	char host[LIMIT_HOST_BYTES];
	char address[LIMIT_ADDRESS_BYTES];
	char sni[LIMIT_HOST_BYTES];
};

/* The grammar of one target, docs/formats.md, "Targets". */
MUST_USE bool target_parse(
	const char *text, size_t len, struct target_draft *ret_draft, struct target_fault *fault);

/* A cell of a row, ended by NUL; `text` is NULL when it was empty or not there. */
struct target_cell {
	const char *text;
	size_t at; /* where it begins, for faults */
};

/* The name and value of a label, both borrowed. */
struct target_mark {
	const char *name;
	const char *value;
};

struct target_row {
	struct target_cell host, port, protocol, address, sni;
	bool exact; /* a byte of a cell is a byte of the text: faults may point inside */
	struct target_mark marks[LIMIT_LABELS];
	size_t mark_count;
};

/* The cell of that name ("host", "port", ...); NULL when it is a label's. */
struct target_cell *target_row_cell(struct target_row *row, const char *name);

/* Adds a label to the row, borrowed; AT is where it stands. */
MUST_USE bool target_row_mark(struct target_row *row, const char *name, const char *value,
	size_t at, struct target_fault *fault);

/* Puts the cells together; those that contradict each other are a fault. */
MUST_USE bool target_row_parse(
	const struct target_row *row, struct target_draft *ret_draft, struct target_fault *fault);

/* What one call of target_list_add_*() works with. */
struct target_reader {
	struct target_list *list;
	const struct target_options *options;
	char *source; /* owned by the list */
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

/* READER for a source of that name; false when memory runs out. */
MUST_USE bool target_reader_init(struct target_reader *reader, struct target_list *list,
	const char *source, const struct target_options *options, struct error *err);

/* Adds what DRAFT and the labels of ROW (or NULL) stand for. */
MUST_USE bool target_reader_add(struct target_reader *reader, const struct target_draft *draft,
	const struct target_row *row, size_t line, struct target_fault *fault);

/* False when FAULT ends the reading, with the reader's error set; true when it was skipped. */
MUST_USE bool target_reader_reject(struct target_reader *reader, const struct target_piece *piece,
	const struct target_fault *fault);

/* As target_list_new(), for fewer targets than LIMIT_TARGETS. */
struct target_list *target_list_new_bounded(size_t max);

/* As target_list_add_file() with bytes that are there already; NAME is what errors call them. */
MUST_USE bool target_list_add_bytes(struct target_list *list, const char *name, const char *bytes,
	size_t len, const struct target_options *options, struct error *err);

/* False when PIECE is too long, holds a NUL byte, or is not UTF-8. */
MUST_USE bool target_piece_check(const struct target_piece *piece, struct target_fault *fault);

/* True when BYTES begin with the header line of a CSV file. */
bool target_csv_is(const char *bytes, size_t len);

/* CSV (RFC 4180) that begins with its header line.  PIECE is the rest of the file. */
MUST_USE bool target_csv_read(struct target_reader *reader, const struct target_piece *piece);

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

#endif
