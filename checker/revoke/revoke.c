/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/cert_x509.h"
#include "checker/revoke/revoke_asn1.h"

#define WHY_BYTES 160

/* A new list at least as often (Baseline Requirements, 4.9.7). */
#define DAYS_WITHOUT_NEXT 7

static void text_free(char *text)
{
	free(text);
}
DEFINE_CLEANUP(char *, text_free);

struct revoke_list {
	char *id;
	enum revoke_list_state state;
	char why[WHY_BYTES];
	const struct cert *issuer; /* NULL when it is not at hand */
	char *url;                 /* where the list came from, or NULL */
	enum revoke_scope scope;   /* asked for, narrowed by what the list says of itself */
	X509_CRL *crl; /* sorted, so that looking up changes nothing; NULL: not a list */
	ISSUING_DIST_POINT *point; /* or NULL */
	bool is_elsewhere;         /* the point does not name URL: the certificate has to */
};

/* --- Shared with revoke_staple.c --- */

bool revoke_read_time(const ASN1_TIME *time, struct instant *ret_instant)
{
	struct tm tm;

	if (!time || !ASN1_TIME_to_tm(time, &tm) ||
		!instant_from_day(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, ret_instant))
		return false;
	ret_instant->seconds += tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
	return true;
}

const char *revoke_reason_name(long reason)
{
	static const char *const names[] = { "unspecified", "keyCompromise", "cACompromise",
		"affiliationChanged", "superseded", "cessationOfOperation", "certificateHold", NULL,
		"removeFromCRL", "privilegeWithdrawn", "aACompromise" };

	return reason >= 0 && reason < (long)ARRAY_LEN(names) ? names[reason] : NULL;
}

/* --- Making --- */

static struct revoke_list *list_alloc(
	const char *id, const struct cert *issuer, enum revoke_scope scope, const char *url)
{
	CLEANUP(revoke_list_freep) struct revoke_list *list = calloc(1, sizeof *list);

	if (!list)
		return NULL;
	list->id = text_copy(id, strlen(id));
	list->url = url ? text_copy(url, strlen(url)) : NULL;
	list->scope = scope;
	if (!list->id || (url && !list->url))
		return NULL;
	if (issuer)
		list->issuer = cert_ref(issuer);
	return TAKE(list);
}

/* False, so that a check can end with it. */
static bool refuse(struct revoke_list *list, enum revoke_list_state state, const char *why)
{
	list->state = state;
	text_printable(why, strlen(why), list->why, sizeof list->why);
	return false;
}

static bool refuse_at(struct revoke_list *list, enum revoke_list_state state, const char *why,
	struct instant when)
{
	char day[INSTANT_TEXT], text[WHY_BYTES];

	instant_format(when, day);
	snprintf(text, sizeof text, "%s %s", why, day);
	return refuse(list, state, text);
}

static bool invalid(struct revoke_list *list, const char *why)
{
	return refuse(list, REVOKE_LIST_INVALID, why);
}

/* PEM is text and DER begins with a SEQUENCE, whose tag is a digit in text. */
static X509_CRL *crl_decode(const uint8_t *bytes, size_t len)
{
	const uint8_t *end = bytes;

	if (len == 0 || len > INT_MAX)
		return NULL;
	if (bytes[0] != 0x30 || (len > 1 && isdigit(bytes[1]))) {
		BIO *bio = BIO_new_mem_buf(bytes, (int)len);
		X509_CRL *crl = bio ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;

		BIO_free(bio);
		return crl;
	}
	X509_CRL *crl = d2i_X509_CRL(NULL, &end, (long)len);

	if (crl && end != bytes + len) {
		X509_CRL_free(crl);
		return NULL;
	}
	return crl;
}

/* --- What the list has to be (RFC 5280, 5 and 6.3.3) --- */

static bool check_signer(struct revoke_list *list)
{
	X509 *issuer = cert_x509(list->issuer);
	EVP_PKEY *key = X509_get0_pubkey(issuer);

	if (X509_NAME_cmp(X509_CRL_get_issuer(list->crl), X509_get_subject_name(issuer)) != 0)
		return invalid(list, "it was issued by another authority");
	/* All bits are set when there is no such extension (4.2.1.3). */
	if (!(X509_get_key_usage(issuer) & KU_CRL_SIGN))
		return invalid(list, "its issuer's key is not for signing lists");
	if (!key || X509_CRL_verify(list->crl, key) != 1)
		return invalid(list, "its signature does not fit its issuer's key");
	return true;
}

