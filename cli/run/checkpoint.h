/* SPDX-License-Identifier: MIT */
/*
 * checkpoint - a file that says what is done, so that a run can go on where it was ended
 *
 * Bound to the targets, the profile, the trust and the options that decide results: a run that
 * differs in any of them cannot go on with it.  What is done is a service whose results are all
 * in.  Its records are kept in the file (journal.h) before they go anywhere else, so whenever the
 * process is killed the records of all its runs together are there just once:
 *
 * - a file that appears whole at the end of a run is written anew by each, with all of them;
 * - what is written directly gets what no run before has written there.  A regular file is looked
 *   at to see whether the last records have arrived, and what was torn is completed.  A pipe
 *   cannot be looked at: what comes twice there is at most the last service, when the process was
 *   killed between writing it and noting so.
 *
 * One run at a time, kept so by a lock on the file.  For one thread at a time.
 */
#ifndef CLI_RUN_CHECKPOINT_H
#define CLI_RUN_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "cli/run/journal.h"

struct checkpoint;
struct error;
struct outputs;

/*
 * Reads what is there with RESUME; without, it is an error that something is.  Nothing is written
 * or changed before checkpoint_bind().
 */
MUST_USE struct checkpoint *checkpoint_open(const char *path, bool resume, struct error *err);
void checkpoint_free(struct checkpoint *checkpoint);
DEFINE_CLEANUP(struct checkpoint *, checkpoint_free);

/* The moment that the earlier runs judged for; false when there were none. */
bool checkpoint_as_of(const struct checkpoint *checkpoint, struct instant *ret_as_of);

/* Begins a file that is bound to HEAD, or an error that says in what the one there differs. */
MUST_USE bool checkpoint_bind(
	struct checkpoint *checkpoint, const struct journal_head *head, struct error *err);

/* What the earlier runs have done. */
const struct journal *checkpoint_journal(const struct checkpoint *checkpoint);

/* OUTPUTS, all of them of records, get from it what they lack. */
MUST_USE bool checkpoint_begin(
	struct checkpoint *checkpoint, struct outputs *outputs, struct error *err);

/* Notes that a service is done, then adds its records to OUTPUTS.  False when it could not be
 * noted; what became of the outputs is theirs to know. */
MUST_USE bool checkpoint_add(struct checkpoint *checkpoint, struct outputs *outputs,
	struct journal_group *group, struct error *err);

/* What was noted survives a power cut, too. */
MUST_USE bool checkpoint_finish(struct checkpoint *checkpoint, struct error *err);

#endif
