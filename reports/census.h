/* SPDX-License-Identifier: MIT */
/*
 * census - who owns what, and which certificates have been met
 *
 * What a report has to remember of a fleet that it writes as it comes: a line an owner, and a
 * fingerprint a certificate.  Begins as zeroes.
 */
#ifndef REPORTS_CENSUS_H
#define REPORTS_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/base/clock.h"
#include "checker/cert/cert.h"
#include "rules/verdict.h"

struct census_owner {
	const char *name; /* "" when nobody is named */
	size_t results[STATUS_COUNT];
	bool has_due;
	struct instant due; /* the first day on which something is due */
	const char *hosts;  /* with something to do, comma-separated; "..." where there are more */
	/* What that is, by census_note_work(), most first: "TEXT (COUNT); ..."; a hundred different
	 * texts at most. */
	const char *work;
};

struct census_entry;
struct census_print;

struct census {
	struct census_entry *owners;
	struct census_print *prints;
};

void census_release(struct census *census);

/* False when memory runs out. */
MUST_USE bool census_count(struct census *census, const struct verdict *verdict);

/* One more result of the owner of VERDICT, which was counted, needs WORK.  False when memory runs
 * out. */
MUST_USE bool census_note_work(
	struct census *census, const struct verdict *verdict, const char *work);

/* Is this fingerprint met for the first time?  False when memory runs out. */
MUST_USE bool census_meet(
	struct census *census, const uint8_t sha256[static FINGERPRINT_BYTES], bool *ret_fresh);

/* Calls SAY for each owner: who has most to do first.  False when memory runs out. */
MUST_USE bool census_owners(const struct census *census,
	void (*say)(void *arg, const struct census_owner *owner), void *arg);

#endif
