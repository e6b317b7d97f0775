/* SPDX-License-Identifier: MIT */
/*
 * der - reading the Distinguished Encoding Rules (X.690, 10 and 11), element by element
 *
 * A cursor walks over the elements of one level; going down is a cursor over an element's
 * content.  Strict: one-byte tags, definite lengths in their shortest form, nothing past the end
 * of the level above.  What is refused here may still be BER, which OpenSSL reads; callers decide
 * what that is worth.  Nothing is copied or allocated, and every question is one look at bytes
 * that are there.
 */
#ifndef CHECKER_CERT_DER_H
#define CHECKER_CERT_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTF8_STRING = 0x0c,
	DER_NUMERIC_STRING = 0x12,
	DER_PRINTABLE_STRING = 0x13,
	DER_T61_STRING = 0x14,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_BMP_STRING = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0x80, /* | the number, for IMPLICIT tags of primitive types */
	DER_CONTEXT_CONSTRUCTED = 0xa0,
};

struct der_cursor {
	const uint8_t *at, *end;
};

struct der_item {
	unsigned tag;
	const uint8_t *whole; /* from its tag on */
	const uint8_t *content;
	size_t len; /* of the content */
};

static inline struct der_cursor der_cursor(const uint8_t *bytes, size_t len)
{
	return (struct der_cursor){ bytes, len > 0 ? bytes + len : bytes };
}

static inline struct der_cursor der_inside(const struct der_item *item)
{
	return der_cursor(item->content, item->len);
}

static inline bool der_is_done(const struct der_cursor *cursor)
{
	return cursor->at == cursor->end;
}

/* True when there is an element with that tag next. */
static inline bool der_has(const struct der_cursor *cursor, unsigned tag)
{
	return cursor->at < cursor->end && *cursor->at == tag;
}

static inline size_t der_whole_len(const struct der_item *item)
{
	return (size_t)(item->content - item->whole) + item->len;
}

/* The next element, whatever it is; false at the end and where the bytes are not DER. */
MUST_USE bool der_next(struct der_cursor *cursor, struct der_item *ret_item);

/* The next element, which has to have that tag. */
MUST_USE bool der_take(struct der_cursor *cursor, unsigned tag, struct der_item *ret_item);

/* The one element that BYTES are, from the first to the last. */
MUST_USE bool der_only(const uint8_t *bytes, size_t len, unsigned tag, struct der_item *ret_item);

/* Is the content that of an INTEGER in its shortest form (8.3.2)?  Its sign is the first bit. */
bool der_is_integer(const uint8_t *content, size_t len);

/* Is the content that of an OBJECT IDENTIFIER (8.19.2)? */
bool der_is_oid(const uint8_t *content, size_t len);

/* An AlgorithmIdentifier (RFC 5280, 4.1.1.2); PARAMETERS has a tag of 0 when there are none. */
MUST_USE bool der_algorithm(
	const struct der_item *sequence, struct der_item *ret_oid, struct der_item *ret_parameters);

#endif
