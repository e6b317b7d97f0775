/* SPDX-License-Identifier: MIT */
/*
 * plan_page - the plan for people, in Markdown: of a host, and of the whole
 */
#ifndef REPORTS_PLAN_PLAN_PAGE_H
#define REPORTS_PLAN_PLAN_PAGE_H

#include "checker/base/attr.h"
#include "reports/plan/plan.h"

MUST_USE bool plan_page_host(
	const struct plan *plan, const struct plan_host *host, struct buf *out);
/* plan_index.c */
MUST_USE bool plan_page_index(const struct plan *plan, struct buf *out);

/* What an effort is called, a label. */
const char *plan_page_effort(enum work_need need, enum language language);

/* "- LABEL: " with TEXT as code; nothing when there is none. */
void plan_page_row(struct buf *out, enum language language, const char *label, const char *text);

#endif
