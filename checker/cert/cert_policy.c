/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert_policy.h"

#include <string.h>

#include "checker/base/attr.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_fields.h"
#include "checker/cert/der.h"

#define DER_UNIVERSAL_STRING 0x1c

/* X.520's attributes are 2.5.4.N. */
enum attribute { ATTRIBUTE_COUNTRY = 6, ATTRIBUTE_ORGANIZATION = 10, ATTRIBUTE_UNIT = 11 };

static const struct {
	uint8_t number;
	uint8_t bound;
	const char *name;
} attributes[] = {
	{ 3, 64, "commonName" },
	{ 4, 64, "surname" },
	{ 5, 64, "serialNumber" },
	{ ATTRIBUTE_COUNTRY, 2, "countryName" },
	{ 7, 128, "localityName" },
	{ 8, 128, "stateOrProvinceName" },
	{ 9, 128, "streetAddress" },
	{ ATTRIBUTE_ORGANIZATION, 64, "organizationName" },
	{ ATTRIBUTE_UNIT, 64, "organizationalUnitName" },
	{ 12, 64, "title" },
	{ 15, 128, "businessCategory" },
	{ 17, 40, "postalCode" },
	{ 42, 64, "givenName" },
};

const char *validation_name(enum validation validation)
{
	static const char *const names[VALIDATION_COUNT] = {
		[VALIDATION_DOMAIN] = "dv",
		[VALIDATION_INDIVIDUAL] = "iv",
		[VALIDATION_ORGANIZATION] = "ov",
		[VALIDATION_EXTENDED] = "ev",
	};

	return validation < VALIDATION_COUNT ? names[validation] : NULL;
}

static bool is_oid(const struct der_item *oid, const uint8_t *bytes, size_t len)
{
	return oid->len == len && memcmp(oid->content, bytes, len) == 0;
}

/* Bounds are in characters, whatever their encoding. */
static size_t characters(const struct der_item *value)
{
	size_t count = 0;

	switch (value->tag) {
	case DER_BMP_STRING:
		return value->len / 2;
	case DER_UNIVERSAL_STRING:
		return value->len / 4;
	case DER_UTF8_STRING:
		for (size_t i = 0; i < value->len; i++)
			count += (value->content[i] & 0xc0) != 0x80;
		return count;
	default:
		return value->len;
	}
}

static void note_length(struct cert_policy *policy, uint8_t number, const struct der_item *value)
{
	size_t length = characters(value);

	for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
		unsigned bound = attributes[i].bound;
		if (attributes[i].number != number || length <= bound)
			continue;
		if (policy->long_attribute &&
			length - bound <= policy->long_length - policy->long_bound)
			continue;
		policy->long_attribute = attributes[i].name;
		policy->long_length = length;
		policy->long_bound = bound;
	}
}

static void note_attribute(
	struct cert_policy *policy, const struct der_item *type, const struct der_item *value)
{
	static const uint8_t x520[] = { 0x55, 0x04 };

	if (type->len != sizeof x520 + 1 || memcmp(type->content, x520, sizeof x520) != 0)
		return;
	uint8_t number = type->content[sizeof x520];
	note_length(policy, number, value);
	policy->has_organization |= number == ATTRIBUTE_ORGANIZATION;
	if (number == ATTRIBUTE_UNIT && policy->units++ == 0)
		text_printable((const char *)value->content, value->len, policy->unit,
			sizeof policy->unit);
}

static bool read_rdn(struct cert_policy *policy, struct der_cursor *rdn)
{
	struct der_item pair, type, value;

	while (!der_is_done(rdn)) {
		if (!der_take(rdn, DER_SEQUENCE, &pair))
			return false;
		struct der_cursor inside = der_inside(&pair);
		if (!der_take(&inside, DER_OID, &type) || !der_next(&inside, &value))
			return false;
		note_attribute(policy, &type, &value);
	}
	return true;
}

static bool read_subject(struct cert_policy *policy, struct cert_span name)
{
	struct der_item whole, set;

	if (!der_only(name.at, name.len, DER_SEQUENCE, &whole))
		return false;
	for (struct der_cursor rdns = der_inside(&whole); !der_is_done(&rdns);) {
		if (!der_take(&rdns, DER_SET, &set))
			return false;
		struct der_cursor rdn = der_inside(&set);
		if (!read_rdn(policy, &rdn))
			return false;
	}
	return true;
}

/* certificatePolicies (RFC 5280, 4.2.1.4), of which the reserved ones count: 2.23.140.1.1 is EV,
 * 2.23.140.1.2.1, .2 and .3 are DV, OV and IV. */
