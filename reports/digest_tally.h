/* SPDX-License-Identifier: MIT */
/*
 * digest_tally - what a digest adds up to: services, owners, what is no fault
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
struct digest_entry;
struct digest_item;

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

/* What counts for no status: worth a word, or waived. */
enum digest_of { DIGEST_NOTES, DIGEST_WAIVED };

struct digest_note {
	const struct digest_item *item;
	const struct digest_entry *entry;
};

struct digest_notes {
	VEC(struct digest_note) all;
};

/* By rule, then by why it is waived, then by service.  As digest_tally_owners(). */
MUST_USE bool digest_tally_notes(
	const struct digest *digest, enum digest_of of, struct digest_notes *ret_notes);
void digest_notes_release(struct digest_notes *notes);

/* How many from number FIRST on are of one rule, and waived for one reason. */
size_t digest_notes_like(const struct digest_notes *notes, size_t first);

#endif
