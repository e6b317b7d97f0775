/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/bn.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/text.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/cert_x509.h"
#include "checker/cert/hasher.h"
#include "checker/cert/pubkey.h"

static char *keep(struct cert_holder *holder, const char *text)
{
	return arena_text(&holder->texts, text, strlen(text));
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

static char *read_serial(struct cert_holder *holder, const ASN1_INTEGER *serial)
{
	BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
	char *hex = number ? BN_bn2hex(number) : NULL;
	char *text = hex ? keep(holder, hex) : NULL;

	if (text)
		text_lower(text);
	OPENSSL_free(hex);
	BN_free(number);
	return text;
}

static bool read_signature(struct cert_holder *holder, X509 *x509)
{
	static const int weak[] = { NID_md2, NID_md4, NID_md5, NID_sha1, NID_md5_sha1, NID_mdc2 };
	int digest = NID_undef, nid = X509_get_signature_nid(x509);

	if (X509_get_signature_info(x509, &digest, NULL, NULL, NULL))
		for (size_t i = 0; i < ARRAY_LEN(weak); i++)
			holder->cert.weak_signature |= digest == weak[i];
	holder->cert.signature = keep(holder, nid == NID_undef ? "unknown" : OBJ_nid2ln(nid));
	return holder->cert.signature != NULL;
}

static bool read_eku(struct cert_holder *holder, X509 *x509)
{
	struct cert *cert = &holder->cert;
	EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(x509, NID_ext_key_usage, NULL, NULL);
	size_t count = usage ? (size_t)sk_ASN1_OBJECT_num(usage) : 0;
	bool memory = true;

	cert->has_eku = X509_get_ext_by_NID(x509, NID_ext_key_usage, -1) >= 0;
	cert->eku = arena_take(&holder->texts, (count + 1) * sizeof *cert->eku);
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
		cert->eku[i] = keep(holder, oid);
		memory = cert->eku[i] != NULL;
	}
	EXTENDED_KEY_USAGE_free(usage);
	return cert->eku && memory;
}

static bool read_names(struct cert_holder *holder, X509 *x509)
{
	struct cert *cert = &holder->cert;
	struct arena *arena = &holder->texts;
	const X509_NAME *subject = X509_get_subject_name(x509);
	const X509_NAME *issuer = X509_get_issuer_name(x509);

	cert->subject = cert_openssl_name(arena, subject);
	cert->issuer = cert_openssl_name(arena, issuer);
	cert->common_name = cert_openssl_common(arena, subject);
	cert->issuer_common_name = cert_openssl_common(arena, issuer);
	cert->serial = read_serial(holder, X509_get0_serialNumber(x509));
	cert->self_issued = X509_NAME_cmp(subject, issuer) == 0;
	return cert->subject && cert->issuer && cert->common_name && cert->issuer_common_name &&
	       cert->serial && cert_openssl_crl_urls(x509, holder) &&
	       cert_openssl_sans(x509, holder);
}

/* The key as it stands in DER, so that twins have the same whatever the encoding. */
static bool read_key(struct cert_holder *holder, X509 *x509, struct hasher *hasher)
{
	struct pubkey pubkey = { .kind = KEY_OTHER, .text = "unknown" };
	unsigned char *spki = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &spki);

	if (len > 0) {
		hasher_sha256(hasher, spki, (size_t)len, holder->cert.spki_sha256);
		holder->lacks_parameters = cert_lacks_parameters(x509);
		if (X509_get0_pubkey(x509))
			pubkey_describe(spki, (size_t)len, &pubkey);
	}
	OPENSSL_free(spki);
	return cert_set_key(holder, &pubkey);
}

static void read_constraints(struct cert_holder *holder, X509 *x509)
{
	static const int restrictions[] = { NID_name_constraints, NID_policy_constraints,
		NID_policy_mappings, NID_inhibit_any_policy, NID_sbgp_ipAddrBlock,
		NID_sbgp_autonomousSysNum };
	BASIC_CONSTRAINTS *basic = X509_get_ext_d2i(x509, NID_basic_constraints, NULL, NULL);

	holder->cert.is_ca = basic && basic->ca;
	BASIC_CONSTRAINTS_free(basic);
	holder->cert.can_sign = (X509_get_key_usage(x509) & KU_KEY_CERT_SIGN) != 0;
	for (size_t i = 0; i < ARRAY_LEN(restrictions); i++)
		holder->restricts |= X509_get_ext_by_NID(x509, restrictions[i], -1) >= 0;
}

/* False when memory runs out. */
static bool read_key_ids(struct cert_holder *holder, X509 *x509)
{
	ASN1_OCTET_STRING *own = X509_get_ext_d2i(x509, NID_subject_key_identifier, NULL, NULL);
	bool memory = true;

	if (own) {
		size_t len = (size_t)ASN1_STRING_length(own);
		const char *octets = (const char *)ASN1_STRING_get0_data(own);
		char *copy = arena_text(&holder->texts, octets, len);
		holder->key_id = (struct cert_span){ (uint8_t *)copy, len };
		memory = copy != NULL;
	}
	ASN1_OCTET_STRING_free(own);
	holder->akid = X509_get_ext_d2i(x509, NID_authority_key_identifier, NULL, NULL);
	if (holder->akid && holder->akid->keyid)
		holder->authority_key_id = (struct cert_span){
			ASN1_STRING_get0_data(holder->akid->keyid),
			(size_t)ASN1_STRING_length(holder->akid->keyid),
		};
	return memory;
}

static X509 *decode(struct cert_holder *holder)
{
	const unsigned char *end = holder->der;

	if (holder->der_len > LONG_MAX)
		return NULL;
	X509 *x509 = d2i_X509(NULL, &end, (long)holder->der_len);
	if (x509 && end == holder->der + holder->der_len &&
		read_time(X509_get0_notBefore(x509), &holder->cert.not_before) &&
		read_time(X509_get0_notAfter(x509), &holder->cert.not_after))
		return x509;
	X509_free(x509);
	return NULL;
}

bool cert_read_openssl(struct cert_holder *holder, struct hasher *hasher)
{
	X509 *x509 = decode(holder);

	if (!x509)
		return true;
	atomic_store(&holder->x509, x509);
	if (!read_names(holder, x509) || !read_key(holder, x509, hasher) ||
		!read_signature(holder, x509) || !read_eku(holder, x509) ||
		!read_key_ids(holder, x509))
		return false;
	read_constraints(holder, x509);
	holder->cert.readable = true;
	return true;
}

ASN1_INTEGER *cert_asn1_serial(const struct cert *cert)
{
	const struct cert_holder *holder = cert_holder(cert);
	struct cert_span octets = holder->fields.serial;

	if (!holder->ordinary) {
		X509 *x509 = cert_x509(cert);
		return x509 ? ASN1_INTEGER_dup(X509_get0_serialNumber(x509)) : NULL;
	}
	/* An ordinary one is positive; it may have a zero before a high bit. */
	size_t skip = octets.len > 1 && octets.at[0] == 0 ? 1 : 0;
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	if (serial && ASN1_STRING_set(serial, octets.at + skip, (int)(octets.len - skip)))
		return serial;
	ASN1_INTEGER_free(serial);
	return NULL;
}
