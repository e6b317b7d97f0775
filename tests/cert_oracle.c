/* SPDX-License-Identifier: MIT */
#include "tests/cert_oracle.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/text.h"
#include "checker/limits.h"
#include "tests/cert_oracle_parts.h"

struct oracle {
	struct cert cert;
	const uint8_t *der; /* the caller's */
	size_t der_len;
	X509 *x509;
	AUTHORITY_KEYID *akid;
	bool slow_key;
};

static bool read_time(const ASN1_TIME *time, struct instant *ret_instant)
{
	struct tm tm;

	if (!ASN1_TIME_to_tm(time, &tm) ||
		!instant_from_day(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, ret_instant))
		return false;
	ret_instant->seconds += tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
	return true;
}

static char *read_serial(const ASN1_INTEGER *serial)
{
	BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
	char *hex = number ? BN_bn2hex(number) : NULL;
	char *text = hex ? text_copy(hex, strlen(hex)) : NULL;

	if (text)
		text_lower(text);
	OPENSSL_free(hex);
	BN_free(number);
	return text;
}

/* The names that RFC 8422 and the Baseline Requirements use for curves. */
static void read_curve(EVP_PKEY *key, char *out, size_t size)
{
	static const char *const names[][2] = {
		{ "prime256v1", "P-256" },
		{ "secp384r1", "P-384" },
		{ "secp521r1", "P-521" },
	};
	size_t len = 0;

	if (EVP_PKEY_get_group_name(key, out, size, &len) != 1) {
		(void)snprintf(out, size, "unnamed");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(out, names[i][0]) == 0)
			(void)snprintf(out, size, "%s", names[i][1]);
}

/*
 * Whoever is examined chose the keys it serves, and one of them may cost more than a whole
 * fleet: a public exponent as long as the modulus, parameters made up (RFC 5480, 2.1.1
 * forbids those of a curve).
 */
static bool is_slow(const struct cert *cert, const EVP_PKEY *key)
{
	BIGNUM *exponent = NULL;

	if (cert->key_kind == KEY_EC)
		return cert->key_bits > LIMIT_EC_BITS || strcmp(cert->curve, "unnamed") == 0;
	if (cert->key_kind != KEY_RSA)
		return EVP_PKEY_is_a(key, "DSA") && cert->key_bits > LIMIT_DSA_BITS;
	bool slow = cert->key_bits > LIMIT_RSA_BITS ||
		    !EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) ||
		    BN_num_bits(exponent) > LIMIT_RSA_EXPONENT_BITS;
	BN_free(exponent);
	return slow;
}

static bool read_key(struct oracle *oracle)
{
	struct cert *cert = &oracle->cert;
	EVP_PKEY *key = X509_get0_pubkey(oracle->x509);
	char text[96] = "unknown";

	cert->key_kind = KEY_OTHER;
	if (key) {
		cert->key_bits = (unsigned)EVP_PKEY_get_bits(key);
		const char *type = EVP_PKEY_get0_type_name(key);
		if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) {
			cert->key_kind = KEY_RSA;
			(void)snprintf(text, sizeof text, "%s %u", type, cert->key_bits);
		} else if (EVP_PKEY_is_a(key, "EC")) {
			cert->key_kind = KEY_EC;
			read_curve(key, cert->curve, sizeof cert->curve);
			(void)snprintf(text, sizeof text, "EC %s", cert->curve);
		} else {
			if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448"))
				cert->key_kind = KEY_EDWARDS;
			(void)snprintf(text, sizeof text, "%s %u", type ? type : "unknown",
				cert->key_bits);
		}
		oracle->slow_key = is_slow(cert, key);
	}
	cert->key = text_copy(text, strlen(text));
	return cert->key != NULL;
}

static bool read_signature(struct oracle *oracle)
{
	static const int weak[] = { NID_md2, NID_md4, NID_md5, NID_sha1, NID_md5_sha1, NID_mdc2 };
	int digest = NID_undef;
	char text[96] = "unknown";
	int nid = X509_get_signature_nid(oracle->x509);

	if (nid != NID_undef)
		(void)snprintf(text, sizeof text, "%s", OBJ_nid2ln(nid));
	if (X509_get_signature_info(oracle->x509, &digest, NULL, NULL, NULL))
		for (size_t i = 0; i < ARRAY_LEN(weak); i++)
			oracle->cert.weak_signature |= digest == weak[i];
	oracle->cert.signature = text_copy(text, strlen(text));
	return oracle->cert.signature != NULL;
}

