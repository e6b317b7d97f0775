/* SPDX-License-Identifier: MIT */
#include "checker/tls/exchange.h"

#include <string.h>

#include "checker/limits.h"

#define NAMED_CURVE 3 /* RFC 8422, 5.4: the only kind of curve left */

/* Before TLS 1.2 the kind of key says it all (RFC 4346, 7.4.3; RFC 8422, 5.4). */
static const struct offer_scheme implied[] = {
	[AUTH_ANY] = { .key = OFFER_KEY_RSA, .hash = CRYPTO_MD5_SHA1 },
	[AUTH_RSA] = { .key = OFFER_KEY_RSA, .hash = CRYPTO_MD5_SHA1 },
	[AUTH_ECDSA] = { .key = OFFER_KEY_ECDSA, .hash = CRYPTO_SHA1 },
	[AUTH_DSA] = { .key = OFFER_KEY_DSA, .hash = CRYPTO_SHA1 },
};

static struct bytes strip(struct bytes number)
{
	while (number.len > 0 && number.at[0] == 0) {
		number.at++;
		number.len--;
	}
	return number;
}

static size_t bits_of(struct bytes number)
{
	number = strip(number);
	if (number.len == 0)
		return 0;
	size_t bits = (number.len - 1) * 8;
	for (unsigned top = number.at[0]; top; top >>= 1)
		bits++;
	return bits;
}

static int compare(struct bytes a, struct bytes b)
{
	a = strip(a);
	b = strip(b);
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len == 0 ? 0 : memcmp(a.at, b.at, a.len);
}

/* 1 < VALUE < PRIME - 1; PRIME is odd, so that one is PRIME but for the last bit. */
static bool is_inside(struct bytes value, struct bytes prime)
{
	static const uint8_t one[] = { 1 };

	if (compare(value, (struct bytes){ one, 1 }) <= 0 || compare(value, prime) >= 0)
		return false;
	value = strip(value);
	prime = strip(prime);
	return value.len < prime.len || memcmp(value.at, prime.at, value.len - 1) != 0 ||
	       value.at[value.len - 1] != prime.at[prime.len - 1] - 1;
}

static bool read_dh(struct bytes *in, struct fault *fault)
{
	struct bytes prime, generator, value;

	if (!bytes_take_vector(in, 2, &prime) || !bytes_take_vector(in, 2, &generator) ||
		!bytes_take_vector(in, 2, &value))
		return fault_set(fault, ALERT_DECODE_ERROR, "sent a malformed ServerKeyExchange");
	size_t bits = bits_of(prime);
	if (bits < LIMIT_DH_BITS_MIN || bits > LIMIT_DH_BITS) {
		(void)fault_set(fault, ALERT_HANDSHAKE_FAILURE,
			"sent Diffie-Hellman parameters of %zu bits", bits);
		fault->of_old = bits < LIMIT_DH_BITS_MIN;
		return false;
	}
	/* RFC 7919, 5.1; a prime that is even is none, and whether it is one is not our concern. */
	if ((prime.at[prime.len - 1] & 1) == 0 || !is_inside(generator, prime) ||
		!is_inside(value, prime))
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
			"sent Diffie-Hellman parameters that make no sense");
	return true;
}

static bool read_ecdh(enum handshake_offer offer, struct bytes *in, struct fault *fault)
{
	struct bytes point;
	uint32_t kind, code;

	if (!bytes_take_number(in, 1, &kind) || !bytes_take_number(in, 2, &code))
		return fault_set(fault, ALERT_DECODE_ERROR, "sent a malformed ServerKeyExchange");
	const struct offer_group *group = kind == NAMED_CURVE ? offer_group(offer, code) : NULL;
	if (!group) {
		(void)fault_set(fault, ALERT_ILLEGAL_PARAMETER,
			"chose the curve 0x%04x, which was not offered", code);
		fault->of_old = true;
		return false;
	}
	if (!bytes_take_vector(in, 1, &point) || point.len == 0 ||
		(group->share_len != 0 && point.len != group->share_len))
		return fault_set(
			fault, ALERT_ILLEGAL_PARAMETER, "sent a point that is not of its curve");
	return true;
}

/* RFC 2246, 7.4.3: a key of 512 bits for one handshake. */
static bool read_export(struct bytes *in, struct fault *fault)
{
	struct bytes modulus, exponent;

	if (!bytes_take_vector(in, 2, &modulus) || !bytes_take_vector(in, 2, &exponent) ||
		modulus.len == 0 || exponent.len == 0)
		return fault_set(fault, ALERT_DECODE_ERROR, "sent a malformed ServerKeyExchange");
	return true;
}

static bool read_params(enum handshake_offer offer, const struct offer_suite *suite,
	struct bytes *in, struct fault *fault)
{
	switch (suite->exchange) {
	case EXCHANGE_ECDHE:
		return read_ecdh(offer, in, fault);
	case EXCHANGE_DHE:
		return read_dh(in, fault);
	case EXCHANGE_RSA_EXPORT:
		return read_export(in, fault);
	case EXCHANGE_RSA:
	case EXCHANGE_TLS13:
		break;
	}
	return fault_set(fault, ALERT_UNEXPECTED_MESSAGE,
		"sent a ServerKeyExchange that its cipher suite does not have");
}

static bool read_scheme(enum handshake_offer offer, struct bytes *in, struct exchange *exchange,
	struct fault *fault)
{
	uint32_t code;

	if (!bytes_take_number(in, 2, &code))
		return fault_set(fault, ALERT_DECODE_ERROR, "sent a malformed ServerKeyExchange");
	exchange->scheme = offer_scheme(offer, code);
	if (exchange->scheme)
		return true;
	(void)fault_set(fault, ALERT_ILLEGAL_PARAMETER,
		"signed with the scheme 0x%04x, which was not offered", code);
	fault->of_old = true;
	return false;
}

bool exchange_read(enum handshake_offer offer, unsigned version, const struct offer_suite *suite,
	struct bytes body, struct exchange *ret_exchange, struct fault *ret_fault)
{
	struct bytes in = body;

	if (!read_params(offer, suite, &in, ret_fault))
		return false;
	ret_exchange->params = (struct bytes){ body.at, body.len - in.len };
	ret_exchange->scheme = &implied[suite->auth];
	if (version >= OFFER_TLS12 && !read_scheme(offer, &in, ret_exchange, ret_fault))
		return false;
	if (!bytes_take_vector(&in, 2, &ret_exchange->signature) || in.len > 0)
		return fault_set(
			ret_fault, ALERT_DECODE_ERROR, "sent a malformed ServerKeyExchange");
	return true;
}
