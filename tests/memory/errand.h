/* SPDX-License-Identifier: MIT */
/*
 * errand - `chainmend scan` in a town, as its command line starts it, but in this process
 *
 * With the town's profile, trust stores and cache, on its day; the report is a file of NDJSON.
 * Test code only; a failure of the test's own aborts.
 */
#ifndef TESTS_MEMORY_ERRAND_H
#define TESTS_MEMORY_ERRAND_H

#include <stdbool.h>

#include "tests/memory/town.h"

struct errand {
	const struct town *town;
	const char *targets;   /* a file of the town */
	const char *report;    /* the name of a file that is made in its folder */
	const char *looks;     /* further ones, as of --probe; NULL: none */
	const char *handshake; /* "flight", "complete"; NULL: nothing is said about it */
	const char *timeout;   /* seconds for a target; NULL: 5 */
	unsigned threads;
	bool online; /* what the profile names is fetched, which fills the cache */
};

/* The exit code; what there is to say is on standard error. */
int errand_run(const struct errand *errand);

/* Does the command line know OPTION, with VALUE (NULL: none)? */
bool errand_knows(const char *option, const char *value);

#endif
