/* SPDX-License-Identifier: MIT */
/*
 * html_burndown - how much of the migration is left, drawn against its deadline
 *
 * A bar from this run alone; with earlier runs (--store) their curve, the forecast as its
 * continuation, and a table of the points for those who do not see it.
 */
#ifndef REPORTS_HTML_HTML_BURNDOWN_H
#define REPORTS_HTML_HTML_BURNDOWN_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct digest;
struct html;

/* Nothing where there is nothing to say (burndown.h).  False when memory runs out. */
MUST_USE bool html_burndown_put(struct html *html, const struct digest *digest);

#endif
