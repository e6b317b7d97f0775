/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/conform/conform_parts.h"

enum may { MAY, MUST_NOT }; /* be critical */

static const struct {
	uint8_t oid[10];
	uint8_t len;
	enum may critical; /* those with a fault of their own MAY, here */
} known[EXT_COUNT] = {
	[EXT_DIRECTORY_ATTRIBUTES] = { { 0x55, 0x1d, 9 }, 3, MUST_NOT },
	[EXT_KEY_ID] = { { 0x55, 0x1d, 14 }, 3, MAY },
	[EXT_KEY_USAGE] = { { 0x55, 0x1d, 15 }, 3, MAY },
	[EXT_NAMES] = { { 0x55, 0x1d, 17 }, 3, MAY },
	[EXT_ISSUER_NAMES] = { { 0x55, 0x1d, 18 }, 3, MUST_NOT },
	[EXT_BASIC] = { { 0x55, 0x1d, 19 }, 3, MAY },
	[EXT_NAME_CONSTRAINTS] = { { 0x55, 0x1d, 30 }, 3, MAY },
	[EXT_CRL_POINTS] = { { 0x55, 0x1d, 31 }, 3, MUST_NOT },
	[EXT_POLICIES] = { { 0x55, 0x1d, 32 }, 3, MAY },
	[EXT_MAPPINGS] = { { 0x55, 0x1d, 33 }, 3, MAY },
	[EXT_AUTHORITY_KEY_ID] = { { 0x55, 0x1d, 35 }, 3, MAY },
	[EXT_POLICY_CONSTRAINTS] = { { 0x55, 0x1d, 36 }, 3, MAY },
	[EXT_PURPOSES] = { { 0x55, 0x1d, 37 }, 3, MAY },
	[EXT_FRESHEST] = { { 0x55, 0x1d, 46 }, 3, MUST_NOT },
	[EXT_INHIBIT] = { { 0x55, 0x1d, 54 }, 3, MAY },
	[EXT_AUTHORITY_ACCESS] = { { 0x2b, 6, 1, 5, 5, 7, 1, 1 }, 8, MUST_NOT },
	[EXT_SUBJECT_ACCESS] = { { 0x2b, 6, 1, 5, 5, 7, 1, 11 }, 8, MUST_NOT },
	[EXT_TLS_FEATURE] = { { 0x2b, 6, 1, 5, 5, 7, 1, 24 }, 8, MUST_NOT },
	[EXT_TIMESTAMPS] = { { 0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2 }, 10, MAY },
	[EXT_POISON] = { { 0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 3 }, 10, MAY },
};

bool conform_sequence(const struct conform_value *value, struct der_item *ret_sequence)
{
	return der_only(value->at, value->len, DER_SEQUENCE, ret_sequence) && ret_sequence->len > 0;
}

/* --- Finding them --- */

static size_t number_of(const struct der_item *oid)
{
	size_t i = 0;

	while (i < EXT_COUNT &&
		(known[i].len != oid->len || memcmp(known[i].oid, oid->content, oid->len) != 0))
		i++;
	return i;
}

/* An extension that is not among KNOWN: was it there before? */
static bool is_repeated(const struct cert_span *list, const struct der_item *oid)
{
	struct der_cursor cursor = der_cursor(list->at, list->len);
	struct der_item extension, other;

	while (der_take(&cursor, DER_SEQUENCE, &extension)) {
		struct der_cursor inside = der_inside(&extension);
		if (!der_take(&inside, DER_OID, &other) || other.content == oid->content)
			return false;
		if (other.len == oid->len && memcmp(other.content, oid->content, oid->len) == 0)
			return true;
	}
	return false;
}

static bool take_extension(struct conform_reading *reading, struct der_cursor *list)
{
	struct der_item extension, oid, flag, value;
	bool critical = false;

	if (!der_take(list, DER_SEQUENCE, &extension))
		return false;
	struct der_cursor inside = der_inside(&extension);
	if (!der_take(&inside, DER_OID, &oid) || !der_is_oid(oid.content, oid.len))
		return false;
	if (der_has(&inside, DER_BOOLEAN)) {
		if (!der_next(&inside, &flag) || flag.len != 1)
			return false;
		/* X.690, 11.1 and 11.5: TRUE is 0xff, and what is FALSE is left out. */
		if (flag.content[0] != 0xff)
			conform_add(reading, CONFORM_DER);
		critical = flag.content[0] != 0;
	}
	if (!der_take(&inside, DER_OCTET_STRING, &value) || !der_is_done(&inside))
		return false;
	size_t number = number_of(&oid);
	if (number == EXT_COUNT) {
		if (critical)
			conform_add(reading, CONFORM_EXTENSION_UNKNOWN);
		if (is_repeated(&reading->fields.extensions, &oid))
			conform_add(reading, CONFORM_EXTENSION_TWICE);
		return true;
	}
	if (reading->ext[number].there)
		conform_add(reading, CONFORM_EXTENSION_TWICE);
	if (critical && known[number].critical == MUST_NOT)
		conform_add(reading, CONFORM_EXTENSION_CRITICAL);
	reading->ext[number] = (struct conform_value){ true, critical, value.content, value.len };
	return true;
}

