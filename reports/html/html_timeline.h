/* SPDX-License-Identifier: MIT */
/*
 * html_timeline - the part of the page that says what breaks on which day (--timeline)
 */
#ifndef REPORTS_HTML_HTML_TIMELINE_H
#define REPORTS_HTML_HTML_TIMELINE_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/base/lang.h"

struct html;
struct timeline;

/* False when memory runs out. */
MUST_USE bool html_timeline_put(
	struct html *html, const struct timeline *timeline, enum language language);

#endif
