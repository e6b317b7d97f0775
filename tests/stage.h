/* SPDX-License-Identifier: MIT */
/*
 * stage - an endpoint set up by hand and judged, for tests of rules/
 *
 * Holds the forged PKI, its profile, three trust stores with their anchors,
 * the profile's certificates as the pool and Root CA 3's list, all as of one
 * day.  Test code only; a failure aborts.
 */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include <stddef.h>

#include "checker/facts.h"
#include "checker/target/target.h"
#include "tests/forge.h"

struct cert_store;
struct profile;
struct verdict;

struct stage {
	struct forge_pki pki;
	struct profile *profile;
	struct trust *trust;
	struct revoke_list *list;
	struct cert_store *certs;
	struct facts_context context;
	struct target target;
};

/* The retired intermediates are on the list when REVOKED. */
void stage_init(struct stage *stage, const char *day, bool revoked);
void stage_release(struct stage *stage);

/* Puts TO in the place of FROM, which has to be in the profile's text. */
void stage_edit_profile(struct stage *stage, const char *from, const char *to);

/* Takes the keys out of the profile and the pool away: fingerprints are all that is known. */
void stage_forget_keys(struct stage *stage);

/*
 * What an endpoint that serves CHAIN is judged to be: ids of the PKI, and "leaf"
 * for LEAF, separated by blanks.  The caller frees it.
 */
struct verdict *stage_judge(struct stage *stage, struct forge_cert *leaf, const char *chain);

/* An observation of the same, for those that want to change it first. */
struct observation *stage_observe(struct stage *stage, struct forge_cert *leaf, const char *chain);

/*
 * All findings in one line: "critical migration.retired-intermediate
 * +ssl-ca-3-17-2025 -ssl-ca-3-17-2017; note ...", notes last; "+" installs,
 * "-" removes, "~" reorders, "?" requests, "!" any other action.
 */
void stage_describe(const struct verdict *verdict, char *out, size_t size);

#endif
