/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "checker/tls/alert.h"
#include "checker/tls/crypto.h"
#include "checker/tls/flight.h"
#include "tests/forge.h"
#include "tests/inmem.h"

/* The reader against OpenSSL's server; what no sound server does is in test_flight_rules.c. */

static struct crypto *crypto;
static struct target target = { .refs = 1 };

static void set_up(void)
{
	struct error err = { 0 };

	crypto = crypto_new(&err);
	cr_assert_not_null(crypto, "%s", err.text);
}

static void tear_down(void)
{
	crypto_free(crypto);
}

TestSuite(flight, .init = set_up, .fini = tear_down);

static struct observation *observe(void)
{
	struct observation *seen = observation_new(&target);

	cr_assert_not_null(seen);
	return seen;
}

/* All that a server is, and how it is read. */
struct setting {
	const char *descr;
	const char *kind;
	int min, max;
	const char *ciphers, *groups, *schemes; /* NULL: all */
	enum handshake_offer offer;
	const char *version, *cipher;
	enum proof proven;
	bool unproven;
	unsigned hellos;
};

static const struct setting settings[] = {
	{ "TLS 1.3, RSA", "RSA", 0, TLS1_3_VERSION, NULL, NULL, NULL, HANDSHAKE_OFFER_MODERN,
		"TLSv1.3", "TLS_AES_128_GCM_SHA256", PROOF_SHOWN, false, 1 },
	{ "TLS 1.3, RSA, AES-128", "RSA", 0, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", NULL, NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.3", "TLS_AES_128_GCM_SHA256", PROOF_SHOWN, false,
		1 },
	{ "TLS 1.3, ChaCha20", "P-256", 0, TLS1_3_VERSION, "TLS_CHACHA20_POLY1305_SHA256", NULL,
		NULL, HANDSHAKE_OFFER_MODERN, "TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256",
		PROOF_SHOWN, false, 1 },
	{ "TLS 1.3, CCM", "P-256", 0, TLS1_3_VERSION, "TLS_AES_128_CCM_SHA256", NULL, NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.3", "TLS_AES_128_CCM_SHA256", PROOF_SHOWN, false,
		1 },
	{ "TLS 1.3, CCM with half a tag", "P-256", 0, TLS1_3_VERSION, "TLS_AES_128_CCM_8_SHA256",
		NULL, NULL, HANDSHAKE_OFFER_MODERN, "TLSv1.3", "TLS_AES_128_CCM_8_SHA256",
		PROOF_SHOWN, false, 1 },
	{ "TLS 1.3, P-256 both", "P-256", 0, TLS1_3_VERSION, NULL, "P-256", NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.3", "TLS_AES_128_GCM_SHA256", PROOF_SHOWN, false,
		1 },
	{ "TLS 1.3, P-384 both", "P-384", 0, TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384", "P-384",
		NULL, HANDSHAKE_OFFER_MODERN, "TLSv1.3", "TLS_AES_256_GCM_SHA384", PROOF_SHOWN,
		false, 1 },
	{ "TLS 1.3, P-521 after a HelloRetryRequest", "P-521", 0, TLS1_3_VERSION,
		"TLS_AES_256_GCM_SHA384", "P-521", NULL, HANDSHAKE_OFFER_MODERN, "TLSv1.3",
		"TLS_AES_256_GCM_SHA384", PROOF_SHOWN, false, 2 },
	{ "TLS 1.3, X448 after a HelloRetryRequest", "ED448", 0, TLS1_3_VERSION, NULL, "X448", NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.3", "TLS_AES_128_GCM_SHA256", PROOF_SHOWN, false,
		2 },
	{ "TLS 1.3, ffdhe2048 after a HelloRetryRequest", "ED25519", 0, TLS1_3_VERSION,
		"TLS_AES_128_GCM_SHA256", "ffdhe2048", NULL, HANDSHAKE_OFFER_MODERN, "TLSv1.3",
		"TLS_AES_128_GCM_SHA256", PROOF_SHOWN, false, 2 },
	{ "TLS 1.3, ffdhe3072", "RSA", 0, TLS1_3_VERSION, NULL, "ffdhe3072", NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.3", "TLS_AES_128_GCM_SHA256", PROOF_SHOWN, false,
		2 },
	{ "TLS 1.3, ffdhe8192", "RSA", 0, TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384", "ffdhe8192",
		NULL, HANDSHAKE_OFFER_MODERN, "TLSv1.3", "TLS_AES_256_GCM_SHA384", PROOF_SHOWN,
		false, 2 },
	{ "TLS 1.3, a key for RSASSA-PSS alone", "RSA-PSS", 0, TLS1_3_VERSION, NULL, NULL, NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.3", "TLS_AES_128_GCM_SHA256", PROOF_SHOWN, false,
		1 },
	{ "TLS 1.3, SHA-512 in the signature", "RSA", 0, TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384",
		NULL, "rsa_pss_rsae_sha512", HANDSHAKE_OFFER_MODERN, "TLSv1.3",
		"TLS_AES_256_GCM_SHA384", PROOF_SHOWN, false, 1 },
	{ "TLS 1.2, ECDHE-RSA", "RSA", 0, TLS1_2_VERSION, NULL, NULL, NULL, HANDSHAKE_OFFER_MODERN,
		"TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", PROOF_SHOWN, false, 1 },
	{ "TLS 1.2, PKCS #1 v1.5", "RSA", 0, TLS1_2_VERSION, NULL, NULL, "RSA+SHA256",
		HANDSHAKE_OFFER_MODERN, "TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", PROOF_SHOWN,
		false, 1 },
	{ "TLS 1.2, SHA-1", "RSA", 0, TLS1_2_VERSION, NULL, NULL, "RSA+SHA1",
		HANDSHAKE_OFFER_MODERN, "TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", PROOF_SHOWN,
		false, 1 },
	{ "TLS 1.2, a key for RSASSA-PSS alone", "RSA-PSS", 0, TLS1_2_VERSION, NULL, NULL, NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", PROOF_SHOWN,
		false, 1 },
	{ "TLS 1.2, ECDSA of P-521", "P-521", 0, TLS1_2_VERSION, NULL, NULL, NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", PROOF_SHOWN,
		false, 1 },
	{ "TLS 1.2, Ed25519", "ED25519", 0, TLS1_2_VERSION, NULL, NULL, NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", PROOF_SHOWN,
		false, 1 },
	{ "TLS 1.2, Ed448", "ED448", 0, TLS1_2_VERSION, NULL, NULL, NULL, HANDSHAKE_OFFER_MODERN,
		"TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", PROOF_SHOWN, false, 1 },
	{ "TLS 1.2, a curve of brainpool", "brainpoolP256r1", 0, TLS1_2_VERSION, NULL,
		"brainpoolP256r1", NULL, HANDSHAKE_OFFER_LEGACY, "TLSv1.2",
		"ECDHE-ECDSA-AES128-GCM-SHA256", PROOF_SHOWN, false, 1 },
	{ "TLS 1.2, DHE", "RSA", 0, TLS1_2_VERSION, "DHE-RSA-AES256-GCM-SHA384", NULL, NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.2", "DHE-RSA-AES256-GCM-SHA384", PROOF_SHOWN, false,
		1 },
	{ "TLS 1.2, DSA", "DSA", 0, TLS1_2_VERSION, NULL, NULL, NULL, HANDSHAKE_OFFER_LEGACY,
		"TLSv1.2", "DHE-DSS-AES128-GCM-SHA256", PROOF_SHOWN, false, 1 },
	{ "TLS 1.2, RSA key exchange", "RSA", 0, TLS1_2_VERSION, "AES128-SHA", NULL, NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.2", "AES128-SHA", PROOF_UNKNOWN, true, 1 },
	{ "TLS 1.2, a rare cipher", "RSA", 0, TLS1_2_VERSION, "ECDHE-ARIA128-GCM-SHA256", NULL,
		NULL, HANDSHAKE_OFFER_LEGACY, "TLSv1.2", "ECDHE-ARIA128-GCM-SHA256", PROOF_SHOWN,
		false, 1 },
	{ "TLS 1.1, MD5 and SHA-1", "RSA", 0, TLS1_1_VERSION, NULL, NULL, NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1.1", "ECDHE-RSA-AES128-SHA", PROOF_SHOWN, false, 1 },
	{ "TLS 1.0, MD5 and SHA-1, DHE", "RSA", 0, TLS1_VERSION, "DHE-RSA-AES128-SHA", NULL, NULL,
		HANDSHAKE_OFFER_MODERN, "TLSv1", "DHE-RSA-AES128-SHA", PROOF_SHOWN, false, 1 },
	{ "TLS 1.0, ECDSA", "P-256", 0, TLS1_VERSION, NULL, NULL, NULL, HANDSHAKE_OFFER_MODERN,
		"TLSv1", "ECDHE-ECDSA-AES128-SHA", PROOF_SHOWN, false, 1 },
	{ "TLS 1.0, DSA", "DSA", 0, TLS1_VERSION, NULL, NULL, NULL, HANDSHAKE_OFFER_LEGACY, "TLSv1",
		"DHE-DSS-AES128-SHA", PROOF_SHOWN, false, 1 },
	{ "TLS 1.0, RSA key exchange", "RSA", 0, TLS1_VERSION, "AES128-SHA", NULL, NULL,
		HANDSHAKE_OFFER_LEGACY, "TLSv1", "AES128-SHA", PROOF_UNKNOWN, true, 1 },
};

static SSL_CTX *server_of(const struct setting *s)
{
	SSL_CTX *server = inmem_server(s->kind, s->min, s->max);
	bool tls13 = s->ciphers && strncmp(s->ciphers, "TLS_", 4) == 0;
	char ciphers[100], list[100];

	/* The list sets the security level again. */
	(void)snprintf(ciphers, sizeof ciphers, "%s:@SECLEVEL=0", s->ciphers ? s->ciphers : "ALL");
	if (tls13)
		forge_must(SSL_CTX_set_ciphersuites(server, s->ciphers) == 1, s->ciphers);
	else if (s->ciphers)
		forge_must(SSL_CTX_set_cipher_list(server, ciphers) == 1, s->ciphers);
	/* The macros take text without const. */
	(void)snprintf(list, sizeof list, "%s", s->groups ? s->groups : "");
	if (s->groups)
		forge_must(SSL_CTX_set1_groups_list(server, list) == 1, list);
	(void)snprintf(list, sizeof list, "%s", s->schemes ? s->schemes : "");
	if (s->schemes)
		forge_must(SSL_CTX_set1_sigalgs_list(server, list) == 1, list);
	return server;
}

static void expect_chain(SSL_CTX *server, const struct observation *seen, const char *descr)
{
	cr_assert_eq(seen->chain.count, INMEM_CERTS, "%s: %zu", descr, seen->chain.count);
	for (size_t i = 0; i < INMEM_CERTS; i++) {
		size_t len;
		uint8_t *der = inmem_der(server, i, &len);

		cr_expect_eq(seen->chain.items[i].len, len, "%s", descr);
		cr_expect_arr_eq(seen->chain.items[i].bytes, der, len, "%s", descr);
		OPENSSL_free(der);
	}
}

static void expect_all(const struct setting *s, SSL_CTX *server, struct inmem inmem)
{
	CLEANUP(observation_freep) struct observation *seen = observe();
	struct handshake *reader = flight_new(crypto, s->offer, "www.example.hk", seen);

	cr_assert_not_null(reader);
	enum handshake_progress progress = inmem_play(server, reader, &inmem);

	cr_expect_eq(progress, HANDSHAKE_DONE, "%s: %s", s->descr, reader->failure.message);
	cr_expect_str_eq(seen->version, s->version, "%s: %s", s->descr, seen->version);
	cr_expect_str_eq(seen->cipher, s->cipher, "%s: %s", s->descr, seen->cipher);
	cr_expect_eq(seen->proven, s->proven, "%s: %d", s->descr, (int)seen->proven);
	cr_expect_eq(reader->unproven, s->unproven, "%s", s->descr);
	cr_expect_eq(inmem.hellos, s->hellos, "%s: %u", s->descr, inmem.hellos);
	cr_expect_eq(inmem.alert, ALERT_CLOSE_NOTIFY, "%s: %d", s->descr, inmem.alert);
	cr_expect_not(seen->client_cert_requested, "%s", s->descr);
	expect_chain(server, seen, s->descr);
	handshake_free(reader);
}

Test(flight, reads_every_kind_of_server)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		SSL_CTX *server = server_of(&settings[i]);

		expect_all(&settings[i], server, (struct inmem){ .step = 0 });
		expect_all(&settings[i], server, (struct inmem){ .step = 1 });
		expect_all(&settings[i], server, (struct inmem){ .step = 100, .most = 512 });
		SSL_CTX_free(server);
	}
}

