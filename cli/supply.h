/* SPDX-License-Identifier: MIT */
/*
 * supply - what the URLs of a profile bring: certificates and revocation lists
 *
 * One round of requests before the first target.  A certificate is taken only
 * when its fingerprint is the profile's, because a CA may put the new file
 * where the old one was; a list only with a good signature (revoke.h).  What
 * could not be had is said and is not an error: answers stay unknown then.
 */
#ifndef CLI_SUPPLY_H
#define CLI_SUPPLY_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct error;
struct options;
struct profile;
struct revoke_list;
struct trust;

struct supply_needs {
	const struct profile *profile;
	const struct options *options;
	struct instant now;
	bool expected; /* nothing is amiss when the cache has it not: then only -v speaks of it */
};

/*
 * Adds certificates to TRUST, which holds the anchors already, and makes the
 * profile's lists, in its order, in RET_LISTS (room for all, NULL at first;
 * what is in there is the caller's to free even on failure).
 */
MUST_USE bool supply_get(const struct supply_needs *needs, struct trust *trust,
	struct revoke_list **ret_lists, struct error *err);

#endif
