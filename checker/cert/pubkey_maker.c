/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include "checker/cert/pubkey_parts.h"
#include "checker/limits.h"

#define POINT_BYTES (1 + 2 * 66)

static EVP_PKEY *from_params(EVP_PKEY_CTX *ctx, int selection, OSSL_PARAM *params)
{
	EVP_PKEY *key = NULL;

	if (ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
		EVP_PKEY_fromdata(ctx, &key, selection, params) != 1)
		key = NULL;
	return key;
}

/* The machine's order of bytes, as parameters want numbers. */
static void native(const struct der_item *number, uint8_t *out)
{
	const uint16_t probe = 1;
	bool little = *(const uint8_t *)&probe == 1;

	for (size_t i = 0; i < number->len; i++)
		out[little ? number->len - 1 - i : i] = number->content[i];
}

static EVP_PKEY *make_rsa(struct pubkey_maker *maker, const struct rsa *rsa)
{
	uint8_t modulus[LIMIT_RSA_BITS / 8], exponent[LIMIT_RSA_EXPONENT_BITS / 8];
	struct pubkey pubkey;

	pubkey_describe_rsa(rsa, &pubkey);
	if (!pubkey.sound)
		return NULL;
	native(&rsa->modulus, modulus);
	native(&rsa->exponent, exponent);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus, rsa->modulus.len),
		OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent, rsa->exponent.len),
		OSSL_PARAM_construct_end(),
	};
	if (!maker->rsa)
		maker->rsa = EVP_PKEY_CTX_new_from_name(maker->library, "RSA", NULL);
	return from_params(maker->rsa, EVP_PKEY_PUBLIC_KEY, params);
}

/* OpenSSL's name of a named curve (RFC 5480, 2.1.1.1); NULL when it has none. */
static const char *curve_name(const struct spki *spki)
{
	const unsigned char *at = spki->parameters.whole;

	if (!spki_is_ec(spki) || spki->parameters.tag != DER_OID ||
		!der_is_oid(spki->parameters.content, spki->parameters.len) ||
		spki->parameters.len > 16)
		return NULL;
	ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &at, (long)der_whole_len(&spki->parameters));
	int nid = object ? OBJ_obj2nid(object) : NID_undef;
	ASN1_OBJECT_free(object);
	return nid == NID_undef ? NULL : OBJ_nid2sn(nid);
}

/* A key in the group NAME; POINT NULL: the group alone. */
static EVP_PKEY *make_in_group(OSSL_LIB_CTX *library, const char *name, const struct spki *point)
{
	char group[64];
	uint8_t bytes[POINT_BYTES];
	OSSL_PARAM params[3], *at = params;

	(void)snprintf(group, sizeof group, "%s", name);
	*at++ = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	if (point) {
		memcpy(bytes, point->key, point->key_len);
		*at++ = OSSL_PARAM_construct_octet_string(
			OSSL_PKEY_PARAM_PUB_KEY, bytes, point->key_len);
	}
	*at = OSSL_PARAM_construct_end();
	int selection = point ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEY_PARAMETERS;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(library, "EC", NULL);
	EVP_PKEY *key = from_params(ctx, selection, params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* The key on a curve that we know: the one that is kept for it gets the point. */
static EVP_PKEY *make_on_curve(
	struct pubkey_maker *maker, const struct curve *curve, const struct spki *spki)
{
	EVP_PKEY **key = &maker->curves[curve - pubkey_curves];

	if (!*key)
		*key = make_in_group(maker->library, curve->name, NULL);
	if (*key && EVP_PKEY_set1_encoded_public_key(*key, spki->key, spki->key_len) == 1)
		return *key;
	return NULL;
}

static EVP_PKEY *make_ec(struct pubkey_maker *maker, const struct spki *spki, const char *name)
{
	const struct curve *curve = spki_read_ec(spki);

	if (curve)
		return make_on_curve(maker, curve, spki);
	if (spki->key_len > POINT_BYTES)
		return NULL;
	EVP_PKEY *key = make_in_group(maker->library, name, spki);
	if (!key || EVP_PKEY_get_bits(key) <= LIMIT_EC_BITS)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

/* Compressed or not, but neither hybrid, which is only trouble, nor the point at infinity. */
static bool is_plain_point(const struct spki *spki)
{
	return spki->key_len > 1 && spki->key[0] >= 2 && spki->key[0] <= POINT_WHOLE;
}

static EVP_PKEY *make_other(const uint8_t *spki, size_t len, OSSL_LIB_CTX *library)
{
	struct pubkey pubkey = { .kind = KEY_OTHER };
	EVP_PKEY *key = pubkey_decode(spki, len, library);

	if (key)
		pubkey_describe_other(key, &pubkey);
	if (pubkey.sound)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

EVP_PKEY *pubkey_maker_lend(struct pubkey_maker *maker, const uint8_t *spki, size_t len)
{
	EVP_PKEY *key = NULL;
	const char *name;
	struct spki parts;
	struct rsa rsa;
	unsigned bits;
	bool plain = spki_read(spki, len, &parts);

	EVP_PKEY_free(TAKE(maker->lent));
	ERR_set_mark();
	if (plain && spki_read_rsa(&parts, &rsa))
		key = make_rsa(maker, &rsa);
	else if (plain && is_plain_point(&parts) && (name = curve_name(&parts)) != NULL)
		key = make_ec(maker, &parts, name);
	else if (plain && (name = spki_read_edwards(&parts, &bits)) != NULL)
		key = EVP_PKEY_new_raw_public_key_ex(
			maker->library, name, NULL, parts.key, parts.key_len);
	else
		key = make_other(spki, len, maker->library);
	ERR_pop_to_mark();
	if (pubkey_maker_stays(maker, key) == PUBKEY_CURVES)
		maker->lent = key;
	return key;
}

size_t pubkey_maker_stays(const struct pubkey_maker *maker, const EVP_PKEY *key)
{
	size_t i = 0;

	while (i < PUBKEY_CURVES && (!key || maker->curves[i] != key))
		i++;
	return i;
}

void pubkey_maker_release(struct pubkey_maker *maker)
{
	EVP_PKEY_free(TAKE(maker->lent));
	EVP_PKEY_CTX_free(TAKE(maker->rsa));
	for (size_t i = 0; i < PUBKEY_CURVES; i++)
		EVP_PKEY_free(TAKE(maker->curves[i]));
}

EVP_PKEY *pubkey_make(const uint8_t *spki, size_t len, OSSL_LIB_CTX *library)
{
	struct pubkey_maker maker = { .library = library };
	EVP_PKEY *key = pubkey_maker_lend(&maker, spki, len);

	if (key && EVP_PKEY_up_ref(key) != 1)
		key = NULL;
	pubkey_maker_release(&maker);
	return key;
}
