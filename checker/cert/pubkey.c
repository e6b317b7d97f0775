/* SPDX-License-Identifier: MIT */
#include "checker/cert/pubkey.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include "checker/cert/pubkey_parts.h"
#include "checker/limits.h"

const struct curve pubkey_curves[PUBKEY_CURVES] = {
	{ "P-256", "prime256v1", { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 }, 8, 32, 256,
		BN_get0_nist_prime_256, BN_nist_mod_256,
		{ 0x5a, 0xc6, 0x35, 0xd8, 0xaa, 0x3a, 0x93, 0xe7, 0xb3, 0xeb, 0xbd, 0x55, 0x76,
			0x98, 0x86, 0xbc, 0x65, 0x1d, 0x06, 0xb0, 0xcc, 0x53, 0xb0, 0xf6, 0x3b,
			0xce, 0x3c, 0x3e, 0x27, 0xd2, 0x60, 0x4b } },
	{ "P-384", "secp384r1", { 0x2b, 0x81, 0x04, 0x00, 0x22 }, 5, 48, 384,
		BN_get0_nist_prime_384, BN_nist_mod_384,
		{ 0xb3, 0x31, 0x2f, 0xa7, 0xe2, 0x3e, 0xe7, 0xe4, 0x98, 0x8e, 0x05, 0x6b, 0xe3,
			0xf8, 0x2d, 0x19, 0x18, 0x1d, 0x9c, 0x6e, 0xfe, 0x81, 0x41, 0x12, 0x03,
			0x14, 0x08, 0x8f, 0x50, 0x13, 0x87, 0x5a, 0xc6, 0x56, 0x39, 0x8d, 0x8a,
			0x2e, 0xd1, 0x9d, 0x2a, 0x85, 0xc8, 0xed, 0xd3, 0xec, 0x2a, 0xef } },
	{ "P-521", "secp521r1", { 0x2b, 0x81, 0x04, 0x00, 0x23 }, 5, 66, 521,
		BN_get0_nist_prime_521, BN_nist_mod_521,
		{ 0x00, 0x51, 0x95, 0x3e, 0xb9, 0x61, 0x8e, 0x1c, 0x9a, 0x1f, 0x92, 0x9a, 0x21,
			0xa0, 0xb6, 0x85, 0x40, 0xee, 0xa2, 0xda, 0x72, 0x5b, 0x99, 0xb3, 0x15,
			0xf3, 0xb8, 0xb4, 0x89, 0x91, 0x8e, 0xf1, 0x09, 0xe1, 0x56, 0x19, 0x39,
			0x51, 0xec, 0x7e, 0x93, 0x7b, 0x16, 0x52, 0xc0, 0xbd, 0x3b, 0xb1, 0xbf,
			0x07, 0x35, 0x73, 0xdf, 0x88, 0x3d, 0x2c, 0x34, 0xf1, 0xef, 0x45, 0x1f,
			0xd4, 0x6b, 0x50, 0x3f, 0x00 } },
};

static const uint8_t oid_rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
static const uint8_t oid_ec[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };
static const uint8_t oid_ed25519[] = { 0x2b, 0x65, 0x70 };
static const uint8_t oid_ed448[] = { 0x2b, 0x65, 0x71 };

#define ED25519_BYTES 32
#define ED448_BYTES 57

static bool is_oid(const struct der_item *item, const uint8_t *oid, size_t len)
{
	return item->tag == DER_OID && item->len == len && memcmp(item->content, oid, len) == 0;
}
#define IS_OID(item, oid) is_oid(item, oid, sizeof(oid))

bool spki_read(const uint8_t *der, size_t len, struct spki *ret_spki)
{
	struct der_item whole, sequence, bits;

	if (!der_only(der, len, DER_SEQUENCE, &whole))
		return false;
	struct der_cursor inside = der_inside(&whole);
	if (!der_take(&inside, DER_SEQUENCE, &sequence) ||
		!der_algorithm(&sequence, &ret_spki->algorithm, &ret_spki->parameters) ||
		!der_take(&inside, DER_BIT_STRING, &bits) || !der_is_done(&inside) ||
		bits.len < 2 || bits.content[0] != 0)
		return false;
	ret_spki->key = bits.content + 1;
	ret_spki->key_len = bits.len - 1;
	return true;
}

/* A positive number in its shortest form; the content loses the zero before a high bit. */
static bool take_number(struct der_cursor *cursor, struct der_item *ret_number)
{
	if (!der_take(cursor, DER_INTEGER, ret_number) ||
		!der_is_integer(ret_number->content, ret_number->len) ||
		ret_number->content[0] >= 0x80)
		return false;
	if (ret_number->content[0] == 0) {
		ret_number->content++;
		ret_number->len--;
	}
	return ret_number->len > 0;
}

