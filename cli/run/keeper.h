/* SPDX-License-Identifier: MIT */
/*
 * keeper - keeps what a run finds in a history (--store)
 *
 * As with an output that fails, a history that cannot be written any more does not end the
 * run: it is let go, and keeper_finish() says why.  For one thread at a time.
 */
#ifndef CLI_RUN_KEEPER_H
#define CLI_RUN_KEEPER_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct curve;
struct error;
struct keeper;
struct setup;
struct verdict;

/* The file is opened, and made when it is not there; a place that cannot be written costs no
 * scan. */
MUST_USE struct keeper *keeper_open(const char *path, const struct setup *setup, struct error *err);
void keeper_free(struct keeper *keeper);
DEFINE_CLEANUP(struct keeper *, keeper_free);

/* What the earlier runs of the profile came to; it lives as long as the keeper. */
const struct curve *keeper_curve(const struct keeper *keeper);

/* KEY tells a run that may go on another time from all others, and GOES_ON that it does; NULL for
 * one that may not. */
MUST_USE bool keeper_begin(
	struct keeper *keeper, size_t targets, const char *key, bool goes_on, struct error *err);

/* NOW: before this returns they are in the file, so that a checkpoint may call them done. */
void keeper_add(struct keeper *keeper, struct verdict *const *verdicts, size_t count, bool now);

/* False when not all of the run is in the file. */
MUST_USE bool keeper_finish(struct keeper *keeper, bool interrupted, struct error *err);

#endif
