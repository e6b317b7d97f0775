/* SPDX-License-Identifier: MIT */
#include "tests/forge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "tests/forge_asn1.h"

#define VALUE_BYTES 65536

struct forge_key_slot {
	struct forge_key_slot *next;
	char *name;
	EVP_PKEY *key;
};

/* One block for all that is handed out; CERT means something for certificates only. */
struct forge_kept {
	struct forge_kept *next;
	struct forge_cert cert;
	size_t len;
	uint8_t data[];
};

void forge_must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "forge: cannot make %s\n", what);
	ERR_print_errors_fp(stderr);
	abort();
}

void forge_init(struct forge *forge, enum forge_keys keys)
{
	*forge = (struct forge){ .keys = keys };
}

void forge_release(struct forge *forge)
{
	for (struct forge_kept *kept = forge->kept, *next; kept; kept = next) {
		next = kept->next;
		cert_unref(kept->cert.cert);
		X509_free(kept->cert.x509);
		free(kept);
	}
	for (struct forge_key_slot *slot = forge->slots, *next; slot; slot = next) {
		next = slot->next;
		EVP_PKEY_free(slot->key);
		free(slot->name);
		free(slot);
	}
	*forge = (struct forge){ .keys = forge->keys };
}

static struct forge_kept *keep(struct forge *forge, const void *data, size_t len)
{
	struct forge_kept *kept = calloc(1, sizeof *kept + len + 1);

	forge_must(kept != NULL, "room");
	if (len)
		memcpy(kept->data, data, len);
	kept->len = len;
	kept->next = forge->kept;
	forge->kept = kept;
	return kept;
}

struct forge_bytes forge_keep(struct forge *forge, const void *data, size_t len)
{
	return (struct forge_bytes){ keep(forge, data, len)->data, len };
}

struct instant forge_day(const char *text)
{
	struct instant instant;

	forge_must(instant_parse(text, &instant), text);
	return instant;
}

/* --- Keys --- */

static EVP_PKEY *key_with_exponent(const char *hex)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;
	BIGNUM *exponent = NULL;

	forge_must(ctx && EVP_PKEY_keygen_init(ctx) == 1 && BN_hex2bn(&exponent, hex) &&
			   EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) == 1 &&
			   EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, exponent) == 1,
		"an exponent");
	(void)EVP_PKEY_generate(ctx, &key);
	BN_free(exponent);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *key_make(enum forge_keys keys, const char *name)
{
	uint8_t seed[EVP_MAX_MD_SIZE];

	if (strncmp(name, "fixed:", 6) == 0 &&
		EVP_Digest(name, strlen(name), seed, NULL, EVP_sha256(), NULL))
		return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
	if (strncmp(name, "rsa1024:", 8) == 0)
		return EVP_RSA_gen(1024);
	if (strncmp(name, "rsa4096:", 8) == 0)
		return EVP_RSA_gen(4096);
	if (strncmp(name, "rsa2050:", 8) == 0)
		return EVP_RSA_gen(2050);
	if (strncmp(name, "rsa-3:", 6) == 0)
		return key_with_exponent("3");
	if (strncmp(name, "rsa:", 4) == 0)
		return EVP_RSA_gen(2048);
	if (strncmp(name, "p256:", 5) == 0)
		return EVP_EC_gen("P-256");
	if (strncmp(name, "p384:", 5) == 0)
		return EVP_EC_gen("P-384");
	if (strncmp(name, "rsa-e:", 6) == 0)
		return key_with_exponent("100000001");
	if (strncmp(name, "ed25519:", 8) == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (strncmp(name, "ed448:", 6) == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
	if (keys == FORGE_KEYS_RSA)
		return EVP_RSA_gen(2048);
	return EVP_EC_gen(keys == FORGE_KEYS_P384 ? "P-384" : "P-256");
}

static const struct forge_key_slot *slot_get(struct forge *forge, const char *name)
{
	struct forge_key_slot *slot = forge->slots;

	while (slot && strcmp(slot->name, name) != 0)
		slot = slot->next;
	if (slot)
		return slot;

	slot = calloc(1, sizeof *slot);
	forge_must(slot != NULL, "room");
	slot->name = text_copy(name, strlen(name));
	slot->key = key_make(forge->keys, name);
	forge_must(slot->name && slot->key, "a key");
	slot->next = forge->slots;
	forge->slots = slot;
	return slot;
}

EVP_PKEY *forge_key(struct forge *forge, const char *name)
{
	return slot_get(forge, name)->key;
}

/* --- Extensions --- */

static void extension_add(X509 *x, const char *name, const char *value)
{
	CONF *none = NCONF_new(NULL); /* policies want one, if only to find nothing in it */
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	X509V3_set_nconf(&ctx, none);
	X509_EXTENSION *extension = X509V3_EXT_nconf(none, &ctx, name, value);

	forge_must(extension && X509_add_ext(x, extension, -1), name);
	X509_EXTENSION_free(extension);
	NCONF_free(none);
}

/* Nothing without VALUE, and nothing for an empty one. */
static void extension_add_of(X509 *x, const char *name, const char *prefix, const char *value)
{
	char text[1024];

	if (!value || !*value)
		return;
	int len = snprintf(text, sizeof text, "%s%s", prefix, value);

	forge_must(len > 0 && (size_t)len < sizeof text, name);
	extension_add(x, name, text);
}

static void access_add(X509 *x, const char *aia_url, const char *ocsp_url)
{
	char text[1024];

	if (!aia_url || !ocsp_url) {
		extension_add_of(x, "authorityInfoAccess", "caIssuers;URI:", aia_url);
		extension_add_of(x, "authorityInfoAccess", "OCSP;URI:", ocsp_url);
		return;
	}
	int len = snprintf(text, sizeof text, "caIssuers;URI:%s,OCSP;URI:%s", aia_url, ocsp_url);

	forge_must(len > 0 && (size_t)len < sizeof text, "URLs");
	extension_add(x, "authorityInfoAccess", text);
}

static GENERAL_NAME *san_make(const char *text)
{
	static const struct {
		const char *prefix;
		int type;
	} kinds[] = { { "DNS:", GEN_DNS }, { "email:", GEN_EMAIL }, { "URI:", GEN_URI } };
	uint8_t value[VALUE_BYTES];

	if (strncmp(text, "IP:", 3) == 0)
		return a2i_GENERAL_NAME(NULL, NULL, NULL, GEN_IPADD, text + 3, 0);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t skip = strlen(kinds[i].prefix), len = strlen(text);

		if (strncmp(text, kinds[i].prefix, skip) != 0 || len >= sizeof value)
			continue;
		GENERAL_NAME *general = GENERAL_NAME_new();
		ASN1_IA5STRING *string = ASN1_IA5STRING_new();
		size_t bytes = forge_unescape(text + skip, len - skip, value);

		forge_must(general && string && ASN1_STRING_set(string, value, (int)bytes), text);
		GENERAL_NAME_set0_value(general, kinds[i].type, string);
		return general;
	}
	return NULL;
}

static void san_add(X509 *x, const char *const *san)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();

	for (size_t i = 0; san[i]; i++) {
		GENERAL_NAME *general = san_make(san[i]);

		forge_must(general && sk_GENERAL_NAME_push(names, general), san[i]);
	}
	forge_must(X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, 0) == 1, "names");
	GENERAL_NAMES_free(names);
}

