/* SPDX-License-Identifier: MIT */
#include "tests/oracle/keyring.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "tests/forge.h"

/* --- Keys --- */

static EVP_PKEY *make_pss(bool restricted)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY *key = NULL;

	forge_must(ctx && EVP_PKEY_keygen_init(ctx) == 1 &&
			   EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) == 1 &&
			   (!restricted ||
				   (EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, EVP_sha256()) == 1 &&
					   EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(
						   ctx, EVP_sha256()) == 1 &&
					   EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx, 32) == 1)),
		"an RSA-PSS key");
	(void)EVP_PKEY_generate(ctx, &key);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* Of the parameters of LIKE, or of new ones of BITS. */
static EVP_PKEY *make_dsa(int bits, EVP_PKEY *like)
{
	EVP_PKEY *params = NULL, *key = NULL;

	if (!like) {
		EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);

		forge_must(ctx && EVP_PKEY_paramgen_init(ctx) == 1 &&
				   EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, bits) == 1 &&
				   EVP_PKEY_paramgen(ctx, &params) == 1,
			"DSA parameters");
		EVP_PKEY_CTX_free(ctx);
	}
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, like ? like : params, NULL);

	forge_must(ctx && EVP_PKEY_keygen_init(ctx) == 1, "a DSA key");
	(void)EVP_PKEY_generate(ctx, &key);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(params);
	return key;
}

static EVP_PKEY *make_key(enum key key)
{
	static const size_t bits[KEY_COUNT] = { [KEY_RSA_1024] = 1024,
		[KEY_RSA_2048] = 2048,
		[KEY_RSA_3072] = 3072,
		[KEY_RSA_4096] = 4096,
		[KEY_DSA_1024] = 1024,
		[KEY_DSA_2048] = 2048 };

	switch (key_family(key)) {
	case FAMILY_RSA:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits[key]);
	case FAMILY_RSA_PSS:
		return make_pss(key == KEY_RSA_PSS_SHA256);
	case FAMILY_EC:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", key_name(key));
	case FAMILY_EDWARDS:
		return EVP_PKEY_Q_keygen(NULL, NULL, key_name(key));
	case FAMILY_DSA:
		return make_dsa((int)bits[key], NULL);
	}
	return NULL;
}

/* --- Certificates --- */

static void add_sans(X509 *x509, size_t bytes)
{
	struct buf names = BUF_INIT(1u << 20);

	for (size_t i = 0; names.len < bytes; i++)
		(void)buf_addf(&names, "%sDNS:n%zu.example.hk", i ? "," : "", i);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(
		NULL, NULL, NID_subject_alt_name, buf_text(&names));
	forge_must(extension && X509_add_ext(x509, extension, -1) == 1, "names");
	X509_EXTENSION_free(extension);
	buf_release(&names);
}

static X509 *mint(const char *name, EVP_PKEY *key, EVP_PKEY *signer, size_t san_bytes)
{
	X509 *x509 = X509_new();

	forge_must(
		x509 && X509_set_version(x509, X509_VERSION_3) == 1 &&
			ASN1_INTEGER_set(X509_get_serialNumber(x509), 4711) == 1 &&
			X509_gmtime_adj(X509_getm_notBefore(x509), -86400) &&
			X509_gmtime_adj(X509_getm_notAfter(x509), 86400 * 90L) &&
			X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
				(const unsigned char *)name, -1, -1, 0) == 1 &&
			X509_NAME_add_entry_by_txt(X509_get_issuer_name(x509), "CN", MBSTRING_UTF8,
				(const unsigned char *)"Oracle", -1, -1, 0) == 1 &&
			X509_set_pubkey(x509, key) == 1,
		"a certificate");
	if (san_bytes > 0)
		add_sans(x509, san_bytes);
	forge_must(X509_sign(x509, signer, EVP_sha256()) > 0, "a signature");
	return x509;
}

static void keep_certificate(struct keystore_der *der, X509 *x509)
{
	int len = i2d_X509(x509, &der->bytes);

	forge_must(len > 0, "a certificate's bytes");
	der->len = (size_t)len;
	X509_free(x509);
}

