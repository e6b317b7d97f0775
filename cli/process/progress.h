/* SPDX-License-Identifier: MIT */
/*
 * progress - one line on the terminal that says how far a run has come
 *
 * "123/456 done in 0:11, 3 critical, 12 unreachable, 40/s", rewritten in place a
 * few times a second, and once a second when nothing comes, by a thread of its
 * own; on standard error and only when that is a terminal.  A line that is
 * wider than the terminal is cut.
 */
#ifndef CLI_PROCESS_PROGRESS_H
#define CLI_PROCESS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/lang.h"
#include "rules/verdict.h"

struct progress;

/* TARGETS to be done; SHOWN false makes one that stays silent.  NULL when memory runs out. */
MUST_USE struct progress *progress_new(size_t targets, bool shown, enum language language);

/* TARGETS of them were done before, with RESULTS by status; before it begins. */
void progress_start(struct progress *progress, size_t targets, const size_t *results);

/* The run begins: from here until progress_clear() nobody else writes to the terminal. */
void progress_begin(struct progress *progress);

/* One more result, of a target that has ADDRESSES of them; for any thread. */
void progress_add(struct progress *progress, enum status status, size_t addresses);

/* Calls SAY, which writes to the terminal, while the line is away; from any thread. */
void progress_aside(struct progress *progress, void (*say)(void *arg), void *arg);

/* Takes the line away for good, before something else is printed. */
void progress_clear(struct progress *progress);
void progress_free(struct progress *progress);
DEFINE_CLEANUP(struct progress *, progress_free);

#endif