/* --- Those that only have to be well built --- */

static bool is_list_of(const struct conform_value *value, unsigned tag)
{
	struct der_item sequence, item;

	if (!conform_sequence(value, &sequence))
		return false;
	for (struct der_cursor inside = der_inside(&sequence); !der_is_done(&inside);)
		if (!der_take(&inside, tag, &item) || item.len == 0)
			return false;
	return true;
}

/* RFC 6962, 3.3: an OCTET STRING with vectors of 2^16 in one such vector. */
static bool are_timestamps(const struct conform_value *value)
{
	struct der_item octets;

	if (!der_only(value->at, value->len, DER_OCTET_STRING, &octets) || octets.len < 2)
		return false;
	const uint8_t *at = octets.content;
	size_t left = octets.len - 2;
	if ((size_t)(at[0] << 8 | at[1]) != left || left == 0)
		return false;
	for (at += 2; left > 0;) {
		size_t len = left < 2 ? SIZE_MAX : (size_t)(at[0] << 8 | at[1]);
		if (len == 0 || len > left - 2)
			return false;
		at += 2 + len;
		left -= 2 + len;
	}
	return true;
}

/* RFC 5280, 4.2.1.13: a point has a name or says whose list it is; reasons alone are none. */
static bool are_points(const struct conform_value *value)
{
	struct der_item sequence, point, part;

	if (!conform_sequence(value, &sequence))
		return false;
	for (struct der_cursor points = der_inside(&sequence); !der_is_done(&points);) {
		bool said = false;

		if (!der_take(&points, DER_SEQUENCE, &point))
			return false;
		for (struct der_cursor inside = der_inside(&point); !der_is_done(&inside);) {
			if (!der_next(&inside, &part) || part.len == 0)
				return false;
			said |= part.tag == (DER_CONTEXT_CONSTRUCTED | 0) ||
				part.tag == (DER_CONTEXT_CONSTRUCTED | 2);
		}
		if (!said)
			return false;
	}
	return true;
}

static void read_simple(struct conform_reading *reading)
{
	static const enum conform_extension lists[] = { EXT_DIRECTORY_ATTRIBUTES,
		EXT_AUTHORITY_ACCESS, EXT_SUBJECT_ACCESS };
	static const enum conform_extension points[] = { EXT_CRL_POINTS, EXT_FRESHEST };
	const struct conform_value *feature = conform_value(reading, EXT_TLS_FEATURE);
	const struct conform_value *timestamps = conform_value(reading, EXT_TIMESTAMPS);

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct conform_value *value = conform_value(reading, lists[i]);
		if (value && !is_list_of(value, DER_SEQUENCE))
			conform_add(reading, CONFORM_EXTENSION_FORM);
	}
	for (size_t i = 0; i < ARRAY_LEN(points); i++) {
		const struct conform_value *value = conform_value(reading, points[i]);
		if (value && !are_points(value))
			conform_add(reading, CONFORM_POINT_FORM);
	}
	if (feature && !is_list_of(feature, DER_INTEGER))
		conform_add(reading, CONFORM_EXTENSION_FORM);
	if (timestamps && !are_timestamps(timestamps))
		conform_add(reading, CONFORM_SCT_FORM);
	if (conform_value(reading, EXT_POISON))
		conform_add(reading, CONFORM_PRECERTIFICATE);
}

bool conform_extensions(struct conform_reading *reading)
{
	struct cert_span span = reading->fields.extensions;

	if (span.at && span.len == 0)
		conform_add(reading, CONFORM_EXTENSION_NONE);
	if (span.at) {
		struct der_cursor list = der_cursor(span.at, span.len);
		while (!der_is_done(&list)) {
			if (!take_extension(reading, &list)) {
				conform_add(reading, CONFORM_DER);
				return false;
			}
		}
	}
	/* Before version 3 there was nothing to say things with. */
	if (reading->fields.version != 3)
		return false;
	read_simple(reading);
	return true;
}
