/* SPDX-License-Identifier: MIT */
#include "checker/cert.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert_x509.h"
#include "checker/limits.h"
#include "checker/name.h"

/* What the header shows, and what only this file knows. */
struct holder {
	struct cert cert; /* first, so that a pointer to one is a pointer to the other */
	atomic_uint refs;
	uint8_t *der;
	size_t der_len;
	X509 *x509;
	AUTHORITY_KEYID *akid;
	enum cert_san_kind *san_kinds;
	bool slow_key; /* no signature is checked with it */
};

static struct holder *holder_of(const struct cert *cert)
{
	return (struct holder *)(uintptr_t)cert;
}

X509 *cert_x509(const struct cert *cert)
{
	return holder_of(cert)->x509;
}

const uint8_t *cert_der(const struct cert *cert, size_t *ret_len)
{
	*ret_len = holder_of(cert)->der_len;
	return holder_of(cert)->der;
}

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

static bool read_key(struct holder *holder)
{
	struct cert *cert = &holder->cert;
	EVP_PKEY *key = X509_get0_pubkey(holder->x509);
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
		holder->slow_key = is_slow(cert, key);
	}
	cert->key = text_copy(text, strlen(text));
	return cert->key != NULL;
}

static bool read_signature(struct holder *holder)
{
	static const int weak[] = { NID_md2, NID_md4, NID_md5, NID_sha1, NID_md5_sha1, NID_mdc2 };
	int digest = NID_undef;
	char text[96] = "unknown";
	int nid = X509_get_signature_nid(holder->x509);

	if (nid != NID_undef)
		(void)snprintf(text, sizeof text, "%s", OBJ_nid2ln(nid));
	if (X509_get_signature_info(holder->x509, &digest, NULL, NULL, NULL))
		for (size_t i = 0; i < ARRAY_LEN(weak); i++)
			holder->cert.weak_signature |= digest == weak[i];
	holder->cert.signature = text_copy(text, strlen(text));
	return holder->cert.signature != NULL;
}

static bool read_eku(struct holder *holder)
{
	struct cert *cert = &holder->cert;
	EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(holder->x509, NID_ext_key_usage, NULL, NULL);
	size_t count = usage ? (size_t)sk_ASN1_OBJECT_num(usage) : 0;
	bool memory = true;

	cert->has_eku = X509_get_ext_by_NID(holder->x509, NID_ext_key_usage, -1) >= 0;
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

static bool read_names(struct holder *holder)
{
	struct cert *cert = &holder->cert;
	const X509_NAME *subject = X509_get_subject_name(holder->x509);
	const X509_NAME *issuer = X509_get_issuer_name(holder->x509);

	cert->subject = cert_name_text(subject);
	cert->issuer = cert_name_text(issuer);
	cert->common_name = cert_name_common(subject);
	cert->issuer_common_name = cert_name_common(issuer);
	cert->serial = read_serial(X509_get0_serialNumber(holder->x509));
	cert->crl_urls = cert_read_crl_urls(holder->x509);
	cert->self_issued = X509_NAME_cmp(subject, issuer) == 0;
	return cert->subject && cert->issuer && cert->common_name && cert->issuer_common_name &&
	       cert->serial && cert->crl_urls;
}

static void read_constraints(struct holder *holder)
{
	struct cert *cert = &holder->cert;
	BASIC_CONSTRAINTS *basic = X509_get_ext_d2i(
		holder->x509, NID_basic_constraints, NULL, NULL);

	cert->is_ca = basic && basic->ca;
	BASIC_CONSTRAINTS_free(basic);
	cert->can_sign = (X509_get_key_usage(holder->x509) & KU_KEY_CERT_SIGN) != 0;
	holder->akid = X509_get_ext_d2i(holder->x509, NID_authority_key_identifier, NULL, NULL);
	cert->self_signed = cert->self_issued && cert_issued_by(cert, cert);
}

void fingerprint_of(const uint8_t *bytes, size_t len, uint8_t out[static FINGERPRINT_BYTES])
{
	/* SHA-256 of memory cannot fail but for lack of memory; then nothing equals the zeros. */
	if (EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL) != 1)
		memset(out, 0, FINGERPRINT_BYTES);
}

static void hash_key(struct holder *holder)
{
	unsigned char *spki = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(holder->x509), &spki);

	if (len > 0)
		fingerprint_of(spki, (size_t)len, holder->cert.spki_sha256);
	OPENSSL_free(spki);
}

/* Sets `readable` when the bytes are one certificate with dates; false only for lack of memory. */
static bool decode(struct holder *holder)
{
	const unsigned char *end = holder->der;

	if (holder->der_len > LONG_MAX)
		return true;
	holder->x509 = d2i_X509(NULL, &end, (long)holder->der_len);
	if (!holder->x509 || end != holder->der + holder->der_len ||
		!read_time(X509_get0_notBefore(holder->x509), &holder->cert.not_before) ||
		!read_time(X509_get0_notAfter(holder->x509), &holder->cert.not_after)) {
		X509_free(holder->x509);
		holder->x509 = NULL;
		return true;
	}
	if (!read_names(holder) || !read_key(holder) || !read_signature(holder) ||
		!read_eku(holder) ||
		!cert_read_sans(holder->x509, &holder->cert, &holder->san_kinds))
		return false;
	hash_key(holder);
	read_constraints(holder);
	holder->cert.readable = true;
	return true;
}