/* CERTIFICATE ISSUER (5.3.3) is not among them: it means that the list is an indirect one. */
static bool is_known(const X509_EXTENSION *extension)
{
	static const int known[] = { NID_authority_key_identifier, NID_issuer_alt_name,
		NID_crl_number, NID_issuing_distribution_point, NID_freshest_crl, NID_info_access,
		NID_crl_reason, NID_invalidity_date, NID_hold_instruction_code };
	int nid = OBJ_obj2nid(X509_EXTENSION_get_object((X509_EXTENSION *)(uintptr_t)extension));

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i] == nid)
			return true;
	return false;
}

static bool has_unknown(const STACK_OF(X509_EXTENSION) * extensions)
{
	for (int i = 0; i < sk_X509_EXTENSION_num(extensions); i++) {
		const X509_EXTENSION *extension = sk_X509_EXTENSION_value(extensions, i);

		if (X509_EXTENSION_get_critical(extension) && !is_known(extension))
			return true;
	}
	return false;
}

static bool check_version(struct revoke_list *list)
{
	long version = X509_CRL_get_version(list->crl);

	/* 5.1.2.1: extensions came with version 2, and there is no version 3. */
	if (version != X509_CRL_VERSION_2 && version != X509_CRL_VERSION_1)
		return invalid(list, "it is of an unknown version");
	if (version == X509_CRL_VERSION_1 && X509_CRL_get0_extensions(list->crl))
		return invalid(list, "it is of version 1 and has extensions");
	return true;
}

static bool check_extensions(struct revoke_list *list)
{
	const STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(list->crl);

	if (X509_CRL_get_ext_by_NID(list->crl, NID_delta_crl, -1) >= 0)
		return invalid(list, "it is a delta list, which holds changes only");
	/* 5.2 and 5.3: a list with a critical extension one cannot process is of no use. */
	if (has_unknown(X509_CRL_get0_extensions(list->crl)))
		return invalid(list, "it has an unknown critical extension");
	for (int i = 0; i < sk_X509_REVOKED_num(entries); i++)
		if (has_unknown(X509_REVOKED_get0_extensions(sk_X509_REVOKED_value(entries, i))))
			return invalid(list, "an entry of it has an unknown critical extension");
	return true;
}

/* Scheme and host are not case-sensitive, a path is (RFC 3986, 6.2.2.1). */
static bool url_equal(const char *a, const char *b)
{
	const char *host = strstr(a, "://");
	size_t len = host ? (size_t)(host - a) + 3 + strcspn(host + 3, "/") : 0;

	if (strlen(b) < len || strcmp(a + len, b + len) != 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (tolower((unsigned char)a[i]) != tolower((unsigned char)b[i]))
			return false;
	return true;
}

static bool point_names(const ISSUING_DIST_POINT *point, const char *url)
{
	const GENERAL_NAMES *names = point->distpoint->name.fullname;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		int type = 0;
		const ASN1_STRING *uri = GENERAL_NAME_get0_value(
			sk_GENERAL_NAME_value(names, i), &type);

		if (type != GEN_URI || ASN1_STRING_length(uri) != (int)strlen(url))
			continue;
		CLEANUP(text_freep)
		char *text = text_copy((const char *)ASN1_STRING_get0_data(uri), strlen(url));

		if (text && url_equal(text, url))
			return true;
	}
	return false;
}

/* IssuingDistributionPoint (5.2.5): what part of its issuer's certificates a list is about. */
static bool check_point(struct revoke_list *list)
{
	int critical = 0;

	list->point = X509_CRL_get_ext_d2i(
		list->crl, NID_issuing_distribution_point, &critical, NULL);
	const ISSUING_DIST_POINT *point = list->point;

	if (!point)
		return critical == -1 || invalid(list, "its issuing distribution point is damaged");
	if (point->indirectCRL > 0)
		return invalid(list, "it is an indirect list");
	if (point->onlyattr > 0)
		return invalid(list, "it is about attribute certificates only");
	if (point->onlysomereasons)
		return invalid(list, "it is about some reasons of revocation only");
	if (point->onlyCA > 0 && point->onlyuser > 0)
		return invalid(list, "it excludes every certificate");
	if (point->onlyuser > 0 && list->scope == REVOKE_SCOPE_CA)
		return invalid(list, "it is not about CA certificates");
	if (point->onlyCA > 0 && list->scope == REVOKE_SCOPE_LEAF)
		return invalid(list, "it is about CA certificates only");
	if (point->onlyCA > 0 || point->onlyuser > 0)
		list->scope = point->onlyCA > 0 ? REVOKE_SCOPE_CA : REVOKE_SCOPE_LEAF;
	if (point->distpoint && point->distpoint->type != 0)
		return invalid(list, "its distribution point is a relative name");
	if (!point->distpoint && point->onlyCA <= 0 && point->onlyuser <= 0)
		return invalid(list, "its issuing distribution point says nothing");
	list->is_elsewhere = point->distpoint && !(list->url && point_names(point, list->url));
	return true;
}

