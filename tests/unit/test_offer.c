/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <string.h>

#include "checker/tls/hello.h"
#include "checker/tls/offer.h"
#include "checker/tls/share.h"

/* OpenSSL has another opinion of a suite's code, or of what it is, or none. */
Test(offer, names_suites_as_openssl_does)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(ctx);
	size_t count, known = 0;
	const struct offer_suite *suites = offer_suites(&count);

	for (size_t i = 0; i < count; i++) {
		const uint8_t code[] = { (uint8_t)(suites[i].code >> 8), (uint8_t)suites[i].code };
		const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, code);
		bool tls12 = suites[i].oldest == OFFER_TLS12;

		for (size_t j = 0; j < i; j++)
			cr_expect_neq(suites[i].code, suites[j].code, "%s", suites[i].name);
		if (!cipher)
			continue;
		known++;
		int kx = SSL_CIPHER_get_kx_nid(cipher), auth = SSL_CIPHER_get_auth_nid(cipher);
		const char *version = SSL_CIPHER_get_version(cipher);

		cr_expect_str_eq(SSL_CIPHER_get_name(cipher), suites[i].name);
		cr_expect_eq(
			strcmp(version, "TLSv1.2") == 0, tls12, "%s: %s", suites[i].name, version);
		cr_expect_eq(kx == NID_kx_ecdhe, suites[i].exchange == EXCHANGE_ECDHE, "%s",
			suites[i].name);
		cr_expect_eq(
			kx == NID_kx_dhe, suites[i].exchange == EXCHANGE_DHE, "%s", suites[i].name);
		cr_expect_eq(
			kx == NID_kx_rsa, suites[i].exchange == EXCHANGE_RSA, "%s", suites[i].name);
		cr_expect_eq(
			auth == NID_auth_rsa, suites[i].auth == AUTH_RSA, "%s", suites[i].name);
		cr_expect_eq(
			auth == NID_auth_ecdsa, suites[i].auth == AUTH_ECDSA, "%s", suites[i].name);
		cr_expect_eq(
			auth == NID_auth_dss, suites[i].auth == AUTH_DSA, "%s", suites[i].name);
		cr_expect_neq(auth, NID_auth_null, "%s", suites[i].name);
		cr_expect_neq(SSL_CIPHER_get_cipher_nid(cipher), NID_undef, "%s", suites[i].name);
	}
	cr_expect_geq(known, 60, "%zu", known);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
}

/* Of each offer: what OpenSSL is given is what it takes. */
Test(offer, is_what_openssl_takes)
{
	for (enum handshake_offer offer = 0; offer < HANDSHAKE_OFFER_COUNT; offer++) {
		SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
		struct buf lists[4] = { BUF_INIT(9999), BUF_INIT(9999), BUF_INIT(9999),
			BUF_INIT(9999) };

		for (enum offer_list list = 0; list < ARRAY_LEN(lists); list++)
			cr_assert(offer_write_list(offer, list, &lists[list]));
		SSL_CTX_set_security_level(ctx, 0);
		cr_expect_eq(SSL_CTX_set_ciphersuites(ctx, buf_text(&lists[0])), 1);
		cr_expect_eq(SSL_CTX_set_cipher_list(ctx, buf_text(&lists[1])), 1);
		cr_expect_eq(SSL_CTX_set1_groups_list(ctx, lists[2].data), 1);
		cr_expect_eq(SSL_CTX_set1_sigalgs_list(ctx, lists[3].data), 1);
		for (size_t i = 0; i < ARRAY_LEN(lists); i++)
			buf_release(&lists[i]);
		SSL_CTX_free(ctx);
	}
}

/* Windows Server 2003 reads no more than 64 suites, and these are what it has. */
Test(offer, has_what_old_servers_need_where_they_look)
{
	static const unsigned wanted[] = { 0x0004, 0x0005, 0x000a, 0x002f, 0x0035 };
	size_t count, found = 0, place = 0;
	const struct offer_suite *suites = offer_suites(&count);

	for (size_t i = 0; i < count; i++) {
		if (!offer_has(suites[i].offers, HANDSHAKE_OFFER_LEGACY))
			continue;
		for (size_t j = 0; j < ARRAY_LEN(wanted) && place < 64; j++)
			found += suites[i].code == wanted[j];
		place++;
	}
	cr_expect_eq(found, ARRAY_LEN(wanted));
}

