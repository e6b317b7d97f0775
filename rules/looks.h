/* SPDX-License-Identifier: MIT */
/*
 * looks - what the further looks at an address add to its verdict
 *
 * Each look has a verdict of its own, as if it had been the only one.  What it finds that the main
 * look did not is found of the address as well, with the look named; then the looks are compared.
 *
 * A chain that clients get only without a server name is judged in proportion: what is expired,
 * revoked or retired in it counts when it is under the profile's authority, and is a warning at
 * most; the rest says nothing about this name.  docs/adr/0013-further-looks.md has the reasons.
 */
#ifndef RULES_LOOKS_H
#define RULES_LOOKS_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct error;
struct facts_context;
struct observation;
struct profile;
struct verdict;

/* False when memory runs out. */
MUST_USE bool looks_judge(struct verdict *verdict, const struct observation *observation,
	const struct facts_context *context, const struct profile *profile, struct error *err);

#endif
