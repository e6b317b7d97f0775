/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke_number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/text.h"
#include "checker/cert/der.h"

bool revoke_number_read(const uint8_t *content, size_t len, struct revoke_number *ret)
{
	if (!der_is_integer(content, len) || content[0] >= 0x80)
		return false;
	/* A zero before a high bit is not one of the twenty. */
	if (len > 1 && content[0] == 0) {
		content++;
		len--;
	}
	if (len > REVOKE_NUMBER_BYTES)
		return false;
	*ret = (struct revoke_number){ .there = true };
	memcpy(ret->octets + REVOKE_NUMBER_BYTES - len, content, len);
	return true;
}

int revoke_number_compare(const struct revoke_number *a, const struct revoke_number *b)
{
	return memcmp(a->octets, b->octets, REVOKE_NUMBER_BYTES);
}

void revoke_number_format(const struct revoke_number *number, char out[static REVOKE_NUMBER_TEXT])
{
	size_t from = 0;
	uint64_t value = 0;

	out[0] = '\0';
	if (!number->there)
		return;
	while (from < REVOKE_NUMBER_BYTES - 1 && number->octets[from] == 0)
		from++;
	if (REVOKE_NUMBER_BYTES - from <= sizeof value) {
		for (size_t i = from; i < REVOKE_NUMBER_BYTES; i++)
			value = value << 8 | number->octets[i];
		(void)snprintf(out, REVOKE_NUMBER_TEXT, "%" PRIu64, value);
		return;
	}
	memcpy(out, "0x", 2);
	text_from_bytes(number->octets + from, REVOKE_NUMBER_BYTES - from, out + 2);
}
