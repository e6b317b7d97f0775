/* SPDX-License-Identifier: MIT */
/*
 * manners - how often one address, and one network, is connected to
 *
 * A token bucket for each address and each network (/24 of IPv4, /48 of IPv6): N connections a
 * second, and after a pause N at once.  A connection is made when both have a token, which it takes
 * from both at the same moment.  Who has to wait is told for how long, in the order of asking, so
 * that nobody waits for the time of somebody else.
 *
 * May be used by any thread.  A bucket that is full again is forgotten, and there are never more
 * than LIMIT_BUCKETS.  A NULL `manners` has no limit.
 */
#ifndef CHECKER_ENGINE_MANNERS_H
#define CHECKER_ENGINE_MANNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct address;
struct manners;

/* Whose tokens are taken: an address, or a name that only a proxy resolves. */
struct manners_guest {
	uint8_t host[16];
	uint8_t network[16];
	bool has_network;
};

void manners_guest_address(struct manners_guest *guest, const struct address *address);
void manners_guest_name(struct manners_guest *guest, const char *name);

/* Connections a second to one address and to one network, 0: no limit.  NULL when memory runs
 * out. */
MUST_USE struct manners *manners_new(double per_address, double per_network);
void manners_free(struct manners *manners);
DEFINE_CLEANUP(struct manners *, manners_free);

/*
 * At NOW_US of clock_monotonic_us().  0: the tokens were taken, go.  Otherwise the microseconds
 * after which to ask again, with WAITED, as somebody who has waited as long as he was told.
 */
MUST_USE uint64_t manners_take(
	struct manners *manners, const struct manners_guest *guest, bool waited, uint64_t now_us);

/* Buckets that are remembered. */
size_t manners_buckets(struct manners *manners);

#endif
