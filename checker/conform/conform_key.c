/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/conform/conform_parts.h"

#define RSA_SHORTEST 2048

/* RFC 3279, 2.3.1; RFC 5480, 2.1.1. */
static const uint8_t rsa_oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
static const uint8_t ec_oid[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };

static bool is(const struct der_item *oid, const uint8_t *bytes, size_t len)
{
	return oid->len == len && memcmp(oid->content, bytes, len) == 0;
}

static size_t bits_of(const struct der_item *number)
{
	size_t zeros = number->len > 1 && number->content[0] == 0 ? 1 : 0;
	size_t bits = 8 * (number->len - zeros);

	for (uint8_t first = number->content[zeros]; bits > 0 && !(first & 0x80); first <<= 1)
		bits--;
	return bits;
}

static bool take_positive(struct der_cursor *cursor, struct der_item *ret_number)
{
	return der_take(cursor, DER_INTEGER, ret_number) &&
	       der_is_integer(ret_number->content, ret_number->len) &&
	       !(ret_number->content[0] & 0x80);
}

/* RFC 8017, A.1.1: a modulus and an exponent, and parameters that are NULL. */
static void read_rsa(struct conform_reading *reading, const struct der_item *parameters,
	const struct der_item *bits)
{
	struct der_item sequence, modulus, exponent;

	if (parameters->tag != DER_NULL ||
		!der_only(bits->content + 1, bits->len - 1, DER_SEQUENCE, &sequence)) {
		conform_add(reading, CONFORM_KEY_FORM);
		return;
	}
	struct der_cursor inside = der_inside(&sequence);
	if (!take_positive(&inside, &modulus) || !take_positive(&inside, &exponent) ||
		!der_is_done(&inside)) {
		conform_add(reading, CONFORM_KEY_FORM);
		return;
	}
	size_t len = bits_of(&modulus);
	/* Of a leaf leaf.weak-key says so. */
	if (len < RSA_SHORTEST && !reading->leaf)
		conform_add(reading, CONFORM_KEY_RSA_SHORT);
	if (len % 8 != 0)
		conform_add(reading, CONFORM_KEY_RSA_ODD);
	if (!(modulus.content[modulus.len - 1] & 1))
		conform_add(reading, CONFORM_KEY_RSA_EVEN);
	if (!(exponent.content[exponent.len - 1] & 1) || bits_of(&exponent) < 2)
		conform_add(reading, CONFORM_KEY_RSA_EXPONENT);
}

/* RFC 5480, 2.1.1: a named curve; and a point that is not at infinity. */
static void read_ec(struct conform_reading *reading, const struct der_item *parameters,
	const struct der_item *bits)
{
	static const uint8_t p256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	static const uint8_t p384[] = { 0x2b, 0x81, 0x04, 0x00, 0x22 };
	static const uint8_t p521[] = { 0x2b, 0x81, 0x04, 0x00, 0x23 };

	if (parameters->tag == DER_SEQUENCE)
		conform_add(reading, CONFORM_KEY_CURVE_EXPLICIT);
	else if (parameters->tag != DER_OID || bits->len < 3)
		conform_add(reading, CONFORM_KEY_FORM);
	else if (!is(parameters, p256, sizeof p256) && !is(parameters, p384, sizeof p384) &&
		 !is(parameters, p521, sizeof p521))
		conform_add(reading, CONFORM_KEY_CURVE);
}

void conform_key(struct conform_reading *reading)
{
	struct cert_span spki = reading->fields.spki;
	struct der_item outer, algorithm, oid, parameters, bits;

	if (!der_only(spki.at, spki.len, DER_SEQUENCE, &outer))
		return;
	struct der_cursor inside = der_inside(&outer);
	if (!der_take(&inside, DER_SEQUENCE, &algorithm) ||
		!der_algorithm(&algorithm, &oid, &parameters) ||
		!der_take(&inside, DER_BIT_STRING, &bits) || bits.len == 0)
		return;
	if (is(&oid, rsa_oid, sizeof rsa_oid))
		read_rsa(reading, &parameters, &bits);
	else if (is(&oid, ec_oid, sizeof ec_oid))
		read_ec(reading, &parameters, &bits);
	else
		conform_add(reading, CONFORM_KEY_KIND);
}
