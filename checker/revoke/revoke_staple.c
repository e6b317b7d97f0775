/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke.h"

#include <limits.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509_vfy.h>

#include "checker/base/attr.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/cert_x509.h"
#include "checker/cert/der.h"
#include "checker/cert/sct.h"
#include "checker/revoke/revoke_asn1.h"

/* Clocks of servers differ by as much (RFC 6960, 4.2.2.1 leaves it to the client). */
#define SKEW_SECONDS 300

DEFINE_CLEANUP(OCSP_RESPONSE *, OCSP_RESPONSE_free);
DEFINE_CLEANUP(OCSP_BASICRESP *, OCSP_BASICRESP_free);
DEFINE_CLEANUP(OCSP_CERTID *, OCSP_CERTID_free);
DEFINE_CLEANUP(X509_STORE *, X509_STORE_free);

/*
 * RFC 6960, 4.2.2.2: signed by the issuer itself, or by a delegate that the
 * same issuer certified for it.  OpenSSL checks both, given a store where the
 * issuer is all there is to trust.
 */
static bool is_signed(OCSP_BASICRESP *basic, X509 *issuer, struct instant now)
{
	CLEANUP(X509_STORE_freep) X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *candidates = sk_X509_new_null();

	if (!store || !candidates || !X509_STORE_add_cert(store, issuer) ||
		!sk_X509_push(candidates, issuer)) {
		sk_X509_free(candidates);
		return false;
	}
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)now.seconds);
	X509_VERIFY_PARAM_set_depth(X509_STORE_get0_param(store), 1);
	bool fits = OCSP_basic_verify(basic, candidates, store, OCSP_NOEXPLICIT) == 1;

	sk_X509_free(candidates);
	return fits;
}

/*
 * The CertID (RFC 6960, 4.1.1) of LEAF, whose issuer's name it holds as the leaf spells it.  Where
 * that is how the issuer spells it, no X509 of the leaf has to be made, which takes long.
 */
static OCSP_CERTID *make_id(const EVP_MD *digest, const struct cert *leaf, X509 *issuer)
{
	const struct cert_holder *holder = cert_holder(leaf);
	const X509_NAME *name = X509_get_subject_name(issuer);
	const uint8_t *spelt = NULL;
	size_t len = 0;

	if (holder->ordinary && X509_NAME_get0_der(name, &spelt, &len) == 1 &&
		len == holder->fields.issuer.len &&
		memcmp(spelt, holder->fields.issuer.at, len) == 0) {
		ASN1_INTEGER *serial = cert_asn1_serial(leaf);
		OCSP_CERTID *id = serial ? OCSP_cert_id_new(digest, name,
						   X509_get0_pubkey_bitstr(issuer), serial)
					 : NULL;
		ASN1_INTEGER_free(serial);
		return id;
	}
	X509 *x509 = cert_x509(leaf);
	return x509 ? OCSP_cert_to_id(digest, x509, issuer) : NULL;
}

/* Is SINGLE about LEAF?  Its digest is the responder's choice. */
static bool is_about(OCSP_SINGLERESP *single, const struct cert *leaf, X509 *issuer)
{
	const OCSP_CERTID *said = OCSP_SINGLERESP_get0_id(single);
	ASN1_OBJECT *algorithm = NULL;

	OCSP_id_get0_info(NULL, &algorithm, NULL, NULL, (OCSP_CERTID *)(uintptr_t)said);
	const EVP_MD *digest = EVP_get_digestbyobj(algorithm);
	CLEANUP(OCSP_CERTID_freep)
	OCSP_CERTID *wanted = digest ? make_id(digest, leaf, issuer) : NULL;

	return wanted && OCSP_id_cmp(wanted, said) == 0;
}

static OCSP_SINGLERESP *find_single(OCSP_BASICRESP *basic, const struct cert *leaf, X509 *issuer)
{
	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);

		if (is_about(single, leaf, issuer))
			return single;
	}
	return NULL;
}

/* REVOKE_NOT_REVOKED stands for "in time" here. */
static enum revoke_status check_dates(
	const ASN1_TIME *this_update, const ASN1_TIME *next_update, struct instant now)
{
	struct instant from, until;

	if (!revoke_read_time(this_update, &from))
		return REVOKE_INVALID;
	/* 4.2.2.1: without nextUpdate there is always something newer, so it holds for its moment.
	 */
	until = from;
	if (next_update && !revoke_read_time(next_update, &until))
		return REVOKE_INVALID;
	if (until.seconds < from.seconds || from.seconds > now.seconds + SKEW_SECONDS)
		return REVOKE_INVALID;
	return until.seconds < now.seconds - SKEW_SECONDS ? REVOKE_EXPIRED : REVOKE_NOT_REVOKED;
}

