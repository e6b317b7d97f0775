/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke_point.h"

#include <ctype.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "checker/cert/cert.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/cert_x509.h"
#include "checker/revoke/revoke_asn1.h"
#include "checker/revoke/revoke_crl.h"

/* --- Names --- */

/* Scheme and host are not case-sensitive, a path is (RFC 3986, 6.2.2.1). */
static bool url_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t host = 0, slashes = 0;

	if (a_len != b_len)
		return false;
	while (host < a_len && slashes < 3)
		slashes += a[host++] == '/';
	for (size_t i = 0; i < host; i++)
		if (tolower((unsigned char)a[i]) != tolower((unsigned char)b[i]))
			return false;
	return memcmp(a + host, b + host, a_len - host) == 0;
}

static bool general_equal(const GENERAL_NAME *a, const GENERAL_NAME *b)
{
	if (a->type != GEN_URI || b->type != GEN_URI)
		return GENERAL_NAME_cmp(
			       (GENERAL_NAME *)(uintptr_t)a, (GENERAL_NAME *)(uintptr_t)b) == 0;
	const ASN1_IA5STRING *one = a->d.uniformResourceIdentifier;
	const ASN1_IA5STRING *two = b->d.uniformResourceIdentifier;

	return url_equal((const char *)ASN1_STRING_get0_data(one), (size_t)ASN1_STRING_length(one),
		(const char *)ASN1_STRING_get0_data(two), (size_t)ASN1_STRING_length(two));
}

static bool names_have(const GENERAL_NAMES *names, const GENERAL_NAME *wanted)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		if (general_equal(sk_GENERAL_NAME_value(names, i), wanted))
			return true;
	return false;
}

static bool names_share(const GENERAL_NAMES *a, const GENERAL_NAMES *b)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(a); i++)
		if (names_have(b, sk_GENERAL_NAME_value(a, i)))
			return true;
	return false;
}

static bool names_have_directory(const GENERAL_NAMES *names, const X509_NAME *wanted)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type == GEN_DIRNAME && X509_NAME_cmp(name->d.directoryName, wanted) == 0)
			return true;
	}
	return false;
}

static bool names_have_url(const GENERAL_NAMES *names, const char *url)
{
	for (int i = 0; url && i < sk_GENERAL_NAME_num(names); i++) {
		int type = 0;
		const ASN1_STRING *uri = GENERAL_NAME_get0_value(
			sk_GENERAL_NAME_value(names, i), &type);

		if (type == GEN_URI && url_equal((const char *)ASN1_STRING_get0_data(uri),
					       (size_t)ASN1_STRING_length(uri), url, strlen(url)))
			return true;
	}
	return false;
}

/* A relative name has been made a whole one when it was read (DIST_POINT_set_dpname()). */
static bool point_has_directory(const DIST_POINT_NAME *point, const X509_NAME *wanted)
{
	if (point->type == 0)
		return names_have_directory(point->name.fullname, wanted);
	return point->dpname && X509_NAME_cmp(point->dpname, wanted) == 0;
}

static bool point_has_any(const DIST_POINT_NAME *point, const GENERAL_NAMES *names)
{
	if (point->type == 0)
		return names_share(point->name.fullname, names);
	return point->dpname && names_have_directory(names, point->dpname);
}

static bool points_share(const DIST_POINT_NAME *a, const DIST_POINT_NAME *b)
{
	if (b->type == 0)
		return point_has_any(a, b->name.fullname);
	return b->dpname && point_has_directory(a, b->dpname);
}

static bool point_has_url(const DIST_POINT_NAME *point, const char *url)
{
	return point->type == 0 && names_have_url(point->name.fullname, url);
}

/* --- One point of a certificate --- */

static bool is_indirect(const struct revoke_crl *crl)
{
	return crl->point && crl->point->indirectCRL > 0;
}

static const DIST_POINT_NAME *place_of(const struct revoke_crl *crl)
{
	return crl->point ? crl->point->distpoint : NULL;
}

static const X509_NAME *keeper_of(const DIST_POINT *point)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(point->CRLissuer); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(point->CRLissuer, i);
		if (name->type == GEN_DIRNAME)
			return name->d.directoryName;
	}
	return NULL;
}

static enum revoke_reach reach_by(
	const struct revoke_question *question, DIST_POINT *point, unsigned *reasons)
{
	const struct revoke_crl *crl = question->crl;
	const DIST_POINT_NAME *place = place_of(crl);
	const X509_NAME *keeper = keeper_of(point);
	X509 *x509 = cert_x509(question->cert);
	bool fits;

	if (point->CRLissuer
			? !(is_indirect(crl) && names_have_directory(point->CRLissuer, crl->issuer))
			: !question->own_issuer)
		return REVOKE_REACH_OTHER_KEEPER;
	if (!place || (!point->CRLissuer && point_has_url(place, question->url)))
		fits = true;
	else if (!point->distpoint)
		fits = point->CRLissuer && point_has_any(place, point->CRLissuer);
	else
		fits = (point->distpoint->type == 0 ||
			       DIST_POINT_set_dpname(point->distpoint,
				       (X509_NAME *)(uintptr_t)(keeper ? keeper
								       : X509_get_issuer_name(
										 x509))) == 1) &&
		       points_share(place, point->distpoint);
	if (!fits)
		return REVOKE_REACH_OTHER_POINT;
	*reasons |= revoke_reason_mask(point->reasons) & crl->reasons;
	return REVOKE_REACHES;
}

