/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/cert/pubkey.h"
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

TestSuite(pubkey, .init = set_up, .fini = tear_down);

/* The bytes of KEY; the forge's. */
static struct forge_bytes spki_of(EVP_PKEY *key)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(key, &der);

	forge_must(len > 0, "i2d_PUBKEY");
	struct forge_bytes bytes = forge_keep(&forge, der, (size_t)len);
	OPENSSL_free(der);
	return bytes;
}

/* The same key, whichever way it was read. */
static void expect_made(struct forge_bytes spki, const char *descr)
{
	const unsigned char *at = spki.data;
	EVP_PKEY *theirs = d2i_PUBKEY(NULL, &at, (long)spki.len);
	struct pubkey_maker maker = { .library = NULL };

	cr_assert_not_null(theirs, "%s", descr);
	for (int turn = 0; turn < 3; turn++) {
		EVP_PKEY *ours = turn == 0 ? pubkey_make(spki.data, spki.len, NULL)
					   : pubkey_maker_lend(&maker, spki.data, spki.len);

		cr_assert_not_null(ours, "%s, turn %d", descr, turn);
		cr_expect_eq(EVP_PKEY_eq(ours, theirs), 1, "%s, turn %d", descr, turn);
		if (turn == 0)
			EVP_PKEY_free(ours);
	}
	pubkey_maker_release(&maker);
	EVP_PKEY_free(theirs);
}

