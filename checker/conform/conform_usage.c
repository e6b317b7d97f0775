/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/conform/conform_parts.h"

/* id-kp (RFC 5280, 4.2.1.12): 1.3.6.1.5.5.7.3.N */
static const uint8_t id_kp[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03 };
static const uint8_t any_purpose[] = { 0x55, 0x1d, 0x25, 0x00 };
/* Certificate Transparency's precertificate signing (RFC 6962, 3.1) */
static const uint8_t precert_signing[] = { 0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 4 };

#define KP_CODE_SIGNING 3
#define KP_EMAIL 4
#define KP_TIMESTAMPING 8
#define KP_OCSP 9

/* --- basicConstraints (4.2.1.9) --- */

struct basic {
	bool ca, has_length;
};

static bool read_basic(const struct conform_value *value, struct basic *ret_basic)
{
	struct der_item sequence, ca, length;

	*ret_basic = (struct basic){ false, false };
	if (!der_only(value->at, value->len, DER_SEQUENCE, &sequence))
		return false;
	struct der_cursor inside = der_inside(&sequence);
	if (der_has(&inside, DER_BOOLEAN)) {
		if (!der_next(&inside, &ca) || ca.len != 1)
			return false;
		ret_basic->ca = ca.content[0] != 0;
	}
	if (der_has(&inside, DER_INTEGER)) {
		if (!der_next(&inside, &length) || !der_is_integer(length.content, length.len) ||
			length.content[0] & 0x80)
			return false;
		ret_basic->has_length = true;
	}
	return der_is_done(&inside);
}

/* --- keyUsage (4.2.1.3) --- */

bool conform_usage_read(const struct conform_value *value, unsigned *ret_bits)
{
	struct der_item bits;

	*ret_bits = 0;
	if (!der_only(value->at, value->len, DER_BIT_STRING, &bits) || bits.len < 2 ||
		bits.len > 3 || bits.content[0] > 7)
		return false;
	unsigned last = bits.content[bits.len - 1], unused = bits.content[0];
	/* X.690, 11.2.2: a list of named bits ends with one that is set; and there are nine. */
	if (!(last >> unused & 1) || last & ((1u << unused) - 1) || (bits.len == 3 && unused != 7))
		return false;
	for (unsigned i = 0; i < 9 && i / 8 + 1 < bits.len; i++)
		if (bits.content[1 + i / 8] & 0x80u >> i % 8)
			*ret_bits |= 1u << i;
	return *ret_bits != 0;
}

/* What a server's key is for (Baseline Requirements, 7.1.2.7.11). */
static void read_leaf_usage(struct conform_reading *reading, unsigned bits)
{
	unsigned rsa = USAGE_SIGNATURE | USAGE_KEY_ENCIPHERMENT | 1u << 3;
	unsigned other = USAGE_SIGNATURE | USAGE_KEY_AGREEMENT;
	unsigned fine = reading->cert->key_kind == KEY_RSA ? rsa : other;

	if (bits & ~fine & ~USAGE_CERT_SIGN)
		conform_add(reading, CONFORM_USAGE_LEAF);
	if (!(bits & (USAGE_SIGNATURE | USAGE_KEY_ENCIPHERMENT | USAGE_KEY_AGREEMENT)) &&
		reading->cert->eku_server)
		conform_add(reading, CONFORM_USAGE_NO_TLS);
}

static void read_usage(struct conform_reading *reading, const struct basic *basic)
{
	const struct conform_value *value = conform_value(reading, EXT_KEY_USAGE);
	unsigned bits = 0;

	if (!value) {
		if (reading->authority)
			conform_add(reading, CONFORM_USAGE_MISSING);
		return;
	}
	if (!conform_usage_read(value, &bits)) {
		conform_add(reading, CONFORM_USAGE_FORM);
		return;
	}
	bool signs = bits & USAGE_CERT_SIGN;
	if (signs && !basic->ca && (reading->leaf || conform_value(reading, EXT_BASIC)))
		conform_add(reading, CONFORM_USAGE_SIGN);
	if (!signs && basic->ca)
		conform_add(reading, CONFORM_BASIC_LEAF);
	if (!signs && !reading->leaf)
		conform_add(reading, CONFORM_USAGE_AUTHORITY);
	if (basic->has_length && (!signs || !basic->ca))
		conform_add(reading, CONFORM_BASIC_LENGTH);
	if (!reading->authority)
		read_leaf_usage(reading, bits);
}

/* --- extKeyUsage (4.2.1.12) --- */

static void read_purpose(struct conform_reading *reading, const struct der_item *oid, bool critical)
{
	bool any = oid->len == sizeof any_purpose &&
		   memcmp(oid->content, any_purpose, oid->len) == 0;
	bool precert = oid->len == sizeof precert_signing &&
		       memcmp(oid->content, precert_signing, oid->len) == 0;
	bool kp = oid->len == sizeof id_kp + 1 && memcmp(oid->content, id_kp, sizeof id_kp) == 0;
	uint8_t last = kp ? oid->content[sizeof id_kp] : 0;

	if (any && critical)
		conform_add(reading, CONFORM_PURPOSE_ANY_CRITICAL);
	if (reading->authority)
		return;
	if (any)
		conform_add(reading, CONFORM_PURPOSE_ANY);
	if (precert || last == KP_CODE_SIGNING || last == KP_EMAIL || last == KP_TIMESTAMPING ||
		last == KP_OCSP)
		conform_add(reading, CONFORM_PURPOSE_FOREIGN);
}

static void read_purposes(struct conform_reading *reading)
{
	const struct conform_value *value = conform_value(reading, EXT_PURPOSES);
	struct der_item sequence, oid;

	/* Of a leaf without one leaf.eku speaks. */
	if (!value)
		return;
	if (reading->self)
		conform_add(reading, CONFORM_PURPOSE_ROOT);
	if (value->critical)
		conform_add(reading, CONFORM_PURPOSE_CRITICAL);
	if (!conform_sequence(value, &sequence)) {
		conform_add(reading, CONFORM_PURPOSE_FORM);
		return;
	}
	for (struct der_cursor inside = der_inside(&sequence); !der_is_done(&inside);) {
		if (!der_take(&inside, DER_OID, &oid) || !der_is_oid(oid.content, oid.len)) {
			conform_add(reading, CONFORM_PURPOSE_FORM);
			return;
		}
		read_purpose(reading, &oid, value->critical);
	}
}

void conform_usages(struct conform_reading *reading)
{
	const struct conform_value *value = conform_value(reading, EXT_BASIC);
	struct basic basic = { false, false };

	if (!value && !reading->leaf)
		conform_add(reading, CONFORM_BASIC_MISSING);
	if (value && !read_basic(value, &basic))
		conform_add(reading, CONFORM_BASIC_FORM);
	if (value && !value->critical && reading->authority)
		conform_add(reading, CONFORM_BASIC_NOT_CRITICAL);
	if (basic.has_length && !basic.ca)
		conform_add(reading, CONFORM_BASIC_LENGTH);
	read_usage(reading, &basic);
	read_purposes(reading);
}
