/* SPDX-License-Identifier: MIT */
/*
 * text_burndown - how much of the migration is left, against its deadline
 *
 * One line from this run alone; with earlier runs (--store) their curve and a forecast below.
 */
#ifndef REPORTS_TEXT_TEXT_BURNDOWN_H
#define REPORTS_TEXT_TEXT_BURNDOWN_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct digest;
struct page;

/* Nothing where the profile has no deadline or nothing was in its scope.  False when memory ran
 * out. */
MUST_USE bool text_burndown_put(const struct digest *digest, struct page *page);

#endif
