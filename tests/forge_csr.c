/* SPDX-License-Identifier: MIT */
#include "tests/forge_csr.h"

#include <stdio.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/buf.h"
#include "tests/forge_asn1.h"

#define PEM_BYTES (1u << 20)

static void extension_push(
	STACK_OF(X509_EXTENSION) * extensions, const char *name, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_nconf(NULL, NULL, name, value);

	forge_must(extension && sk_X509_EXTENSION_push(extensions, extension) > 0, name);
}

static void extensions_add(X509_REQ *req, const struct forge_csr_spec *spec)
{
	STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();

	if (spec->san)
		extension_push(extensions, "subjectAltName", spec->san);
	for (const struct forge_extension *e = spec->extra; e && e->name; e++)
		extension_push(extensions, e->name, e->value);
	forge_must(sk_X509_EXTENSION_num(extensions) == 0 ||
			   X509_REQ_add_extensions(req, extensions) == 1,
		"extensions");
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

static void client_add(X509_REQ *req, const struct forge_csr_spec *spec)
{
	unsigned char der[512] = { V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED, 0, V_ASN1_INTEGER, 1, 9 };
	const char *const texts[] = { spec->machine, spec->user, "w3wp.exe" };
	size_t len = 5;

	if (!spec->machine)
		return;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		size_t size = strlen(texts[i] ? texts[i] : "");

		der[len++] = V_ASN1_UTF8STRING;
		der[len++] = (unsigned char)size;
		memcpy(der + len, texts[i] ? texts[i] : "", size);
		len += size;
	}
	forge_must(len < 128, "client information that is short");
	der[1] = (unsigned char)(len - 2);
	forge_must(X509_REQ_add1_attr_by_txt(
			   req, "1.3.6.1.4.1.311.21.20", V_ASN1_SEQUENCE, der, (int)len) == 1 &&
			   X509_REQ_add1_attr_by_txt(req, "1.3.6.1.4.1.311.13.2.3",
				   V_ASN1_IA5STRING, (const unsigned char *)"6.1.7601.2", 10) == 1,
		"Microsoft's attributes");
}

static void key_set(X509_REQ *req, EVP_PKEY *key, struct forge_bytes spki)
{
	const unsigned char *at = spki.data;
	X509_PUBKEY *other = NULL;

	forge_must(X509_REQ_set_pubkey(req, key) == 1, "a key");
	if (!spki.data)
		return;
	other = X509_REQ_get_X509_PUBKEY(req);
	forge_must(d2i_X509_PUBKEY(&other, &at, (long)spki.len) != NULL, "a public key");
}

static void subject_set(X509_REQ *req, const char *text)
{
	X509_NAME *subject = forge_name(text);

	forge_must(X509_REQ_set_subject_name(req, subject) == 1, "a name");
	X509_NAME_free(subject);
}

struct forge_bytes forge_csr(struct forge *forge, const struct forge_csr_spec *spec)
{
	EVP_PKEY *key = forge_key(forge, spec->key ? spec->key : "rsa:leaf");
	X509_REQ *req = X509_REQ_new();
	unsigned char *der = NULL;

	forge_must(req != NULL, "a request");
	subject_set(req, spec->subject);
	key_set(req, key, spec->spki);
	extensions_add(req, spec);
	client_add(req, spec);
	if (spec->challenge)
		forge_must(X509_REQ_add1_attr_by_NID(req, NID_pkcs9_challengePassword, MBSTRING_ASC,
				   (const unsigned char *)spec->challenge, -1) == 1,
			"a challenge password");
	forge_must(X509_REQ_sign(req, key, forge_digest(key, spec->digest)) > 0, "a signature");
	int len = i2d_X509_REQ(req, &der);
	forge_must(len > 0, "a request");
	der[len - 1] ^= spec->broken_signature;
	struct forge_bytes bytes = forge_keep(forge, der, (size_t)len);
	OPENSSL_free(der);
	X509_REQ_free(req);
	return bytes;
}

struct forge_bytes forge_rsa_spki(struct forge *forge, const char *modulus, const char *exponent)
{
	BIGNUM *n = NULL, *e = NULL;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;
	unsigned char *der = NULL;

	forge_must(BN_hex2bn(&n, modulus) > 0 && BN_hex2bn(&e, exponent) > 0, "numbers");
	forge_must(build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
			   OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e),
		"parameters");
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	forge_must(params && EVP_PKEY_fromdata_init(ctx) > 0 &&
			   EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) > 0,
		"an RSA key");
	int len = i2d_PUBKEY(key, &der);
	forge_must(len > 0, "a public key");
	struct forge_bytes bytes = forge_keep(forge, der, (size_t)len);
	OPENSSL_free(der);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(ctx);
	BN_free(n);
	BN_free(e);
	return bytes;
}

const char *forge_csr_pem(
	struct forge *forge, struct forge_bytes der, const char *begin, const char *end)
{
	struct buf text = BUF_INIT(PEM_BYTES);
	unsigned char line[80];

	(void)buf_addf(&text, "-----BEGIN %s-----\n", begin);
	for (size_t at = 0; at < der.len; at += 48) {
		size_t len = der.len - at < 48 ? der.len - at : 48;

		(void)EVP_EncodeBlock(line, der.data + at, (int)len);
		(void)buf_addf(&text, "%s\n", (const char *)line);
	}
	(void)buf_addf(&text, "-----END %s-----\n", end);
	const char *kept = (const char *)forge_keep(forge, buf_text(&text), text.len).data;
	buf_release(&text);
	return kept;
}
