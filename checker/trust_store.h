/* SPDX-License-Identifier: MIT */
/*
 * trust_store - how trust.c keeps stores and pool, for trust_paths.c
 *
 * Private to the trust_*.c files.
 */
#ifndef CHECKER_TRUST_STORE_H
#define CHECKER_TRUST_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/vec.h"
#include "checker/trust.h"

struct trust_store {
	char *id;
	VEC(const struct cert *) anchors;
	char *missing; /* what could not be found, printable; NULL: nothing is missing */
	bool whole;
};

struct trust {
	struct trust_store stores[LIMIT_TRUST_STORES];
	size_t store_count;
	VEC(const struct cert *) pool;
};

/*
 * trust_verify.c: RFC 5280, 6.1 for the LEN certificates of one path, leaf to
 * anchor, and no others.  Sets trusted, fault, culprit and reason of PATH.
 */
void trust_verify(struct trust_path *path, struct instant now);

#endif
