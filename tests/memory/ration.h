/* SPDX-License-Identifier: MIT */
/*
 * ration - memory that runs out where a test wants it to
 *
 * Counts what this program asks of the heap and refuses the N-th request, or that one and all
 * after it.  What this source calls itself comes here by the linker's --wrap, so it works under
 * AddressSanitizer too; the libraries come here by the hooks that they have.  What libc, libyaml
 * and popt ask for themselves is not counted.
 *
 * The counters are in memory that forked children share, so that a parent can see how far a child
 * came, however it ended.  The libraries' requests go through the product's own hooks
 * (libraries.h).  Test code only; a failure aborts.
 */
#ifndef TESTS_MEMORY_RATION_H
#define TESTS_MEMORY_RATION_H

#include <stdatomic.h>
#include <stdbool.h>

enum ration_source {
	RATION_OURS,      /* malloc(), calloc(), realloc() in this source */
	RATION_LIBRARIES, /* c-ares, jansson */
	RATION_OPENSSL,
	RATION_COUNT,
};

struct ration {
	atomic_bool armed;
	enum ration_source source; /* whose requests may be refused */
	unsigned long at;          /* the first that is, from 1 */
	bool ever_after;           /* and all that follow */
	bool show;                 /* where the first refused one came from, on standard error */
	atomic_ulong asked[RATION_COUNT];
	atomic_ulong refused;
};

/* "ours", "libraries", "openssl" */
const char *ration_name(enum ration_source source);

/* Before anything else in the program: OpenSSL takes its hooks only then. */
void ration_install(void);

/* Room for COUNT of them, shared with children; `armed` is false in all. */
struct ration *ration_share(unsigned count);

/* Requests are held against RATION from now on, in all threads; NULL ends it. */
void ration_use(struct ration *ration);

#endif
