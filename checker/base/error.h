/* SPDX-License-Identifier: MIT */
/*
 * error - why this program could not do its own work
 *
 * Never for what a remote host did: that is an observation, and it is data.
 * The caller owns the struct, often on its stack; the first error sticks.
 * The text is one line without a full stop, made printable, ready to follow
 * "chainmend: " on standard error.  It is there in English, and as a phrase for
 * whoever knows in which language it will be read; a phrase may fill a %s.
 */
#ifndef CHECKER_BASE_ERROR_H
#define CHECKER_BASE_ERROR_H

#include <stdbool.h>

#include "checker/base/attr.h"

enum error_code {
	ERROR_NONE,
	ERROR_MEMORY, /* the machine has no more */
	ERROR_IO,     /* a file or descriptor; the text has the path and errno's words */
	ERROR_SYNTAX, /* input that cannot be read; the text has file, line and reason */
	ERROR_LIMIT,  /* input larger than a bound of limits.h */
	ERROR_USAGE,  /* the command line */
};

#define ERROR_TEXT 480

struct error {
	enum error_code code;
	char text[ERROR_TEXT];
	char said[ERROR_TEXT + 40]; /* the same, as a phrase */
};

/* Sets *ERR unless it is set already (ERR may be NULL).  Returns false, for `return error_set()`.
 */
bool error_set(struct error *err, enum error_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* As error_set(), with ": " and the words for ERRNUM at the end. */
bool error_set_errno(struct error *err, int errnum, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* As error_set() with ERROR_MEMORY; the text is always the same.  Noted in heap.h as well. */
bool error_set_memory(struct error *err);

#endif
