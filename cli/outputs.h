/* SPDX-License-Identifier: MIT */
/*
 * outputs - the reports that one run feeds, all at the same time
 *
 * An output that fails (a full disk, a reader that went away) is left out from
 * then on, its file untouched, and the others go on: the run does not lose an
 * hour's scan for one of them.  It is reported at the end, and the run is not a
 * success.  For one thread at a time.
 */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct error;
struct options;
struct outputs;
struct profile;
struct report_summary;
struct verdict;

/* Opens all that OPTIONS ask for, or none. */
MUST_USE struct outputs *outputs_open(const struct options *options, const struct profile *profile,
	struct instant as_of, struct error *err);

/* VERDICT stays the caller's.  False when no output is left that could take it. */
MUST_USE bool outputs_add(struct outputs *outputs, const struct verdict *verdict);

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
