/* SPDX-License-Identifier: MIT */
/*
 * deposit - what a run leaves as evidence (--evidence)
 *
 * Everything that judgement was made of goes into a folder (evidence_folder.h) that appears when
 * the run has come to its end, whole.  As with an output that fails, a folder that cannot be
 * written any more does not end the run: it is let go, and deposit_finish() says why.  Threads may
 * hand things over at the same time.
 */
#ifndef CLI_RUN_DEPOSIT_H
#define CLI_RUN_DEPOSIT_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct buf;
struct cert;
struct deposit;
struct error;
struct fetch_request;
struct observation;
struct options;
struct setup;

/* The folder, where there must be nothing yet; a place that cannot be written costs no scan.
 * COMMAND is which one makes it; all are borrowed and outlive it. */
MUST_USE struct deposit *deposit_open(const char *path, const char *command,
	const struct setup *setup, const struct options *options, struct error *err);

/* Without a finish nothing is left. */
void deposit_free(struct deposit *deposit);
DEFINE_CLEANUP(struct deposit *, deposit_free);

/* Where the records of the run have to go, too. */
const char *deposit_results(const struct deposit *deposit);

/* A list of the profile, or the delta list of one: what was asked for and what came.  REFUSED: what
 * came is no list. */
void deposit_list(struct deposit *deposit, const struct fetch_request *request, bool refused);

/* A list that certificates name, number NUMBER of the run. */
struct deposit_asked {
	size_t number;
	const char *url, *why; /* "": it came */
	const struct cert *issuer;
	const struct buf *body; /* NULL: nothing was made of it */
};
void deposit_asked(struct deposit *deposit, const struct deposit_asked *asked);

/* The name of a root that this machine trusts. */
void deposit_root(struct deposit *deposit, const char *subject);

void deposit_add(struct deposit *deposit, const struct observation *observation);

/* What the run was to examine, and whether it came to its end. */
struct deposit_end {
	size_t targets, duplicates;
	bool interrupted;
};

/* When all records are where deposit_results() says: lets the folder appear, or says why not. */
MUST_USE bool deposit_finish(
	struct deposit *deposit, const struct deposit_end *end, struct error *err);

#endif
