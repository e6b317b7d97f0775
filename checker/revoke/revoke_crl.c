/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke_crl.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/cert_x509.h"
#include "checker/cert/der.h"
#include "checker/limits.h"
#include "checker/revoke/revoke_index.h"

/* A new list at least as often (Baseline Requirements, 4.9.7). */
#define DAYS_WITHOUT_NEXT 7

static const char not_a_list[] = PHRASE("this is not a revocation list, or a damaged one");

static bool copy_span(struct cert_span span, struct cert_span *ret_copy)
{
	*ret_copy = (struct cert_span){ .at = (uint8_t *)text_copy((const char *)span.at, span.len),
		.len = span.len };
	return ret_copy->at;
}

/* --- What is signed --- */

static bool take_digest(struct revoke_crl *crl, struct cert_span tbs)
{
	EVP_MD *md = EVP_MD_fetch(NULL, crl->scheme->digest, NULL);
	bool good = md && EVP_Digest(tbs.at, tbs.len, crl->digest, &crl->digest_len, md, NULL) == 1;

	EVP_MD_free(md);
	return good;
}

/* A list whose scheme has no digest of its own, or an odd one, is kept whole: those are rare. */
static bool read_signature(
	struct revoke_crl *crl, const struct revoke_crl_fields *fields, const char **ret_why)
{
	const uint8_t *at = fields->outer_algorithm.at;

	/* 5.1.1.2: both have to be the same, or someone changed the outer one. */
	*ret_why = PHRASE("its two signature algorithms differ");
	if (fields->inner_algorithm.len != fields->outer_algorithm.len ||
		memcmp(fields->inner_algorithm.at, at, fields->inner_algorithm.len) != 0)
		return false;
	*ret_why = NULL;
	crl->scheme = cert_scheme_of(fields->outer_algorithm);
	if (!copy_span(fields->signature, &crl->signature))
		return false;
	*ret_why = PHRASE("it is signed in a way that is not known");
	if (crl->scheme && crl->scheme->digest)
		return take_digest(crl, fields->tbs);
	crl->algorithm = d2i_X509_ALGOR(NULL, &at, (long)fields->outer_algorithm.len);
	if (!crl->algorithm)
		return false;
	*ret_why = NULL;
	return copy_span(fields->tbs, &crl->tbs);
}

/* The item is written as the bytes that it has, so what is verified is what came. */
static bool fits_whole(const struct revoke_crl *crl, EVP_PKEY *key)
{
	ASN1_STRING *bytes = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
	ASN1_TYPE *tbs = ASN1_TYPE_new();
	ASN1_BIT_STRING *signature = ASN1_BIT_STRING_new();
	bool good = false;

	if (bytes && tbs && signature && crl->tbs.len <= INT_MAX &&
		ASN1_STRING_set(bytes, crl->tbs.at, (int)crl->tbs.len) &&
		ASN1_STRING_set(signature, crl->signature.at, (int)crl->signature.len)) {
		signature->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 7);
		signature->flags |= ASN1_STRING_FLAG_BITS_LEFT; /* and none is unused */
		ASN1_TYPE_set(tbs, V_ASN1_SEQUENCE, TAKE(bytes));
		good = ASN1_item_verify(
			       ASN1_ITEM_rptr(ASN1_ANY), crl->algorithm, signature, tbs, key) == 1;
	}
	ASN1_STRING_free(bytes);
	ASN1_TYPE_free(tbs);
	ASN1_BIT_STRING_free(signature);
	return good;
}

static bool fits(const struct revoke_crl *crl, const struct cert *issuer)
{
	if (!crl->tbs.at)
		return cert_fits_digest(issuer, crl->scheme,
			(struct cert_span){ crl->digest, crl->digest_len }, crl->signature);
	EVP_PKEY *key = cert_key(issuer);

	return key && fits_whole(crl, key);
}

bool revoke_crl_is_signed(
	const struct revoke_crl *crl, const struct cert *issuer, const char **ret_why)
{
	X509 *x509 = cert_x509(issuer);

	*ret_why = PHRASE("it was issued by another authority");
	if (!x509 || X509_NAME_cmp(crl->issuer, X509_get_subject_name(x509)) != 0)
		return false;
	/* All bits are set when there is no such extension (4.2.1.3). */
	*ret_why = PHRASE("its issuer's key is not for signing lists");
	if (!(X509_get_key_usage(x509) & KU_CRL_SIGN))
		return false;
	*ret_why = PHRASE("its signature does not fit its issuer's key");
	return fits(crl, issuer);
}

/* --- Making --- */

static bool read_name(struct revoke_crl *crl, struct cert_span name)
{
	const uint8_t *at = name.at;

	if (name.len > LIMIT_LIST_EXTENSION_BYTES)
		return false;
	crl->issuer = d2i_X509_NAME(NULL, &at, (long)name.len);
	return crl->issuer && at == name.at + name.len && X509_NAME_entry_count(crl->issuer) > 0;
}

static bool read_dates(struct revoke_crl *crl, const struct revoke_crl_fields *fields)
{
	crl->has_next = fields->next_update.at;
	return cert_read_time(fields->this_update, &crl->this_update) &&
	       (!crl->has_next || cert_read_time(fields->next_update, &crl->next_update));
}

