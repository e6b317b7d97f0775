/* SPDX-License-Identifier: MIT */
/* The forge itself: what every other test stands on. */
#include "tests/forge.h"

#include <string.h>

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/cert/cert.h"

static const char day[] = "2026-07-01";

Test(forge, real_links_hold)
{
	static const struct {
		const char *descr, *subject, *issuer;
		bool issued;
	} cases[] = {
		{ "current under the root", "ssl-ca-3-17-2025", "root-ca-3", true },
		{ "retired under the root", "ssl-ca-3-17-2017", "root-ca-3", true },
		{ "... and under its cross", "ssl-ca-3-17-2017", "root-ca-3-cross-2022", true },
		{ "cross under R3", "root-ca-3-cross-2022", "globalsign-r3", true },
		{ "old cross under Root CA 1", "root-ca-3-cross-2022-07-b", "root-ca-1", true },
		{ "root by itself", "root-ca-3", "root-ca-3", true },
		{ "EV is not OV", "ev-ssl-ca-3-17-2025", "ssl-ca-3-17-2025", false },
		{ "cross not under its twin", "root-ca-3-cross-2022", "root-ca-3", false },
	};
	struct forge_pki pki;

	forge_pki_init(&pki, forge_day(day), FORGE_KEYS_FAST, NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		X509 *x = forge_pki_find(&pki, cases[i].subject)->x509;
		X509 *by = forge_pki_find(&pki, cases[i].issuer)->x509;
		bool named = X509_check_issued(by, x) == X509_V_OK;
		bool issued = named && X509_verify(x, X509_get0_pubkey(by)) == 1;

		cr_expect_eq(issued, cases[i].issued, "%s", cases[i].descr);
	}
	forge_pki_release(&pki);
}

Test(forge, twins_share_name_and_key_alone)
{
	struct forge_pki pki;

	forge_pki_init(&pki, forge_day(day), FORGE_KEYS_FAST, NULL);
	const struct cert *old = forge_pki_cert(&pki, "ssl-ca-3-17-2017");
	const struct cert *new = forge_pki_cert(&pki, "ssl-ca-3-17-2025");

	cr_expect(cert_is_twin(old, new));
	cr_expect_not(cert_equal(old, new));
	cr_expect_not(old->has_eku);
	cr_expect(new->eku_server);
	cr_expect_str_eq(new->subject, "CN=Hongkong Post e-Cert SSL CA 3 - 17,O=Hongkong "
				       "Post,L=Hong Kong,ST=Hong Kong,C=HK");
	cr_expect_str_eq(new->serial, "3db180ef6ff85f7a895d16445b9fc9fc3defbbc7");
	forge_pki_release(&pki);
}

Test(forge, leafs_are_as_ordered)
{
	struct forge_pki pki;

	forge_pki_init(&pki, forge_day(day), FORGE_KEYS_FAST, "http://127.0.0.1:9");
	struct forge_cert *forged = forge_leaf(&pki, "ssl-ca-3-17-2025", "www.a.hk,192.0.2.1,::1",
		(struct instant){ 0 }, (struct instant){ 0 });
	const struct cert *leaf = forge_as_cert(forged);

	cr_expect(leaf->readable);
	cr_expect_str_eq(leaf->common_name, "www.a.hk");
	cr_expect(cert_covers(leaf, "www.a.hk") && cert_covers(leaf, "192.0.2.1"));
	cr_expect_eq(cert_validity_days(leaf), 199);
	cr_expect(cert_valid_at(leaf, forge_day(day)));
	cr_expect(cert_issued_by(leaf, forge_pki_cert(&pki, "ssl-ca-3-17-2017")));
	cr_expect_str_eq(leaf->crl_urls[0], "http://127.0.0.1:9/eCertSCA3-17CRL1.crl");

	forged = forge_leaf_as(&pki, "ssl-ca-3-17-2025", "b.hk",
		&(struct forge_spec){
			.eku = "", .broken_signature = true, .subject = "CN=a\\x00b" });
	leaf = forge_as_cert(forged);
	cr_expect_not(leaf->has_eku);
	cr_expect_not(cert_issued_by(leaf, forge_pki_cert(&pki, "ssl-ca-3-17-2025")));
	cr_expect_eq(X509_NAME_entry_count(X509_get_subject_name(forged->x509)), 1);
	cr_expect_eq(ASN1_STRING_length(X509_NAME_ENTRY_get_data(
			     X509_NAME_get_entry(X509_get_subject_name(forged->x509), 0))),
		3);
	forge_pki_release(&pki);
}

