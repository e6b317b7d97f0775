/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>
#include <openssl/x509.h>

#include "checker/cert/cert.h"
#include "checker/cert/cert_fields.h"
#include "checker/cert/der.h"
#include "tests/forge.h"

static struct forge forge;

static void set_up(void)
{
	forge_init(&forge, FORGE_KEYS_FAST);
}

static void tear_down(void)
{
	forge_release(&forge);
}

TestSuite(cert, .init = set_up, .fini = tear_down);

static struct forge_spec leaf_spec(void)
{
	return (struct forge_spec){
		.subject = "CN=www.example.hk,O=Example\\, Ltd,C=HK",
		.key = "leaf",
		.not_before = forge_day("2026-01-01"),
		.not_after = forge_day("2026-07-18T23:59:59Z"),
	};
}

Test(cert, says_what_it_holds)
{
	static const char *const san[] = { "DNS:www.example.hk", "DNS:*.example.hk", "IP:192.0.2.1",
		"IP:2001:db8::1", "email:a@example.hk", NULL };
	struct forge_spec spec = leaf_spec();

	spec.san = san;
	spec.eku = "serverAuth,1.2.3.4";
	spec.serial = "0A0B";
	spec.crl_url = "http://crl.example.hk/a.crl";
	const struct cert *cert = forge_as_cert(forge_cert(&forge, &spec));

	cr_assert(cert->readable);
	cr_expect_str_eq(cert->subject, "CN=www.example.hk,O=Example\\, Ltd,C=HK");
	cr_expect_str_eq(cert->common_name, "www.example.hk");
	cr_expect_str_eq(cert->serial, "0a0b");
	cr_expect_str_eq(cert->key, "EC P-256");
	cr_expect_str_eq(cert->signature, "ecdsa-with-SHA256");
	cr_expect(cert->has_eku && cert->eku_server && !cert->eku_client);
	cr_expect_str_eq(cert->eku[0], "serverAuth");
	cr_expect_str_eq(cert->eku[1], "1.2.3.4");
	cr_expect_null(cert->eku[2]);
	cr_expect_str_eq(cert->san[3], "2001:db8::1");
	cr_expect_str_eq(cert->san[4], "email:a@example.hk");
	cr_expect_str_eq(cert->crl_urls[0], "http://crl.example.hk/a.crl");
	cr_expect_not(cert->is_ca);
	cr_expect(cert->self_signed);
	cr_expect_eq(cert_validity_days(cert), 199);
}

Test(cert, covers)
{
	static const char *const san[] = { "DNS:www.example.hk", "DNS:*.wild.hk", "IP:192.0.2.1",
		"DNS:192.0.2.9", "DNS:xn--dgt303b8zdiqag81agk7a6ul.xn--uc0atv.hk",
		"DNS:nul.example.hk\\x00.evil.hk", NULL };
	static const struct {
		const char *descr, *name;
		bool covered;
	} cases[] = {
		{ "itself", "www.example.hk", true },
		{ "case", "WWW.Example.HK", true },
		{ "below", "a.www.example.hk", false },
		{ "wildcard", "a.wild.hk", true },
		{ "two labels for one", "a.b.wild.hk", false },
		{ "the bare name", "wild.hk", false },
		{ "address", "192.0.2.1", true },
		{ "an address is no name", "192.0.2.9", false },
		{ "A-label", "xn--dgt303b8zdiqag81agk7a6ul.xn--uc0atv.hk", true },
		{ "common name does not count", "cn.example.hk", false },
		{ "cut at a NUL", "nul.example.hk", false },
	};
	struct forge_spec spec = leaf_spec();

	spec.subject = "CN=cn.example.hk";
	spec.san = san;
	const struct cert *cert = forge_as_cert(forge_cert(&forge, &spec));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(
			cert_covers(cert, cases[i].name), cases[i].covered, "%s", cases[i].descr);
}