static bool read_all(struct revoke_crl *crl, const uint8_t *der, size_t len, const char **ret_why)
{
	struct revoke_crl_fields fields;

	*ret_why = not_a_list;
	if (!revoke_crl_fields_read(der, len, &fields) || !read_name(crl, fields.issuer))
		return false;
	*ret_why = PHRASE("it is of an unknown version");
	crl->version = fields.version;
	if (crl->version == 0)
		return false;
	*ret_why = PHRASE("it is of version 1 and has extensions");
	if (crl->version == 1 && fields.extensions.at)
		return false;
	*ret_why = PHRASE("its dates are damaged");
	return read_dates(crl, &fields) && read_signature(crl, &fields, ret_why) &&
	       revoke_crl_read_extensions(crl, fields.extensions, ret_why) &&
	       revoke_crl_read_entries(crl, fields.entries, ret_why);
}

static struct revoke_crl *read_der(const uint8_t *der, size_t len, const char **ret_why)
{
	CLEANUP(revoke_crl_freep) struct revoke_crl *crl = calloc(1, sizeof *crl);

	*ret_why = NULL;
	if (!crl || !read_all(crl, der, len, ret_why))
		return NULL;
	return TAKE(crl);
}

static struct revoke_crl *read_pem(const uint8_t *text, size_t len, const char **ret_why)
{
	BIO *bio = BIO_new_mem_buf(text, (int)len);
	unsigned char *der = NULL;
	long der_len = 0;
	struct revoke_crl *crl = NULL;

	*ret_why = not_a_list;
	if (bio && PEM_bytes_read_bio(&der, &der_len, NULL, PEM_STRING_X509_CRL, bio, NULL, NULL))
		crl = read_der(der, (size_t)der_len, ret_why);
	OPENSSL_free(der);
	BIO_free(bio);
	return crl;
}

/* PEM is text and DER begins with a SEQUENCE, whose tag is a digit in text. */
struct revoke_crl *revoke_crl_new(const uint8_t *bytes, size_t len, const char **ret_why)
{
	*ret_why = not_a_list;
	if (len == 0 || len > INT_MAX)
		return NULL;
	if (bytes[0] != DER_SEQUENCE || (len > 1 && isdigit(bytes[1])))
		return read_pem(bytes, len, ret_why);
	return read_der(bytes, len, ret_why);
}

/* 5.1.2.5 demands a nextUpdate; without one nobody can tell a fresh list from an old one. */
struct instant revoke_crl_until(const struct revoke_crl *crl)
{
	struct instant until = crl->this_update;

	until.seconds += DAYS_WITHOUT_NEXT * (int64_t)SECONDS_A_DAY;
	return crl->has_next ? crl->next_update : until;
}

bool revoke_crl_read_number(const uint8_t *bytes, size_t len, struct revoke_number *ret_number)
{
	CLEANUP(revoke_crl_freep) struct revoke_crl *crl = calloc(1, sizeof *crl);
	struct revoke_crl_fields fields;
	const char *why;

	if (!crl || !revoke_crl_fields_read(bytes, len, &fields) ||
		!read_name(crl, fields.issuer) ||
		!revoke_crl_read_extensions(crl, fields.extensions, &why))
		return false;
	*ret_number = crl->number;
	return true;
}

static void free_span(struct cert_span span)
{
	free((void *)(uintptr_t)span.at);
}

void revoke_crl_free(struct revoke_crl *crl)
{
	if (!crl)
		return;
	X509_NAME_free(crl->issuer);
	ISSUING_DIST_POINT_free(crl->point);
	X509_ALGOR_free(crl->algorithm);
	free_span(crl->point_der);
	free_span(crl->tbs);
	free_span(crl->signature);
	for (char **url = crl->freshest; url && *url; url++)
		free(*url);
	free(crl->freshest);
	for (size_t i = 0; i < crl->owners.count; i++)
		X509_NAME_free(crl->owners.items[i]);
	free(crl->owners.items);
	revoke_index_free(crl->index);
	free(crl);
}

/* --- Asking --- */

static bool find_by(const struct revoke_crl *crl, const struct cert *cert, struct cert_span serial,
	struct revoke_entry *ret_entry)
{
	bool own_name = !crl->point || crl->point->indirectCRL <= 0;
	X509 *x509 = own_name ? NULL : cert_x509(cert);

	ret_entry->owner = 0;
	if (own_name)
		return revoke_index_find(crl->index, serial.at, serial.len, ret_entry);
	if (!x509)
		return false;
	const X509_NAME *issuer = X509_get_issuer_name(x509);

	if (X509_NAME_cmp(crl->issuer, issuer) == 0 &&
		revoke_index_find(crl->index, serial.at, serial.len, ret_entry))
		return true;
	for (size_t i = 0; i < crl->owners.count; i++) {
		if (X509_NAME_cmp(crl->owners.items[i], issuer) != 0)
			continue;
		ret_entry->owner = (unsigned)i + 1;
		if (revoke_index_find(crl->index, serial.at, serial.len, ret_entry))
			return true;
	}
	return false;
}

bool revoke_crl_find(
	const struct revoke_crl *crl, const struct cert *cert, struct revoke_entry *ret_entry)
{
	const struct cert_holder *holder = cert_holder(cert);
	X509 *x509 = holder->ordinary ? NULL : cert_x509(cert);
	unsigned char *der = NULL;
	struct der_item integer;

	if (holder->ordinary)
		return find_by(crl, cert, holder->fields.serial, ret_entry);
	int len = x509 ? i2d_ASN1_INTEGER(X509_get0_serialNumber(x509), &der) : -1;
	bool found = len > 0 && der_only(der, (size_t)len, DER_INTEGER, &integer) &&
		     find_by(crl, cert, (struct cert_span){ integer.content, integer.len },
			     ret_entry);

	OPENSSL_free(der);
	return found;
}