Test(forge, kinds_of_keys)
{
	static const struct {
		const char *name, *kind;
		int bits;
	} cases[] = {
		{ "any", "EC", 256 },
		{ "rsa:any", "RSA", 2048 },
		{ "rsa1024:weak", "RSA", 1024 },
		{ "p384:x", "EC", 384 },
		{ "ed25519:x", "ED25519", 256 },
	};
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		EVP_PKEY *key = forge_key(&forge, cases[i].name);
		const struct forge_cert *cert = forge_cert(
			&forge, &(struct forge_spec){ .subject = "CN=x",
					.key = cases[i].name,
					.not_before = forge_day("2026-01-01"),
					.not_after = forge_day("2027-01-01") });

		cr_expect(EVP_PKEY_is_a(key, cases[i].kind), "%s", cases[i].name);
		cr_expect_eq(EVP_PKEY_get_bits(key), cases[i].bits, "%s", cases[i].name);
		cr_expect_eq(key, forge_key(&forge, cases[i].name), "%s", cases[i].name);
		cr_expect_eq(X509_verify(cert->x509, key), 1, "%s", cases[i].name);
	}
	forge_release(&forge);
}

Test(forge, fixed_keys_make_the_same_bytes)
{
	struct forge_bytes made[2];
	struct forge forges[2];

	for (size_t i = 0; i < 2; i++) {
		forge_init(&forges[i], FORGE_KEYS_FAST);
		const struct forge_cert *cert = forge_cert(
			&forges[i], &(struct forge_spec){ .subject = "CN=x",
					    .key = "fixed:x",
					    .not_before = forge_day("2026-01-01"),
					    .not_after = forge_day("2027-01-01") });

		made[i] = (struct forge_bytes){ cert->der, cert->der_len };
	}
	cr_expect_eq(made[0].len, made[1].len);
	cr_expect_arr_eq(made[0].data, made[1].data, made[0].len);
	forge_release(&forges[0]);
	forge_release(&forges[1]);
}

Test(forge, hostile_names)
{
	static const struct {
		const char *descr, *subject;
		int type, len;
	} cases[] = {
		{ "a NUL inside", "CN=a\\x00b", V_ASN1_UTF8STRING, 3 },
		{ "not UTF-8", "CN=\\xff\\xfe", V_ASN1_T61STRING, 2 },
		{ "a comma", "CN=a\\,b", V_ASN1_UTF8STRING, 3 },
		{ "Chinese", "CN=郵政", V_ASN1_UTF8STRING, 6 },
		{ "country", "C=HK", V_ASN1_PRINTABLESTRING, 2 },
	};
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct forge_cert *cert = forge_cert(
			&forge, &(struct forge_spec){ .subject = cases[i].subject,
					.not_before = forge_day("2026-01-01"),
					.not_after = forge_day("2027-01-01") });
		const X509_NAME *name = X509_get_subject_name(cert->x509);
		const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, 0));

		cr_expect_eq(X509_NAME_entry_count(name), 1, "%s", cases[i].descr);
		cr_expect_eq(ASN1_STRING_type(value), cases[i].type, "%s", cases[i].descr);
		cr_expect_eq(ASN1_STRING_length(value), cases[i].len, "%s", cases[i].descr);
	}
	forge_release(&forge);
}

Test(forge, profile_names_what_was_minted)
{
	struct forge_pki pki;

	forge_pki_init(&pki, forge_day(day), FORGE_KEYS_FAST, NULL);
	const char *text = forge_pki_profile(&pki, "http://127.0.0.1:8080");

	for (size_t i = 0; i < FORGE_PKI_CERTS; i++)
		cr_expect(strstr(text, forge_sha256(&pki.forge, pki.certs[i])), "%s", pki.ids[i]);
	cr_expect(strstr(text, "url: http://127.0.0.1:8080/ssl-ca-3-17-2025.pem\n"));
	cr_expect(strstr(text, "serial: \"0541\"\n"));
	forge_pki_release(&pki);
}
