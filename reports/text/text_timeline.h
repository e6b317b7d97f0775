/* SPDX-License-Identifier: MIT */
/*
 * text_timeline - the part of the text report that says what breaks on which day (--timeline)
 */
#ifndef REPORTS_TEXT_TEXT_TIMELINE_H
#define REPORTS_TEXT_TEXT_TIMELINE_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct page;
struct timeline;

/* ALL of it, or the days around today.  False when memory runs out. */
MUST_USE bool text_timeline_put(const struct timeline *timeline, bool all, struct page *page);

#endif
