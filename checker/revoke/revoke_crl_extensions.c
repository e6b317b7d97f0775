/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <openssl/objects.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/der.h"
#include "checker/limits.h"
#include "checker/revoke/revoke_asn1.h"
#include "checker/revoke/revoke_crl.h"

#define TRUE_OCTET 0xff

bool revoke_extension_next(struct der_cursor *cursor, struct revoke_extension *ret_one)
{
	struct der_item sequence, oid, critical, value;

	if (!der_take(cursor, DER_SEQUENCE, &sequence))
		return false;
	struct der_cursor inside = der_inside(&sequence);

	if (!der_take(&inside, DER_OID, &oid) || !der_is_oid(oid.content, oid.len))
		return false;
	ret_one->critical = der_has(&inside, DER_BOOLEAN);
	/* BOOLEAN DEFAULT FALSE: what is written is true, and that has one form (X.690, 11.1). */
	if (ret_one->critical && (!der_next(&inside, &critical) || critical.len != 1 ||
					 critical.content[0] != TRUE_OCTET))
		return false;
	if (!der_take(&inside, DER_OCTET_STRING, &value) || !der_is_done(&inside))
		return false;
	const uint8_t *at = oid.whole;
	ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &at, (long)der_whole_len(&oid));

	ret_one->nid = object ? OBJ_obj2nid(object) : NID_undef;
	ret_one->value = (struct cert_span){ value.content, value.len };
	ASN1_OBJECT_free(object);
	return true;
}

static bool read_number(struct cert_span value, struct revoke_number *ret_number)
{
	struct der_item integer;

	return !ret_number->there && der_only(value.at, value.len, DER_INTEGER, &integer) &&
	       revoke_number_read(integer.content, integer.len, ret_number);
}

/* 5.2.5; what OpenSSL would write otherwise is not DER, or has something in it that is not its. */
static bool read_point(struct revoke_crl *crl, struct cert_span value)
{
	const uint8_t *at = value.at;
	uint8_t *again = NULL;

	if (crl->point)
		return false;
	crl->point = d2i_ISSUING_DIST_POINT(NULL, &at, (long)value.len);
	if (!crl->point)
		return false;
	int len = i2d_ISSUING_DIST_POINT(crl->point, &again);
	bool same = len >= 0 && (size_t)len == value.len && again &&
		    memcmp(again, value.at, value.len) == 0;

	OPENSSL_free(again);
	/* A name relative to the list's issuer (5.2.5) becomes a whole one. */
	if (!same || (crl->point->distpoint && crl->point->distpoint->type != 0 &&
			     DIST_POINT_set_dpname(crl->point->distpoint, crl->issuer) != 1))
		return false;
	crl->reasons = revoke_reason_mask(crl->point->onlysomereasons);
	crl->point_der.len = value.len;
	crl->point_der.at = (uint8_t *)text_copy((const char *)value.at, value.len);
	return crl->point_der.at;
}

static bool is_url(const char *text, int len)
{
	return strlen(text) == (size_t)len && strncmp(text, "http", 4) == 0;
}

static void keep_urls(struct revoke_crl *crl, const DIST_POINT *point, size_t *count)
{
	const GENERAL_NAMES *names = point->distpoint && point->distpoint->type == 0
					     ? point->distpoint->name.fullname
					     : NULL;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		int type = 0;
		const ASN1_STRING *uri = GENERAL_NAME_get0_value(
			sk_GENERAL_NAME_value(names, i), &type);

		if (type != GEN_URI || *count == LIMIT_LIST_URLS)
			continue;
		char *text = text_copy(
			(const char *)ASN1_STRING_get0_data(uri), (size_t)ASN1_STRING_length(uri));
		if (text && is_url(text, ASN1_STRING_length(uri)))
			crl->freshest[(*count)++] = text;
		else
			free(text);
	}
}

static bool read_freshest(struct revoke_crl *crl, struct cert_span value)
{
	const uint8_t *at = value.at;
	CRL_DIST_POINTS *points = crl->freshest ? NULL
						: d2i_CRL_DIST_POINTS(NULL, &at, (long)value.len);
	size_t count = 0;

	if (!points)
		return false;
	crl->freshest = calloc(LIMIT_LIST_URLS + 1, sizeof *crl->freshest);
	for (int i = 0; crl->freshest && i < sk_DIST_POINT_num(points); i++)
		keep_urls(crl, sk_DIST_POINT_value(points, i), &count);
	CRL_DIST_POINTS_free(points);
	return crl->freshest && at == value.at + value.len;
}

/* Understood without being looked at, wherever they are critical. */
static bool is_harmless(int nid)
{
	return nid == NID_authority_key_identifier || nid == NID_issuer_alt_name ||
	       nid == NID_info_access;
}

static const char *read_one(struct revoke_crl *crl, const struct revoke_extension *one)
{
	switch (one->nid) {
	case NID_crl_number:
		return read_number(one->value, &crl->number) ? NULL
							     : PHRASE("its number is damaged");
	case NID_delta_crl:
		return read_number(one->value, &crl->base)
			       ? NULL
			       : PHRASE("the number of its base list is damaged");
	case NID_issuing_distribution_point:
		return read_point(crl, one->value)
			       ? NULL
			       : PHRASE("its issuing distribution point is damaged");
	case NID_freshest_crl:
		return read_freshest(crl, one->value)
			       ? NULL
			       : PHRASE("what it says of its delta lists is damaged");
	default:
		if (one->critical && !is_harmless(one->nid))
			crl->unknown_critical = true;
		return NULL;
	}
}

bool revoke_crl_read_extensions(
	struct revoke_crl *crl, struct cert_span extensions, const char **ret_why)
{
	struct der_cursor inside = der_cursor(extensions.at, extensions.len);
	struct revoke_extension one;

	crl->reasons = REVOKE_ALL_REASONS;
	if (extensions.len > LIMIT_LIST_EXTENSION_BYTES) {
		*ret_why = PHRASE("its extensions are larger than any list needs");
		return false;
	}
	while (extensions.at && !der_is_done(&inside)) {
		*ret_why = revoke_extension_next(&inside, &one)
				   ? read_one(crl, &one)
				   : PHRASE("its extensions are damaged");
		if (*ret_why)
			return false;
	}
	return true;
}
