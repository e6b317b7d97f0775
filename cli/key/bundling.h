/* SPDX-License-Identifier: MIT */
/*
 * bundling - a bundle made of files and, where they do not suffice, of what can be fetched
 *
 * reports/bundle says what to serve.  What that lacks is fetched here, as a scan fetches it:
 * at the URLs of the profile, taken by fingerprint; with --fetch any also where certificates
 * say that their issuer's is, taken when its key fits.  The network is used for nothing else.
 */
#ifndef CLI_KEY_BUNDLING_H
#define CLI_KEY_BUNDLING_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"
#include "cli/key/pile.h"
#include "cli/supply/setup.h"
#include "reports/bundle/bundle.h"

struct error;
struct once;
struct options;

struct bundling {
	const struct options *options; /* borrowed */
	struct setup setup;
	struct pile pile;
	struct bundle bundle;
	VEC(struct bundle_given) given; /* what is borrowed from the pile, and what came later */
	struct once *once;              /* keeps what came later */
};

/* Loads the profile.  bundling_release() in any case. */
MUST_USE bool bundling_begin(
	struct bundling *bundling, const struct options *options, struct error *err);

/* The bundle for LEAF of all certificates in the pile; what state it is in, it says itself. */
MUST_USE bool bundling_make(struct bundling *bundling, const struct cert *leaf, struct error *err);

/* Does the pile's key, if it has one, belong to LEAF?  Says so either way. */
MUST_USE bool bundling_fits(const struct bundling *bundling, const struct cert *leaf);

/* Says what is in it, what was left out and why, and what would do good. */
void bundling_tell(const struct bundling *bundling);

/* Says why there is none; the exit code: EXIT_CODE_UNEXAMINED where it lacks something. */
int bundling_refuse(const struct bundling *bundling);

/* The leaf and what is above it, in order; RET_CERTS has room for BUNDLING_CERTS. */
#define BUNDLING_CERTS (LIMIT_PATH_DEPTH + 1)
size_t bundling_certs(
	const struct bundling *bundling, bool with_leaf, const struct cert **ret_certs);

void bundling_release(struct bundling *bundling);

#endif
