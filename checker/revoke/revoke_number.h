/* SPDX-License-Identifier: MIT */
/*
 * revoke_number - the number of a revocation list (RFC 5280, 5.2.3), of up to 20 octets
 */
#ifndef CHECKER_REVOKE_REVOKE_NUMBER_H
#define CHECKER_REVOKE_REVOKE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

#define REVOKE_NUMBER_BYTES 20
#define REVOKE_NUMBER_TEXT (2 * REVOKE_NUMBER_BYTES + 3)

struct revoke_number {
	bool there;
	uint8_t octets[REVOKE_NUMBER_BYTES]; /* with zeros before it */
};

/* Content octets of an INTEGER; false for one that is negative or too long. */
MUST_USE bool revoke_number_read(const uint8_t *content, size_t len, struct revoke_number *ret);

/* Below, equal to or above zero, as memcmp(); both have to be there. */
int revoke_number_compare(const struct revoke_number *a, const struct revoke_number *b);

/* Decimal where it fits into 64 bits, else hex behind "0x"; "" when it is not there. */
void revoke_number_format(const struct revoke_number *number, char out[static REVOKE_NUMBER_TEXT]);

#endif
