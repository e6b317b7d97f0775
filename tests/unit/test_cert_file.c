/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert_file.h"

#include <string.h>

#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "tests/forge.h"

#define SEEN 8

/* L, I, R: leaf, issuing, root. */
struct fixture {
	struct forge_pki pki;
	const struct forge_cert *leaf, *issuing, *root;
};

struct seen {
	const struct fixture *fixture;
	char letters[SEEN + 1];
	size_t count;
	size_t stop_at;
};

static void fixture_init(struct fixture *f)
{
	const struct instant none = { 0 };

	forge_pki_init(&f->pki, forge_day("2026-07-01"), FORGE_KEYS_FAST, NULL);
	f->leaf = forge_leaf(&f->pki, "ssl-ca-3-17-2025", "www.a.hk", none, none);
	f->issuing = forge_pki_find(&f->pki, "ssl-ca-3-17-2025");
	f->root = forge_pki_find(&f->pki, "root-ca-3");
}

static bool is_same(const struct forge_cert *cert, const uint8_t *der, size_t len)
{
	return cert->der_len == len && memcmp(cert->der, der, len) == 0;
}

static bool see(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	struct seen *seen = arg;
	const struct fixture *f = seen->fixture;

	if (seen->count == seen->stop_at)
		return error_set(err, ERROR_LIMIT, "enough");
	if (seen->count < SEEN)
		seen->letters[seen->count] = is_same(f->leaf, der, len)      ? 'L'
					     : is_same(f->issuing, der, len) ? 'I'
					     : is_same(f->root, der, len)    ? 'R'
									     : '?';
	seen->count++;
	return true;
}

/* The letters that were seen, or the error. */
static void expect(const struct fixture *f, const char *descr, struct forge_bytes file,
	const char *password, const char *expected)
{
	struct seen seen = { .fixture = f, .stop_at = SEEN };
	struct error err = { 0 };
	bool ok = cert_file_read(&(struct cert_file){ .path = "chain.x",
					 .bytes = file.data,
					 .len = file.len,
					 .password = password },
		see, &seen, &err);

	if (strlen(expected) <= 3) {
		cr_expect(ok, "%s: %s", descr, err.text);
		cr_expect_str_eq(seen.letters, expected, "%s", descr);
		return;
	}
	cr_expect_not(ok, "%s", descr);
	cr_expect(strstr(err.text, expected), "%s: '%s' is not in '%s'", descr, expected, err.text);
	cr_expect_eq(err.code, ERROR_SYNTAX, "%s", descr);
}

static struct forge_bytes text_of(struct fixture *f, const char *text)
{
	return forge_keep(&f->pki.forge, text, strlen(text));
}

static const char *block(struct fixture *f, char letter)
{
	struct forge *forge = &f->pki.forge;

	return letter == 'L'   ? forge_cert_pem(forge, f->leaf)
	       : letter == 'I' ? forge_cert_pem(forge, f->issuing)
	       : letter == 'R' ? forge_cert_pem(forge, f->root)
			       : forge_key_pem(forge, f->leaf->key);
}

/* FORMAT with $L, $I, $R replaced by PEM, $K by a private key, '|' by a line's end. */
static struct forge_bytes pem(struct fixture *f, const char *format, const char *newline)
{
	struct buf text = BUF_INIT(1u << 20), buf = BUF_INIT(1u << 20);

	for (const char *at = format; *at; at++) {
		if (*at == '$')
			buf_add_text(&text, block(f, *++at));
		else
			buf_add_char(&text, *at == '|' ? '\n' : *at);
	}
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\n')
			buf_add_text(&buf, newline);
		else
			buf_add_char(&buf, text.data[i]);
	}
	struct forge_bytes bytes = forge_keep(&f->pki.forge, buf.data, buf.len);

	buf_release(&text);
	buf_release(&buf);
	return bytes;
}

static struct forge_bytes der(struct fixture *f, const char *letters, size_t cut)
{
	struct buf buf = BUF_INIT(1u << 20);

	for (; *letters; letters++) {
		const struct forge_cert *cert = *letters == 'L'   ? f->leaf
						: *letters == 'I' ? f->issuing
								  : f->root;

		buf_add(&buf, cert->der, cert->der_len);
	}
	struct forge_bytes bytes = forge_keep(&f->pki.forge, buf.data, buf.len - cut);

	buf_release(&buf);
	return bytes;
}

