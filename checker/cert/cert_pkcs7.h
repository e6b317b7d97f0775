/* SPDX-License-Identifier: MIT */
/*
 * cert_pkcs7 - certificates in the one file that Windows and Java take them in
 *
 * A bag that nobody has signed.  The order is kept, though certificates are a set in it
 * (RFC 2315, 9.1), since some readers go by it.
 */
#ifndef CHECKER_CERT_CERT_PKCS7_H
#define CHECKER_CERT_CERT_PKCS7_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct buf;
struct cert;
struct error;

/* Of COUNT certificates that can be decoded, in PEM, at the end of OUT. */
MUST_USE bool cert_pkcs7_write(
	const struct cert *const certs[], size_t count, struct buf *out, struct error *err);

#endif