Test(pubkey, keys_of_all_kinds)
{
	static const struct {
		const char *descr, *text, *curve;
		enum key_kind kind;
		unsigned bits;
	} cases[] = {
		{ "rsa:a", "RSA 2048", "", KEY_RSA, 2048 },
		{ "rsa1024:a", "RSA 1024", "", KEY_RSA, 1024 },
		{ "p256:a", "EC P-256", "P-256", KEY_EC, 256 },
		{ "p384:a", "EC P-384", "P-384", KEY_EC, 384 },
		{ "ed25519:a", "ED25519 256", "", KEY_EDWARDS, 256 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_bytes spki = spki_of(forge_key(&forge, cases[i].descr));
		struct pubkey pubkey;

		pubkey_describe(spki.data, spki.len, &pubkey);
		cr_expect_eq(pubkey.kind, cases[i].kind, "%s", cases[i].descr);
		cr_expect_eq(pubkey.bits, cases[i].bits, "%s", cases[i].descr);
		cr_expect_str_eq(pubkey.text, cases[i].text);
		cr_expect_str_eq(pubkey.curve, cases[i].curve);
		cr_expect(pubkey.sound && !pubkey.slow, "%s", cases[i].descr);
		expect_made(spki, cases[i].descr);
	}
}

static EVP_PKEY *ec_key(const char *curve, const char *form, const char *encoding)
{
	EVP_PKEY *key = EVP_EC_gen(curve);

	forge_must(key && EVP_PKEY_set_utf8_string_param(key, "point-format", form) == 1 &&
			   EVP_PKEY_set_utf8_string_param(key, "encoding", encoding) == 1,
		curve);
	return key;
}

Test(pubkey, curves)
{
	static const struct {
		const char *descr, *curve, *form, *encoding, *text;
		bool slow;
	} cases[] = {
		{ "P-521", "P-521", "uncompressed", "named_curve", "EC P-521", false },
		{ "compressed", "P-256", "compressed", "named_curve", "EC P-256", false },
		{ "hybrid", "P-256", "hybrid", "named_curve", "EC P-256", false },
		{ "Bitcoin's", "secp256k1", "uncompressed", "named_curve", "EC secp256k1", false },
		{ "Brainpool's", "brainpoolP384r1", "compressed", "named_curve",
			"EC brainpoolP384r1", false },
		{ "P-224", "P-224", "uncompressed", "named_curve", "EC secp224r1", false },
		{ "too large", "sect571r1", "uncompressed", "named_curve", "EC sect571r1", true },
		{ "too large, compressed", "sect571r1", "compressed", "named_curve", "EC sect571r1",
			true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		EVP_PKEY *key = ec_key(cases[i].curve, cases[i].form, cases[i].encoding);
		struct forge_bytes spki = spki_of(key);
		struct pubkey pubkey;

		EVP_PKEY_free(key);
		pubkey_describe(spki.data, spki.len, &pubkey);
		cr_expect_eq(pubkey.kind, KEY_EC, "%s", cases[i].descr);
		cr_expect_str_eq(pubkey.text, cases[i].text);
		cr_expect_eq(pubkey.slow, cases[i].slow, "%s", cases[i].descr);
		cr_expect_eq(pubkey.sound, !cases[i].slow, "%s", cases[i].descr);
		if (cases[i].slow)
			cr_expect_null(
				pubkey_make(spki.data, spki.len, NULL), "%s", cases[i].descr);
		else
			expect_made(spki, cases[i].descr);
	}
}

/* The key on a curve is one object, whatever came between. */
Test(pubkey, takes_another_point)
{
	struct forge_bytes a = spki_of(forge_key(&forge, "p256:a"));
	struct forge_bytes b = spki_of(forge_key(&forge, "p256:b"));
	struct forge_bytes rsa = spki_of(forge_key(&forge, "rsa:a"));
	struct forge_bytes off = forge_keep(&forge, b.data, b.len);
	struct pubkey_maker maker = { .library = NULL };

	((uint8_t *)(uintptr_t)off.data)[off.len - 1] ^= 1;
	EVP_PKEY *key = pubkey_maker_lend(&maker, a.data, a.len);
	cr_assert_not_null(key);
	cr_expect_eq(pubkey_maker_stays(&maker, key), 0);
	cr_expect_eq(EVP_PKEY_eq(key, forge_key(&forge, "p256:a")), 1);
	cr_expect_null(pubkey_maker_lend(&maker, off.data, off.len));
	cr_expect_eq(pubkey_maker_stays(&maker, NULL), PUBKEY_CURVES);
	cr_expect_eq(pubkey_maker_lend(&maker, b.data, b.len), key);
	cr_expect_eq(EVP_PKEY_eq(key, forge_key(&forge, "p256:b")), 1);
	EVP_PKEY *other = pubkey_maker_lend(&maker, rsa.data, rsa.len);
	cr_expect_eq(pubkey_maker_stays(&maker, other), PUBKEY_CURVES);
	cr_expect_eq(EVP_PKEY_eq(other, forge_key(&forge, "rsa:a")), 1);
	cr_expect_eq(pubkey_maker_lend(&maker, a.data, a.len), key);
	cr_expect_eq(EVP_PKEY_eq(key, forge_key(&forge, "p256:a")), 1);
	pubkey_maker_release(&maker);
}

/* --- RSA keys out of numbers --- */

static void add_tlv(struct buf *out, unsigned tag, const struct buf *content)
{
	(void)buf_add_char(out, (char)tag);
	if (content->len >= 0x80) {
		(void)buf_add_char(out, (char)0x82);
		(void)buf_add_char(out, (char)(content->len >> 8));
	}
	(void)buf_add_char(out, (char)content->len);
	(void)buf_add(out, content->data, content->len);
}

/* A number of BYTES octets, of ones but for its FIRST and LAST. */
static void add_number(struct buf *out, size_t bytes, unsigned first, unsigned last)
{
	CLEANUP(buf_release) struct buf number = BUF_INIT(4096);

	for (size_t i = 0; i < bytes; i++)
		(void)buf_add_char(&number, (char)(i + 1 == bytes ? last : i == 0 ? first : 0xff));
	add_tlv(out, 0x02, &number);
}

static void make_spki(struct buf *out, const struct buf *key)
{
	static const char algorithm[] = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05";
	CLEANUP(buf_release) struct buf bits = BUF_INIT(8192), inside = BUF_INIT(8192);
	CLEANUP(buf_release) struct buf sequence = BUF_INIT(8192);

	add_tlv(&sequence, 0x30, key);
	(void)buf_add_char(&bits, 0);
	(void)buf_add(&bits, sequence.data, sequence.len);
	(void)buf_add(&inside, algorithm, sizeof algorithm); /* the NUL is NULL's length */
	add_tlv(&inside, 0x03, &bits);
	add_tlv(out, 0x30, &inside);
	cr_assert_not(out->failed);
}

Test(pubkey, rsa_numbers)
{
	static const struct {
		const char *descr;
		size_t modulus; /* octets */
		unsigned first, last;
		size_t exponent;
		unsigned exponent_last;
		const char *text;
		bool slow, sound;
	} cases[] = {
		{ "usual", 257, 0, 0xff, 3, 1, "RSA 2048", false, true },
		{ "even", 257, 0, 0xfe, 3, 1, "RSA 2048", false, false },
		{ "one", 1, 1, 1, 3, 1, "RSA 1", false, false },
		{ "zero", 1, 0, 0, 3, 1, NULL, false, false },
		{ "the largest", 1025, 0, 0xff, 3, 1, "RSA 8192", false, true },
		{ "larger", 1026, 0x01, 0xff, 3, 1, "RSA 8201", true, false },
		{ "much larger", 2049, 0, 0xff, 3, 1, "RSA 16384", true, false },
		{ "exponent of 32 bits", 257, 0, 0xff, 5, 1, "RSA 2048", false, true },
		{ "exponent as long", 257, 0, 0xff, 257, 1, "RSA 2048", true, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_release) struct buf key = BUF_INIT(8192), spki = BUF_INIT(8192);
		struct pubkey pubkey;

		add_number(&key, cases[i].modulus, cases[i].first, cases[i].last);
		add_number(&key, cases[i].exponent, cases[i].exponent == 3 ? 1 : 0,
			cases[i].exponent_last);
		make_spki(&spki, &key);
		const uint8_t *der = (const uint8_t *)spki.data;
		pubkey_describe(der, spki.len, &pubkey);
		if (cases[i].text)
			cr_expect_str_eq(
				pubkey.text, cases[i].text, "%s: %s", cases[i].descr, pubkey.text);
		cr_expect_eq(pubkey.slow, cases[i].slow, "%s", cases[i].descr);
		EVP_PKEY *made = pubkey_make(der, spki.len, NULL);
		cr_expect_eq(made != NULL, cases[i].sound, "%s", cases[i].descr);
		if (cases[i].text)
			cr_expect_eq(pubkey.sound, cases[i].sound, "%s", cases[i].descr);
		EVP_PKEY_free(made);
	}
}

/* What is no key for OpenSSL is none here, whatever byte is changed. */
Test(pubkey, damaged)
{
	static const char *const names[] = { "p256:a", "p384:a", "rsa1024:a", "ed25519:a" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct forge_bytes spki = spki_of(forge_key(&forge, names[i]));
		uint8_t bytes[512];

		cr_assert_leq(spki.len, sizeof bytes);
		for (size_t at = 0; at < spki.len; at++) {
			memcpy(bytes, spki.data, spki.len);
			bytes[at] ^= 0x81;
			const unsigned char *end = bytes;
			EVP_PKEY *theirs = d2i_PUBKEY(NULL, &end, (long)spki.len);
			EVP_PKEY *ours = pubkey_make(bytes, spki.len, NULL);
			struct pubkey pubkey;

			pubkey_describe(bytes, spki.len, &pubkey);
			cr_expect(theirs || !ours, "%s, byte %zu: a key of our own", names[i], at);
			cr_expect_eq(ours != NULL, pubkey.sound, "%s, byte %zu: %s", names[i], at,
				pubkey.text);
			if (ours && theirs)
				cr_expect_eq(
					EVP_PKEY_eq(ours, theirs), 1, "%s, byte %zu", names[i], at);
			EVP_PKEY_free(ours);
			EVP_PKEY_free(theirs);
		}
		for (size_t cut = 0; cut < spki.len; cut++)
			cr_expect_null(pubkey_make(spki.data, cut, NULL), "%s", names[i]);
	}
}
