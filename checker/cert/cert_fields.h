/* SPDX-License-Identifier: MIT */
/*
 * cert_fields - where the parts of a certificate stand in its bytes
 *
 * A walk over the DER of RFC 5280, 4.1, that decodes nothing and copies nothing: it takes a
 * fraction of a microsecond, so it can be done for every certificate that is served.  A span
 * covers the whole element, tag and length included, unless said otherwise.
 */
#ifndef CHECKER_CERT_CERT_FIELDS_H
#define CHECKER_CERT_CERT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct cert_span {
	const uint8_t *at; /* into the certificate; NULL when the part is absent */
	size_t len;
};

struct cert_fields {
	struct cert_span tbs;             /* what is signed */
	int version;                      /* 1, 2 or 3 */
	struct cert_span serial;          /* content octets */
	struct cert_span inner_algorithm; /* AlgorithmIdentifier within tbs */
	struct cert_span issuer, subject; /* Name */
	struct cert_span not_before, not_after;
	struct cert_span spki;            /* SubjectPublicKeyInfo */
	bool unique_id;                   /* of issuer or subject (RFC 5280, 4.1.2.8) */
	struct cert_span extensions;      /* content of the SEQUENCE OF Extension */
	struct cert_span outer_algorithm; /* AlgorithmIdentifier of the signature */
	struct cert_span signature;       /* content octets of the BIT STRING, unused bits aside */
};

/* False when DER is not one certificate from its first byte to its last. */
MUST_USE bool cert_fields_read(const uint8_t *der, size_t len, struct cert_fields *ret_fields);

#endif
