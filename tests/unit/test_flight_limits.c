/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "checker/tls/crypto.h"
#include "checker/tls/flight.h"
#include "tests/forge.h"
#include "tests/impostor.h"

/* Servers that send much, and what the reader cannot check. */

#define X25519 0x001d
#define MANY 2000

static struct crypto *crypto;
static struct target target = { .refs = 1 };
static struct observation *seen;
static struct handshake *reader;
static struct impostor impostor;

static void begin(bool tls13)
{
	crypto = crypto_new(NULL);
	seen = observation_new(&target);
	cr_assert(crypto && seen);
	reader = flight_new(crypto, HANDSHAKE_OFFER_MODERN, NULL, seen);
	cr_assert_not_null(reader);
	impostor_init(&impostor, crypto);
	impostor_hear(&impostor, reader);
	impostor_hello(
		&impostor, tls13 ? &(struct impostor_hello){ .version = 0x0304,
					   .suite = 0x1303,
					   .group = X25519 }
				 : &(struct impostor_hello){ .version = 0x0303, .suite = 0xc02b });
	if (tls13) {
		impostor_keys(&impostor, X25519);
		impostor_message(&impostor, 8, (struct bytes){ (const uint8_t *)"\0", 2 });
	}
}

static void end(void)
{
	impostor_release(&impostor);
	handshake_free(reader);
	observation_free(seen);
	crypto_free(crypto);
}

static const struct {
	const char *descr;
	size_t count, size; /* of certificates */
	enum outcome outcome;
	size_t kept, dropped;
} lists[] = {
	{ "as many as are kept", LIMIT_CHAIN, 1000, OUTCOME_SERVED, LIMIT_CHAIN, 0 },
	{ "a few more", LIMIT_CHAIN + 8, 1000, OUTCOME_SERVED, LIMIT_CHAIN, 8 },
	{ "larger than a record and OpenSSL's own bound", 2, 200000, OUTCOME_SERVED, 2, 0 },
	{ "two thousand", MANY, 300, OUTCOME_SERVED, LIMIT_CHAIN, MANY - LIMIT_CHAIN },
	{ "more than is read: what came with the beginning is kept", 3000, 1000, OUTCOME_LIMIT, 16,
		0 },
	{ "one that is larger than all that is read", 1, 2u << 20, OUTCOME_LIMIT, 0, 0 },
};

static void serve_list(size_t i, bool tls13)
{
	uint8_t *certificate = calloc(1, lists[i].size);
	struct bytes *ders = calloc(lists[i].count, sizeof *ders);

	cr_assert(certificate && ders);
	for (size_t j = 0; j < lists[i].count; j++)
		ders[j] = (struct bytes){ certificate, lists[i].size };
	begin(tls13);
	impostor_certificates(&impostor, ders, lists[i].count, tls13);
	enum handshake_progress progress = impostor_feed(&impostor, reader, 0);
	bool good = lists[i].outcome == OUTCOME_SERVED;
	cr_expect_eq(progress, good ? HANDSHAKE_MORE : HANDSHAKE_FAILED, "%s: %s", lists[i].descr,
		reader->failure.message);
	cr_expect_eq(reader->failure.outcome, lists[i].outcome, "%s", lists[i].descr);
	cr_expect_eq(
		seen->chain.count, lists[i].kept, "%s: %zu", lists[i].descr, seen->chain.count);
	cr_expect_eq(seen->chain_dropped, lists[i].dropped, "%s: %zu", lists[i].descr,
		seen->chain_dropped);
	end();
	free(certificate);
	free(ders);
}

Test(flight_limits, of_lists)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		serve_list(i, false);
		serve_list(i, true);
	}
}

/* A byte a record, without an end: each record says something, together they say too much. */
Test(flight_limits, of_bytes)
{
	static uint8_t crumbs[6 * 2730];

	begin(false);
	(void)impostor_feed(&impostor, reader, 0);
	impostor_raw(&impostor, "\x16\3\3\0\4\x0b\x0f\xff\xf0", 9);
	for (size_t i = 0; i < sizeof crumbs; i += 6)
		memcpy(crumbs + i, "\x16\3\3\0\1\0", 6);
	for (size_t sent = 0; sent <= LIMIT_HANDSHAKE_BYTES; sent += sizeof crumbs)
		impostor_raw(&impostor, crumbs, sizeof crumbs);
	cr_expect_eq(impostor_feed(&impostor, reader, 0), HANDSHAKE_FAILED);
	cr_expect_eq(reader->failure.outcome, OUTCOME_LIMIT, "%s", reader->failure.message);
	cr_expect_str_eq(reader->failure.message,
		"sent more than 2097152 bytes without an end to the handshake");
	end();
}

/* A key that is larger than signatures are checked with; all of it but its size is made up. */
static EVP_PKEY *huge_rsa(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_new();
	EVP_PKEY *key = NULL;

	forge_must(ctx && build && n && BN_set_bit(n, LIMIT_RSA_BITS + 8) && BN_set_bit(n, 0) &&
			   OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
			   OSSL_PARAM_BLD_push_ulong(build, OSSL_PKEY_PARAM_RSA_E, 65537),
		"the numbers of a key");
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	forge_must(params && EVP_PKEY_fromdata_init(ctx) == 1 &&
			   EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1,
		"a large key");
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(n);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static const struct {
	const char *descr;
	bool huge; /* else one of X25519, which signs nothing */
	bool unproven;
} keys[] = {
	{ "too large a key: nobody shall check it", true, false },
	{ "a kind of key that is not for signatures", false, true },
};

Test(flight_limits, of_keys)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct forge forge;
		uint8_t *der = NULL;
		X509 *x = X509_new();
		EVP_PKEY *key = keys[i].huge ? huge_rsa() : EVP_PKEY_Q_keygen(NULL, NULL, "X25519");

		forge_init(&forge, FORGE_KEYS_FAST);
		forge_must(x && key && X509_set_pubkey(x, key) &&
				   X509_gmtime_adj(X509_getm_notBefore(x), 0) &&
				   X509_gmtime_adj(X509_getm_notAfter(x), 60) &&
				   X509_sign(x, forge_key(&forge, "ed25519:ca"), NULL) > 0,
			"a certificate");
		int len = i2d_X509(x, &der);

		begin(true);
		impostor_certificates(&impostor, &(struct bytes){ der, (size_t)len }, 1, true);
		impostor_verify(&impostor, forge_key(&forge, "ed25519:ca"));
		cr_expect_eq(impostor_feed(&impostor, reader, 0), HANDSHAKE_DONE, "%s: %s",
			keys[i].descr, reader->failure.message);
		cr_expect_eq(seen->proven, PROOF_UNKNOWN, "%s", keys[i].descr);
		cr_expect_eq(reader->unproven, keys[i].unproven, "%s", keys[i].descr);
		cr_expect_eq(seen->chain.count, 1);
		end();
		OPENSSL_free(der);
		X509_free(x);
		EVP_PKEY_free(key);
		forge_release(&forge);
	}
}