Test(cert, hostile_text_is_printable)
{
	struct forge_spec spec = leaf_spec();
	static const char *const san[] = { "DNS:a\\x1b[31m.hk", "DNS:b\\x0a\\xff.hk", NULL };

	spec.subject = "CN=a\\x1b[2J\\x0ab,O=\\xe2\\x80\\xae,C=HK";
	spec.san = san;
	const struct cert *cert = forge_as_cert(forge_cert(&forge, &spec));
	cr_assert(cert->readable);
	for (const char *c = cert->subject; *c; c++)
		cr_expect((unsigned char)*c >= 0x20 && *c != 0x7f);
	cr_expect_null(strstr(cert->subject, "\xe2\x80\xae"));
	cr_expect_str_eq(cert->san[0], "a\\u{001B}[31m.hk");
	cr_expect_str_eq(cert->san[1], "b\\u{000A}\\xFF.hk");
}

Test(cert, what_cannot_be_decoded_is_kept)
{
	struct forge_spec spec = leaf_spec();
	const struct forge_cert *good = forge_cert(&forge, &spec);
	uint8_t longer[4096];

	CLEANUP(cert_unrefp) const struct cert *garbage = cert_new((const uint8_t *)"x", 1, NULL);
	cr_assert(garbage);
	cr_expect_not(garbage->readable);
	CLEANUP(cert_unrefp) const struct cert *empty = cert_new((const uint8_t *)"", 0, NULL);
	cr_expect_str_eq(empty->sha256_text,
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

	cr_assert(good->der_len < sizeof longer);
	memcpy(longer, good->der, good->der_len);
	longer[good->der_len] = 0;
	CLEANUP(cert_unrefp)
	const struct cert *trailing = cert_new(longer, good->der_len + 1, NULL);
	cr_expect_not(trailing->readable, "bytes after a certificate");
	for (size_t cut = 0; cut < good->der_len; cut += 37) {
		CLEANUP(cert_unrefp) const struct cert *part = cert_new(good->der, cut, NULL);
		cr_expect_not(part->readable);
	}
}

Test(cert, twins_and_issuers)
{
	struct forge_pki pki;

	forge_pki_init(&pki, forge_day("2026-07-01"), FORGE_KEYS_FAST, NULL);
	const struct cert *old = forge_pki_cert(&pki, "ssl-ca-3-17-2017");
	const struct cert *new = forge_pki_cert(&pki, "ssl-ca-3-17-2025");
	const struct cert *ev = forge_pki_cert(&pki, "ev-ssl-ca-3-17-2025");
	const struct cert *root = forge_pki_cert(&pki, "root-ca-3");
	const struct cert *cross = forge_pki_cert(&pki, "root-ca-3-cross-2022");
	const struct cert *leaf = forge_as_cert(forge_leaf(
		&pki, "ssl-ca-3-17-2017", "a.hk", (struct instant){ 0 }, (struct instant){ 0 }));

	cr_expect(cert_is_twin(old, new));
	cr_expect(cert_is_twin(root, cross));
	cr_expect_not(cert_is_twin(old, old), "nobody is his own twin");
	cr_expect_not(cert_is_twin(ev, new));
	cr_expect(cert_issued_by(leaf, old) && cert_issued_by(leaf, new));
	cr_expect_not(cert_issued_by(leaf, ev));
	cr_expect_not(cert_issued_by(leaf, root));
	cr_expect(cert_issued_by(new, root) && cert_issued_by(new, cross));
	forge_pki_release(&pki);
}

/* With an honest key the same two would fit. */
Test(cert, checks_no_signature_at_any_cost)
{
	static const struct {
		const char *descr, *key;
		bool fits;
	} cases[] = {
		{ "RSA as usual", "rsa:above", true },
		{ "RSA with an exponent that nobody has", "rsa-e:above", false },
		{ "a curve as usual", "p256:above", true },
		{ "Ed25519", "ed25519:above", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_spec spec = leaf_spec();
		struct forge_cert *above = forge_cert(
			&forge, &(struct forge_spec){ .subject = "CN=Above",
					.key = cases[i].key,
					.ca = true,
					.not_before = spec.not_before,
					.not_after = spec.not_after });
		spec.issuer = above;
		const struct cert *ca = forge_as_cert(above),
				  *leaf = forge_as_cert(forge_cert(&forge, &spec));
		cr_expect(ca->readable && leaf->readable, "%s", cases[i].descr);
		cr_expect(cert_names_issuer(leaf, ca), "%s", cases[i].descr);
		cr_expect_eq(cert_issued_by(leaf, ca), cases[i].fits, "%s", cases[i].descr);
		cr_expect_eq(ca->self_signed, cases[i].fits, "%s", cases[i].descr);
	}
}

Test(cert, validity_ends_with_its_last_second)
{
	struct forge_spec spec = leaf_spec();
	const struct cert *cert = forge_as_cert(forge_cert(&forge, &spec));

	cr_expect(cert_valid_at(cert, forge_day("2026-01-01")));
	cr_expect_not(cert_valid_at(cert, forge_day("2025-12-31T23:59:59Z")));
	cr_expect(cert_valid_at(cert, forge_day("2026-07-18T23:59:59Z")));
	cr_expect_not(cert_valid_at(cert, forge_day("2026-07-19T00:00:00Z")));
}

/* Each part begins where it says, and nothing cut short or prolonged is a certificate. */
Test(cert, fields)
{
	static const char *const san[] = { "DNS:www.example.hk", NULL };
	struct forge_spec spec = leaf_spec();
	struct cert_fields fields;
	unsigned char *spki = NULL;

	spec.san = san;
	const struct forge_cert *cert = forge_cert(&forge, &spec);
	int spki_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert->x509), &spki);
	cr_assert(cert_fields_read(cert->der, cert->der_len, &fields));
	cr_expect_eq(fields.version, 3);
	cr_expect_eq(fields.tbs.at, cert->der + 4);
	cr_expect_eq(fields.tbs.at[0], 0x30);
	cr_expect_eq(fields.not_before.at[0], 0x17);
	cr_assert_eq(fields.spki.len, (size_t)spki_len);
	cr_expect_eq(memcmp(fields.spki.at, spki, fields.spki.len), 0);
	cr_expect_eq(fields.subject.len, fields.issuer.len);
	cr_expect_eq(memcmp(fields.subject.at, fields.issuer.at, fields.issuer.len), 0);
	cr_expect_eq(fields.inner_algorithm.len, fields.outer_algorithm.len);
	cr_expect_eq(fields.signature.at + fields.signature.len, cert->der + cert->der_len);
	cr_expect_eq(fields.extensions.at[0], 0x30);
	OPENSSL_free(spki);
	for (size_t len = 0; len < cert->der_len; len++)
		cr_expect_not(cert_fields_read(cert->der, len, &fields), "%zu bytes", len);

	spec.version1 = true;
	cert = forge_cert(&forge, &spec);
	cr_assert(cert_fields_read(cert->der, cert->der_len, &fields));
	cr_expect_eq(fields.version, 1);
	cr_expect_null(fields.extensions.at);
}

