/* SPDX-License-Identifier: MIT */
/*
 * text_work - the work of a whole report, added up: each step, and for how many
 * results it has to be done
 */
#ifndef REPORTS_TEXT_TEXT_WORK_H
#define REPORTS_TEXT_TEXT_WORK_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct digest;
struct page;

/* Nothing when there are so few problems that their headings say it.  False when memory runs out.
 */
MUST_USE bool text_work_put(const struct digest *digest, struct page *page);

#endif
