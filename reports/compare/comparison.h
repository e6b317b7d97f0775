/* SPDX-License-Identifier: MIT */
/*
 * comparison - two sets of results, service by service
 *
 * Results are added one by one and may go afterwards: of each, some hundred bytes are kept.  Then
 * they are matched.  One result is that of a host, port, protocol, name in the handshake and
 * address; where a set has several such, the last one counts.  Addresses of a name change, so
 * what is left of a service on both sides is matched worst with worst.  An address that is left
 * in NEW is held against the worst the service was in OLD; one that is left in OLD is gone, or,
 * when the name leads to no address any more, cannot be reached.
 */
#ifndef REPORTS_COMPARE_COMPARISON_H
#define REPORTS_COMPARE_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/arena.h"
#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "reports/compare/change.h"

struct verdict;

/* One side as it was read. */
struct compared_set {
	VEC(struct compared_result) results; /* by service once settled */
	struct instant as_of, time;          /* of the latest */
	char profile[ACTION_CERTIFICATE];    /* id, of the latest that says; "" when none does */
};

struct compared_owner {
	const char *name; /* "": nobody is named */
	size_t counts[CHANGE_COUNT];
};

struct comparison {
	struct arena texts;
	struct compared_set sets[SIDE_COUNT];
	/* Once settled: */
	VEC(struct change) changes;        /* by class, worst first, then by service */
	VEC(struct compared_owner) owners; /* by name */
	size_t counts[CHANGE_COUNT];
	size_t findings[RULE_COUNT][FINDING_CLASS_COUNT];
};

MUST_USE struct comparison *comparison_new(void);
void comparison_free(struct comparison *comparison);
DEFINE_CLEANUP(struct comparison *, comparison_free);

/* False when memory runs out. */
MUST_USE bool comparison_add(
	struct comparison *comparison, enum side side, const struct verdict *verdict);

/* Once, when all are in; false when memory runs out. */
MUST_USE bool comparison_settle(struct comparison *comparison);

#endif
