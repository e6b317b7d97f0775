/* SPDX-License-Identifier: MIT */
/*
 * bundle - the certificates that a server should serve for a leaf
 *
 * A pure function: a leaf, a profile and certificates at hand go in; what is to
 * be served above the leaf comes out, in the order of RFC 8446, 4.4.2, with the
 * reasons for whatever else was at hand.  Nothing is fetched: what is lacking is
 * named, and whoever can get it asks again.
 *
 * Under a profile that is: for the leaf's issuing key the certificate that is
 * current, never one that was retired, though names, keys and key identifiers are
 * the same; a cross certificate where the profile wants one served, or where its
 * root is in no store; no root.  Any other leaf gets the best path that the trust
 * has.  An issuer is one by name, key identifier and signature; which certificate
 * it is, its fingerprint says.  None is served that ends before the leaf does.
 */
#ifndef REPORTS_BUNDLE_BUNDLE_H
#define REPORTS_BUNDLE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "checker/limits.h"
#include "checker/trust/trust.h"

struct cert;
struct error;
struct profile;
struct profile_certificate;

struct bundle_given {
	const struct cert *cert;
	bool said; /* somebody put it there, and is told why it is left out */
};

struct bundle_request {
	const struct cert *leaf;
	/* Of a leaf without bytes (cert_new_described()) no signature can be verified: the key that
	 * issued it, or NULL for that of the one CA at hand whose name fits. */
	const uint8_t *issuer_key;
	const struct profile *profile;
	/* Anchors by store, and the profile's certificates that are at hand. */
	const struct trust *trust;
	const struct bundle_given *pool; /* further ones: served, from files, fetched */
	size_t pool_count;
	struct instant now;
};

enum bundle_state {
	BUNDLE_WHOLE,
	BUNDLE_LACKING,    /* a certificate that has to be served is not at hand: `missing` */
	BUNDLE_IMPOSSIBLE, /* no certificate file can help: `why` */
};

#define BUNDLE_TEXT 400

struct bundle_left_out {
	const struct cert *cert;
	char why[BUNDLE_TEXT]; /* a phrase */
};

/* A certificate that belongs into the bundle, or would do good there, and is not at hand. */
struct bundle_missing {
	const struct profile_certificate *known; /* NULL: no profile knows it */
	const char *name;                        /* its common name, or all of its name */
	const struct cert *below;                /* the one that it issued */
	bool required;
};

#define BUNDLE_MISSING 8

/* All certificates and names are borrowed from the request. */
struct bundle {
	enum bundle_state state;
	char why[BUNDLE_TEXT]; /* a phrase; "" when whole */
	bool in_profile;       /* the leaf was issued with a key of the profile's */
	const struct cert *leaf;
	const struct cert *above[LIMIT_PATH_DEPTH]; /* to be served behind it, in that order */
	const struct profile_certificate *known[LIMIT_PATH_DEPTH]; /* NULL: no profile knows it */
	size_t count;
	VEC(struct bundle_left_out) left_out;
	struct bundle_missing missing[BUNDLE_MISSING];
	size_t missing_count;
	/* Of each store: do its clients trust the leaf with these alone?  Only where the leaf has
	 * bytes and has not expired. */
	enum answer trusted[LIMIT_TRUST_STORES];
	size_t store_count;
};

/* False only when memory runs out; bundle_release() in any case. */
MUST_USE bool bundle_make(
	const struct bundle_request *request, struct bundle *ret_bundle, struct error *err);
void bundle_release(struct bundle *bundle);

#endif
