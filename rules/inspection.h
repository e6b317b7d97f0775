/* SPDX-License-Identifier: MIT */
/*
 * inspection - a middlebox that opens TLS on the way and answers in the servers' place
 *
 * It is known by one issuer, outside every store, for hosts of several owners: each with a leaf of
 * its own that covers the name.  What it serves says nothing about the servers, so it is said
 * (deployment.inspected) and not judged: its results keep the chain as evidence and lose every
 * other finding.
 *
 * One host cannot show it, so what may be its work waits until hosts of enough owners are in, or
 * until the end.  For one thread at a time, but for inspection_concerns() once all is known.
 * docs/adr/0013-further-looks.md has the reasons.
 */
#ifndef RULES_INSPECTION_H
#define RULES_INSPECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct error;
struct inspection;
struct verdict;

MUST_USE struct inspection *inspection_new(void);
void inspection_free(struct inspection *inspection);

/* SUBJECT (as struct cert has it) is a root's that somebody trusts; false when memory runs out. */
MUST_USE bool inspection_know(struct inspection *inspection, const char *subject);

/* VERDICT may be of a middlebox. */
bool inspection_concerns(const struct inspection *inspection, const struct verdict *verdict);

/* Where verdicts go that need not wait any more. */
struct inspection_sink {
	void (*done)(void *arg, struct verdict *const *verdicts, size_t count);
	void *arg;
};

/* Takes over the verdicts of one service, at least one of which it concerns; false when memory runs
 * out, and they are gone. */
MUST_USE bool inspection_add(struct inspection *inspection, struct verdict *const *verdicts,
	size_t count, struct inspection_sink sink);

/* No more will come: hands out one service that waits; false when none does. */
bool inspection_finish(struct inspection *inspection, struct inspection_sink sink);

/* What a middlebox answered has nothing but this finding. */
bool inspection_found(const struct verdict *verdict);

#endif
