/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <criterion/criterion.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file.h"
#include "checker/cert/cert_pkcs7.h"
#include "checker/cert/p12.h"
#include "checker/key/key_file.h"
#include "checker/key/pfx.h"
#include "checker/key/private_key.h"
#include "tests/forge.h"

#define PASSWORD "geheim"
#define FILE_BYTES (1u << 20)

static struct forge forge;
static struct forge_cert *root, *leaf;

static void set_up(void)
{
	forge_init(&forge, FORGE_KEYS_FAST);
	root = forge_cert(&forge, &(struct forge_spec){ .subject = "CN=Root",
					  .key = "root",
					  .ca = true,
					  .not_before = forge_day("2020-01-01"),
					  .not_after = forge_day("2040-01-01") });
	leaf = forge_cert(&forge, &(struct forge_spec){ .subject = "CN=www.example.hk",
					  .issuer = root,
					  .not_before = forge_day("2026-01-01"),
					  .not_after = forge_day("2026-07-01") });
}

static void tear_down(void)
{
	forge_release(&forge);
}

TestSuite(key_file, .init = set_up, .fini = tear_down);

/* The key of that name, by way of PEM. */
static struct private_key *key_of(const char *name)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(FILE_BYTES);
	struct private_key *key = NULL;

	(void)buf_add_text(&text, forge_key_pem(&forge, name));
	forge_must(key_file_read("key.pem", &text, NULL, &key, NULL) == KEY_FILE_KEY, name);
	return key;
}

static void seal(struct buf *out, const char *password, enum pfx_reader reader)
{
	CLEANUP(private_key_freep) struct private_key *key = key_of("leaf");
	const struct cert *certs[] = { forge_as_cert(leaf), forge_as_cert(root) };
	const struct pfx_content content = {
		.key = key, .certs = certs, .count = 2, .name = "郵政"
	};

	forge_must(pfx_write(&content, password, reader, out, NULL), "pfx_write");
}

struct counted {
	const struct cert *first;
	size_t count;
};

static bool count_cert(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	struct counted *counted = arg;

	if (counted->count++ == 0)
		counted->first = cert_new(der, len, err);
	return true;
}

Test(key_file, what_was_sealed_opens_again)
{
	static const enum pfx_reader readers[] = { PFX_MODERN, PFX_WINDOWS_2008 };

	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		CLEANUP(buf_release) struct buf bytes = BUF_INIT(FILE_BYTES);
		CLEANUP(private_key_freep) struct private_key *key = NULL;
		struct counted counted = { .count = 0 };
		struct error err = { .code = ERROR_NONE };

		seal(&bytes, PASSWORD, readers[i]);
		cr_assert(key_file_is_pkcs12(&bytes));
		cr_assert_eq(key_file_read("x.pfx", &bytes, NULL, &key, NULL), KEY_FILE_LOCKED);
		cr_assert_eq(key_file_read("x.pfx", &bytes, "other", &key, &err), KEY_FILE_SHUT);
		cr_expect(strstr(err.text, "x.pfx: the password"), "%s", err.text);
		cr_assert_eq(key_file_read("x.pfx", &bytes, PASSWORD, &key, NULL), KEY_FILE_KEY);
		cr_expect(key_file_fits(key, forge_as_cert(leaf)));
		cr_expect_not(key_file_fits(key, forge_as_cert(root)));
		cr_expect(key_file_whole(key));
		cr_assert(cert_file_read(&(struct cert_file){ .path = "x.pfx",
						 .bytes = (const uint8_t *)bytes.data,
						 .len = bytes.len,
						 .password = PASSWORD },
			count_cert, &counted, NULL));
		cr_expect_eq(counted.count, 2);
		cr_expect(cert_equal(counted.first, forge_as_cert(leaf)));
		cert_unref(counted.first);
	}
}

