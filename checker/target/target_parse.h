/* SPDX-License-Identifier: MIT */
/*
 * target_parse - how text becomes targets: shared by the readers of targets only
 *
 * The way of a line: a reader (target_file.c: text; target_csv.c; target_json.c:
 * NDJSON; target_service.c: Ansible) cuts it into a row of cells,
 * target_row_parse() makes a draft of it, and target_reader_add() hands on
 * what the draft stands for, one target or a range of them (target_reader.h).
 * What is wrong on the way is a fault: a reason and the place in the text it is
 * about.  The reader then turns it into the one error of the call, or, with
 * skip_bad_input, into a target that says so.
 *
 * Nobody but these files and their tests includes this header.
 */
#ifndef CHECKER_TARGET_TARGET_PARSE_H
#define CHECKER_TARGET_TARGET_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/error.h"
#include "checker/limits.h"
#include "checker/target/target.h"

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

#endif