static void keep_key(struct keystore_der *der, const EVP_PKEY *key)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	int len = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der->bytes) : 0;

	forge_must(len > 0, "a key's bytes");
	der->len = (size_t)len;
	PKCS8_PRIV_KEY_INFO_free(info);
}

/* Another key of the same kind.  For RSA the same one serves: its modulus is changed later. */
static EVP_PKEY *make_other(enum key kind, EVP_PKEY *key)
{
	switch (key_family(kind)) {
	case FAMILY_RSA:
	case FAMILY_RSA_PSS:
		return EVP_PKEY_up_ref(key) ? key : NULL;
	case FAMILY_DSA:
		return make_dsa(0, key);
	default:
		return make_key(kind);
	}
}

void keystore_make(struct keystore *store)
{
	EVP_PKEY *signer = EVP_EC_gen("P-256"), *rsa = NULL;
	static const size_t sans[STONE_COUNT] = { [STONE_LARGE] = 8192, [STONE_HUGE] = 61440 };

	*store = (struct keystore){ .keys[0].bytes = NULL };
	for (enum key kind = 0; kind < KEY_COUNT; kind++) {
		EVP_PKEY *key = make_key(kind), *other = key ? make_other(kind, key) : NULL;

		forge_must(key && other, key_name(kind));
		keep_key(&store->keys[kind], key);
		keep_certificate(&store->leafs[kind], mint(key_name(kind), key, signer, 0));
		keep_certificate(&store->others[kind], mint(key_name(kind), other, signer, 0));
		if (kind == KEY_RSA_2048 && EVP_PKEY_up_ref(key))
			rsa = key;
		EVP_PKEY_free(other);
		EVP_PKEY_free(key);
	}
	for (enum stone stone = 0; stone < STONE_COUNT; stone++)
		keep_certificate(&store->stones[stone],
			mint("Stone", stone == STONE_SMALL ? signer : rsa, signer, sans[stone]));
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(signer);
}

void keystore_release(struct keystore *store)
{
	for (enum key kind = 0; kind < KEY_COUNT; kind++) {
		OPENSSL_free(store->keys[kind].bytes);
		OPENSSL_free(store->leafs[kind].bytes);
		OPENSSL_free(store->others[kind].bytes);
	}
	for (enum stone stone = 0; stone < STONE_COUNT; stone++)
		OPENSSL_free(store->stones[stone].bytes);
}

/* --- One thread's --- */

static X509 *read_certificate(const struct keyring *ring, const struct keystore_der *der)
{
	const unsigned char *at = der->bytes;
	X509 *x509 = X509_new_ex(ring->library, NULL);

	forge_must(d2i_X509(&x509, &at, (long)der->len) != NULL, "a certificate again");
	/* OpenSSL makes the key now, and keeps it whatever happens to the bytes. */
	forge_must(X509_get0_pubkey(x509) != NULL, "a certificate's key");
	return x509;
}

/* What i2d_X509() writes is made anew from here on. */
static void touch(X509 *x509)
{
	forge_must(i2d_re_X509_tbs(x509, NULL) > 0, "a certificate anew");
}

/* The key that OpenSSL has made of it stays; what is sent says another one. */
static void give_other_key(X509 *x509, X509 *other)
{
	ASN1_OBJECT *kind = NULL;
	X509_ALGOR *algorithm = NULL;
	const unsigned char *bytes = NULL;
	const void *value = NULL;
	int len = 0, type = V_ASN1_UNDEF;

	forge_must(X509_PUBKEY_get0_param(
			   &kind, &bytes, &len, &algorithm, X509_get_X509_PUBKEY(other)) == 1 &&
			   len >= 32,
		"another key");
	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	unsigned char *copy = OPENSSL_memdup(bytes, (size_t)len);
	void *params = NULL;
	if (type == V_ASN1_OBJECT)
		params = OBJ_dup(value);
	else if (type == V_ASN1_SEQUENCE)
		params = ASN1_STRING_dup(value);
	/* An RSA modulus with other digits in the middle; the key of no other kind is touched. */
	if (OBJ_obj2nid(kind) == NID_rsaEncryption || OBJ_obj2nid(kind) == NID_rsassaPss)
		copy[len / 2] ^= 0x55;
	forge_must(X509_PUBKEY_set0_param(
			   X509_get_X509_PUBKEY(x509), OBJ_dup(kind), type, params, copy, len) == 1,
		"another key");
	touch(x509);
}

