/* SPDX-License-Identifier: MIT */
/*
 * revoke_asn1 - what lists and OCSP answers have in common
 *
 * Private to revoke*.c.
 */
#ifndef CHECKER_REVOKE_REVOKE_ASN1_H
#define CHECKER_REVOKE_REVOKE_ASN1_H

#include <stdbool.h>

#include <openssl/asn1.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

MUST_USE bool revoke_read_time(const ASN1_TIME *time, struct instant *ret_instant);

/* CRLReason (RFC 5280, 5.3.1), static text; NULL for a number that means nothing. */
const char *revoke_reason_name(long reason);

/* ReasonFlags (4.2.1.13) as a mask: bit n for reason n, of which 0 is not used. */
#define REVOKE_ALL_REASONS 0x1feu
unsigned revoke_reason_mask(const ASN1_BIT_STRING *flags); /* NULL: all of them */

#endif
