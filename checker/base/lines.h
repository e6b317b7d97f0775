/* SPDX-License-Identifier: MIT */
/*
 * lines - a file, read line by line
 *
 * One line is in memory at a time, and how long it may be is the reader's business.  "-" is
 * standard input.  A line's end (LF or CRLF) is not part of it; the last one may have none.
 * Neither is a byte order mark of the first.
 */
#ifndef CHECKER_BASE_LINES_H
#define CHECKER_BASE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"

struct error;

struct lines {
	int fd;
	const char *name; /* for messages; borrowed */
	size_t number;    /* of `line`, from 1 */
	struct buf line;
	struct buf ahead; /* read and not used yet */
	size_t used, most;
	bool ended, is_lent;
};

/* A file of lines of at most MOST bytes.  lines_close() whatever the result. */
MUST_USE bool lines_open(struct lines *lines, const char *path, size_t most, struct error *err);

/* A file that is open already and can be read again, from its beginning; FD stays the caller's. */
MUST_USE bool lines_open_fd(
	struct lines *lines, const char *name, int fd, size_t most, struct error *err);

/* As if BYTES were the file, called NAME. */
MUST_USE bool lines_open_bytes(
	struct lines *lines, const char *name, const char *bytes, size_t len, struct error *err);
void lines_close(struct lines *lines);

/* The next one into `line`; false behind the last, and with ERR set when reading failed. */
MUST_USE bool lines_next(struct lines *lines, struct error *err);

#endif
