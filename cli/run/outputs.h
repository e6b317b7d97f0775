/* SPDX-License-Identifier: MIT */
/*
 * outputs - the reports that one run feeds, all at the same time
 *
 * An output that fails (a full disk, a reader that went away) is left out from
 * then on, its file untouched, and the others go on: the run does not lose an
 * hour's scan for one of them.  It is reported at the end, and the run is not a
 * success.  For one thread at a time, but for the questions.
 *
 * Records of a format that can render them alone (report.h) are made before they
 * come here, by whichever thread has judged; the others are given the verdict.
 */
#ifndef CLI_RUN_OUTPUTS_H
#define CLI_RUN_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct curve;
struct error;
struct options;
struct output_place;
struct outputs;
struct profile;
struct report_format;
struct report_summary;
struct verdict;

/* What all reports of the run are about. */
struct outputs_subject {
	const struct profile *profile;
	struct instant as_of;
	const struct curve *curve; /* of earlier runs, or NULL; it outlives the outputs */
	const char *kept;          /* a file to which the records go, too (ndjson); NULL: none */
};

/* Opens all that OPTIONS ask for, or none. */
MUST_USE struct outputs *outputs_open(
	const struct options *options, const struct outputs_subject *subject, struct error *err);

/* The format whose records are made before outputs_add(); NULL: of none. */
const struct report_format *outputs_rendered(const struct outputs *outputs);

/* True when a verdict is needed as well as, or instead of, its record. */
bool outputs_need_verdicts(const struct outputs *outputs);

/*
 * Adds a result: its verdict, which stays the caller's and may be NULL where none is needed, and
 * its record.  False when no output is left that could take it.
 */
MUST_USE bool outputs_add(
	struct outputs *outputs, const struct verdict *verdict, const char *record, size_t len);

/* With a checkpoint, where all outputs are of records. */
enum outputs_part {
	OUTPUTS_REPLACED, /* files that appear at the end */
	OUTPUTS_DIRECT,   /* the one output that is written directly */
};

/* False when there is more than one that is written directly. */
MUST_USE bool outputs_fit_checkpoint(const struct outputs *outputs, struct error *err);
bool outputs_have_direct(const struct outputs *outputs);

/* Where the next record goes that is written directly. */
MUST_USE bool outputs_direct_place(
	struct outputs *outputs, struct output_place *ret_place, struct error *err);

/* Adds whole records to one part.  False when there is none left that could take them; what is
 * written directly has been written when this is true. */
bool outputs_append(
	struct outputs *outputs, enum outputs_part part, const char *records, size_t len);

/* False when all have failed. */
bool outputs_are_left(const struct outputs *outputs);

/* Ends all reports and makes the files appear; false when any output failed, ERR with the first. */
MUST_USE bool outputs_close(
	struct outputs *outputs, const struct report_summary *summary, struct error *err);

/* Without a close no file appears. */
void outputs_free(struct outputs *outputs);
DEFINE_CLEANUP(struct outputs *, outputs_free);

/* True when records go to the terminal while the run goes on, where a progress line would be in
 * their way. */
bool outputs_use_terminal(const struct options *options);

#endif