static struct revoke_answer read_single(OCSP_SINGLERESP *single, struct instant now)
{
	ASN1_GENERALIZEDTIME *revoked = NULL, *this_update = NULL, *next_update = NULL;
	int reason = -1;
	int status = OCSP_single_get0_status(single, &reason, &revoked, &this_update, &next_update);
	struct revoke_answer answer = { .status = check_dates(this_update, next_update, now) };

	if (OCSP_SINGLERESP_get_ext_by_critical(single, 1, -1) >= 0)
		answer.status = REVOKE_INVALID;
	if (answer.status != REVOKE_NOT_REVOKED || status == V_OCSP_CERTSTATUS_GOOD)
		return answer;
	answer.status = REVOKE_UNAVAILABLE;
	if (status != V_OCSP_CERTSTATUS_REVOKED)
		return answer;
	answer.status = REVOKE_REVOKED;
	answer.reason = revoke_reason_name(reason);
	if (!revoke_read_time(revoked, &answer.since))
		answer.since = (struct instant){ 0 };
	return answer;
}

/* What a responder said, taken apart; NULL members where it went no further. */
struct staple {
	OCSP_BASICRESP *basic;   /* signed, and nothing in it that nobody here knows */
	OCSP_SINGLERESP *single; /* about the leaf; in `basic` */
	bool is_answer;          /* the responder had something to say */
};

static void staple_release(struct staple *staple)
{
	OCSP_BASICRESP_free(staple->basic);
}

static void open_staple(const uint8_t *der, size_t len, const struct cert *leaf, X509 *issuer,
	struct instant now, struct staple *staple)
{
	const uint8_t *end = der;
	CLEANUP(OCSP_RESPONSE_freep)
	OCSP_RESPONSE *response = len <= LONG_MAX ? d2i_OCSP_RESPONSE(NULL, &end, (long)len) : NULL;

	*staple = (struct staple){ .is_answer = true };
	if (!response || end != der + len)
		return;
	staple->is_answer = OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL;
	if (!staple->is_answer)
		return;
	CLEANUP(OCSP_BASICRESP_freep) OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);

	if (!basic || OCSP_BASICRESP_get_ext_by_critical(basic, 1, -1) >= 0 ||
		!is_signed(basic, issuer, now))
		return;
	staple->single = find_single(basic, leaf, issuer);
	staple->basic = TAKE(basic);
}

struct revoke_answer revoke_staple(const uint8_t *der, size_t len, const struct cert *leaf,
	const struct cert *issuer, struct instant now)
{
	X509 *by = issuer ? cert_x509(issuer) : NULL;
	struct revoke_answer answer = { .status = REVOKE_UNAVAILABLE };
	struct staple staple;

	if (!der || len == 0 || !leaf || !leaf->readable || !by)
		return answer;
	ERR_set_mark();
	open_staple(der, len, leaf, by, now, &staple);
	if (staple.single)
		answer = read_single(staple.single, now);
	else if (staple.is_answer)
		answer.status = REVOKE_INVALID;
	staple_release(&staple);
	ERR_pop_to_mark();
	return answer;
}

/* Its value is an OCTET STRING in the OCTET STRING that every extension's value is. */
static void read_scts(OCSP_SINGLERESP *single, struct sct_tally *tally)
{
	int place = OCSP_SINGLERESP_get_ext_by_NID(single, NID_ct_cert_scts, -1);
	X509_EXTENSION *extension = place >= 0 ? OCSP_SINGLERESP_get_ext(single, place) : NULL;
	const ASN1_OCTET_STRING *value = extension ? X509_EXTENSION_get_data(extension) : NULL;
	struct sct_tally found = { .count = 0 };
	struct der_item list;

	if (value &&
		der_only(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value),
			DER_OCTET_STRING, &list) &&
		sct_read(&found, list.content, list.len))
		sct_add(tally, &found);
}

static bool holds(const uint8_t *bytes, size_t len, const uint8_t *wanted, size_t wanted_len)
{
	for (size_t i = 0; i + wanted_len <= len; i++)
		if (memcmp(bytes + i, wanted, wanted_len) == 0)
			return true;
	return false;
}

void revoke_staple_scts(const uint8_t *der, size_t len, const struct cert *leaf,
	const struct cert *issuer, struct instant now, struct sct_tally *tally)
{
	/* 1.3.6.1.4.1.11129.2.4.5: without it there is nothing to open the answer for once more. */
	static const uint8_t oid[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x05 };
	X509 *by = issuer && holds(der, len, oid, sizeof oid) ? cert_x509(issuer) : NULL;
	struct staple staple;

	if (!by || !leaf || !leaf->readable)
		return;
	ERR_set_mark();
	open_staple(der, len, leaf, by, now, &staple);
	if (staple.single && read_single(staple.single, now).status != REVOKE_EXPIRED &&
		read_single(staple.single, now).status != REVOKE_INVALID)
		read_scts(staple.single, tally);
	staple_release(&staple);
	ERR_pop_to_mark();
}