static bool read_policies(struct cert_policy *policy, const struct der_item *value)
{
	static const uint8_t extended[] = { 0x67, 0x81, 0x0c, 0x01, 0x01 };
	static const uint8_t others[] = { 0x67, 0x81, 0x0c, 0x01, 0x02 };
	static const enum validation by_number[] = { VALIDATION_UNKNOWN, VALIDATION_DOMAIN,
		VALIDATION_ORGANIZATION, VALIDATION_INDIVIDUAL };
	struct der_item sequence, information, oid;
	size_t found = 0;

	if (!der_only(value->content, value->len, DER_SEQUENCE, &sequence))
		return false;
	for (struct der_cursor list = der_inside(&sequence); !der_is_done(&list);) {
		enum validation one = VALIDATION_UNKNOWN;
		if (!der_take(&list, DER_SEQUENCE, &information))
			return false;
		struct der_cursor inside = der_inside(&information);
		if (!der_take(&inside, DER_OID, &oid))
			return false;
		if (is_oid(&oid, extended, sizeof extended))
			one = VALIDATION_EXTENDED;
		else if (oid.len == sizeof others + 1 &&
			 memcmp(oid.content, others, sizeof others) == 0 &&
			 oid.content[sizeof others] < ARRAY_LEN(by_number))
			one = by_number[oid.content[sizeof others]];
		if (one != VALIDATION_UNKNOWN && found++ == 0)
			policy->validation = one;
	}
	if (found > 1)
		policy->validation = VALIDATION_UNKNOWN;
	return true;
}

static void read_scts(struct cert_policy *policy, const struct der_item *value)
{
	struct der_item list;

	policy->has_scts = true;
	policy->scts_broken = !der_only(value->content, value->len, DER_OCTET_STRING, &list) ||
			      !sct_read(&policy->embedded, list.content, list.len);
}

static bool read_extension(struct cert_policy *policy, const struct der_item *extension)
{
	static const uint8_t policies[] = { 0x55, 0x1d, 0x20 };
	static const uint8_t scts[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04,
		0x02 };
	struct der_cursor inside = der_inside(extension);
	struct der_item oid, critical, value;

	if (!der_take(&inside, DER_OID, &oid) ||
		(der_has(&inside, DER_BOOLEAN) && !der_next(&inside, &critical)) ||
		!der_take(&inside, DER_OCTET_STRING, &value))
		return false;
	if (is_oid(&oid, policies, sizeof policies))
		return read_policies(policy, &value);
	if (is_oid(&oid, scts, sizeof scts))
		read_scts(policy, &value);
	return true;
}

static bool read_extensions(struct cert_policy *policy, struct cert_span span)
{
	struct der_item extension;

	if (!span.at)
		return true;
	for (struct der_cursor list = der_cursor(span.at, span.len); !der_is_done(&list);)
		if (!der_take(&list, DER_SEQUENCE, &extension) ||
			!read_extension(policy, &extension))
			return false;
	return true;
}

/* RSAPublicKey (RFC 8017, A.1.1): the exponent is the second number. */
static bool read_exponent(struct cert_policy *policy, struct cert_span spki)
{
	struct der_item whole, algorithm, bits, key, modulus, exponent;

	if (!der_only(spki.at, spki.len, DER_SEQUENCE, &whole))
		return false;
	struct der_cursor inside = der_inside(&whole);
	if (!der_take(&inside, DER_SEQUENCE, &algorithm) ||
		!der_take(&inside, DER_BIT_STRING, &bits) || bits.len < 2 ||
		!der_only(bits.content + 1, bits.len - 1, DER_SEQUENCE, &key))
		return false;
	struct der_cursor numbers = der_inside(&key);
	if (!der_take(&numbers, DER_INTEGER, &modulus) ||
		!der_take(&numbers, DER_INTEGER, &exponent) || exponent.len == 0)
		return false;
	/* Of the numbers of three octets, none with a zero in front, 65537 is the least odd one. */
	const uint8_t *at = exponent.content;
	bool large = exponent.len > 3 || (exponent.len == 3 && at[0] >= 1);
	policy->usual_exponent = large && (at[exponent.len - 1] & 1);
	return true;
}

static size_t serial_octets(struct cert_span serial)
{
	return serial.len > 1 && serial.at[0] == 0 ? serial.len - 1 : serial.len;
}

void cert_policy_read(const struct cert *cert, struct cert_policy *ret_policy)
{
	struct cert_policy policy = { .usual_exponent = true };
	struct cert_fields fields;
	size_t len;
	const uint8_t *der = cert_der(cert, &len);

	*ret_policy = (struct cert_policy){ .read = false };
	if (!cert->readable || !cert_fields_read(der, len, &fields) ||
		!read_subject(&policy, fields.subject) ||
		!read_extensions(&policy, fields.extensions) ||
		(cert->key_kind == KEY_RSA && !read_exponent(&policy, fields.spki)))
		return;
	policy.serial_octets = serial_octets(fields.serial);
	policy.read = true;
	*ret_policy = policy;
}

/* Chrome's and Apple's policies: two for up to 180 days, three for more. */
unsigned cert_policy_scts_wanted(const struct cert *cert)
{
	return cert_validity_days(cert) > 180 ? 3 : 2;
}
