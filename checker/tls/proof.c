/* SPDX-License-Identifier: MIT */
#include "checker/tls/proof.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "checker/base/heap.h"
#include "checker/cert/cert_fields.h"
#include "checker/cert/pubkey.h"

/* What a key may be used for, by OpenSSL's number of its kind. */
static const struct {
	int id;
	enum offer_key key;
	enum offer_auth auth; /* RFC 8446, 4.2.3: RSASSA-PSS and Edwards keys as in RFC 8422, 2.2 */
	uint16_t scheme;      /* the only one; 0: any of KEY */
} kinds[] = {
	{ EVP_PKEY_RSA, OFFER_KEY_RSA, AUTH_RSA, 0 },
	{ EVP_PKEY_RSA_PSS, OFFER_KEY_RSA_PSS, AUTH_RSA, 0 },
	{ EVP_PKEY_EC, OFFER_KEY_ECDSA, AUTH_ECDSA, 0 },
	{ EVP_PKEY_ED25519, OFFER_KEY_EDDSA, AUTH_ECDSA, 0x0807 },
	{ EVP_PKEY_ED448, OFFER_KEY_EDDSA, AUTH_ECDSA, 0x0808 },
	{ EVP_PKEY_DSA, OFFER_KEY_DSA, AUTH_DSA, 0 },
};

static const struct {
	uint16_t group;
	const char *name;
} curves[] = {
	{ 0x0017, "prime256v1" },
	{ 0x0018, "secp384r1" },
	{ 0x0019, "secp521r1" },
};

/* OpenSSL reads certificates that are not quite DER; it alone is asked for the key of those. */
static uint8_t *odd_spki(struct bytes leaf, OSSL_LIB_CTX *library, size_t *ret_len)
{
	const unsigned char *end = leaf.at;
	unsigned char *spki = NULL;
	X509 *x509 = X509_new_ex(library, NULL);

	if (x509 && leaf.len <= LONG_MAX && d2i_X509(&x509, &end, (long)leaf.len) &&
		end == leaf.at + leaf.len) {
		int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &spki);

		*ret_len = len > 0 ? (size_t)len : 0;
	}
	X509_free(x509);
	return spki;
}

static enum proof_result make_key(
	struct crypto *crypto, const uint8_t *spki, size_t len, EVP_PKEY **ret_key)
{
	struct pubkey pubkey;

	*ret_key = pubkey_maker_lend(crypto_maker(crypto), spki, len);
	if (*ret_key)
		return PROOF_FITS;
	pubkey_describe(spki, len, &pubkey);
	if (pubkey.slow)
		return PROOF_COSTLY;
	return pubkey.kind == KEY_OTHER ? PROOF_STRANGE : PROOF_NO_KEY;
}

static enum proof_result find_key(struct crypto *crypto, struct bytes leaf, EVP_PKEY **ret_key)
{
	struct cert_fields fields;
	size_t len = 0;

	if (cert_fields_read(leaf.at, leaf.len, &fields))
		return make_key(crypto, fields.spki.at, fields.spki.len, ret_key);
	uint8_t *spki = odd_spki(leaf, crypto_library(crypto), &len);
	enum proof_result result = PROOF_NO_KEY;
	if (spki)
		result = make_key(crypto, spki, len, ret_key);
	OPENSSL_free(spki);
	return result;
}

static bool is_curve(const EVP_PKEY *key, unsigned group)
{
	char name[64];
	size_t len;

	if (EVP_PKEY_get_group_name(key, name, sizeof name, &len) != 1)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		if (curves[i].group == group)
			return strcmp(curves[i].name, name) == 0;
	return false;
}

static enum proof_result judge_kind(const EVP_PKEY *key, const struct proof_claim *claim)
{
	const struct offer_scheme *scheme = claim->scheme;
	int id = EVP_PKEY_get_id(key);

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (kinds[i].id != id)
			continue;
		if (kinds[i].key != scheme->key ||
			(kinds[i].scheme != 0 && kinds[i].scheme != scheme->code) ||
			(claim->auth != AUTH_ANY && claim->auth != kinds[i].auth))
			return PROOF_OTHER_KIND;
		if (claim->tls13 && id == EVP_PKEY_EC && !is_curve(key, scheme->group))
			return PROOF_OTHER_KIND;
		return PROOF_FITS;
	}
	return PROOF_STRANGE;
}

