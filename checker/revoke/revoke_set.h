/* SPDX-License-Identifier: MIT */
/*
 * revoke_set - lists of anybody, and what they say of the certificates of a path (RFC 5280, 6.3)
 *
 * Where a profile does not say which list is whose: lists of several issuers, complete ones and
 * delta lists, direct and indirect, for some reasons or for all, in any order.  A list may be
 * signed with a key of its issuer's that signs no certificates; the certificate of that key is
 * then among the signers, and whether it is to be trusted is the caller's to say, who knows the
 * anchors (6.3.3, f).
 *
 * Asking changes nothing, so threads may share a set once it is made.
 */
#ifndef CHECKER_REVOKE_REVOKE_SET_H
#define CHECKER_REVOKE_REVOKE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/revoke/revoke.h"

struct cert;
struct error;
struct revoke_set;

MUST_USE struct revoke_set *revoke_set_new(struct error *err);
void revoke_set_free(struct revoke_set *set);
DEFINE_CLEANUP(struct revoke_set *, revoke_set_free);

/* A list, DER or PEM; one that cannot be read is passed over.  False only without memory. */
MUST_USE bool revoke_set_add(
	struct revoke_set *set, const uint8_t *bytes, size_t len, struct error *err);

/* A certificate that may have signed a list.  False only without memory. */
MUST_USE bool revoke_set_add_signer(
	struct revoke_set *set, const struct cert *cert, struct error *err);

size_t revoke_set_count(const struct revoke_set *set); /* lists that could be read */

struct revoke_trust {
	/* Does a path lead from SIGNER, which signed a list, to the anchor of the path in question?
	 * NULL: it has to be the certificate's own issuer, or issued by it. */
	bool (*trusts)(void *arg, const struct cert *signer);
	void *arg;
};

/*
 * What the lists say of CERT, which ISSUER issued, as of NOW.  REVOKE_NOT_REVOKED only when lists
 * in order cover it for all reasons; REVOKE_EXPIRED or REVOKE_INVALID when a list of its issuer is
 * there and is that; REVOKE_UNAVAILABLE otherwise.
 */
struct revoke_answer revoke_set_ask(const struct revoke_set *set, const struct cert *cert,
	const struct cert *issuer, struct instant now, const struct revoke_trust *trust);

#endif