/* --- What else is to be had --- */

static int refuse_all(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	(void)ctx;
	return 0;
}

static int staple(SSL *ssl, void *arg)
{
	const struct bytes *answer = arg;
	unsigned char *copy = OPENSSL_memdup(answer->at, answer->len);

	/* OpenSSL frees it. */
	return SSL_set_tlsext_status_ocsp_resp(ssl, copy, (int)answer->len) == 1
		       ? SSL_TLSEXT_ERR_OK
		       : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static const struct {
	const char *descr;
	int version;
	size_t staple_len, kept;
	bool wants_certificate;
} extras[] = {
	{ "a client certificate, TLS 1.3", TLS1_3_VERSION, 0, 0, true },
	{ "a client certificate, TLS 1.2", TLS1_2_VERSION, 0, 0, true },
	{ "an OCSP answer, TLS 1.3", TLS1_3_VERSION, 2000, 2000, false },
	{ "an OCSP answer, TLS 1.2", TLS1_2_VERSION, 2000, 2000, false },
	{ "both, TLS 1.2", TLS1_2_VERSION, 1, 1, true },
	{ "an answer as large as they may be", TLS1_2_VERSION, LIMIT_STAPLE_BYTES,
		LIMIT_STAPLE_BYTES, false },
	{ "one that is larger, TLS 1.2", TLS1_2_VERSION, LIMIT_STAPLE_BYTES + 1, 0, false },
	{ "no answer", TLS1_3_VERSION, 0, 0, false },
};

Test(flight, takes_what_comes_with_the_chain)
{
	static uint8_t bytes[LIMIT_STAPLE_BYTES + 1];

	for (size_t i = 0; i < ARRAY_LEN(extras); i++) {
		SSL_CTX *server = inmem_server("P-256", 0, extras[i].version);
		struct bytes answer = { bytes, extras[i].staple_len };
		struct inmem inmem = { .step = 0 };
		CLEANUP(observation_freep) struct observation *seen = observe();
		struct handshake *reader = flight_new(crypto, HANDSHAKE_OFFER_MODERN, NULL, seen);

		memset(bytes, 0x5a, sizeof bytes);
		if (extras[i].wants_certificate)
			SSL_CTX_set_verify(server,
				SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, refuse_all);
		if (extras[i].staple_len) {
			SSL_CTX_set_tlsext_status_cb(server, staple);
			SSL_CTX_set_tlsext_status_arg(server, &answer);
		}
		cr_assert_not_null(reader);
		cr_expect_eq(inmem_play(server, reader, &inmem), HANDSHAKE_DONE, "%s: %s",
			extras[i].descr, reader->failure.message);
		cr_expect_eq(seen->client_cert_requested, extras[i].wants_certificate, "%s",
			extras[i].descr);
		cr_expect_eq(seen->staple.len, extras[i].kept, "%s: %zu", extras[i].descr,
			seen->staple.len);
		if (seen->staple.len > 0)
			cr_expect_arr_eq(seen->staple.bytes, bytes, extras[i].kept);
		cr_expect_eq(seen->proven, PROOF_SHOWN, "%s", extras[i].descr);
		cr_expect_not(reader->declined, "%s", extras[i].descr);
		cr_expect_eq(inmem.alert, ALERT_CLOSE_NOTIFY, "%s", extras[i].descr);
		handshake_free(reader);
		SSL_CTX_free(server);
	}
}

static int remember_name(SSL *ssl, int *alert, void *arg)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	*alert = SSL_AD_UNRECOGNIZED_NAME;
	(void)snprintf(arg, 300, "%s", name ? name : "none");
	return SSL_TLSEXT_ERR_OK;
}