Test(cert_file, pem)
{
	static const struct {
		const char *descr, *format, *newline, *expected;
	} cases[] = {
		{ "one", "$L", "\n", "L" },
		{ "three in order", "$L$I$R", "\n", "LIR" },
		{ "order of the file, not of the chain", "$R$L$I", "\n", "RLI" },
		{ "CRLF", "$L$I", "\r\n", "LI" },
		{ "lone CR", "$L$I", "\r", "LI" },
		{ "text before, between, after", "subject=x|$L - - -|# comment|$I|end", "\n",
			"LI" },
		{ "indented begin", "  $L", "\n", "L" },
		{ "byte order mark of UTF-8", "\xef\xbb\xbf$L", "\n", "L" },
		{ "a private key is passed over", "$L$K$I", "\n", "LI" },
		{ "a private key alone", "$K", "\n", "chain.x: there is no certificate in it" },
		{ "empty file", "", "\n", "chain.x: there is no certificate in it" },
		{ "text alone", "hello|world|", "\n", "chain.x: there is no certificate in it" },
		{ "no END", "|-----BEGIN CERTIFICATE-----|MIIB|", "\n",
			"chain.x:2: the PEM block that begins here has no END" },
		{ "next BEGIN before END", "-----BEGIN CERTIFICATE-----|MIIB|$L", "\n",
			"chain.x:1: the PEM block that begins here has no END" },
		{ "other END", "-----BEGIN CERTIFICATE-----|MIIB|-----END X-----|", "\n",
			"chain.x:3: the END line" },
		{ "BEGIN is damaged", "-----BEGIN CERTIFICATE|", "\n",
			"chain.x:1: the BEGIN line" },
		{ "label without end",
			"-----BEGIN "
			"0123456789012345678901234567890123456789012345678901234567890123456789----"
			"-",
			"\n", "chain.x:1: the BEGIN line" },
		{ "not base64", "-----BEGIN CERTIFICATE-----|MIIB|M*IB|-----END CERTIFICATE-----|",
			"\n", "chain.x:3: not base64" },
		{ "padding in the middle",
			"-----BEGIN CERTIFICATE-----|MA==MA==|-----END CERTIFICATE-----|", "\n",
			"chain.x:2: not base64" },
		{ "base64 cut short",
			"-----BEGIN CERTIFICATE-----|MIIBA|-----END CERTIFICATE-----|", "\n",
			"chain.x:3: the base64 of a PEM block is cut short" },
		{ "DER cut short", "-----BEGIN CERTIFICATE-----|MIIB|-----END CERTIFICATE-----|",
			"\n", "chain.x:1: the block is cut short" },
		{ "not a certificate",
			"-----BEGIN CERTIFICATE-----|MAMCAQE=|-----END CERTIFICATE-----|", "\n",
			"chain.x:1: this is not a certificate" },
		{ "no END after a good one", "$L|-----BEGIN CERTIFICATE-----|MIIB|", "\n",
			"no END line" },
		{ "empty block", "-----BEGIN CERTIFICATE----------END CERTIFICATE-----", "\n",
			"chain.x:1: the block is cut short" },
		{ "Java key store", "\xfe\xed\xfe\xed", "\n", "Java key store" },
	};
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(&f, cases[i].descr, pem(&f, cases[i].format, cases[i].newline), NULL,
			cases[i].expected);
	forge_pki_release(&f.pki);
}

Test(cert_file, pem_line_of_a_later_block)
{
	struct fixture f;
	char expected[64];
	size_t lines = 0;

	fixture_init(&f);
	struct forge_bytes file = pem(&f, "$L$I-----BEGIN CERTIFICATE-----|MAMC|", "\r\n");

	for (size_t i = 0; i < file.len; i++)
		lines += file.data[i] == '\n';
	snprintf(expected, sizeof expected, "chain.x:%zu: ", lines - 1);
	expect(&f, "line of the third block", file, NULL, expected);
	forge_pki_release(&f.pki);
}

static struct forge_bytes utf16(struct fixture *f, struct forge_bytes text, bool big)
{
	struct buf buf = BUF_INIT(1u << 20);

	buf_add(&buf, big ? "\xfe\xff" : "\xff\xfe", 2);
	for (size_t i = 0; i < text.len; i++) {
		char low = (char)text.data[i];

		buf_add_char(&buf, big ? '\0' : low);
		buf_add_char(&buf, big ? low : '\0');
	}
	struct forge_bytes bytes = forge_keep(&f->pki.forge, buf.data, buf.len);

	buf_release(&buf);
	return bytes;
}

