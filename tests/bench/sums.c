/* SPDX-License-Identifier: MIT */
/*
 * sums - what the cryptography of reading a server costs by itself, in OpenSSL's hands
 *
 * Each line is CPU microseconds and what they are for: the best of ROUNDS rounds of many, with
 * algorithms fetched and keys imported beforehand where a client can do so too.  Data are of the
 * size of a first flight with three certificates.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "checker/base/attr.h"
#include "tests/forge.h"

#define ROUNDS 7
#define FLIGHT 4096
#define SIGNED 130 /* what a CertificateVerify signs with SHA-256 (RFC 8446, 4.4.3) */

struct sums {
	struct forge forge;
	EVP_PKEY *share, *peer;   /* X25519 */
	EVP_PKEY *public[3];      /* RSA 2048, P-256, P-384 */
	EVP_MD_CTX *verifiers[3]; /* copied for each verification */
	OSSL_PARAM *params[2];    /* of the first two, to be imported */
	uint8_t signature[3][512];
	size_t signature_len[3];
	uint8_t data[FLIGHT];
	EVP_MD *sha256;
	EVP_MAC_CTX *hmac;
	EVP_CIPHER *gcm;
	EVP_CIPHER_CTX *opener;
	const struct forge_cert *leaf;
};

static void must(bool ok)
{
	forge_must(ok, "a sum");
}

static void prepare_signature(struct sums *sums, size_t i, const char *name, bool pss)
{
	EVP_PKEY *key = forge_key(&sums->forge, name);
	EVP_MD_CTX *signer = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;

	sums->public[i] = key;
	sums->signature_len[i] = sizeof sums->signature[i];
	must(signer && EVP_DigestSignInit(signer, &how, EVP_sha256(), NULL, key) == 1);
	must(!pss || EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1);
	must(EVP_DigestSign(
		     signer, sums->signature[i], &sums->signature_len[i], sums->data, SIGNED) == 1);
	EVP_MD_CTX_free(signer);
	sums->verifiers[i] = EVP_MD_CTX_new();
	must(EVP_DigestVerifyInit(sums->verifiers[i], &how, EVP_sha256(), NULL, key) == 1);
	must(!pss || EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1);
}

static void prepare(struct sums *sums)
{
	static const uint8_t key[32] = { 1 };
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);

	forge_init(&sums->forge, FORGE_KEYS_RSA);
	sums->share = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	sums->peer = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	prepare_signature(sums, 0, "rsa:a", true);
	prepare_signature(sums, 1, "p256:b", false);
	prepare_signature(sums, 2, "p384:c", false);
	for (size_t i = 0; i < ARRAY_LEN(sums->params); i++)
		must(EVP_PKEY_todata(sums->public[i], EVP_PKEY_PUBLIC_KEY, &sums -> params[i]) ==
			1);
	sums->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	sums->hmac = EVP_MAC_CTX_new(mac);
	EVP_MAC_free(mac);
	must(sums->share && sums->peer && sums->sha256 && sums->hmac &&
		EVP_MAC_init(sums->hmac, key, sizeof key, params) == 1);
	sums->gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	sums->opener = EVP_CIPHER_CTX_new();
	must(sums->gcm && sums->opener);
	sums->leaf = forge_cert(
		&sums->forge, &(struct forge_spec){ .subject = "CN=www.example.hk,O=Example,C=HK",
				      .key = "rsa:a",
				      .san = (const char *const[]){ "DNS:www.example.hk", NULL },
				      .not_before = forge_day("2026-01-01"),
				      .not_after = forge_day("2026-07-01") });
}

static void release(struct sums *sums)
{
	EVP_PKEY_free(sums->share);
	EVP_PKEY_free(sums->peer);
	for (size_t i = 0; i < ARRAY_LEN(sums->verifiers); i++)
		EVP_MD_CTX_free(sums->verifiers[i]);
	for (size_t i = 0; i < ARRAY_LEN(sums->params); i++)
		OSSL_PARAM_free(sums->params[i]);
	EVP_MD_free(sums->sha256);
	EVP_MAC_CTX_free(sums->hmac);
	EVP_CIPHER_free(sums->gcm);
	EVP_CIPHER_CTX_free(sums->opener);
	forge_release(&sums->forge);
}