Test(cert, der_is_strict)
{
	static const struct {
		const char *descr;
		uint8_t bytes[8];
		size_t len;
		bool good;
	} cases[] = {
		{ "short", { 0x04, 0x01, 0xaa }, 3, true },
		{ "empty", { 0x04, 0x00 }, 2, true },
		{ "nothing", { 0 }, 0, false },
		{ "no length", { 0x04 }, 1, false },
		{ "past the end", { 0x04, 0x02, 0xaa }, 3, false },
		{ "long form of a short length", { 0x04, 0x81, 0x01, 0xaa }, 4, false },
		{ "a leading zero", { 0x04, 0x82, 0x00, 0x80 }, 4, false },
		{ "without an end", { 0x24, 0x80, 0x00, 0x00 }, 4, false },
		{ "a length of five octets", { 0x04, 0x85, 1, 1, 1, 1, 1 }, 7, false },
		{ "all there can be", { 0x04, 0x84, 0xff, 0xff, 0xff, 0xff }, 6, false },
		{ "a tag of two octets", { 0x1f, 0x20, 0x00 }, 3, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct der_cursor cursor = der_cursor(cases[i].bytes, cases[i].len);
		struct der_item item;

		cr_expect_eq(der_next(&cursor, &item), cases[i].good, "%s", cases[i].descr);
		if (cases[i].good)
			cr_expect(der_is_done(&cursor), "%s", cases[i].descr);
	}
}
