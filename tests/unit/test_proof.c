/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "checker/tls/crypto.h"
#include "checker/tls/proof.h"
#include "tests/forge.h"

/* Signatures that servers make are in test_flight.c; these are about what does not go together. */

static struct crypto *crypto;
static struct forge forge;

static void set_up(void)
{
	crypto = crypto_new(NULL);
	cr_assert_not_null(crypto);
	forge_init(&forge, FORGE_KEYS_FAST);
}

static void tear_down(void)
{
	forge_release(&forge);
	crypto_free(crypto);
}

TestSuite(proof, .init = set_up, .fini = tear_down);

static struct forge_cert *leaf_of(const char *key)
{
	return forge_cert(&forge, &(struct forge_spec){ .subject = "CN=leaf",
					  .key = key,
					  .not_before = forge_day("2026-01-01"),
					  .not_after = forge_day("2027-01-01") });
}

/* By KEY over "ab" and "c", hashed with DIGEST; PADDING of RSA, 0 for none. */
static size_t sign(EVP_PKEY *key, const EVP_MD *digest, int padding, uint8_t *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how = NULL;
	size_t len = 1024;

	forge_must(ctx && EVP_DigestSignInit(ctx, &how, digest, NULL, key) == 1, "a signature");
	if (padding)
		forge_must(EVP_PKEY_CTX_set_rsa_padding(how, padding) == 1, "a padding");
	if (padding == RSA_PKCS1_PSS_PADDING)
		forge_must(EVP_PKEY_CTX_set_rsa_pss_saltlen(how, -1) == 1, "a salt");
	forge_must(EVP_DigestSign(ctx, out, &len, (const uint8_t *)"abc", 3) == 1, "a signature");
	EVP_MD_CTX_free(ctx);
	return len;
}

static const struct {
	const char *descr, *key;
	int padding; /* what the signature is really made with */
	unsigned scheme;
	enum offer_auth auth;
	bool tls13;
	enum proof_result result;
} claims[] = {
	{ "RSASSA-PSS", "rsa:a", RSA_PKCS1_PSS_PADDING, 0x0804, AUTH_ANY, true, PROOF_FITS },
	{ "PKCS #1 v1.5", "rsa:a", RSA_PKCS1_PADDING, 0x0401, AUTH_RSA, false, PROOF_FITS },
	{ "the other padding than is said", "rsa:a", RSA_PKCS1_PADDING, 0x0804, AUTH_RSA, false,
		PROOF_FITS_NOT },
	{ "the other one, turned round", "rsa:a", RSA_PKCS1_PSS_PADDING, 0x0401, AUTH_RSA, false,
		PROOF_FITS_NOT },
	{ "another hash than is said", "rsa:a", RSA_PKCS1_PADDING, 0x0501, AUTH_RSA, false,
		PROOF_FITS_NOT },
	{ "a plain key under a scheme for RSASSA-PSS keys", "rsa:a", RSA_PKCS1_PSS_PADDING, 0x0809,
		AUTH_ANY, true, PROOF_OTHER_KIND },
	{ "an RSA key in a suite for ECDSA", "rsa:a", RSA_PKCS1_PADDING, 0x0401, AUTH_ECDSA, false,
		PROOF_OTHER_KIND },
	{ "ECDSA", "p256:a", 0, 0x0403, AUTH_ANY, true, PROOF_FITS },
	{ "ECDSA of another curve than the scheme's, TLS 1.3", "p384:a", 0, 0x0403, AUTH_ANY, true,
		PROOF_OTHER_KIND },
	{ "the same in TLS 1.2, where it says nothing", "p384:a", 0, 0x0403, AUTH_ECDSA, false,
		PROOF_FITS },
	{ "ECDSA in a suite for RSA", "p256:a", 0, 0x0403, AUTH_RSA, false, PROOF_OTHER_KIND },
	{ "Ed25519 under the scheme of Ed448", "ed25519:a", 0, 0x0808, AUTH_ANY, true,
		PROOF_OTHER_KIND },
	{ "Ed25519", "ed25519:a", 0, 0x0807, AUTH_ANY, true, PROOF_FITS },
};

static enum proof_result check(
	size_t i, struct bytes leaf, const uint8_t *signature, size_t len, const char *signed_text)
{
	struct proof_claim claim = {
		.leaf = leaf,
		.scheme = offer_scheme(HANDSHAKE_OFFER_LEGACY, claims[i].scheme),
		.auth = claims[i].auth,
		.tls13 = claims[i].tls13,
		.parts = { { (const uint8_t *)signed_text, 2 },
			{ (const uint8_t *)signed_text + 2, 1 } },
		.signature = { signature, len },
	};

	cr_assert_not_null(claim.scheme);
	return proof_check(crypto, &claim);
}

