/* SPDX-License-Identifier: MIT */
/*
 * format - what a format has to provide; private to reports/
 *
 * A format is a const struct at the end of its own file, report.c lists them.
 * It writes to `output` and keeps what it has to in `state`, which is zeroed
 * memory of `state_size` bytes.  One whose records stand alone has `render`
 * instead of all others: then several threads can make records, and only whose
 * bytes come next is one thread's business.
 */
#ifndef REPORTS_FORMAT_H
#define REPORTS_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct buf;
struct error;
struct output;
struct renderer;
struct report_run;
struct report_summary;
struct verdict;

struct format_job {
	const struct report_run *run;
	struct output *output;
	void *state;
};

struct report_format {
	const char *name;
	size_t state_size;
	bool has_timeline; /* it shows one when `run->timeline` is set, or always */
	/* Appends the record of VERDICT to OUT: the same bytes, whatever RENDERER has seen.  False
	 * when memory ran out. */
	bool (*render)(struct renderer *renderer, const struct verdict *verdict, struct buf *out);
	/* Without `render` there is `add`, and any of the others may be NULL. */
	bool (*begin)(const struct format_job *job, struct error *err);
	bool (*add)(const struct format_job *job, const struct verdict *verdict, struct error *err);
	bool (*finish)(const struct format_job *job, const struct report_summary *summary,
		struct error *err);
	void (*release)(void *state);
};

extern const struct report_format format_text;
extern const struct report_format format_ndjson;
extern const struct report_format format_json;
extern const struct report_format format_csv;
extern const struct report_format format_chain;
extern const struct report_format format_junit;
extern const struct report_format format_markdown;
extern const struct report_format format_nagios;
extern const struct report_format format_prometheus;
extern const struct report_format format_sarif;
extern const struct report_format format_html;
extern const struct report_format format_timeline;
extern const struct report_format format_xlsx;

#endif
