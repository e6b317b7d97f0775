/* SPDX-License-Identifier: MIT */
/*
 * progress - one line on the terminal that says how far a run has come
 *
 * "123/456 done, 3 critical, 12 unreachable, 40/s", rewritten in place a few
 * times a second, on standard error and only when that is a terminal.  For one
 * thread at a time.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "rules/verdict.h"

struct progress;

/* TARGETS to be done; SHOWN false makes one that stays silent.  NULL when memory runs out. */
MUST_USE struct progress *progress_new(size_t targets, bool shown);

/* One more result, of a target that has ADDRESSES of them. */
void progress_add(struct progress *progress, enum status status, size_t addresses);

/* Takes the line away, before something else is printed. */
void progress_clear(struct progress *progress);
void progress_free(struct progress *progress);
DEFINE_CLEANUP(struct progress *, progress_free);

#endif
