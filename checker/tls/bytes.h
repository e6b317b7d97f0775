/* SPDX-License-Identifier: MIT */
/*
 * bytes - a cursor over what somebody else sent, that cannot be made to read too far
 *
 * The presentation language of RFC 8446, 3: integers in network order, vectors behind their
 * length.  Borrows the bytes; what is taken is gone from the cursor, what is not there is not
 * taken.
 */
#ifndef CHECKER_TLS_BYTES_H
#define CHECKER_TLS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct bytes {
	const uint8_t *at;
	size_t len;
};

/* LEN bytes; false when they are not all there. */
MUST_USE static inline bool bytes_take(struct bytes *in, size_t len, struct bytes *ret_taken)
{
	if (len > in->len)
		return false;
	*ret_taken = (struct bytes){ in->at, len };
	if (len > 0)
		in->at += len;
	in->len -= len;
	return true;
}

/* An integer of WIDTH bytes, at most four. */
MUST_USE static inline bool bytes_take_number(struct bytes *in, size_t width, uint32_t *ret_value)
{
	struct bytes taken;
	uint32_t value = 0;

	if (!bytes_take(in, width, &taken))
		return false;
	for (size_t i = 0; i < width; i++)
		value = value << 8 | taken.at[i];
	*ret_value = value;
	return true;
}

/* A vector: its length in WIDTH bytes, then as many bytes.  Nothing is taken when it lies. */
MUST_USE static inline bool bytes_take_vector(
	struct bytes *in, size_t width, struct bytes *ret_vector)
{
	struct bytes rest = *in;
	uint32_t len;

	if (!bytes_take_number(&rest, width, &len) || !bytes_take(&rest, len, ret_vector))
		return false;
	*in = rest;
	return true;
}

#endif