Test(proof, is_of_the_key_and_the_scheme)
{
	uint8_t signature[1024];

	for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
		bool edwards = strncmp(claims[i].key, "ed", 2) == 0;
		struct forge_cert *cert = leaf_of(claims[i].key);
		struct bytes leaf = { cert->der, cert->der_len };
		size_t len = sign(forge_key(&forge, claims[i].key), edwards ? NULL : EVP_sha256(),
			claims[i].padding, signature);

		cr_expect_eq(check(i, leaf, signature, len, "abc"), claims[i].result, "%s: %d",
			claims[i].descr, (int)check(i, leaf, signature, len, "abc"));
		if (claims[i].result != PROOF_FITS)
			continue;
		cr_expect_eq(check(i, leaf, signature, len, "abd"), PROOF_FITS_NOT, "%s",
			claims[i].descr);
		cr_expect_eq(check(i, leaf, signature, len - 1, "abc"), PROOF_FITS_NOT, "%s",
			claims[i].descr);
		cr_expect_eq(
			check(i, leaf, signature, 0, "abc"), PROOF_FITS_NOT, "%s", claims[i].descr);
		signature[len / 2] ^= 1;
		cr_expect_eq(check(i, leaf, signature, len, "abc"), PROOF_FITS_NOT, "%s",
			claims[i].descr);
	}
}

/* What is kept for the next key on a curve knows nothing of the last one. */
Test(proof, is_of_one_key_after_the_other)
{
	static const char *const keys[] = { "p256:a", "p256:b", "p384:a", "p256:a", "p256:b" };
	const size_t ecdsa = 7; /* of the claims */
	uint8_t signature[1024];

	cr_assert_str_eq(claims[ecdsa].descr, "ECDSA");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		size_t len = sign(forge_key(&forge, keys[i]), EVP_sha256(), 0, signature);

		for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
			struct forge_cert *cert = leaf_of(keys[k]);
			struct bytes leaf = { cert->der, cert->der_len };
			enum proof_result due = strncmp(keys[k], "p384", 4) == 0 ? PROOF_OTHER_KIND
						: strcmp(keys[i], keys[k]) == 0  ? PROOF_FITS
										 : PROOF_FITS_NOT;

			cr_expect_eq(check(ecdsa, leaf, signature, len, "abc"), due, "%s by %s: %d",
				keys[k], keys[i], (int)check(ecdsa, leaf, signature, len, "abc"));
		}
	}
}

/* The first one of the table, with something done to its leaf. */
static const struct {
	const char *descr;
	long cut;   /* bytes less */
	size_t add; /* bytes behind it */
	enum proof_result result;
} leafs[] = {
	{ "as it was made", 0, 0, PROOF_FITS },
	{ "a byte too short", 1, 0, PROOF_NO_KEY },
	{ "nothing", -1, 0, PROOF_NO_KEY },
	{ "a byte behind it", 0, 1, PROOF_NO_KEY },
};

Test(proof, needs_a_leaf)
{
	struct forge_cert *cert = leaf_of(claims[0].key);
	uint8_t signature[1024], bytes[4096] = { 0 };
	size_t len = sign(
		forge_key(&forge, claims[0].key), EVP_sha256(), claims[0].padding, signature);

	memcpy(bytes, cert->der, cert->der_len);
	for (size_t i = 0; i < ARRAY_LEN(leafs); i++) {
		size_t cut = leafs[i].cut < 0 ? cert->der_len : (size_t)leafs[i].cut;
		struct bytes leaf = { bytes, cert->der_len - cut + leafs[i].add };

		cr_expect_eq(check(0, leaf, signature, len, "abc"), leafs[i].result, "%s",
			leafs[i].descr);
	}
}

/* A length in two bytes where one would do is no DER, but OpenSSL reads it, and so do clients. */
Test(proof, reads_what_openssl_reads)
{
	struct forge_cert *cert = leaf_of("ed25519:a");
	uint8_t signature[64], odd[4096];
	size_t len = sign(forge_key(&forge, "ed25519:a"), NULL, 0, signature);
	size_t row = ARRAY_LEN(claims) - 1;

	/* SEQUENCE, its length of two bytes: made a length of three. */
	cr_assert_eq(cert->der[1], 0x82);
	odd[0] = cert->der[0];
	odd[1] = 0x83;
	odd[2] = 0;
	memcpy(odd + 3, cert->der + 2, cert->der_len - 2);
	struct bytes leaf = { odd, cert->der_len + 1 };
	cr_expect_eq(check(row, leaf, signature, len, "abc"), PROOF_FITS);
	cr_expect_eq(check(row, leaf, signature, len, "abd"), PROOF_FITS_NOT);
}
