/* SPDX-License-Identifier: MIT */
/*
 * revoke_request - whom a certificate says to ask about it, and the question
 *
 * The question is an OCSP request (RFC 6960, 4.1) of the profile for many clients (RFC 5019): one
 * certificate, named by SHA-1 as every responder understands, no nonce, so that an answer made
 * before will do.  Freshness is the dates' business then.
 */
#ifndef CHECKER_REVOKE_REVOKE_REQUEST_H
#define CHECKER_REVOKE_REVOKE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct buf;
struct cert;

/* Authority information access (RFC 5280, 4.2.2.1), the first http URL of each kind. */
struct revoke_access {
	char *ocsp;   /* a responder; NULL: none is named */
	char *issuer; /* its issuer's certificate, likewise */
};

void revoke_access_read(const struct cert *cert, struct revoke_access *ret_access);
void revoke_access_release(struct revoke_access *access);

/* Appends the request about LEAF, whom ISSUER issued, in DER; false when it cannot be made. */
MUST_USE bool revoke_request_make(
	const struct cert *leaf, const struct cert *issuer, struct buf *out);

/* Appends the URL for asking by GET (RFC 6960, A.1); false when it would be too long for that,
 * and the request is to be posted (RFC 5019, 5: 255 bytes). */
MUST_USE bool revoke_request_url(const char *responder, const struct buf *request, struct buf *out);

#endif