static unsigned number_bits(const struct der_item *number)
{
	unsigned bits = (unsigned)(number->len - 1) * 8;

	for (unsigned top = number->content[0]; top; top >>= 1)
		bits++;
	return bits;
}

bool spki_read_rsa(const struct spki *spki, struct rsa *ret_rsa)
{
	struct der_item sequence;

	if (!IS_OID(&spki->algorithm, oid_rsa) ||
		(spki->parameters.content &&
			(spki->parameters.tag != DER_NULL || spki->parameters.len > 0)) ||
		!der_only(spki->key, spki->key_len, DER_SEQUENCE, &sequence))
		return false;
	struct der_cursor inside = der_inside(&sequence);
	return take_number(&inside, &ret_rsa->modulus) &&
	       take_number(&inside, &ret_rsa->exponent) && der_is_done(&inside);
}

bool spki_is_ec(const struct spki *spki)
{
	return IS_OID(&spki->algorithm, oid_ec);
}

const struct curve *spki_read_ec(const struct spki *spki)
{
	if (!spki_is_ec(spki))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(pubkey_curves); i++)
		if (is_oid(&spki->parameters, pubkey_curves[i].oid, pubkey_curves[i].oid_len) &&
			spki->key_len == 1 + 2 * (size_t)pubkey_curves[i].field_len &&
			spki->key[0] == POINT_WHOLE)
			return &pubkey_curves[i];
	return NULL;
}

const char *spki_read_edwards(const struct spki *spki, unsigned *ret_bits)
{
	if (spki->parameters.content)
		return NULL;
	if (IS_OID(&spki->algorithm, oid_ed25519) && spki->key_len == ED25519_BYTES) {
		*ret_bits = 256;
		return "ED25519";
	}
	if (IS_OID(&spki->algorithm, oid_ed448) && spki->key_len == ED448_BYTES) {
		*ret_bits = 456;
		return "ED448";
	}
	return NULL;
}

/* --- Describing --- */

void pubkey_describe_rsa(const struct rsa *rsa, struct pubkey *pubkey)
{
	const uint8_t *last = rsa->modulus.content + rsa->modulus.len - 1;

	pubkey->kind = KEY_RSA;
	pubkey->bits = number_bits(&rsa->modulus);
	(void)snprintf(pubkey->text, sizeof pubkey->text, "RSA %u", pubkey->bits);
	pubkey->slow = pubkey->bits > LIMIT_RSA_BITS ||
		       number_bits(&rsa->exponent) > LIMIT_RSA_EXPONENT_BITS;
	pubkey->sound = !pubkey->slow && (*last & 1) && pubkey->bits > 1;
}

/* Y squared against X cubed - 3 X + B; all that EC_POINT_oct2point() asks, without its group. */
static bool fits_curve(const struct curve *curve, const uint8_t *point, BN_CTX *ctx)
{
	const BIGNUM *p = curve->prime();
	BIGNUM *x = BN_CTX_get(ctx), *y = BN_CTX_get(ctx), *right = BN_CTX_get(ctx);
	BIGNUM *wide = BN_CTX_get(ctx), *b = BN_CTX_get(ctx);
	int len = curve->field_len;

	if (!b || !BN_bin2bn(point, len, x) || !BN_bin2bn(point + len, len, y) ||
		!BN_bin2bn(curve->b, len, b) || BN_cmp(x, p) >= 0 || BN_cmp(y, p) >= 0)
		return false;
	/* x (x^2 - 3): the subtrahend is added as p - 3, for the reductions want no sign. */
	return BN_sqr(wide, x, ctx) && BN_add(wide, wide, p) && BN_sub_word(wide, 3) &&
	       curve->reduce(right, wide, p, ctx) && BN_mul(wide, right, x, ctx) &&
	       BN_add(wide, wide, b) && curve->reduce(right, wide, p, ctx) &&
	       BN_sqr(wide, y, ctx) && curve->reduce(y, wide, p, ctx) && BN_cmp(y, right) == 0;
}

static bool is_on_curve(const struct curve *curve, const uint8_t *point)
{
	BN_CTX *ctx = BN_CTX_new();
	bool fits = false;

	if (ctx) {
		BN_CTX_start(ctx);
		fits = fits_curve(curve, point, ctx);
		BN_CTX_end(ctx);
	}
	BN_CTX_free(ctx);
	return fits;
}

/* A point that is not on its curve is no key, and OpenSSL does not read it either. */
static void describe_ec(const struct curve *curve, const struct spki *spki, struct pubkey *pubkey)
{
	if (!is_on_curve(curve, spki->key + 1))
		return;
	pubkey->kind = KEY_EC;
	pubkey->bits = curve->bits;
	(void)snprintf(pubkey->curve, sizeof pubkey->curve, "%s", curve->shown);
	(void)snprintf(pubkey->text, sizeof pubkey->text, "EC %s", curve->shown);
	pubkey->sound = true;
}

