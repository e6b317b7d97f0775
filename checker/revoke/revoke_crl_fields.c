/* SPDX-License-Identifier: MIT */
#include "checker/cert/der.h"
#include "checker/revoke/revoke_crl.h"

static struct cert_span whole(const struct der_item *item)
{
	return (struct cert_span){ item->whole, der_whole_len(item) };
}

static struct cert_span content(const struct der_item *item)
{
	return (struct cert_span){ item->content, item->len };
}

static bool take_algorithm(struct der_cursor *cursor, struct cert_span *ret_span)
{
	struct der_item sequence, oid, parameters;

	if (!der_take(cursor, DER_SEQUENCE, &sequence) ||
		!der_algorithm(&sequence, &oid, &parameters))
		return false;
	*ret_span = whole(&sequence);
	return true;
}

/* INTEGER OPTIONAL: absent is version 1, which is therefore never written (X.690, 11.5). */
static bool take_version(struct der_cursor *tbs, int *ret_version)
{
	struct der_item number;

	*ret_version = 1;
	if (!der_has(tbs, DER_INTEGER))
		return true;
	if (!der_next(tbs, &number) || !der_is_integer(number.content, number.len))
		return false;
	*ret_version = number.len == 1 && number.content[0] == 1 ? 2 : 0;
	return true;
}

static bool has_time(const struct der_cursor *cursor)
{
	return der_has(cursor, DER_UTC_TIME) || der_has(cursor, DER_GENERALIZED_TIME);
}

static bool take_dates(struct der_cursor *tbs, struct revoke_crl_fields *fields)
{
	struct der_item time;

	if (!has_time(tbs) || !der_next(tbs, &time))
		return false;
	fields->this_update = whole(&time);
	if (!has_time(tbs))
		return true;
	if (!der_next(tbs, &time))
		return false;
	fields->next_update = whole(&time);
	return true;
}

/* 5.1.2.6 and 5.1.2.7: what is empty is absent. */
static bool take_rest(struct der_cursor *tbs, struct revoke_crl_fields *fields)
{
	struct der_item item, inner;

	if (der_has(tbs, DER_SEQUENCE)) {
		if (!der_next(tbs, &item) || item.len == 0)
			return false;
		fields->entries = content(&item);
	}
	if (der_has(tbs, DER_CONTEXT_CONSTRUCTED | 0)) {
		if (!der_next(tbs, &item) ||
			!der_only(item.content, item.len, DER_SEQUENCE, &inner) || inner.len == 0)
			return false;
		fields->extensions = content(&inner);
	}
	return der_is_done(tbs);
}

static bool read_tbs(const struct der_item *item, struct revoke_crl_fields *fields)
{
	struct der_cursor tbs = der_inside(item);
	struct der_item issuer;

	fields->tbs = whole(item);
	if (!take_version(&tbs, &fields->version) ||
		!take_algorithm(&tbs, &fields->inner_algorithm) ||
		!der_take(&tbs, DER_SEQUENCE, &issuer))
		return false;
	fields->issuer = whole(&issuer);
	return take_dates(&tbs, fields) && take_rest(&tbs, fields);
}

bool revoke_crl_fields_read(const uint8_t *der, size_t len, struct revoke_crl_fields *ret_fields)
{
	struct der_item outer, tbs, bits;

	*ret_fields = (struct revoke_crl_fields){ .version = 1 };
	if (!der_only(der, len, DER_SEQUENCE, &outer))
		return false;
	struct der_cursor inside = der_inside(&outer);

	if (!der_take(&inside, DER_SEQUENCE, &tbs) || !read_tbs(&tbs, ret_fields) ||
		!take_algorithm(&inside, &ret_fields->outer_algorithm) ||
		!der_take(&inside, DER_BIT_STRING, &bits) || !der_is_done(&inside))
		return false;
	/* A signature is of whole octets. */
	if (bits.len < 2 || bits.content[0] != 0)
		return false;
	ret_fields->signature = (struct cert_span){ bits.content + 1, bits.len - 1 };
	return true;
}
