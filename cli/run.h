/* SPDX-License-Identifier: MIT */
/*
 * run - from observations to reports: judge, compare, order, write, count
 *
 * What scan and check have in common.  Judging is pure and takes place in the
 * thread that brings the observation; everything behind it is one thread at a
 * time, kept so by a lock in here.  No observation is lost in silence: when
 * this program fails at one, the run fails.
 */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct error;
struct observation;
struct options;
struct outputs;
struct progress;
struct run;
struct setup;
struct target;
struct target_list;

/* All are borrowed and outlive the run, but OUTPUTS and PROGRESS (may be NULL), which it owns. */
MUST_USE struct run *run_new(const struct setup *setup, const struct options *options,
	struct outputs *outputs, struct progress *progress, struct error *err);
void run_free(struct run *run);
DEFINE_CLEANUP(struct run *, run_free);

/* Announces a target, before the first observation. */
MUST_USE bool run_expect(struct run *run, const struct target *target, struct error *err);

/* Results in the order of TARGETS, before the first observation. */
MUST_USE bool run_order(struct run *run, const struct target_list *targets, struct error *err);

/* Everything is ready: how far it comes is shown from now on. */
void run_begin(struct run *run);

/* Called, from whichever thread it happens in, when going on is of no use. */
void run_on_failure(struct run *run, void (*stop)(void *arg), void *arg);

/* Takes OBSERVATION over.  From any thread, several at once. */
void run_observed(struct run *run, struct observation *observation);

struct run_end {
	size_t duplicates;
	bool interrupted;
};

/*
 * Ends it: compares what waited, closes the outputs.  The exit code; with
 * EXIT_CODE_TROUBLE ERR says why, and no output has appeared but those that could.
 */
int run_finish(struct run *run, const struct run_end *end, struct error *err);

#endif