/* --- What is measured --- */

static void make_share(struct sums *sums, size_t i)
{
	(void)sums;
	(void)i;
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");

	must(key != NULL);
	EVP_PKEY_free(key);
}

static void derive(struct sums *sums, size_t i)
{
	uint8_t secret[32];
	size_t len = sizeof secret;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(sums->share, NULL);

	(void)i;
	must(ctx && EVP_PKEY_derive_init(ctx) == 1 &&
		EVP_PKEY_derive_set_peer(ctx, sums->peer) == 1 &&
		EVP_PKEY_derive(ctx, secret, &len) == 1);
	EVP_PKEY_CTX_free(ctx);
}

static void import(struct sums *sums, size_t i)
{
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, i == 0 ? "RSA" : "EC", NULL);

	must(ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, sums->params[i]) == 1);
	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(ctx);
}

static void verify(struct sums *sums, size_t i)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	must(ctx && EVP_MD_CTX_copy_ex(ctx, sums->verifiers[i]) == 1 &&
		EVP_DigestVerify(
			ctx, sums->signature[i], sums->signature_len[i], sums->data, SIGNED) == 1);
	EVP_MD_CTX_free(ctx);
}

static void hash(struct sums *sums, size_t i)
{
	uint8_t digest[32];

	(void)i;
	must(EVP_Digest(sums->data, FLIGHT, digest, NULL, sums->sha256, NULL) == 1);
}

/* Extract and expand up to the server's key and IV (RFC 8446, 7.1): eight times HMAC. */
static void schedule(struct sums *sums, size_t i)
{
	uint8_t block[32] = { 0 };
	size_t len;

	(void)i;
	for (int step = 0; step < 8; step++)
		must(EVP_MAC_init(sums->hmac, block, sizeof block, NULL) == 1 &&
			EVP_MAC_update(sums->hmac, block, sizeof block) == 1 &&
			EVP_MAC_final(sums->hmac, block, &len, sizeof block) == 1);
}

/* Without the tag, which costs nothing beside the rest. */
static void open_record(struct sums *sums, size_t i)
{
	static const uint8_t key[32] = { 1 }, iv[12] = { 2 };
	uint8_t plain[FLIGHT];
	int len;

	(void)i;
	must(EVP_DecryptInit_ex2(sums->opener, sums->gcm, key, iv, NULL) == 1 &&
		EVP_DecryptUpdate(sums->opener, plain, &len, sums->data, FLIGHT) == 1);
}

static void decode(struct sums *sums, size_t i)
{
	const uint8_t *at = sums->leaf->der;

	(void)i;
	X509_free(d2i_X509(NULL, &at, (long)sums->leaf->der_len));
}

static double cpu_us(void)
{
	struct timespec now;

	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static const struct row {
	const char *what;
	void (*do_it)(struct sums *sums, size_t i);
	size_t i;
	int times;
} rows[] = {
	{ "X25519: a key share of one's own", make_share, 0, 400 },
	{ "X25519: the shared secret", derive, 0, 400 },
	{ "HKDF with SHA-256 up to the server's keys", schedule, 0, 2000 },
	{ "AES-256-GCM: opening 4 KiB", open_record, 0, 4000 },
	{ "SHA-256 of 4 KiB", hash, 0, 4000 },
	{ "RSA 2048: public key from its numbers", import, 0, 1000 },
	{ "RSA 2048: checking a signature (PSS)", verify, 0, 1000 },
	{ "P-256: public key from its point", import, 1, 1000 },
	{ "P-256: checking a signature", verify, 1, 400 },
	{ "P-384: checking a signature", verify, 2, 100 },
	{ "d2i_X509 of a leaf, for comparison", decode, 0, 400 },
};

int main(void)
{
	struct sums sums = { .data = { 1 } };

	prepare(&sums);
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		double best = 0;

		for (int round = 0; round < ROUNDS; round++) {
			double began = cpu_us();

			for (int n = 0; n < rows[r].times; n++)
				rows[r].do_it(&sums, rows[r].i);
			double took = (cpu_us() - began) / rows[r].times;
			best = round == 0 || took < best ? took : best;
		}
		printf("%.2f %s\n", best, rows[r].what);
	}
	release(&sums);
	return 0;
}
