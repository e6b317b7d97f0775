/* SPDX-License-Identifier: MIT */
/*
 * supply - what the URLs of a profile bring: certificates and revocation lists
 *
 * One round of requests before the first target.  A certificate is taken only
 * when its fingerprint is the profile's, because a CA may put the new file
 * where the old one was; a list only with a good signature (revoke.h), and not
 * in place of a good one with a higher number (RFC 5280, 5.2.3).  Where a list
 * says that its delta list is, that is fetched, too.  What
 * could not be had is said and is not an error: answers stay unknown then.
 */
#ifndef CLI_SUPPLY_SUPPLY_H
#define CLI_SUPPLY_SUPPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct cert;
struct deposit;
struct error;
struct options;
struct profile;
struct replay;
struct revoke_list;
struct revoke_source;
struct trust;

struct supply_needs {
	const struct profile *profile;
	const struct options *options;
	struct instant now;
	struct instant today;        /* when the lists are fetched */
	struct deposit *deposit;     /* where evidence goes, or NULL */
	const struct replay *replay; /* in place of the network, or NULL */
	bool lists;                  /* revocation lists are wanted, too */
	bool expected; /* nothing is amiss when the cache has it not: then only -v speaks of it */
};

/* How a list came to be at hand. */
enum supply_way {
	SUPPLY_NOT_HAD,
	SUPPLY_FETCHED,
	SUPPLY_UNCHANGED, /* the CA's server says that what is cached is still it */
	SUPPLY_CACHED,    /* it could not be fetched, or was not to be */
	SUPPLY_KEPT,      /* what is served now is older than what was seen before */
};

struct supply_origin {
	enum supply_way way;
	char why[200];             /* printable; what stood in the way of a fresh one, or "" */
	const struct cert *issuer; /* the trust's; NULL: not at hand */
	size_t bytes;
};

/*
 * Adds certificates to TRUST, which holds the anchors already, and makes the
 * profile's lists, in its order, in RET_LISTS (room for all, NULL at first;
 * what is in there is the caller's to free even on failure), and where they
 * are from in RET_ORIGINS.  Without `lists` only the certificates.
 */
MUST_USE bool supply_get(const struct supply_needs *needs, struct trust *trust,
	struct revoke_list **ret_lists, struct supply_origin *ret_origins, struct error *err);

/*
 * The list out of SOURCE.  It is dated when it is fetched, which need not be the day of judgement:
 * one in order TODAY serves for every day, since what it says of each certificate has a day of its
 * own.
 */
MUST_USE struct revoke_list *supply_read_list(const struct revoke_source *source,
	const struct cert *issuer, struct instant now, struct instant today);

#endif