/* By hand: what OpenSSL's own makes of a self-signed one differs by version. */
static void aki_add(X509 *x, X509 *issuer)
{
	AUTHORITY_KEYID *aki = AUTHORITY_KEYID_new();

	forge_must(aki != NULL, "a key identifier");
	aki->keyid = X509_get_ext_d2i(issuer, NID_subject_key_identifier, NULL, NULL);
	if (aki->keyid)
		forge_must(X509_add1_ext_i2d(x, NID_authority_key_identifier, aki, 0, 0) == 1,
			"a key identifier");
	AUTHORITY_KEYID_free(aki);
}

static void basics_add(X509 *x, const struct forge_spec *spec)
{
	char limit[48];
	bool rsa = EVP_PKEY_is_a(X509_get0_pubkey(x), "RSA");
	const char *usage = spec->ca ? "critical,keyCertSign,cRLSign"
			    : rsa    ? "critical,digitalSignature,keyEncipherment"
				     : "critical,digitalSignature";

	snprintf(limit, sizeof limit, "critical,CA:%s", spec->ca ? "TRUE" : "FALSE");
	if (spec->ca && spec->has_pathlen)
		snprintf(limit, sizeof limit, "critical,CA:TRUE,pathlen:%d", spec->pathlen);
	if (!spec->no_basic_constraints)
		extension_add(x, "basicConstraints", limit);
	if (!spec->key_usage || *spec->key_usage)
		extension_add(x, "keyUsage", spec->key_usage ? spec->key_usage : usage);
}

static void extensions_add(X509 *x, const struct forge_spec *spec)
{
	X509 *issuer = spec->issuer ? spec->issuer->x509 : x;

	basics_add(x, spec);
	extension_add_of(x, "extendedKeyUsage", "", spec->eku);
	extension_add_of(x, "certificatePolicies", "", spec->policies);
	extension_add_of(x, "crlDistributionPoints", "URI:", spec->crl_url);
	access_add(x, spec->aia_url, spec->ocsp_url);
	if (spec->san)
		san_add(x, spec->san);
	if (!spec->no_ski)
		extension_add(x, "subjectKeyIdentifier", "hash");
	if (!spec->no_aki)
		aki_add(x, issuer);
	for (const struct forge_extension *e = spec->extra; e && e->name; e++)
		extension_add(x, e->name, e->value);
}