Test(cert_file, pem_in_utf16)
{
	struct fixture f;

	fixture_init(&f);
	expect(&f, "little-endian", utf16(&f, pem(&f, "$L$I", "\r\n"), false), NULL, "LI");
	expect(&f, "big-endian", utf16(&f, pem(&f, "$L$I", "\n"), true), NULL, "LI");
	expect(&f, "nothing in it", utf16(&f, text_of(&f, ""), true), NULL, "no certificate in it");
	forge_pki_release(&f.pki);
}

Test(cert_file, der)
{
	struct fixture f;

	fixture_init(&f);
	expect(&f, "one", der(&f, "L", 0), NULL, "L");
	expect(&f, "three one behind the other", der(&f, "LIR", 0), NULL, "LIR");
	expect(&f, "one byte short", der(&f, "L", 1), NULL,
		"chain.x: the DER structure is cut short");
	expect(&f, "second one byte short", der(&f, "LI", 1), NULL, "what follows the last whole");
	expect(&f, "header alone", forge_keep(&f.pki.forge, "\x30\x82", 2), NULL, "cut short");
	expect(&f, "a sequence of nothing", forge_keep(&f.pki.forge, "\x30\x81\x00", 3), NULL,
		"cut short");
	expect(&f, "longer than any file",
		forge_keep(&f.pki.forge, "\x30\x84\xff\xff\xff\xff\x30", 7), NULL, "cut short");
	expect(&f, "indefinite length", forge_keep(&f.pki.forge, "\x30\x80\x30\x00\x00\x00", 6),
		NULL, "not a certificate");
	forge_pki_release(&f.pki);
}

Test(cert_file, trusted_certificate)
{
	struct fixture f;
	char *text = NULL;

	fixture_init(&f);
	BIO *bio = BIO_new(BIO_s_mem());
	X509 *x509 = X509_dup(f.root->x509);

	X509_add1_trust_object(x509, OBJ_nid2obj(NID_server_auth));
	cr_assert_eq(PEM_write_bio_X509_AUX(bio, x509), 1);
	long len = BIO_get_mem_data(bio, &text);

	cr_assert(strstr(text, "BEGIN TRUSTED CERTIFICATE"));
	expect(&f, "what it is trusted for is cut off", forge_keep(&f.pki.forge, text, (size_t)len),
		NULL, "R");
	X509_free(x509);
	BIO_free(bio);
	forge_pki_release(&f.pki);
}

/* RFC 2315 sorts nothing: the order is ours. */
static struct forge_bytes pkcs7(struct fixture *f, const char *label)
{
	PKCS7 *bag = PKCS7_new();
	BIO *bio = BIO_new(BIO_s_mem());
	unsigned char *bytes = NULL;
	char *text = NULL;

	cr_assert(PKCS7_set_type(bag, NID_pkcs7_signed) && PKCS7_content_new(bag, NID_pkcs7_data));
	cr_assert(PKCS7_add_certificate(bag, f->issuing->x509));
	cr_assert(PKCS7_add_certificate(bag, f->root->x509));
	int len = i2d_PKCS7(bag, &bytes);

	cr_assert(PEM_write_bio(bio, label ? label : "PKCS7", "", bytes, len) > 0);
	long text_len = BIO_get_mem_data(bio, &text);
	struct forge_bytes kept = label ? forge_keep(&f->pki.forge, text, (size_t)text_len)
					: forge_keep(&f->pki.forge, bytes, (size_t)len);

	OPENSSL_free(bytes);
	BIO_free(bio);
	PKCS7_free(bag);
	return kept;
}

Test(cert_file, pkcs7)
{
	struct fixture f;

	fixture_init(&f);
	struct forge_bytes bag = pkcs7(&f, NULL);

	expect(&f, "DER", bag, NULL, "IR");
	expect(&f, "PEM", pkcs7(&f, "PKCS7"), NULL, "IR");
	expect(&f, "PEM, long label", pkcs7(&f, "PKCS #7 SIGNED DATA"), NULL, "IR");
	expect(&f, "called a certificate, as certsrv does", pkcs7(&f, "CERTIFICATE"), NULL, "IR");
	expect(&f, "cut short", (struct forge_bytes){ bag.data, bag.len - 1 }, NULL, "cut short");
	forge_pki_release(&f.pki);
}

struct vault {
	const char *descr, *made_with, *opened_with, *expected;
	int cert_nid;       /* -1: in clear */
	int mac_iterations; /* -1: no MAC */
	bool no_key;
	bool old;
};

static struct forge_bytes pkcs12(struct fixture *f, const struct vault *v)
{
	OSSL_LIB_CTX *ctx = OSSL_LIB_CTX_new();
	OSSL_PROVIDER *usual = OSSL_PROVIDER_load(ctx, "default");
	OSSL_PROVIDER *legacy = OSSL_PROVIDER_load(ctx, "legacy");
	STACK_OF(X509) *others = sk_X509_new_null();
	unsigned char *bytes = NULL;

