/* SPDX-License-Identifier: MIT */
/*
 * dcv_report - whether domains will be validated, for people and for programs
 *
 * What the CA gave out as a code stands in none of them, nor what was found in its place: reports
 * are passed on.
 */
#ifndef REPORTS_DCV_DCV_REPORT_H
#define REPORTS_DCV_DCV_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct buf;
struct dcv_request;
struct dcv_seen;
struct dcv_verdict;
struct page;

/* A record of one name, compact, without a line end (docs/formats.md, "Domain control"); false when
 * memory ran out. */
MUST_USE bool dcv_report_json(const struct dcv_request *request, const struct dcv_seen *seen,
	const struct dcv_verdict *verdict, struct buf *out);

/* All names, and what holds for all.  ALL: notes and findings of methods that do not count, too. */
void dcv_report_text(const struct dcv_request *request, const struct dcv_verdict *verdicts,
	size_t count, bool all, struct page *page);

#endif
