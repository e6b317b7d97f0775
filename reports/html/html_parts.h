/* SPDX-License-Identifier: MIT */
/*
 * html_parts - the parts of the page, in their order
 *
 * Each is a <section> with a heading, and a line of the navigation.  A further part is a row of
 * html_parts[] and a function that writes what stands under the heading.
 */
#ifndef REPORTS_HTML_HTML_PARTS_H
#define REPORTS_HTML_HTML_PARTS_H

#include <stdbool.h>

#include "checker/base/lang.h"

struct html;
struct html_fleet;
struct report_run;
struct report_summary;

struct html_parts {
	const struct html_fleet *fleet; /* settled */
	const struct report_summary *summary;
	struct html *html;
	enum language language;
};

struct html_part {
	const char *id, *title;
	bool (*put)(struct html_parts *parts);           /* false when memory runs out */
	bool (*is_wanted)(const struct report_run *run); /* NULL: always */
};

/* Ends with a row without an id. */
extern const struct html_part html_parts[];

/* The first of PART and those behind it that RUN wants; the row without an id when none is left. */
const struct html_part *html_parts_wanted(
	const struct html_part *part, const struct report_run *run);

#endif
