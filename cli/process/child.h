/* SPDX-License-Identifier: MIT */
/*
 * child - another program, run to its end
 *
 * Its words are given one by one and no shell sees them.  It has its time, and is
 * killed when that is over.
 */
#ifndef CLI_PROCESS_CHILD_H
#define CLI_PROCESS_CHILD_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct child {
	const char *const
		*words; /* the program, looked for in PATH, and its arguments; up to NULL */
	const char *const *environment; /* "NAME=VALUE", up to NULL; NULL: this program's own */
	int input;                      /* a descriptor that is its standard input */
	int output; /* ... and its standard output and error; negative: this program's own */
	unsigned seconds;
};

enum child_end {
	CHILD_ENDED,   /* RET_STATUS is as waitpid() has it */
	CHILD_UNKNOWN, /* there is no such program, or it may not be run: errno */
	CHILD_KILLED,  /* its time was over */
};

MUST_USE enum child_end child_run(const struct child *child, int *ret_status);

#endif
