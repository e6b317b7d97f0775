/* SPDX-License-Identifier: MIT */
/*
 * setup - everything a run is judged against: profile, trust, lists, the day
 *
 * Made once, before the first target; read-only and shared by threads from then on.
 */
#ifndef CLI_SUPPLY_SETUP_H
#define CLI_SUPPLY_SETUP_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/facts.h"

struct cert_store;
struct deposit;
struct error;
struct options;
struct owner_map;
struct profile;
struct replay;
struct revoke_list;
struct supply_origin;
struct trust;
struct waivers;

struct setup {
	struct profile *profile;
	struct waivers *waivers;  /* NULL: none */
	struct owner_map *owners; /* NULL: none */
	struct trust *trust;
	struct revoke_list **lists;
	struct supply_origin *origins; /* one for each of the profile's lists */
	size_t list_count;
	struct cert_store *certs;
	struct facts_context context;
	struct instant today;        /* on which lists are fetched */
	struct deposit *deposit;     /* where evidence goes, borrowed; NULL: none is kept */
	const struct replay *replay; /* in place of the network, borrowed; NULL: there is none */
};

/* Loads the profile, the waivers and the owner map; everything that a wrong command line can be
 * wrong about and costs nothing.  REPLAY may be NULL. */
MUST_USE bool setup_begin(struct setup *setup, const struct options *options,
	const struct replay *replay, struct error *err);

/* Finds the anchors of the profile's trust stores. */
MUST_USE bool setup_anchors(struct setup *setup, const struct options *options, struct error *err);

/*
 * Gets what the profile's URLs bring, behind setup_anchors().  EXPECTED: the
 * command is one that goes without the network, and need not say so.
 */
MUST_USE bool setup_supply(
	struct setup *setup, const struct options *options, bool expected, struct error *err);

/* Takes what setup_begin() left behind, too, and a struct of zeros. */
void setup_release(struct setup *setup);

#endif