struct cert *cert_new(const uint8_t *der, size_t len, struct error *err)
{
	struct holder *holder = calloc(1, sizeof *holder);

	if (!holder) {
		error_set_memory(err);
		return NULL;
	}
	CLEANUP(cert_unrefp) const struct cert *cert = &holder->cert;
	atomic_init(&holder->refs, 1);
	holder->der = malloc(len ? len : 1);
	if (!holder->der) {
		error_set_memory(err);
		return NULL;
	}
	if (len > 0)
		memcpy(holder->der, der, len);
	holder->der_len = len;
	fingerprint_of(holder->der, len, holder->cert.sha256);
	text_from_bytes(holder->cert.sha256, FINGERPRINT_BYTES, holder->cert.sha256_text);

	/* What cannot be decoded is an answer, so it leaves no OpenSSL error behind. */
	ERR_set_mark();
	bool decoded = decode(holder);
	ERR_pop_to_mark();
	if (!decoded) {
		error_set_memory(err);
		return NULL;
	}
	cert = NULL;
	return &holder->cert;
}

struct cert *cert_ref(const struct cert *cert)
{
	struct holder *holder = holder_of(cert);

	atomic_fetch_add_explicit(&holder->refs, 1, memory_order_relaxed);
	return &holder->cert;
}

void cert_unref(const struct cert *cert)
{
	if (!cert)
		return;
	struct holder *holder = holder_of(cert);
	if (atomic_fetch_sub(&holder->refs, 1) != 1)
		return;
	X509_free(holder->x509);
	AUTHORITY_KEYID_free(holder->akid);
	free(holder->der);
	free(holder->san_kinds);
	free(holder->cert.subject);
	free(holder->cert.issuer);
	free(holder->cert.common_name);
	free(holder->cert.issuer_common_name);
	free(holder->cert.serial);
	free(holder->cert.key);
	free(holder->cert.signature);
	cert_free_texts(holder->cert.eku);
	cert_free_texts(holder->cert.san);
	cert_free_texts(holder->cert.crl_urls);
	free(holder);
}

bool cert_equal(const struct cert *a, const struct cert *b)
{
	return a == b || memcmp(a->sha256, b->sha256, FINGERPRINT_BYTES) == 0;
}

bool cert_is_twin(const struct cert *a, const struct cert *b)
{
	return a->readable && b->readable && !cert_equal(a, b) &&
	       memcmp(a->spki_sha256, b->spki_sha256, FINGERPRINT_BYTES) == 0 &&
	       X509_NAME_cmp(X509_get_subject_name(cert_x509(a)),
		       X509_get_subject_name(cert_x509(b))) == 0;
}

bool cert_names_issuer(const struct cert *cert, const struct cert *issuer)
{
	const struct holder *holder = holder_of(cert);
	X509 *above = cert_x509(issuer);

	return holder->x509 && above &&
	       X509_NAME_cmp(X509_get_issuer_name(holder->x509), X509_get_subject_name(above)) ==
		       0 &&
	       (!holder->akid || X509_check_akid(above, holder->akid) == X509_V_OK);
}

bool cert_issued_by(const struct cert *cert, const struct cert *issuer)
{
	if (!cert_names_issuer(cert, issuer) || holder_of(issuer)->slow_key)
		return false;

	/* A failed check is an answer, so it leaves no OpenSSL error behind. */
	ERR_set_mark();
	EVP_PKEY *key = X509_get0_pubkey(cert_x509(issuer));
	bool signs = key && X509_verify(cert_x509(cert), key) == 1;
	ERR_pop_to_mark();
	return signs;
}

bool cert_covers(const struct cert *cert, const char *name)
{
	int family;
	char canonical[LIMIT_ADDRESS_BYTES];
	bool address = name_is_address(name, &family);
	const struct holder *holder = holder_of(cert);

	if (!cert->readable || (address && !name_canonical_address(name, canonical)))
		return false;
	for (size_t i = 0; cert->san[i]; i++) {
		if (address && holder->san_kinds[i] == CERT_SAN_ADDRESS &&
			strcmp(cert->san[i], canonical) == 0)
			return true;
		if (!address && holder->san_kinds[i] == CERT_SAN_DNS &&
			name_matches(cert->san[i], name))
			return true;
	}
	return false;
}

bool cert_valid_at(const struct cert *cert, struct instant now)
{
	return cert->not_before.seconds <= now.seconds && now.seconds <= cert->not_after.seconds;
}

int64_t cert_validity_days(const struct cert *cert)
{
	int64_t seconds = cert->not_after.seconds - cert->not_before.seconds + 1;

	return seconds <= 0 ? 0 : (seconds + SECONDS_A_DAY - 1) / SECONDS_A_DAY;
}

bool fingerprint_parse(const char *hex, uint8_t out[static FINGERPRINT_BYTES])
{
	return text_to_bytes(hex, out, FINGERPRINT_BYTES);
}