/* The names that RFC 8422 and the Baseline Requirements use for curves. */
static void read_curve(EVP_PKEY *key, char *out, size_t size)
{
	size_t len = 0;

	if (EVP_PKEY_get_group_name(key, out, size, &len) != 1) {
		(void)snprintf(out, size, "unnamed");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(pubkey_curves); i++)
		if (strcmp(out, pubkey_curves[i].name) == 0)
			(void)snprintf(out, size, "%s", pubkey_curves[i].shown);
}

/*
 * Whoever is examined chose the keys it serves, and one of them may cost more than a whole
 * fleet: a public exponent as long as the modulus, parameters made up (RFC 5480, 2.1.1
 * forbids those of a curve).
 */
static bool is_slow(const struct pubkey *pubkey, const EVP_PKEY *key)
{
	BIGNUM *exponent = NULL;

	if (pubkey->kind == KEY_EC)
		return pubkey->bits > LIMIT_EC_BITS || strcmp(pubkey->curve, "unnamed") == 0;
	if (pubkey->kind != KEY_RSA)
		return EVP_PKEY_is_a(key, "DSA") && pubkey->bits > LIMIT_DSA_BITS;
	bool slow = pubkey->bits > LIMIT_RSA_BITS ||
		    !EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) ||
		    BN_num_bits(exponent) > LIMIT_RSA_EXPONENT_BITS;
	BN_free(exponent);
	return slow;
}

/* No product of two odd primes is even, and none is 1. */
static bool is_modulus(const EVP_PKEY *key)
{
	BIGNUM *modulus = NULL;
	bool good = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1 &&
		    BN_is_odd(modulus) && !BN_is_one(modulus);

	BN_free(modulus);
	return good;
}

EVP_PKEY *pubkey_decode(const uint8_t *spki, size_t len, OSSL_LIB_CTX *library)
{
	const unsigned char *end = spki;

	if (len > LONG_MAX)
		return NULL;
	EVP_PKEY *key = d2i_PUBKEY_ex(NULL, &end, (long)len, library, NULL);
	if (key && end == spki + len)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

void pubkey_describe_other(EVP_PKEY *key, struct pubkey *pubkey)
{
	const char *type = EVP_PKEY_get0_type_name(key);

	pubkey->bits = (unsigned)EVP_PKEY_get_bits(key);
	if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) {
		pubkey->kind = KEY_RSA;
	} else if (EVP_PKEY_is_a(key, "EC")) {
		pubkey->kind = KEY_EC;
		read_curve(key, pubkey->curve, sizeof pubkey->curve);
	} else if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448")) {
		pubkey->kind = KEY_EDWARDS;
	}
	if (pubkey->kind == KEY_EC)
		(void)snprintf(pubkey->text, sizeof pubkey->text, "EC %s", pubkey->curve);
	else
		(void)snprintf(pubkey->text, sizeof pubkey->text, "%.40s %u",
			type ? type : "unknown", pubkey->bits);
	pubkey->slow = is_slow(pubkey, key);
	pubkey->sound = !pubkey->slow && (pubkey->kind != KEY_RSA || is_modulus(key));
}

void pubkey_describe(const uint8_t *spki, size_t len, struct pubkey *ret_pubkey)
{
	struct pubkey pubkey = { .kind = KEY_OTHER, .text = "unknown" };
	const struct curve *curve;
	const char *edwards;
	struct spki parts;
	struct rsa rsa;
	bool plain = spki_read(spki, len, &parts);

	if (plain && spki_read_rsa(&parts, &rsa)) {
		pubkey_describe_rsa(&rsa, &pubkey);
	} else if (plain && (curve = spki_read_ec(&parts)) != NULL) {
		describe_ec(curve, &parts, &pubkey);
	} else if (plain && (edwards = spki_read_edwards(&parts, &pubkey.bits)) != NULL) {
		pubkey.kind = KEY_EDWARDS;
		pubkey.sound = true;
		(void)snprintf(pubkey.text, sizeof pubkey.text, "%s %u", edwards, pubkey.bits);
	} else {
		/* What cannot be decoded is an answer, so it leaves no OpenSSL error behind. */
		ERR_set_mark();
		EVP_PKEY *key = pubkey_decode(spki, len, NULL);
		if (key)
			pubkey_describe_other(key, &pubkey);
		EVP_PKEY_free(key);
		ERR_pop_to_mark();
	}
	*ret_pubkey = pubkey;
}