/* As long as names may be, and one more or less around the sizes that RFC 7685 avoids. */
Test(flight, says_the_name)
{
	SSL_CTX *server = inmem_server("P-256", 0, TLS1_3_VERSION);
	char name[254], heard[300];

	SSL_CTX_set_tlsext_servername_callback(server, remember_name);
	SSL_CTX_set_tlsext_servername_arg(server, heard);
	for (size_t len = 0; len < sizeof name; len++) {
		struct inmem inmem = { .step = 0 };
		CLEANUP(observation_freep) struct observation *seen = observe();

		memset(name, 'a', sizeof name);
		name[len] = '\0';
		struct handshake *reader = flight_new(
			crypto, HANDSHAKE_OFFER_MODERN, len ? name : NULL, seen);
		cr_assert_not_null(reader);
		cr_expect_eq(inmem_play(server, reader, &inmem), HANDSHAKE_DONE, "%zu: %s", len,
			reader->failure.message);
		cr_expect_str_eq(heard, len ? name : "none");
		handshake_free(reader);
	}
	SSL_CTX_free(server);
}

static const struct {
	const char *descr, *ciphers;
	int min, max;
	enum handshake_offer offer;
	const char *words;
	bool legacy;
} strangers[] = {
	{ "nothing in common", "DHE-RSA-CAMELLIA128-SHA256", 0, TLS1_2_VERSION,
		HANDSHAKE_OFFER_MODERN,
		"refused the handshake with the alert handshake_failure (40)", true },
	{ "TLS 1.3 only", "ALL", TLS1_3_VERSION, TLS1_3_VERSION, HANDSHAKE_OFFER_LEGACY,
		"refused the handshake with the alert protocol_version (70)", true },
};