/* An algorithm whose parameters say that they are longer than all there is. */
static void spoil(X509 *x509)
{
	static const unsigned char lies[] = { 0x30, 0x84, 0x7f, 0xff, 0xff, 0xff };
	ASN1_OBJECT *kind = NULL;
	X509_ALGOR *algorithm = NULL;
	ASN1_STRING *params = ASN1_STRING_type_new(V_ASN1_SEQUENCE);

	forge_must(params && ASN1_STRING_set(params, lies, sizeof lies) == 1 &&
			   X509_PUBKEY_get0_param(
				   &kind, NULL, NULL, &algorithm, X509_get_X509_PUBKEY(x509)) == 1,
		"a broken certificate");
	forge_must(X509_ALGOR_set0(algorithm, OBJ_dup(kind), V_ASN1_SEQUENCE, params) == 1,
		"a broken certificate");
	touch(x509);
}

/* A group for (EC)DHE of TLS 1.2 that is not one of RFC 7919. */
static EVP_PKEY *make_dh(OSSL_LIB_CTX *library, BIGNUM *prime)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(library, "DH", NULL);
	BIGNUM *generator = BN_new();
	EVP_PKEY *group = NULL;

	forge_must(build && ctx && generator && BN_set_word(generator, 2) &&
			   OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_P, prime) == 1 &&
			   OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_G, generator) == 1,
		"a group");
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	forge_must(params && EVP_PKEY_fromdata_init(ctx) == 1 &&
			   EVP_PKEY_fromdata(ctx, &group, EVP_PKEY_KEY_PARAMETERS, params) == 1,
		"a group");
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	BN_free(generator);
	BN_free(prime);
	return group;
}

void keyring_open(struct keyring *ring, const struct keystore *store)
{
	*ring = (struct keyring){ .library = OSSL_LIB_CTX_new() };
	forge_must(ring->library != NULL, "a library context");
	for (enum key kind = 0; kind < KEY_COUNT; kind++) {
		const unsigned char *at = store->keys[kind].bytes;
		X509 *other = read_certificate(ring, &store->others[kind]);

		ring->keys[kind] = d2i_AutoPrivateKey_ex(
			NULL, &at, (long)store->keys[kind].len, ring->library, NULL);
		forge_must(ring->keys[kind] != NULL, "a key again");
		for (enum flaw flaw = 0; flaw < KEYRING_FLAWS; flaw++)
			ring->leafs[flaw][kind] = read_certificate(ring, &store->leafs[kind]);
		give_other_key(ring->leafs[FLAW_OTHER_KEY][kind], other);
		spoil(ring->leafs[FLAW_MALFORMED][kind]);
		X509_free(other);
	}
	for (enum stone stone = 0; stone < STONE_COUNT; stone++)
		ring->stones[stone] = read_certificate(ring, &store->stones[stone]);
	spoil(ring->stones[STONE_BROKEN]);
	ring->dhs[0] = make_dh(ring->library, BN_get_rfc2409_prime_1024(NULL));
	ring->dhs[1] = make_dh(ring->library, BN_get_rfc3526_prime_2048(NULL));
	ring->dhs[2] = make_dh(ring->library, BN_get_rfc3526_prime_3072(NULL));
}

void keyring_close(struct keyring *ring)
{
	for (enum key kind = 0; kind < KEY_COUNT; kind++) {
		EVP_PKEY_free(ring->keys[kind]);
		for (enum flaw flaw = 0; flaw < KEYRING_FLAWS; flaw++)
			X509_free(ring->leafs[flaw][kind]);
	}
	for (enum stone stone = 0; stone < STONE_COUNT; stone++)
		X509_free(ring->stones[stone]);
	for (size_t i = 0; i < KEYRING_DHS; i++)
		EVP_PKEY_free(ring->dhs[i]);
	OSSL_LIB_CTX_free(ring->library);
}