	/* The chain stands before the leaf's own, and upside down. */
	sk_X509_push(others, f->root->x509);
	sk_X509_push(others, f->issuing->x509);
	PKCS12 *p12 = PKCS12_create_ex(v->made_with, "name",
		v->no_key ? NULL : forge_key(&f->pki.forge, f->leaf->key),
		v->no_key ? NULL : f->leaf->x509, others, v->cert_nid, v->cert_nid, 2048,
		v->mac_iterations, 0, ctx, NULL);
	int len = p12 ? i2d_PKCS12(p12, &bytes) : 0;

	cr_assert(len > 0, "%s", v->descr);
	struct forge_bytes kept = forge_keep(&f->pki.forge, bytes, (size_t)len);

	OPENSSL_free(bytes);
	PKCS12_free(p12);
	sk_X509_free(others);
	OSSL_PROVIDER_unload(legacy);
	OSSL_PROVIDER_unload(usual);
	OSSL_LIB_CTX_free(ctx);
	return kept;
}

static bool have_legacy(void)
{
	OSSL_LIB_CTX *ctx = OSSL_LIB_CTX_new();
	OSSL_PROVIDER *legacy = OSSL_PROVIDER_load(ctx, "legacy");
	bool have = legacy != NULL;

	OSSL_PROVIDER_unload(legacy);
	OSSL_LIB_CTX_free(ctx);
	return have;
}

Test(cert_file, pkcs12)
{
	enum {
		AES = NID_aes_256_cbc,
		RC2 = NID_pbe_WithSHA1And40BitRC2_CBC,
		DES3 = NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
	};
	static const struct vault vaults[] = {
		{ "password", "secret", "secret", "LRI", AES, 2048, false, false },
		{ "wrong password", "secret", "Secret", "the password does not open", AES, 2048,
			false, false },
		{ "password missing", "secret", NULL, "needs a password", AES, 2048, false, false },
		{ "password empty where one is needed", "secret", "", "needs a password", AES, 2048,
			false, false },
		{ "made with the empty one, opened with it", "", "", "LRI", AES, 2048, false,
			false },
		{ "made with the empty one, opened with none", "", NULL, "LRI", AES, 2048, false,
			false },
		{ "made with none, opened with the empty one", NULL, "", "LRI", AES, 2048, false,
			false },
		{ "made with none, opened with none", NULL, NULL, "LRI", AES, 2048, false, false },
		{ "Chinese password", "密碼", "密碼", "LRI", AES, 2048, false, false },
		{ "no key in it", "secret", "secret", "RI", AES, 2048, true, false },
		{ "certificates in clear", "secret", "secret", "LRI", -1, 2048, false, false },
		{ "no MAC", "secret", "secret", "LRI", AES, -1, false, false },
		{ "no MAC, wrong password", "secret", "wrong", "damaged or the password", AES, -1,
			false, false },
		{ "3DES of Windows 2008", "secret", "secret", "LRI", DES3, 1, false, false },
		{ "RC2-40 of old Windows and Java", "secret", "secret", "LRI", RC2, 1, false,
			true },
		{ "RC2-40, wrong password", "secret", "wrong", "the password does not open", RC2, 1,
			false, true },
	};
	bool legacy = have_legacy();
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(vaults); i++) {
		if (vaults[i].old && !legacy) {
			cr_log_warn("no legacy provider here: skipped: %s", vaults[i].descr);
			continue;
		}
		expect(&f, vaults[i].descr, pkcs12(&f, &vaults[i]), vaults[i].opened_with,
			vaults[i].expected);
	}
	struct forge_bytes whole = pkcs12(&f, &vaults[0]);

	expect(&f, "cut short", (struct forge_bytes){ whole.data, whole.len - 1 }, "secret",
		"cut short");
	forge_pki_release(&f.pki);
}

Test(cert_file, reader_may_stop)
{
	struct fixture f;
	struct error err = { 0 };

	fixture_init(&f);
	struct seen seen = { .fixture = &f, .stop_at = 2 };
	struct forge_bytes file = pem(&f, "$L$I$R", "\n");

	cr_expect_not(cert_file_read(
		&(struct cert_file){ .path = "x", .bytes = file.data, .len = file.len }, see, &seen,
		&err));
	cr_expect_str_eq(err.text, "enough");
	cr_expect_str_eq(seen.letters, "LI");
	forge_pki_release(&f.pki);
}
