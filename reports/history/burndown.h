/* SPDX-License-Identifier: MIT */
/*
 * burndown - what is left of the migration, counted from a report's own results
 *
 * Services out of the profile's scope do not count; those that could not be examined are
 * neither done nor left.
 */
#ifndef REPORTS_HISTORY_BURNDOWN_H
#define REPORTS_HISTORY_BURNDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "reports/history/curve.h"

struct digest;

struct burndown {
	struct curve_point now;
	size_t known; /* examined: the total without the unknown */
	struct instant deadline;
	int64_t days; /* to the deadline; negative: it has passed */
};

/* False where there is nothing to say: no deadline in the profile, or nothing in its scope. */
bool burndown_of(const struct digest *digest, struct burndown *ret_burndown);

/* The curve of earlier runs, where they were kept, with this one at its end; empty where not.
 * False when memory runs out. */
MUST_USE bool burndown_curve(
	const struct digest *digest, const struct burndown *burndown, struct curve *ret_curve);

#endif
