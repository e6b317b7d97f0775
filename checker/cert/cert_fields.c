/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert_fields.h"

#include "checker/cert/der.h"

static struct cert_span whole(const struct der_item *item)
{
	return (struct cert_span){ item->whole, der_whole_len(item) };
}

static struct cert_span content(const struct der_item *item)
{
	return (struct cert_span){ item->content, item->len };
}

/*
 * Parameters of the kinds that algorithms have: none, NULL, an OID, a SEQUENCE.  OpenSSL looks
 * into some of the others while it decodes, so those are left to it.
 */
static bool take_algorithm(struct der_cursor *cursor, struct cert_span *ret_span)
{
	struct der_item sequence, oid, parameters;

	if (!der_take(cursor, DER_SEQUENCE, &sequence) ||
		!der_algorithm(&sequence, &oid, &parameters))
		return false;
	*ret_span = whole(&sequence);
	switch (parameters.tag) {
	case 0: /* none; a zero that was sent has content */
		return !parameters.content;
	case DER_NULL:
		return parameters.len == 0;
	case DER_OID:
		return der_is_oid(parameters.content, parameters.len);
	default:
		return parameters.tag == DER_SEQUENCE;
	}
}

/* [0] EXPLICIT INTEGER DEFAULT v1 */
static bool take_version(struct der_cursor *tbs, int *ret_version)
{
	struct der_item outer, number;

	*ret_version = 1;
	if (!der_has(tbs, DER_CONTEXT_CONSTRUCTED | 0))
		return true;
	if (!der_next(tbs, &outer) || !der_only(outer.content, outer.len, DER_INTEGER, &number) ||
		number.len != 1 || number.content[0] > 2)
		return false;
	*ret_version = number.content[0] + 1;
	return true;
}

static bool take_time(struct der_cursor *validity, struct cert_span *ret_span)
{
	struct der_item time;

	if (!der_has(validity, DER_UTC_TIME) && !der_has(validity, DER_GENERALIZED_TIME))
		return false;
	if (!der_next(validity, &time))
		return false;
	*ret_span = whole(&time);
	return true;
}

static bool take_validity(struct der_cursor *tbs, struct cert_fields *fields)
{
	struct der_item sequence;

	if (!der_take(tbs, DER_SEQUENCE, &sequence))
		return false;
	struct der_cursor inside = der_inside(&sequence);
	return take_time(&inside, &fields->not_before) && take_time(&inside, &fields->not_after) &&
	       der_is_done(&inside);
}

static bool take_name(struct der_cursor *tbs, struct cert_span *ret_span)
{
	struct der_item name;

	if (!der_take(tbs, DER_SEQUENCE, &name))
		return false;
	*ret_span = whole(&name);
	return true;
}

/* Whole octets, as keys and signatures are. */
static bool take_octets(struct der_cursor *cursor, struct cert_span *ret_span)
{
	struct der_item bits;

	if (!der_take(cursor, DER_BIT_STRING, &bits) || bits.len == 0 || bits.content[0] != 0)
		return false;
	*ret_span = (struct cert_span){ bits.content + 1, bits.len - 1 };
	return true;
}

static bool take_spki(struct der_cursor *tbs, struct cert_span *ret_span)
{
	struct der_item sequence;
	struct cert_span unused;

	if (!der_take(tbs, DER_SEQUENCE, &sequence))
		return false;
	*ret_span = whole(&sequence);
	struct der_cursor inside = der_inside(&sequence);
	return take_algorithm(&inside, &unused) && take_octets(&inside, &unused) &&
	       der_is_done(&inside);
}

/* RFC 5280, 4.1.2.8: nobody issues them any more, and nobody reads them. */
static bool skip_unique_id(struct der_cursor *tbs, unsigned number, bool *ret_there)
{
	struct der_item bits;

	if (!der_has(tbs, DER_CONTEXT | number))
		return true;
	*ret_there = true;
	if (!der_next(tbs, &bits) || bits.len == 0 || bits.content[0] > 7)
		return false;
	unsigned unused = (1u << bits.content[0]) - 1;
	return bits.len > 1 ? !(bits.content[bits.len - 1] & unused) : unused == 0;
}

static bool take_extensions(struct der_cursor *tbs, struct cert_span *ret_span)
{
	struct der_item outer, sequence;

	if (!der_has(tbs, DER_CONTEXT_CONSTRUCTED | 3))
		return true;
	if (!der_next(tbs, &outer) || !der_only(outer.content, outer.len, DER_SEQUENCE, &sequence))
		return false;
	*ret_span = content(&sequence);
	return true;
}

static bool read_tbs(const struct der_item *tbs, struct cert_fields *fields)
{
	struct der_cursor inside = der_inside(tbs);
	struct der_item serial;

	fields->tbs = whole(tbs);
	if (!take_version(&inside, &fields->version) || !der_take(&inside, DER_INTEGER, &serial) ||
		!der_is_integer(serial.content, serial.len))
		return false;
	fields->serial = content(&serial);
	return take_algorithm(&inside, &fields->inner_algorithm) &&
	       take_name(&inside, &fields->issuer) && take_validity(&inside, fields) &&
	       take_name(&inside, &fields->subject) && take_spki(&inside, &fields->spki) &&
	       skip_unique_id(&inside, 1, &fields->unique_id) &&
	       skip_unique_id(&inside, 2, &fields->unique_id) &&
	       take_extensions(&inside, &fields->extensions) && der_is_done(&inside);
}

bool cert_fields_read(const uint8_t *der, size_t len, struct cert_fields *ret_fields)
{
	struct cert_fields fields = { 0 };
	struct der_item certificate, tbs;

	if (!der_only(der, len, DER_SEQUENCE, &certificate))
		return false;
	struct der_cursor inside = der_inside(&certificate);
	if (!der_take(&inside, DER_SEQUENCE, &tbs) || !read_tbs(&tbs, &fields) ||
		!take_algorithm(&inside, &fields.outer_algorithm) ||
		!take_octets(&inside, &fields.signature) || !der_is_done(&inside))
		return false;
	*ret_fields = fields;
	return true;
}
