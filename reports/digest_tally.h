/* SPDX-License-Identifier: MIT */
/*
 * digest_tally - what a digest adds up to: services, owners
 *
 * A digest is in the order of problems, so one service and one owner stand in
 * several places of it.  What is counted borrows from the digest.
 */
#ifndef REPORTS_DIGEST_TALLY_H
#define REPORTS_DIGEST_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "rules/verdict.h"

struct digest;

/* Different services, and the addresses of their names that nobody looked at.  False when memory
 * runs out. */
MUST_USE bool digest_tally_services(
	const struct digest *digest, size_t *ret_services, size_t *ret_dropped);

struct digest_owner {
	const char *name; /* NULL: nobody is named */
	size_t results[STATUS_COUNT];
	bool has_due;
	struct instant due; /* the first day on which something is due that counts */
};

struct digest_owners {
	VEC(struct digest_owner) all;
};

/* Who has most to do first, and whom nobody named behind those who have as much.  False when memory
 * runs out; digest_owners_release() whatever came of it. */
MUST_USE bool digest_tally_owners(const struct digest *digest, struct digest_owners *ret_owners);
void digest_owners_release(struct digest_owners *owners);

#endif