static bool read_eku(struct oracle *oracle)
{
	struct cert *cert = &oracle->cert;
	EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(oracle->x509, NID_ext_key_usage, NULL, NULL);
	size_t count = usage ? (size_t)sk_ASN1_OBJECT_num(usage) : 0;
	bool memory = true;

	cert->has_eku = X509_get_ext_by_NID(oracle->x509, NID_ext_key_usage, -1) >= 0;
	cert->eku = calloc(count + 1, sizeof *cert->eku);
	for (size_t i = 0; cert->eku && memory && i < count; i++) {
		char oid[96];
		const ASN1_OBJECT *purpose = sk_ASN1_OBJECT_value(usage, (int)i);
		int nid = OBJ_obj2nid(purpose);

		cert->eku_server |= nid == NID_server_auth;
		cert->eku_client |= nid == NID_client_auth;
		cert->eku_any |= nid == NID_anyExtendedKeyUsage;
		if (nid != NID_undef)
			(void)snprintf(oid, sizeof oid, "%s", OBJ_nid2sn(nid));
		else if (OBJ_obj2txt(oid, (int)sizeof oid, purpose, 1) <= 0)
			(void)snprintf(oid, sizeof oid, "unknown");
		cert->eku[i] = text_copy(oid, strlen(oid));
		memory = cert->eku[i] != NULL;
	}
	EXTENDED_KEY_USAGE_free(usage);
	return cert->eku && memory;
}

static bool read_names(struct oracle *oracle)
{
	struct cert *cert = &oracle->cert;
	const X509_NAME *subject = X509_get_subject_name(oracle->x509);
	const X509_NAME *issuer = X509_get_issuer_name(oracle->x509);

	cert->subject = oracle_name(subject);
	cert->issuer = oracle_name(issuer);
	cert->common_name = oracle_common(subject);
	cert->issuer_common_name = oracle_common(issuer);
	cert->serial = read_serial(X509_get0_serialNumber(oracle->x509));
	cert->crl_urls = oracle_crl_urls(oracle->x509);
	cert->self_issued = X509_NAME_cmp(subject, issuer) == 0;
	return cert->subject && cert->issuer && cert->common_name && cert->issuer_common_name &&
	       cert->serial && cert->crl_urls;
}

static void read_constraints(struct oracle *oracle)
{
	struct cert *cert = &oracle->cert;
	BASIC_CONSTRAINTS *basic = X509_get_ext_d2i(
		oracle->x509, NID_basic_constraints, NULL, NULL);

	cert->is_ca = basic && basic->ca;
	BASIC_CONSTRAINTS_free(basic);
	cert->can_sign = (X509_get_key_usage(oracle->x509) & KU_KEY_CERT_SIGN) != 0;
	oracle->akid = X509_get_ext_d2i(oracle->x509, NID_authority_key_identifier, NULL, NULL);
	cert->self_signed = cert->self_issued && oracle_issued_by(oracle, oracle);
}

static void hash_key(struct oracle *oracle)
{
	unsigned char *spki = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(oracle->x509), &spki);

	if (len > 0)
		fingerprint_of(spki, (size_t)len, oracle->cert.spki_sha256);
	OPENSSL_free(spki);
}

/* Sets `readable` when the bytes are one certificate with dates; false only for lack of memory. */
static bool decode(struct oracle *oracle)
{
	const unsigned char *end = oracle->der;

	if (oracle->der_len > LONG_MAX)
		return true;
	oracle->x509 = d2i_X509(NULL, &end, (long)oracle->der_len);
	if (!oracle->x509 || end != oracle->der + oracle->der_len ||
		!read_time(X509_get0_notBefore(oracle->x509), &oracle->cert.not_before) ||
		!read_time(X509_get0_notAfter(oracle->x509), &oracle->cert.not_after)) {
		X509_free(oracle->x509);
		oracle->x509 = NULL;
		return true;
	}
	if (!read_names(oracle) || !read_key(oracle) || !read_signature(oracle) ||
		!read_eku(oracle) || !oracle_sans(oracle->x509, &oracle->cert))
		return false;
	hash_key(oracle);
	read_constraints(oracle);
	oracle->cert.readable = true;
	return true;
}

