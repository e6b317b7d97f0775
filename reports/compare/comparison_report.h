/* SPDX-License-Identifier: MIT */
/*
 * comparison_report - a comparison as people and programs read it
 *
 * Text, Markdown for a ticket and a page of HTML are for people: counts, owners, rules, then every
 * service that is another than before, what needs somebody first.  NDJSON is an object a service,
 * unchanged ones too (docs/formats.md, "Changes").
 */
#ifndef REPORTS_COMPARE_COMPARISON_REPORT_H
#define REPORTS_COMPARE_COMPARISON_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/lang.h"
#include "reports/compare/comparison.h"

struct buf;

struct comparison_view {
	enum language language;
	bool color;
	size_t columns; /* 0: not a terminal */
	bool all;       /* what is unchanged, too */
};

typedef bool comparison_write(
	const struct comparison *comparison, const struct comparison_view *view, struct buf *out);

/* By the name of a format, NULL when there is none.  It returns false when memory runs out. */
comparison_write *comparison_writer(const char *format);

bool comparison_text(
	const struct comparison *comparison, const struct comparison_view *view, struct buf *out);
bool comparison_markdown(
	const struct comparison *comparison, const struct comparison_view *view, struct buf *out);
bool comparison_html(
	const struct comparison *comparison, const struct comparison_view *view, struct buf *out);
bool comparison_ndjson(
	const struct comparison *comparison, const struct comparison_view *view, struct buf *out);

#endif
