/* SPDX-License-Identifier: MIT */
/*
 * plan_total - a plan counted by owner and effort, and its hosts in groups that need the same
 */
#ifndef REPORTS_PLAN_PLAN_TOTAL_H
#define REPORTS_PLAN_PLAN_TOTAL_H

#include "checker/base/attr.h"
#include "reports/plan/plan.h"

struct plan_total {
	const char *owner; /* NULL: nobody's; borrowed from the plan */
	size_t hosts;
	size_t efforts[WORK_NEED_COUNT]; /* by the dearest need of each host */
};

struct plan_group {
	const struct plan_host *const *hosts;
	size_t count;
};

struct plan_totals {
	struct plan_total all;
	VEC(struct plan_total) owners; /* by name, nobody's last */
	VEC(struct plan_group) groups; /* the largest first */
	const struct plan_host **sorted;
};

/* Of a settled plan, which has to outlive it.  plan_totals_release() whatever the result. */
MUST_USE bool plan_totals_make(const struct plan *plan, struct plan_totals *ret_totals);
void plan_totals_release(struct plan_totals *totals);

#endif
