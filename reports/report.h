/* SPDX-License-Identifier: MIT */
/*
 * report - verdicts turned into bytes, in one of several formats
 *
 * A format is a const struct at the end of its own file (format_ndjson.c, ...);
 * report.c lists them.  Output goes to standard output or into a file that
 * appears whole or not at all: bytes go to a temporary file beside it, every
 * write is checked, and report_close() renames it.  report_free() without a
 * close leaves what was there before untouched.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"

struct buf;
struct curve;
struct error;
struct output_place;
struct renderer;
struct report;
struct report_format;

/* What a row of CSV is. */
enum csv_rows { CSV_FINDINGS, CSV_HOSTS };

/* What holds for the whole run and for every format. */
struct report_run {
	const struct profile *profile;
	struct instant as_of;
	enum language language;
	bool color;       /* for formats that people read */
	unsigned columns; /* width to fit; 0: not a terminal, 100 is taken */
	enum csv_rows csv;
	bool verbose;              /* also what is in order, in full */
	bool timeline;             /* reports for people say what breaks on which day */
	const struct curve *curve; /* of earlier runs that were kept; NULL: none is */
};

/* What the end of a run adds up to. */
struct report_summary {
	size_t targets;
	size_t results[STATUS_COUNT];
	size_t duplicates; /* targets named more than once */
	double examined;   /* targets: of each, as much as there are results of its addresses */
	size_t inspected;  /* results that are those of a middlebox */
	bool interrupted;  /* the run was, and results are missing */
};

/* Counts VERDICT. */
void report_summary_add(struct report_summary *summary, const struct verdict *verdict);

/* Is there a result for every address of every target? */
bool report_summary_is_whole(const struct report_summary *summary);

/* By name ("text", "ndjson"); NULL when there is none. */
const struct report_format *report_format_by_name(const char *name);
const char *report_format_name(const struct report_format *format);

/* The names of all formats, comma-separated, for messages. */
const char *report_format_names(void);

/* PATH NULL or "-" is standard output.  An unwritable place is an error now, not after the scan. */
MUST_USE struct report *report_open(const struct report_format *format, const char *path,
	const struct report_run *run, struct error *err);

/* True for a format that shows the timeline when the run asks for it, or is nothing else. */
bool report_format_has_timeline(const struct report_format *format);

/* True for a format whose records stand alone. */
bool report_format_renders(const struct report_format *format);

/*
 * The record of VERDICT in such a FORMAT, appended to OUT; a pure function, for any thread with a
 * renderer of its own (renderer.h).  False when memory ran out.
 */
MUST_USE bool report_render(const struct report_format *format, struct renderer *renderer,
	const struct verdict *verdict, struct buf *out);

/* Adds whole records that were rendered in the report's format.  They may wait a little. */
MUST_USE bool report_append(
	struct report *report, const char *bytes, size_t len, struct error *err);

/* Nothing waits any more. */
MUST_USE bool report_flush(struct report *report, struct error *err);

/* Where the next record goes; see output.h. */
MUST_USE bool report_place(
	struct report *report, struct output_place *ret_place, struct error *err);

/* Adds one verdict, which stays the caller's and may go afterwards. */
MUST_USE bool report_add(struct report *report, const struct verdict *verdict, struct error *err);

/* Writes the end, makes the file appear.  The report is only good for report_free() then. */
MUST_USE bool report_close(
	struct report *report, const struct report_summary *summary, struct error *err);
void report_free(struct report *report);
DEFINE_CLEANUP(struct report *, report_free);

#endif
