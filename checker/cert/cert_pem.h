/* SPDX-License-Identifier: MIT */
/*
 * cert_pem - a certificate for others to read: as PEM (RFC 7468), and its thumbprint
 *
 * Windows names certificates by their SHA-1, which is a name there and proves nothing.
 */
#ifndef CHECKER_CERT_CERT_PEM_H
#define CHECKER_CERT_CERT_PEM_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct buf;
struct cert;

#define THUMBPRINT_TEXT 41

/* Appends it in lines of 64 characters; false when it has no bytes, or they did not fit. */
MUST_USE bool cert_pem_add(const struct cert *cert, struct buf *out);

/* SHA-1 in lower-case hex; false when it has no bytes, or memory runs out. */
MUST_USE bool cert_thumbprint(const struct cert *cert, char out[static THUMBPRINT_TEXT]);

#endif