/* The algorithms of both, by the numbers that others know them by. */
Test(key_file, old_windows_gets_what_it_knows)
{
	static const struct {
		enum pfx_reader reader;
		int mac;
	} cases[] = { { PFX_MODERN, NID_sha256 }, { PFX_WINDOWS_2008, NID_sha1 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_release) struct buf bytes = BUF_INIT(FILE_BYTES);
		seal(&bytes, PASSWORD, cases[i].reader);
		const uint8_t *at = (const uint8_t *)bytes.data;
		PKCS12 *p12 = d2i_PKCS12(NULL, &at, (long)bytes.len);
		const X509_ALGOR *mac = NULL;

		cr_assert(p12);
		PKCS12_get0_mac(NULL, &mac, NULL, NULL, p12);
		cr_expect_eq(OBJ_obj2nid(mac->algorithm), cases[i].mac);
		STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
		for (int k = 0; k < sk_PKCS7_num(safes); k++) {
			const PKCS7 *safe = sk_PKCS7_value(safes, k);
			if (!PKCS7_type_is_encrypted(safe))
				continue;
			const X509_ALGOR *how = safe->d.encrypted->enc_data->algorithm;
			cr_expect_eq(OBJ_obj2nid(how->algorithm),
				cases[i].reader == PFX_MODERN
					? NID_pbes2
					: NID_pbe_WithSHA1And3_Key_TripleDES_CBC);
			cr_expect_eq(
				p12_rounds(how), cases[i].reader == PFX_MODERN ? 100000 : 2048);
		}
		sk_PKCS7_pop_free(safes, PKCS7_free);
		PKCS12_free(p12);
	}
}

/* A PKCS#12 file without a MAC, or with one, that asks for so many rounds. */
static void make_slow(struct buf *out, int rounds, bool sealed_key, bool scrypt)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(forge_key(&forge, "leaf"));
	X509_ALGOR *how = scrypt ? PKCS5_pbe2_set_scrypt(
					   EVP_aes_256_cbc(), NULL, 0, NULL, (uint64_t)rounds, 8, 1)
				 : PKCS5_pbe2_set_iv(
					   EVP_aes_256_cbc(), 2, NULL, 0, NULL, NID_hmacWithSHA256);
	X509_SIG *sealed = PKCS8_set0_pbe(PASSWORD, -1, info, how);

	forge_must(sealed != NULL, "PKCS8_set0_pbe");
	if (!scrypt) {
		/* How it was hashed is said anew: what opens it does not matter here. */
		X509_ALGOR *said = NULL;
		X509_ALGOR *said_how = PKCS5_pbe2_set_iv(
			EVP_aes_256_cbc(), 2, NULL, 0, NULL, NID_hmacWithSHA256);
		PBE2PARAM *params = ASN1_TYPE_unpack_sequence(
			ASN1_ITEM_rptr(PBE2PARAM), said_how->parameter);
		X509_ALGOR_free(params->keyfunc);
		params->keyfunc = PKCS5_pbkdf2_set(rounds, NULL, 0, NID_hmacWithSHA256, 32);
		forge_must(ASN1_TYPE_pack_sequence(
				   ASN1_ITEM_rptr(PBE2PARAM), params, &said_how->parameter) != NULL,
			"PBE2PARAM");
		PBE2PARAM_free(params);
		X509_SIG_getm(sealed, &said, NULL);
		forge_must(X509_ALGOR_copy(said, said_how) == 1, "X509_ALGOR_copy");
		X509_ALGOR_free(said_how);
	}
	PKCS8_PRIV_KEY_INFO_free(info);
	unsigned char *der = NULL;
	int len = 0;

	if (sealed_key) {
		len = i2d_X509_SIG(sealed, &der);
		X509_SIG_free(sealed);
	} else {
		STACK_OF(PKCS12_SAFEBAG) *bags = sk_PKCS12_SAFEBAG_new_null();
		STACK_OF(PKCS7) *safes = NULL;
		PKCS12_SAFEBAG *bag = PKCS12_SAFEBAG_create0_pkcs8(sealed);
		forge_must(bags && bag && sk_PKCS12_SAFEBAG_push(bags, bag) > 0 &&
				   PKCS12_add_safe(&safes, bags, -1, 0, NULL) == 1,
			"a bag");
		PKCS12 *p12 = PKCS12_add_safes(safes, 0);
		forge_must(p12 != NULL, "PKCS12_add_safes");
		len = i2d_PKCS12(p12, &der);
		PKCS12_free(p12);
		sk_PKCS7_pop_free(safes, PKCS7_free);
		sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	}
	forge_must(len > 0 && buf_add(out, der, (size_t)len), "DER");
	OPENSSL_free(der);
}

