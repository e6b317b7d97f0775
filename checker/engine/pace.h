/* SPDX-License-Identifier: MIT */
/*
 * pace - how many connections are begun in a second, all threads together
 *
 * A schedule with an even distance: every connection takes the next place of
 * it.  What cannot wait (further addresses of a name, further tries) takes its
 * place too and runs at once; whoever comes next waits for it.
 *
 * May be used by any thread.  A NULL pace has no limit.
 */
#ifndef CHECKER_ENGINE_PACE_H
#define CHECKER_ENGINE_PACE_H

#include <stdint.h>

#include "checker/base/attr.h"

struct pace;

/* RATE > 0 connections a second; NULL when memory runs out. */
MUST_USE struct pace *pace_new(double rate);
void pace_free(struct pace *pace);
DEFINE_CLEANUP(struct pace *, pace_free);

/* 0: a place was taken, go.  Otherwise microseconds after which to ask again. */
MUST_USE uint64_t pace_take(struct pace *pace);

/* Takes a place without waiting for it. */
void pace_spend(struct pace *pace);

#endif