static bool check_dates(struct revoke_list *list, struct instant now)
{
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(list->crl);
	struct instant from, until;

	if (!revoke_read_time(X509_CRL_get0_lastUpdate(list->crl), &from) ||
		(next && !revoke_read_time(next, &until)))
		return invalid(list, "its dates are damaged");
	if (from.seconds > now.seconds)
		return refuse_at(list, REVOKE_LIST_INVALID, "it is not valid before", from);
	/* 5.1.2.5 demands a nextUpdate; without one nobody can tell a fresh list from an old one.
	 */
	if (!next)
		until.seconds = from.seconds + DAYS_WITHOUT_NEXT * (int64_t)SECONDS_A_DAY;
	if (now.seconds > until.seconds)
		return refuse_at(list, REVOKE_LIST_EXPIRED,
			next ? "the next one was due on"
			     : "it does not say when the next one is due, and is of",
			next ? until : from);
	return true;
}

static void read_list(
	struct revoke_list *list, const uint8_t *bytes, size_t len, struct instant now)
{
	X509_REVOKED *entry = NULL;

	if (!list->issuer || !cert_x509(list->issuer)) {
		refuse(list, REVOKE_LIST_UNAVAILABLE, "its issuer's certificate is not at hand");
		return;
	}
	list->crl = crl_decode(bytes, len);
	if (!list->crl) {
		invalid(list, "this is not a revocation list, or a damaged one");
		return;
	}
	/* The first question sorts the entries; asked here, no thread does it later. */
	X509_CRL_get0_by_serial(list->crl, &entry, X509_get0_serialNumber(cert_x509(list->issuer)));
	if (check_version(list) && check_signer(list) && check_extensions(list) &&
		check_point(list) && check_dates(list, now))
		list->state = REVOKE_LIST_GOOD;
}

struct revoke_list *revoke_list_unavailable(const char *id, const char *why)
{
	struct revoke_list *list = list_alloc(id, NULL, REVOKE_SCOPE_ALL, NULL);

	if (list)
		refuse(list, REVOKE_LIST_UNAVAILABLE, why);
	return list;
}

struct revoke_list *revoke_list_new(
	const struct revoke_source *source, const struct cert *issuer, struct instant now)
{
	struct revoke_list *list = list_alloc(source->id, issuer, source->scope, source->url);

	if (!list)
		return NULL;
	ERR_set_mark();
	read_list(list, source->bytes, source->len, now);
	ERR_pop_to_mark();
	return list;
}

void revoke_list_free(struct revoke_list *list)
{
	if (!list)
		return;
	X509_CRL_free(list->crl);
	ISSUING_DIST_POINT_free(list->point);
	cert_unref(list->issuer);
	free(list->url);
	free(list->id);
	free(list);
}

const char *revoke_list_id(const struct revoke_list *list)
{
	return list->id;
}

enum revoke_list_state revoke_list_state(const struct revoke_list *list)
{
	return list->state;
}

const char *revoke_list_why(const struct revoke_list *list)
{
	return list->why;
}

/* --- Asking --- */

/* Both read without OpenSSL, which takes long to make an X509 of a leaf that is seen once. */
static bool are_ordinary(const struct cert *a, const struct cert *b)
{
	return cert_holder(a)->ordinary && cert_holder(b)->ordinary;
}

/* A name alone may be someone else's: key identifiers, where both have one, have to agree. */
static bool is_issuer_of(const struct cert *issuer, const struct cert *cert)
{
	if (!cert_issuer_is(cert, issuer))
		return false;
	if (are_ordinary(cert, issuer))
		return cert_key_ids_agree(cert, issuer);
	X509 *x509 = cert_x509(cert), *by = cert_x509(issuer);
	const ASN1_OCTET_STRING *wanted = x509 ? X509_get0_authority_key_id(x509) : NULL;
	const ASN1_OCTET_STRING *own = by ? X509_get0_subject_key_id(by) : NULL;

	return !wanted || !own || ASN1_OCTET_STRING_cmp(wanted, own) == 0;
}

