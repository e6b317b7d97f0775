/* SPDX-License-Identifier: MIT */
/*
 * csr_maker - signing requests (PKCS#10, RFC 2986), made
 *
 * The subject is C, ST, L, O, CN, as far as they are wished, with the names as subjectAltName in an
 * extensionRequest (RFC 2985, 5.4.2).  It is signed with SHA-256, or SHA-384 for P-384.
 */
#ifndef CHECKER_CSR_CSR_MAKER_H
#define CHECKER_CSR_CSR_MAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct buf;
struct error;
struct private_key;
struct request;

/* DER at the end of OUT. */
MUST_USE bool csr_make(const struct request *request, const struct private_key *key,
	struct buf *out, struct error *err);

/* DER as PEM at the end of OUT, lines ended by LF; MICROSOFT: with the label that Microsoft's tools
 * write, NEW CERTIFICATE REQUEST (RFC 7468, 7). */
MUST_USE bool csr_armor(const struct buf *der, bool microsoft, struct buf *out, struct error *err);

#endif
