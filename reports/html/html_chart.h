/* SPDX-License-Identifier: MIT */
/*
 * html_chart - the figures of the summary: how it stands, what is due when, what ends when
 *
 * Each is a drawing with a title that says it in words, or a table with bars in it.
 */
#ifndef REPORTS_HTML_HTML_CHART_H
#define REPORTS_HTML_HTML_CHART_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct digest;
struct html;

/* A bar of all results by status, and the counts under it. */
void html_chart_standing(struct html *html, const struct digest *digest);

/* What is due, day by day, and how many services that concerns.  False when memory runs out. */
MUST_USE bool html_chart_deadlines(struct html *html, const struct digest *digest);

/* How many certificates end in which month. */
void html_chart_expiry(struct html *html, const struct digest *digest);

#endif
