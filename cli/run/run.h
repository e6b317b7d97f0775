/* SPDX-License-Identifier: MIT */
/*
 * run - from observations to reports: judge, compare, order, write, count
 *
 * What scan and check have in common.  Judging is pure and takes place in the
 * thread that brings the observation, and so does making records of it where the
 * format lets them be made alone; comparing, and whose bytes come next, is one
 * thread's business at a time, kept so by locks in here.  No observation is lost
 * in silence: when this program fails at one, the run fails.
 */
#ifndef CLI_RUN_RUN_H
#define CLI_RUN_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct checkpoint;
struct error;
struct keeper;
struct observation;
struct options;
struct outputs;
struct progress;
struct report_summary;
struct run;
struct setup;

/* All are borrowed and outlive the run, but OUTPUTS and PROGRESS (may be NULL), which it owns. */
MUST_USE struct run *run_new(const struct setup *setup, const struct options *options,
	struct outputs *outputs, struct progress *progress, struct error *err);
void run_free(struct run *run);
DEFINE_CLEANUP(struct run *, run_free);

/* How many targets there are, all runs of a checkpoint together, and how many were named again;
 * before the first observation. */
void run_expect(struct run *run, size_t targets, size_t duplicates);

/* Fewer observations than that may come, of a run that was interrupted. */
void run_cut_short(struct run *run);

/* SUBJECT is a root's that somebody trusts (inspection.h); before the first observation. */
MUST_USE bool run_know(struct run *run, const char *subject);

/* Results in the order of the targets' numbers; before the first observation. */
MUST_USE bool run_order(struct run *run, struct error *err);

/*
 * Every service that is done is noted in CHECKPOINT, and what has been noted there counts;
 * before the first observation.
 */
MUST_USE bool run_keep(struct run *run, struct checkpoint *checkpoint, struct error *err);

/* Results are kept by KEEPER, too, which outlives the run. */
void run_store(struct run *run, struct keeper *keeper);

/* Everything is ready: how far it comes is shown from now on. */
void run_begin(struct run *run);

/* Called, from whichever thread it happens in, when going on is of no use. */
void run_on_failure(struct run *run, void (*stop)(void *arg), void *arg);

/* Takes OBSERVATION over.  From any thread, several at once. */
void run_observed(struct run *run, struct observation *observation);

/* Says WHAT as a warning, once; from any thread. */
void run_noticed(struct run *run, const char *what);

/* Going on is of no use: the run fails because of WHY; from any thread. */
void run_fail(struct run *run, const struct error *why);

/*
 * Ends it: compares what waited, closes the outputs.  With a checkpoint an
 * interrupted run leaves out what waited: it will be examined again.  The exit
 * code; with EXIT_CODE_TROUBLE ERR says why, and no output has appeared but those
 * that could.
 */
int run_finish(struct run *run, bool interrupted, struct error *err);

/* What it came to; whole after run_finish(). */
const struct report_summary *run_summary(const struct run *run);

#endif