/* RFC 7685, 4; nothing that a name can do makes a size that is badly received. */
Test(offer, makes_hellos_of_good_sizes)
{
	uint8_t bytes[HELLO_BYTES];
	char name[254];

	for (enum handshake_offer offer = 0; offer < HANDSHAKE_OFFER_COUNT; offer++) {
		for (size_t len = 0; len < sizeof name; len++) {
			struct hello hello = { .offer = offer, .sni = len ? name : NULL };

			memset(name, 'a', sizeof name);
			name[len] = '\0';
			size_t size = hello_write(&hello, NULL, bytes, sizeof bytes);
			cr_expect_gt(size, 0);
			cr_expect(size < 256 || size >= 512, "%zu: %zu", len, size);
			cr_expect_eq(hello_write(&hello, NULL, bytes, size - 1), 0);
		}
	}
}

static const struct {
	unsigned code;
	int nid;
} curves[] = {
	{ 0x0017, NID_X9_62_prime256v1 },
	{ 0x0018, NID_secp384r1 },
	{ 0x0019, NID_secp521r1 },
};

Test(offer, shares_are_the_generators)
{
	uint8_t want[SHARE_BYTES], got[SHARE_BYTES];

	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		const struct offer_group *group = offer_group(
			HANDSHAKE_OFFER_MODERN, curves[i].code);
		EC_GROUP *curve = EC_GROUP_new_by_curve_name(curves[i].nid);

		cr_assert(group && curve);
		size_t len = EC_POINT_point2oct(curve, EC_GROUP_get0_generator(curve),
			POINT_CONVERSION_UNCOMPRESSED, want, sizeof want, NULL);
		cr_assert_eq(len, group->share_len);
		share_write(group, got);
		cr_expect_arr_eq(got, want, len, "%s", group->name);
		EC_GROUP_free(curve);
	}
}

/* RFC 8446, 7.4.2, and what would make the secret the same for everybody. */
Test(offer, takes_no_share_that_is_none)
{
	size_t count;
	const struct offer_group *groups = offer_groups(&count);
	uint8_t share[SHARE_BYTES] = { 0 };
	struct bytes secret;

	for (size_t i = 0; i < count; i++) {
		size_t len = groups[i].share_len;

		memset(share, 0, sizeof share);
		share[0] = len % 2 == 1 ? 4 : 0;
		cr_expect_not(share_secret(&groups[i], (struct bytes){ share, len }, &secret), "%s",
			groups[i].name);
		if (len == 0)
			continue;
		share[1] = 7;
		cr_expect(share_secret(&groups[i], (struct bytes){ share, len }, &secret), "%s",
			groups[i].name);
		cr_expect_eq(secret.len, groups[i].secret_len);
		cr_expect_not(share_secret(&groups[i], (struct bytes){ share, len - 1 }, &secret));
		share[0] ^= 2;
		cr_expect_eq(share_secret(&groups[i], (struct bytes){ share, len }, &secret),
			len % 2 == 0, "%s: a point that is compressed is none", groups[i].name);
	}
}

/* A server with two certificates is to choose the one that is asked for, in any version. */
Test(offer, narrow_ones_let_one_kind_of_key_answer)
{
	static const struct {
		enum handshake_offer offer;
		enum offer_auth auth;
		bool rsa;
	} table[] = {
		{ HANDSHAKE_OFFER_RSA, AUTH_RSA, true },
		{ HANDSHAKE_OFFER_ECDSA, AUTH_ECDSA, false },
	};
	size_t suite_count, scheme_count, modern;
	const struct offer_suite *suites = offer_suites(&suite_count);
	const struct offer_scheme *schemes = offer_schemes(&scheme_count);

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		modern = 0;
		for (size_t k = 0; k < suite_count; k++) {
			bool has = offer_has(suites[k].offers, table[i].offer);

			cr_expect(!has || suites[k].auth == AUTH_ANY ||
					  suites[k].auth == table[i].auth,
				"%s", suites[k].name);
			modern += has;
		}
		cr_expect_geq(modern, 5u + 7u, "%zu", modern);
		for (size_t k = 0; k < scheme_count; k++) {
			bool is_rsa = schemes[k].key == OFFER_KEY_RSA ||
				      schemes[k].key == OFFER_KEY_RSA_PSS;
			bool has = offer_has(schemes[k].offers, table[i].offer);

			/* The others may sign certificates, and no handshake of TLS 1.3. */
			cr_expect(!has || is_rsa == table[i].rsa || !schemes[k].tls13, "%s",
				schemes[k].name);
		}
	}
	cr_expect_eq(offer_newest(HANDSHAKE_OFFER_RSA), OFFER_TLS13);
	cr_expect_eq(offer_newest(HANDSHAKE_OFFER_TLS12), OFFER_TLS12);
	cr_expect_null(offer_suite(HANDSHAKE_OFFER_TLS12, 0x1301));
	cr_expect_not_null(offer_suite(HANDSHAKE_OFFER_TLS12, 0xc02b));
	cr_expect_not_null(offer_suite(HANDSHAKE_OFFER_TLS12, 0xc02f));
}