static bool is_in_scope(const struct revoke_list *list, const struct cert *cert)
{
	return list->scope == REVOKE_SCOPE_ALL || (list->scope == REVOKE_SCOPE_CA) == cert->is_ca;
}

/*
 * 6.3.3, b.1: a certificate may say that another authority keeps its list
 * (cRLIssuer).  One point that does not is enough, and so is none at all.
 */
static bool is_kept_by_issuer(const struct cert *cert)
{
	/* An ordinary one has points of plain names only. */
	X509 *x509 = cert_holder(cert)->ordinary ? NULL : cert_x509(cert);
	CRL_DIST_POINTS *points = x509 ? X509_get_ext_d2i(
						 x509, NID_crl_distribution_points, NULL, NULL)
				       : NULL;
	int count = sk_DIST_POINT_num(points);
	bool kept = count <= 0;

	for (int i = 0; i < count; i++)
		kept = kept || !sk_DIST_POINT_value(points, i)->CRLissuer;
	CRL_DIST_POINTS_free(points);
	return kept;
}

/* 6.3.3, b.2: some name of the list's point has to be one of the certificate's. */
static bool is_from_there(const struct revoke_list *list, const struct cert *cert)
{
	if (!list->is_elsewhere)
		return true;
	for (char **url = cert->crl_urls; url && *url; url++)
		if (point_names(list->point, *url))
			return true;
	return false;
}

static struct revoke_answer answer_of(const X509_REVOKED *entry)
{
	struct revoke_answer answer = { .status = REVOKE_REVOKED };
	ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);

	if (!revoke_read_time(X509_REVOKED_get0_revocationDate(entry), &answer.since))
		answer.since = (struct instant){ 0 };
	if (reason)
		answer.reason = revoke_reason_name(ASN1_ENUMERATED_get(reason));
	ASN1_ENUMERATED_free(reason);
	return answer;
}

static struct revoke_answer find(const struct revoke_list *list, const struct cert *cert)
{
	struct revoke_answer answer = { .status = REVOKE_NOT_REVOKED };
	X509_REVOKED *entry = NULL;
	ASN1_INTEGER *serial = cert_asn1_serial(cert);

	/* 1: revoked; 2: taken off the list again, "removeFromCRL" (5.3.1). */
	if (!serial)
		answer.status = REVOKE_UNAVAILABLE;
	else if (X509_CRL_get0_by_serial(list->crl, &entry, serial) == 1)
		answer = answer_of(entry);
	else if (list->state == REVOKE_LIST_EXPIRED)
		answer.status = REVOKE_EXPIRED;
	ASN1_INTEGER_free(serial);
	return answer;
}

struct revoke_answer revoke_list_look_up(const struct revoke_list *list, const struct cert *cert)
{
	struct revoke_answer answer = { .status = REVOKE_NOT_COVERED };

	if (!cert->readable)
		return answer;
	ERR_set_mark();
	bool mine = !list->issuer || !list->issuer->readable || is_issuer_of(list->issuer, cert);

	if (!mine || !is_in_scope(list, cert) || !is_kept_by_issuer(cert))
		answer.status = REVOKE_NOT_COVERED;
	else if (list->state == REVOKE_LIST_UNAVAILABLE)
		answer.status = REVOKE_UNAVAILABLE;
	else if (list->state == REVOKE_LIST_INVALID || !is_from_there(list, cert))
		answer.status = REVOKE_INVALID;
	else
		answer = find(list, cert);
	ERR_pop_to_mark();
	return answer;
}

bool revoke_list_names(const struct revoke_list *list, const char *serial)
{
	X509_REVOKED *entry = NULL;
	BIGNUM *number = NULL;

	if (list->state != REVOKE_LIST_GOOD || BN_hex2bn(&number, serial) == 0)
		return false;
	ASN1_INTEGER *wanted = BN_to_ASN1_INTEGER(number, NULL);
	bool named = wanted && X509_CRL_get0_by_serial(list->crl, &entry, wanted) == 1;
	ASN1_INTEGER_free(wanted);
	BN_free(number);
	return named;
}
