/* SPDX-License-Identifier: MIT */
/*
 * replay - evidence in place of the network: a folder of it, judged again
 *
 * What the command line does not say otherwise is as it was: profile, day, waivers, stores and
 * lists, and then judgement comes to the same.  Under another profile, what the evidence has of
 * what that one names is used, and what it lacks is looked for as any command without a network
 * does.  It outlives whatever is judged out of it.
 */
#ifndef CLI_SUPPLY_REPLAY_H
#define CLI_SUPPLY_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct cert;
struct error;
struct evidence_store;
struct fetch_request;
struct interrupt;
struct options;
struct profile;
struct replay;
struct setup;
struct trust;

/* Is there something at PATH that can only be meant as evidence: a folder? */
bool replay_is_meant(const char *path);

/* Opens the evidence at PATH and completes OPTIONS with what it says. */
MUST_USE struct replay *replay_open(const char *path, struct options *options, struct error *err);
void replay_free(struct replay *replay);
DEFINE_CLEANUP(struct replay *, replay_free);

/* The day on which lists were fetched: what was in order then serves for every day. */
struct instant replay_day(const struct replay *replay);

/* Is PROFILE the one that the evidence was judged by? */
bool replay_knows(const struct replay *replay, const struct profile *profile);

/* The store of that id, where it has to be as it was: of the profile that the evidence was judged
 * by, or brought whole by a file; NULL for others. */
const struct evidence_store *replay_store(
	const struct replay *replay, const struct profile *profile, const char *id);

/* Adds STORE's anchors to TRUST, as its store NUMBER. */
MUST_USE bool replay_add_anchors(const struct replay *replay, const struct evidence_store *store,
	struct trust *trust, size_t number, struct error *err);

/* A certificate of the evidence's stores, or known then, with that fingerprint, whose reference is
 * the caller's; NULL with ERR untouched when it has none. */
MUST_USE const struct cert *replay_find(
	const struct replay *replay, const uint8_t *sha256, struct error *err);

/* Adds what was known then, and PROFILE names, to TRUST. */
MUST_USE bool replay_add_known(const struct replay *replay, const struct profile *profile,
	struct trust *trust, struct error *err);

/* The answer to REQUEST for a list, as it was, into it; RET_REFUSED: what came was no list.
 * *RET_KNOWN false when nobody asked for that then. */
MUST_USE bool replay_answer(const struct replay *replay, struct fetch_request *request,
	bool *ret_refused, bool *ret_known, struct error *err);

/* Judges all its observations; the exit code. */
int replay_judge(struct replay *replay, struct setup *setup, const struct options *options,
	struct interrupt *interrupt, struct error *err);

#endif
