/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke_set.h"

#include <stdlib.h>

#include <openssl/err.h>

#include "checker/base/error.h"
#include "checker/base/vec.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_x509.h"
#include "checker/revoke/revoke_asn1.h"
#include "checker/revoke/revoke_crl.h"
#include "checker/revoke/revoke_index.h"
#include "checker/revoke/revoke_point.h"

struct revoke_set {
	VEC(struct revoke_crl *) lists;
	VEC(const struct cert *) signers;
};

/* One question, and how far it has come. */
struct asking {
	const struct revoke_set *set;
	const struct cert *cert, *issuer;
	struct instant now;
	const struct revoke_trust *trust;
	unsigned reasons; /* those for which it is known not to be revoked */
	bool expired, invalid;
};

/* What there is to say of one list. */
enum worth { WORTH_GOOD, WORTH_EXPIRED, WORTH_INVALID };

struct revoke_set *revoke_set_new(struct error *err)
{
	struct revoke_set *set = calloc(1, sizeof *set);

	if (!set)
		(void)error_set_memory(err);
	return set;
}

void revoke_set_free(struct revoke_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->lists.count; i++)
		revoke_crl_free(set->lists.items[i]);
	for (size_t i = 0; i < set->signers.count; i++)
		cert_unref(set->signers.items[i]);
	free(set->lists.items);
	free(set->signers.items);
	free(set);
}

bool revoke_set_add(struct revoke_set *set, const uint8_t *bytes, size_t len, struct error *err)
{
	const char *why;

	if (!vec_reserve(&set->lists))
		return error_set_memory(err);
	ERR_set_mark();
	struct revoke_crl *crl = revoke_crl_new(bytes, len, &why);
	ERR_pop_to_mark();
	if (crl)
		set->lists.items[set->lists.count++] = crl;
	return crl || why || error_set_memory(err);
}

bool revoke_set_add_signer(struct revoke_set *set, const struct cert *cert, struct error *err)
{
	if (!cert->readable)
		return true;
	if (!vec_reserve(&set->signers))
		return error_set_memory(err);
	set->signers.items[set->signers.count++] = cert_ref(cert);
	return true;
}

size_t revoke_set_count(const struct revoke_set *set)
{
	return set->lists.count;
}

/* --- One list --- */

/* 6.3.3, f: who signed a list has to be as trusted as who issued the certificate. */
static bool is_trusted(const struct asking *asking, const struct cert *signer)
{
	if (cert_equal(signer, asking->issuer))
		return true;
	if (asking->trust && asking->trust->trusts)
		return asking->trust->trusts(asking->trust->arg, signer);
	return cert_valid_at(signer, asking->now) && cert_issued_by(signer, asking->issuer);
}

static bool is_signed(const struct asking *asking, const struct revoke_crl *crl)
{
	const char *why;

	if (revoke_crl_is_signed(crl, asking->issuer, &why))
		return true;
	for (size_t i = 0; i < asking->set->signers.count; i++) {
		const struct cert *signer = asking->set->signers.items[i];
		if (revoke_crl_is_signed(crl, signer, &why) && is_trusted(asking, signer))
			return true;
	}
	return false;
}

static enum worth worth_of(const struct asking *asking, const struct revoke_crl *crl)
{
	const ISSUING_DIST_POINT *point = crl->point;
	bool says_nothing = point && !point->distpoint && !point->onlysomereasons &&
			    point->indirectCRL <= 0 && point->onlyCA <= 0 && point->onlyuser <= 0 &&
			    point->onlyattr <= 0;

	if (crl->unknown_critical || crl->entry_unknown_critical || says_nothing ||
		crl->this_update.seconds > asking->now.seconds || !is_signed(asking, crl))
		return WORTH_INVALID;
	return asking->now.seconds > revoke_crl_until(crl).seconds ? WORTH_EXPIRED : WORTH_GOOD;
}

static const struct revoke_crl *newest_delta(
	const struct asking *asking, const struct revoke_crl *crl)
{
	const struct revoke_crl *best = NULL;

	for (size_t i = 0; i < asking->set->lists.count; i++) {
		const struct revoke_crl *delta = asking->set->lists.items[i];
		if (delta->base.there && revoke_crl_continues(delta, crl) &&
			(!best || revoke_number_compare(&delta->number, &best->number) > 0) &&
			worth_of(asking, delta) == WORTH_GOOD)
			best = delta;
	}
	return best;
}

static bool find(
	const struct asking *asking, const struct revoke_crl *crl, struct revoke_answer *ret_answer)
{
	const struct revoke_crl *delta = newest_delta(asking, crl);
	struct revoke_entry entry;

	if (!(delta && revoke_crl_find(delta, asking->cert, &entry)) &&
		!revoke_crl_find(crl, asking->cert, &entry))
		return false;
	*ret_answer = (struct revoke_answer){ .status = REVOKE_REVOKED,
		.since = entry.since,
		.reason = revoke_reason_name(entry.reason) };
	return entry.reason != REVOKE_REASON_REMOVED;
}

/* --- All lists --- */

/* True when CRL proves a revocation; an expired one does, too. */
static bool ask_one(
	struct asking *asking, const struct revoke_crl *crl, struct revoke_answer *ret_answer)
{
	X509 *x509 = cert_x509(asking->cert);
	const struct revoke_question question = {
		.cert = asking->cert,
		.crl = crl,
		.own_issuer = X509_NAME_cmp(crl->issuer, X509_get_issuer_name(x509)) == 0,
	};
	unsigned reasons;

	if (crl->base.there)
		return false;
	if (revoke_point_reach(&question, &reasons) != REVOKE_REACHES) {
		asking->invalid |= question.own_issuer;
		return false;
	}
	enum worth worth = worth_of(asking, crl);

	asking->expired |= worth == WORTH_EXPIRED;
	asking->invalid |= worth == WORTH_INVALID;
	if (worth == WORTH_INVALID)
		return false;
	if (find(asking, crl, ret_answer))
		return true;
	if (worth == WORTH_GOOD)
		asking->reasons |= reasons;
	return false;
}

struct revoke_answer revoke_set_ask(const struct revoke_set *set, const struct cert *cert,
	const struct cert *issuer, struct instant now, const struct revoke_trust *trust)
{
	struct asking asking = {
		.set = set, .cert = cert, .issuer = issuer, .now = now, .trust = trust
	};
	struct revoke_answer answer = { .status = REVOKE_UNAVAILABLE };
	bool revoked = false;

	if (!cert->readable || !issuer->readable || !cert_x509(cert))
		return answer;
	ERR_set_mark();
	for (size_t i = 0; i < set->lists.count && !revoked; i++)
		revoked = ask_one(&asking, set->lists.items[i], &answer);
	ERR_pop_to_mark();
	if (revoked)
		return answer;
	answer = (struct revoke_answer){ .status = REVOKE_UNAVAILABLE };
	if (asking.reasons == REVOKE_ALL_REASONS)
		answer.status = REVOKE_NOT_REVOKED;
	else if (asking.expired)
		answer.status = REVOKE_EXPIRED;
	else if (asking.invalid)
		answer.status = REVOKE_INVALID;
	return answer;
}
