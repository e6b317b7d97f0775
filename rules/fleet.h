/* SPDX-License-Identifier: MIT */
/*
 * fleet - what only several results together can show
 *
 * The addresses of one service (host, port and protocol) are compared when the
 * last of them is in; until then the verdicts wait here.  What stands alone
 * need not come here at all.  For one thread at a time.
 */
#ifndef RULES_FLEET_H
#define RULES_FLEET_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct error;
struct fleet;
struct profile;
struct verdict;

/*
 * A service that is whole: all its verdicts in the order they came in, compared.  They are the
 * receiver's from then on, the array is not.
 */
struct fleet_sink {
	void (*done)(void *arg, struct verdict *const *verdicts, size_t count);
	void *arg;
};

MUST_USE struct fleet *fleet_new(const struct profile *profile, struct fleet_sink sink);
void fleet_free(struct fleet *fleet);
DEFINE_CLEANUP(struct fleet *, fleet_free);

/* SUBJECT is a root's that somebody trusts (inspection.h); before the first verdict. */
MUST_USE bool fleet_know(struct fleet *fleet, const char *subject);

/* False when VERDICT is the only one of its service, and no middlebox can have answered: there is
 * nothing to compare it with.  From any thread. */
bool fleet_concerns(const struct fleet *fleet, const struct verdict *verdict);

/* Takes a verdict over in any case. */
MUST_USE bool fleet_add(struct fleet *fleet, struct verdict *verdict, struct error *err);

/* No more will come: compares and hands out one service that still waits; false when none does. */
bool fleet_finish(struct fleet *fleet);

#endif