struct oracle *oracle_new(const uint8_t *der, size_t len)
{
	struct oracle *oracle = calloc(1, sizeof *oracle);

	if (!oracle)
		abort();
	oracle->der = der;
	oracle->der_len = len;
	ERR_set_mark();
	if (!decode(oracle))
		abort();
	ERR_pop_to_mark();
	return oracle;
}

static void free_texts(char **texts)
{
	for (char **text = texts; text && *text; text++)
		free(*text);
	free(texts);
}

void oracle_free(struct oracle *oracle)
{
	if (!oracle)
		return;
	X509_free(oracle->x509);
	AUTHORITY_KEYID_free(oracle->akid);
	free(oracle->cert.subject);
	free(oracle->cert.issuer);
	free(oracle->cert.common_name);
	free(oracle->cert.issuer_common_name);
	free(oracle->cert.serial);
	free(oracle->cert.key);
	free(oracle->cert.signature);
	free_texts(oracle->cert.eku);
	free_texts(oracle->cert.san);
	free_texts(oracle->cert.crl_urls);
	free(oracle);
}

bool oracle_is_twin(const struct oracle *a, const struct oracle *b)
{
	return a->cert.readable && b->cert.readable &&
	       (a->der_len != b->der_len || memcmp(a->der, b->der, a->der_len) != 0) &&
	       memcmp(a->cert.spki_sha256, b->cert.spki_sha256, FINGERPRINT_BYTES) == 0 &&
	       X509_NAME_cmp(X509_get_subject_name(a->x509), X509_get_subject_name(b->x509)) == 0;
}

bool oracle_names_issuer(const struct oracle *cert, const struct oracle *issuer)
{
	return cert->x509 && issuer->x509 &&
	       X509_NAME_cmp(X509_get_issuer_name(cert->x509),
		       X509_get_subject_name(issuer->x509)) == 0 &&
	       (!cert->akid || X509_check_akid(issuer->x509, cert->akid) == X509_V_OK);
}

bool oracle_issued_by(const struct oracle *cert, const struct oracle *issuer)
{
	if (!oracle_names_issuer(cert, issuer) || issuer->slow_key)
		return false;
	ERR_set_mark();
	EVP_PKEY *key = X509_get0_pubkey(issuer->x509);
	bool signs = key && X509_verify(cert->x509, key) == 1;
	ERR_pop_to_mark();
	return signs;
}

static bool same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool same_list(char **a, char **b)
{
	for (; *a && *b; a++, b++)
		if (strcmp(*a, *b) != 0)
			return false;
	return !*a && !*b;
}

const char *oracle_differs(const struct oracle *oracle, const struct cert *cert)
{
	const struct cert *old = &oracle->cert;

	if (old->readable != cert->readable)
		return "readable";
	if (!old->readable)
		return NULL;
#define DIFFERS(same, field) \
	if (!(same))         \
		return #field;
#define TEXT(field) DIFFERS(same_text(old->field, cert->field), field)
#define PLAIN(field) DIFFERS(old->field == cert->field, field)
#define LIST(field) DIFFERS(same_list(old->field, cert->field), field)
	TEXT(subject)
	TEXT(issuer)
	TEXT(common_name)
	TEXT(issuer_common_name)
	TEXT(serial)
	TEXT(key)
	TEXT(curve)
	TEXT(signature)
	PLAIN(not_before.seconds)
	PLAIN(not_after.seconds)
	PLAIN(key_kind)
	PLAIN(key_bits)
	PLAIN(weak_signature)
	PLAIN(has_eku)
	LIST(eku)
	PLAIN(eku_server)
	PLAIN(eku_client)
	PLAIN(eku_any)
	LIST(san)
	PLAIN(san_dropped)
	PLAIN(is_ca)
	PLAIN(can_sign)
	PLAIN(self_issued)
	PLAIN(self_signed)
	LIST(crl_urls)
	DIFFERS(memcmp(old->spki_sha256, cert->spki_sha256, FINGERPRINT_BYTES) == 0, spki_sha256)
#undef DIFFERS
#undef TEXT
#undef PLAIN
#undef LIST
	return NULL;
}