/* Edwards keys sign the bytes and not a hash of them (RFC 8032, 4). */
static enum proof_result check_message(
	const struct proof_claim *claim, EVP_PKEY *key, OSSL_LIB_CTX *library, EVP_MD_CTX *ctx)
{
	size_t len = 0;

	for (size_t i = 0; i < PROOF_PARTS; i++)
		len += claim->parts[i].len;
	uint8_t *whole = malloc(len + 1);
	if (!whole)
		return PROOF_NO_MEMORY;
	len = 0;
	for (size_t i = 0; i < PROOF_PARTS; i++) {
		if (claim->parts[i].len > 0)
			memcpy(whole + len, claim->parts[i].at, claim->parts[i].len);
		len += claim->parts[i].len;
	}
	bool fits = EVP_DigestVerifyInit_ex(ctx, NULL, NULL, library, NULL, key, NULL) == 1 &&
		    EVP_DigestVerify(ctx, claim->signature.at, claim->signature.len, whole, len) ==
			    1;
	free(whole);
	return fits ? PROOF_FITS : PROOF_FITS_NOT;
}

/* RFC 8446, 4.2.3: the salt of RSASSA-PSS is as long as the hash; MGF1 takes the same hash, which
 * is what OpenSSL does by itself.  All at once, for each call of its own looks the hash up again.
 */
static bool begin_digest(
	struct crypto *crypto, const struct offer_scheme *scheme, EVP_PKEY_CTX *ctx)
{
	int padding = scheme->pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
	int salt = RSA_PSS_SALTLEN_DIGEST;
	OSSL_PARAM params[4], *at = params;
	char name[16];

	(void)snprintf(name, sizeof name, "%s", EVP_MD_get0_name(crypto_md(crypto, scheme->hash)));
	*at++ = OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, name, 0);
	if (scheme->key == OFFER_KEY_RSA || scheme->key == OFFER_KEY_RSA_PSS)
		*at++ = OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_PAD_MODE, &padding);
	if (scheme->pss)
		*at++ = OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, &salt);
	*at = OSSL_PARAM_construct_end();
	return EVP_PKEY_verify_init_ex(ctx, params) == 1;
}

/* A context for KEY; a kept one, when KEY is one that stays. */
static EVP_PKEY_CTX *take_verifier(struct crypto *crypto, const struct offer_scheme *scheme,
	EVP_PKEY *key, EVP_PKEY_CTX **kept)
{
	EVP_PKEY_CTX *ctx = kept ? TAKE(*kept) : NULL;

	if (ctx)
		return ctx;
	ctx = EVP_PKEY_CTX_new_from_pkey(crypto_library(crypto), key, NULL);
	if (ctx && begin_digest(crypto, scheme, ctx))
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

static enum proof_result check_digest(
	struct crypto *crypto, const struct proof_claim *claim, EVP_PKEY *key)
{
	enum crypto_hash hash = claim->scheme->hash;
	uint8_t digest[CRYPTO_HASH_BYTES];

	if (!crypto_digest(crypto, hash, claim->parts, PROOF_PARTS, digest))
		return PROOF_NO_MEMORY;
	EVP_PKEY_CTX **kept = crypto_verifier(crypto, key, hash);
	EVP_PKEY_CTX *ctx = take_verifier(crypto, claim->scheme, key, kept);
	bool fits = ctx && EVP_PKEY_verify(ctx, claim->signature.at, claim->signature.len, digest,
				   crypto_hash_len(hash)) == 1;
	if (kept)
		*kept = ctx;
	else
		EVP_PKEY_CTX_free(ctx);
	return fits ? PROOF_FITS : PROOF_FITS_NOT;
}

static enum proof_result check(
	struct crypto *crypto, const struct proof_claim *claim, EVP_PKEY *key)
{
	if (claim->scheme->key != OFFER_KEY_EDDSA)
		return check_digest(crypto, claim, key);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (!ctx)
		return PROOF_NO_MEMORY;
	enum proof_result result = check_message(claim, key, crypto_library(crypto), ctx);
	EVP_MD_CTX_free(ctx);
	return result;
}

enum proof_result proof_check(struct crypto *crypto, const struct proof_claim *claim)
{
	EVP_PKEY *key = NULL;

	ERR_clear_error();
	enum proof_result result = find_key(crypto, claim->leaf, &key);
	if (key)
		result = judge_kind(key, claim);
	if (result == PROOF_FITS)
		result = check(crypto, claim, key);
	ERR_clear_error();
	/* OpenSSL may say of a signature just that it does not fit when it was refused memory, and
	 * that it was refused some when a server's key made it ask for no bytes: neither counts. */
	return result != PROOF_FITS && heap_ran_out() ? PROOF_NO_MEMORY : result;
}