Test(flight, is_refused)
{
	for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
		SSL_CTX *server = inmem_server("RSA", strangers[i].min, strangers[i].max);
		struct inmem inmem = { .step = 0 };
		CLEANUP(observation_freep) struct observation *seen = observe();
		struct handshake *reader = flight_new(crypto, strangers[i].offer, NULL, seen);

		cr_assert_not_null(reader);
		forge_must(SSL_CTX_set_cipher_list(server, strangers[i].ciphers) == 1,
			strangers[i].ciphers);
		cr_expect_eq(inmem_play(server, reader, &inmem), HANDSHAKE_FAILED);
		cr_expect_str_eq(reader->failure.message, strangers[i].words, "%s: %s",
			strangers[i].descr, reader->failure.message);
		cr_expect_eq(reader->failure.outcome, OUTCOME_HANDSHAKE);
		cr_expect_eq(reader->failure.try_legacy, strangers[i].legacy);
		cr_expect_eq(seen->chain.count, 0);
		handshake_free(reader);
		SSL_CTX_free(server);
	}
}

/* The proof is worth as much as our random is new: a signature over an old one proves nothing. */
Test(flight, never_says_the_same_random_twice)
{
	static uint8_t said[300][32];

	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		CLEANUP(observation_freep) struct observation *seen = observe();
		struct handshake *reader = flight_new(crypto, HANDSHAKE_OFFER_MODERN, NULL, seen);

		cr_assert_not_null(reader);
		cr_assert_eq(handshake_feed(reader, NULL, 0), HANDSHAKE_MORE);
		memcpy(said[i], buf_text(&reader->out) + 5 + 4 + 2, sizeof said[i]);
		for (size_t j = 0; j < i; j++)
			cr_expect_arr_neq(said[i], said[j], sizeof said[i]);
		handshake_free(reader);
	}
}
