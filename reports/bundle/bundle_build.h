/* SPDX-License-Identifier: MIT */
/*
 * bundle_build - a bundle while it is being made
 *
 * Private to reports/bundle/.
 */
#ifndef REPORTS_BUNDLE_BUNDLE_BUILD_H
#define REPORTS_BUNDLE_BUNDLE_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"
#include "reports/bundle/bundle.h"
#include "rules/profile/profile.h"

/* A certificate at hand, each once. */
struct bundle_item {
	const struct cert *cert;
	const struct profile_certificate *known; /* NULL: no profile knows it */
	bool said;
};

struct bundle_build {
	const struct bundle_request *request;
	struct bundle *bundle;
	struct instant when; /* now, or when the leaf begins to be valid */
	VEC(struct bundle_item) items;
	const uint8_t *issuer_key; /* of a leaf without bytes; NULL: not known */
	unsigned checks_left;      /* of signatures */
};

/* Did the certificate of ITEM issue BELOW, which is the leaf or has bytes? */
bool bundle_issued(
	struct bundle_build *build, const struct cert *below, const struct bundle_item *item);

/* Would it outlive the leaf, and is it valid now? */
bool bundle_lasts(const struct bundle_build *build, const struct cert *cert);

/* Is it at a place of the bundle? */
bool bundle_has(const struct bundle *bundle, const struct cert *cert);

/* What a message calls a certificate. */
const char *bundle_name(const struct cert *cert);

/* Says in the bundle why there is none. */
void bundle_refuse(struct bundle_build *build, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* bundle_climb.c: puts issuers above the leaf, as the profile has them, or as they are at hand. */
void bundle_climb(struct bundle_build *build);

/* bundle_climb.c: sets `in_profile`. */
void bundle_find_profile(struct bundle_build *build);

/* bundle_left_out.c: says of what is at hand and not in the bundle why. */
MUST_USE bool bundle_say_left_out(struct bundle_build *build);

#endif