Test(key_file, rounds_of_hashing_are_bounded)
{
	static const struct {
		const char *descr;
		int rounds;
		bool sealed_key, scrypt;
		bool refused;
	} cases[] = {
		{ "PKCS#8, few", 2, true, false, false },
		{ "PKCS#8, more than ten million", 10000001, true, false, true },
		{ "PKCS#8, as many as fit", 0x7fffffff, true, false, true },
		{ "PKCS#8 by scrypt, few", 16, true, true, false },
		{ "PKCS#12, few", 2, false, false, false },
		{ "PKCS#12, as many as fit", 0x7fffffff, false, false, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_release) struct buf bytes = BUF_INIT(FILE_BYTES);
		CLEANUP(private_key_freep) struct private_key *key = NULL;
		struct error err = { .code = ERROR_NONE };

		make_slow(&bytes, cases[i].rounds, cases[i].sealed_key, cases[i].scrypt);
		enum key_file_found found = key_file_read("slow", &bytes, PASSWORD, &key, &err);
		/* Those few are not those that it was sealed with, but they are tried. */
		if (cases[i].refused)
			cr_expect_eq(found, KEY_FILE_WRONG, "%s", cases[i].descr);
		if (cases[i].scrypt)
			cr_expect_eq(found, KEY_FILE_KEY, "%s", cases[i].descr);
		cr_expect_eq(strstr(err.text, "ten million") != NULL, cases[i].refused, "%s: %s",
			cases[i].descr, err.text);
	}
}

Test(key_file, what_holds_no_key)
{
	static const struct {
		const char *descr, *text;
		enum key_file_found found;
	} cases[] = {
		{ "nothing", "", KEY_FILE_NONE },
		{ "text", "no key\n", KEY_FILE_NONE },
		{ "damaged PEM", "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n",
			KEY_FILE_WRONG },
		{ "cut short", "-----BEGIN PRIVATE KEY-----\nMIIE", KEY_FILE_WRONG },
		{ "DER of something", "0\x81\x03\x02\x01\x01", KEY_FILE_NONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_release) struct buf bytes = BUF_INIT(FILE_BYTES);
		CLEANUP(private_key_freep) struct private_key *key = NULL;
		struct error err = { .code = ERROR_NONE };

		(void)buf_add_text(&bytes, cases[i].text);
		cr_expect_eq(key_file_read("x", &bytes, NULL, &key, &err), cases[i].found, "%s: %s",
			cases[i].descr, err.text);
		cr_expect_null(key, "%s", cases[i].descr);
	}
	CLEANUP(buf_release) struct buf pem = BUF_INIT(FILE_BYTES);
	CLEANUP(private_key_freep) struct private_key *key = NULL;

	(void)buf_add_text(&pem, forge_cert_pem(&forge, leaf));
	cr_expect_eq(key_file_read("x", &pem, NULL, &key, NULL), KEY_FILE_NONE);
	(void)buf_add_text(&pem, forge_key_pem(&forge, "leaf"));
	cr_expect_eq(key_file_read("x", &pem, NULL, &key, NULL), KEY_FILE_KEY, "behind another");
}

Test(key_file, pkcs7_keeps_the_order)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(FILE_BYTES);
	const struct cert *certs[] = { forge_as_cert(root), forge_as_cert(leaf) };
	struct counted counted = { .count = 0 };

	cr_assert(cert_pkcs7_write(certs, 2, &text, NULL));
	cr_assert(cert_file_read(
		&(struct cert_file){
			.path = "x.p7b", .bytes = (const uint8_t *)text.data, .len = text.len },
		count_cert, &counted, NULL));
	cr_expect_eq(counted.count, 2);
	cr_expect(cert_equal(counted.first, forge_as_cert(root)));
	cert_unref(counted.first);
}