/* --- Certificates --- */

static void serial_set(struct forge *forge, X509 *x, const char *hex)
{
	char made[32];

	snprintf(made, sizeof made, "5A%014X", (unsigned)++forge->serials);
	ASN1_INTEGER *serial = forge_integer(hex ? hex : made);

	forge_must(X509_set_serialNumber(x, serial) == 1, "a serial number");
	ASN1_INTEGER_free(serial);
}

static void validity_set(X509 *x, const struct forge_spec *spec)
{
	ASN1_TIME *from = forge_time(spec->not_before), *to = forge_time(spec->not_after);

	forge_must(X509_set1_notBefore(x, from) && X509_set1_notAfter(x, to), "dates");
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
}

static void names_set(X509 *x, const struct forge_spec *spec)
{
	X509_NAME *subject = forge_name(spec->subject);
	X509_NAME *issuer = spec->issuer_name ? forge_name(spec->issuer_name) : NULL;
	const X509_NAME *from = spec->issuer ? X509_get_subject_name(spec->issuer->x509) : subject;

	forge_must(X509_set_subject_name(x, subject) &&
			   X509_set_issuer_name(x, issuer ? issuer : from),
		"names");
	X509_NAME_free(subject);
	X509_NAME_free(issuer);
}

struct forge_cert *forge_cert_from(struct forge *forge, const void *der, size_t len)
{
	struct forge_kept *kept = keep(forge, der, len);
	const uint8_t *end = kept->data;

	ERR_set_mark();
	kept->cert.x509 = d2i_X509(NULL, &end, (long)len);
	ERR_pop_to_mark();
	kept->cert.der = kept->data;
	kept->cert.der_len = len;
	return &kept->cert;
}

struct forge_cert *forge_cert(struct forge *forge, const struct forge_spec *spec)
{
	const char *key_name = spec->key ? spec->key : "leaf";
	const struct forge_key_slot *slot = slot_get(forge, key_name);
	const char *from = spec->issuer ? spec->issuer->key : key_name;
	EVP_PKEY *signer = forge_key(forge, spec->issuer_key ? spec->issuer_key : from);
	X509 *x = X509_new();

	forge_must(x && X509_set_version(x, spec->version1 ? X509_VERSION_1 : X509_VERSION_3) &&
			   X509_set_pubkey(x, slot->key),
		"a certificate");
	serial_set(forge, x, spec->serial);
	validity_set(x, spec);
	names_set(x, spec);
	if (!spec->version1)
		extensions_add(x, spec);
	forge_must(X509_sign(x, signer, forge_digest(signer, spec->digest)) > 0, "a signature");

	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);

	forge_must(len > 0, "a certificate");
	der[len - 1] ^= spec->broken_signature;
	struct forge_cert *cert = forge_cert_from(forge, der, (size_t)len);

	forge_must(cert->x509 != NULL, "a certificate");
	cert->key = slot->name;
	OPENSSL_free(der);
	X509_free(x);
	return cert;
}

const struct cert *forge_as_cert(struct forge_cert *cert)
{
	if (!cert->cert)
		cert->cert = cert_new(cert->der, cert->der_len, NULL);
	forge_must(cert->cert != NULL, "a struct cert");
	return cert->cert;
}

static const char *bio_keep(struct forge *forge, BIO *bio)
{
	char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);

	forge_must(len > 0, "PEM");
	const char *text = (const char *)forge_keep(forge, data, (size_t)len).data;

	BIO_free(bio);
	return text;
}

const char *forge_cert_pem(struct forge *forge, const struct forge_cert *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());

	forge_must(
		bio && PEM_write_bio(bio, PEM_STRING_X509, "", cert->der, (long)cert->der_len) > 0,
		"PEM");
	return bio_keep(forge, bio);
}

const char *forge_key_pem(struct forge *forge, const char *key)
{
	BIO *bio = BIO_new(BIO_s_mem());

	forge_must(bio && PEM_write_bio_PKCS8PrivateKey(
				  bio, forge_key(forge, key), NULL, NULL, 0, NULL, NULL) == 1,
		"PEM");
	return bio_keep(forge, bio);
}

const char *forge_sha256(struct forge *forge, const struct forge_cert *cert)
{
	uint8_t digest[FINGERPRINT_BYTES];
	char text[FINGERPRINT_TEXT];

	forge_must(EVP_Digest(cert->der, cert->der_len, digest, NULL, EVP_sha256(), NULL) == 1,
		"a fingerprint");
	text_from_bytes(digest, sizeof digest, text);
	return (const char *)forge_keep(forge, text, sizeof text - 1).data;
}