/*
 * The last paragraph of 6.3.3: a list of the certificate's issuer that no point of it names is as
 * one whose point is the issuer's own name.
 */
static enum revoke_reach reach_by_issuer(const struct revoke_question *question, unsigned *reasons)
{
	const struct revoke_crl *crl = question->crl;
	const DIST_POINT_NAME *place = place_of(crl);

	if (!question->own_issuer)
		return REVOKE_REACH_OTHER_KEEPER;
	if (place && !point_has_url(place, question->url)) {
		X509 *x509 = cert_x509(question->cert);
		if (!x509 || !point_has_directory(place, X509_get_issuer_name(x509)))
			return REVOKE_REACH_OTHER_POINT;
	}
	*reasons |= crl->reasons;
	return REVOKE_REACHES;
}

/* --- All points --- */

/* An ordinary certificate has points of plain names only, which say nothing of reasons. */
static bool reaches_plainly(const struct revoke_question *question)
{
	const DIST_POINT_NAME *place = place_of(question->crl);
	const struct cert *cert = question->cert;

	if (!question->own_issuer || !cert_holder(cert)->ordinary)
		return false;
	if (!place || point_has_url(place, question->url))
		return true;
	for (char **url = cert->crl_urls; url && *url; url++)
		if (point_has_url(place, *url))
			return true;
	return false;
}

static CRL_DIST_POINTS *points_of(const struct cert *cert, bool *ret_damaged)
{
	X509 *x509 = cert_x509(cert);
	int critical = -1;
	CRL_DIST_POINTS *points = x509 ? X509_get_ext_d2i(
						 x509, NID_crl_distribution_points, &critical, NULL)
				       : NULL;

	*ret_damaged = !points && critical != -1;
	return points;
}

bool revoke_point_is_kept_by_issuer(const struct cert *cert)
{
	bool damaged = false;
	CRL_DIST_POINTS *points = cert_holder(cert)->ordinary ? NULL : points_of(cert, &damaged);
	int count = sk_DIST_POINT_num(points);
	bool kept = count <= 0;

	for (int i = 0; i < count; i++)
		kept = kept || !sk_DIST_POINT_value(points, i)->CRLissuer;
	CRL_DIST_POINTS_free(points);
	return kept;
}

static enum revoke_reach reach_by_points(const struct revoke_question *question, unsigned *reasons)
{
	bool damaged = false, kept = false;
	CRL_DIST_POINTS *points = points_of(question->cert, &damaged);
	int count = sk_DIST_POINT_num(points);
	enum revoke_reach best = REVOKE_REACH_OTHER_KEEPER, reach;

	for (int i = 0; i < count; i++) {
		DIST_POINT *point = sk_DIST_POINT_value(points, i);

		kept = kept || !point->CRLissuer;
		reach = reach_by(question, point, reasons);
		if (reach == REVOKE_REACHES || best != REVOKE_REACHES)
			best = reach == REVOKE_REACHES || reach > best ? reach : best;
	}
	if (best != REVOKE_REACHES && (count <= 0 || kept)) {
		reach = reach_by_issuer(question, reasons);
		best = reach == REVOKE_REACHES || reach > best ? reach : best;
	}
	CRL_DIST_POINTS_free(points);
	return best;
}

/* 5.2.5: whether it is a CA's stands in basicConstraints, which version 1 does not have. */
static bool is_of_kind(const struct revoke_crl *crl, const struct cert *cert)
{
	const ISSUING_DIST_POINT *point = crl->point;

	if (!point)
		return true;
	if (point->onlyattr > 0)
		return false;
	if (point->onlyuser <= 0 && point->onlyCA <= 0)
		return true;
	X509 *x509 = cert_holder(cert)->ordinary ? NULL : cert_x509(cert);
	if (x509 ? X509_get_version(x509) == X509_VERSION_1
		 : cert_holder(cert)->fields.version == 1)
		return false;
	return cert->is_ca ? point->onlyuser <= 0 : point->onlyCA <= 0;
}

enum revoke_reach revoke_point_reach(const struct revoke_question *question, unsigned *ret_reasons)
{
	*ret_reasons = 0;
	if (!is_of_kind(question->crl, question->cert))
		return REVOKE_REACH_OTHER_KIND;
	if (reaches_plainly(question)) {
		*ret_reasons = question->crl->reasons;
		return REVOKE_REACHES;
	}
	return reach_by_points(question, ret_reasons);
}
