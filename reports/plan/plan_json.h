/* SPDX-License-Identifier: MIT */
/*
 * plan_json - plan.json: of a host (docs/schema/plan.schema.json), and of the whole
 */
#ifndef REPORTS_PLAN_PLAN_JSON_H
#define REPORTS_PLAN_PLAN_JSON_H

#include "checker/base/attr.h"
#include "reports/plan/plan.h"

MUST_USE bool plan_json_host(
	const struct plan *plan, const struct plan_host *host, struct buf *out);
MUST_USE bool plan_json_index(const struct plan *plan, struct buf *out);

#endif
