/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/cert_x509.h"
#include "checker/revoke/revoke_asn1.h"
#include "checker/revoke/revoke_crl.h"
#include "checker/revoke/revoke_index.h"
#include "checker/revoke/revoke_point.h"

#define WHY_BYTES 160

/* A serial number given as hex: RFC 5280 has 20 octets at most (4.1.2.2). */
#define SERIAL_BYTES 64

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
	struct revoke_crl *crl;    /* NULL: not a list */
	struct revoke_crl *delta;  /* changes since (5.2.4), in order; NULL: none */
};

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
	phrase_from(list->why, sizeof list->why, why);
	return false;
}

static bool refuse_at(struct revoke_list *list, enum revoke_list_state state, const char *why,
	struct instant when)
{
	char day[INSTANT_TEXT], text[WHY_BYTES], what[WHY_BYTES];

	instant_format(when, day);
	phrase_from(what, sizeof what, why);
	phrase_say(text, sizeof text, "%s %s", what, day);
	return refuse(list, state, text);
}

static bool invalid(struct revoke_list *list, const char *why)
{
	return refuse(list, REVOKE_LIST_INVALID, why);
}

/* --- What the list has to be (RFC 5280, 5 and 6.3.3) --- */

/* 5.2 and 5.3: a list with a critical extension one cannot process is of no use. */
static bool check_extensions(struct revoke_list *list, const struct revoke_crl *crl)
{
	if (crl->unknown_critical)
		return invalid(list, "it has an unknown critical extension");
	if (crl->entry_unknown_critical)
		return invalid(list, "an entry of it has an unknown critical extension");
	return true;
}

/* IssuingDistributionPoint (5.2.5): what part of its issuer's certificates a list is about. */
static bool check_point(struct revoke_list *list)
{
	const ISSUING_DIST_POINT *point = list->crl->point;

	if (!point)
		return true;
	if (point->onlyattr > 0)
		return invalid(list, "it is about attribute certificates only");
	if (point->onlyCA > 0 && point->onlyuser > 0)
		return invalid(list, "it excludes every certificate");
	if (point->onlyuser > 0 && list->scope == REVOKE_SCOPE_CA)
		return invalid(list, "it is not about CA certificates");
	if (point->onlyCA > 0 && list->scope == REVOKE_SCOPE_LEAF)
		return invalid(list, "it is about CA certificates only");
	if (point->onlyCA > 0 || point->onlyuser > 0)
		list->scope = point->onlyCA > 0 ? REVOKE_SCOPE_CA : REVOKE_SCOPE_LEAF;
	else if (!point->distpoint && !point->onlysomereasons && point->indirectCRL <= 0)
		return invalid(list, "its issuing distribution point says nothing");
	return true;
}

static bool check_dates(struct revoke_list *list, const struct revoke_crl *crl, struct instant now)
{
	struct instant until = revoke_crl_until(crl);

	if (crl->this_update.seconds > now.seconds)
		return refuse_at(
			list, REVOKE_LIST_INVALID, "it is not valid before", crl->this_update);
	if (now.seconds > until.seconds)
		return refuse_at(list, REVOKE_LIST_EXPIRED,
			crl->has_next ? "the next one was due on"
				      : "it does not say when the next one is due, and is of",
			crl->has_next ? until : crl->this_update);
	return true;
}

static bool check_all(struct revoke_list *list, const struct revoke_crl *crl)
{
	const char *why;

	if (!revoke_crl_is_signed(crl, list->issuer, &why))
		return invalid(list, why);
	return check_extensions(list, crl);
}

/* False when memory runs out. */
static bool read_list(
	struct revoke_list *list, const uint8_t *bytes, size_t len, struct instant now)
{
	const char *why;

	if (!list->issuer || !cert_x509(list->issuer)) {
		refuse(list, REVOKE_LIST_UNAVAILABLE, "its issuer's certificate is not at hand");
		return true;
	}
	list->crl = revoke_crl_new(bytes, len, &why);
	if (!list->crl && why)
		invalid(list, why);
	else if (list->crl && check_all(list, list->crl) &&
		 (!list->crl->base.there ||
			 invalid(list, "it is a delta list, which holds changes only")) &&
		 check_point(list) && check_dates(list, list->crl, now))
		list->state = REVOKE_LIST_GOOD;
	return list->crl || why;
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
	CLEANUP(revoke_list_freep)
	struct revoke_list *list = list_alloc(source->id, issuer, source->scope, source->url);

	if (!list)
		return NULL;
	ERR_set_mark();
	bool read = read_list(list, source->bytes, source->len, now);
	ERR_pop_to_mark();
	return read ? TAKE(list) : NULL;
}

/* 5.2.4 and 6.3.3, c: the same issuer, the same scope, and a number that goes on from the list's.
 */
static const char *why_not_of(const struct revoke_crl *delta, const struct revoke_crl *crl)
{
	bool same_point = delta->point_der.len == crl->point_der.len &&
			  (!crl->point_der.at || memcmp(delta->point_der.at, crl->point_der.at,
							 crl->point_der.len) == 0);

	if (!delta->base.there)
		return PHRASE("it is not a delta list");
	if (X509_NAME_cmp(delta->issuer, crl->issuer) != 0 || !same_point)
		return PHRASE("it is the delta list of another list");
	if (!delta->number.there || !crl->number.there)
		return PHRASE("without numbers, nobody can tell what it belongs to");
	if (revoke_number_compare(&delta->base, &crl->number) > 0)
		return PHRASE("it is about the changes of a later list");
	if (revoke_number_compare(&delta->number, &crl->number) < 0)
		return PHRASE("it is older than the list");
	return NULL;
}

bool revoke_crl_continues(const struct revoke_crl *delta, const struct revoke_crl *crl)
{
	return why_not_of(delta, crl) == NULL;
}

bool revoke_list_update(struct revoke_list *list, const struct revoke_source *source,
	struct instant now, const char **ret_why)
{
	struct revoke_list judged = *list; /* its words go there */
	const char *why;

	*ret_why = PHRASE("its list is not in order");
	if (list->state != REVOKE_LIST_GOOD || list->delta)
		return false;
	ERR_set_mark();
	struct revoke_crl *delta = revoke_crl_new(source->bytes, source->len, &why);
	bool good = delta && check_all(&judged, delta) && check_dates(&judged, delta, now);

	if (delta && good)
		why = why_not_of(delta, list->crl);
	else if (delta)
		why = judged.state == REVOKE_LIST_EXPIRED
			      ? PHRASE("it is out of date")
			      : PHRASE("it is not valid, or not its issuer's");
	ERR_pop_to_mark();
	if (delta && !why) {
		list->delta = delta;
		return true;
	}
	revoke_crl_free(delta);
	*ret_why = why ? why : PHRASE("out of memory");
	return false;
}

void revoke_list_free(struct revoke_list *list)
{
	if (!list)
		return;
	revoke_crl_free(list->crl);
	revoke_crl_free(list->delta);
	cert_unref(list->issuer);
	free(list->url);
	free(list->id);
	free(list);
}

/* --- What it says of itself --- */

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

bool revoke_list_describe(const struct revoke_list *list, struct revoke_description *ret)
{
	const struct revoke_crl *crl = list->crl;

	*ret = (struct revoke_description){ .entries = 0 };
	if (!crl)
		return false;
	ret->this_update = crl->this_update;
	ret->has_next = crl->has_next;
	ret->next_update = crl->next_update;
	ret->number = crl->number;
	ret->entries = revoke_index_count(crl->index);
	ret->indirect = crl->point && crl->point->indirectCRL > 0;
	ret->some_reasons = crl->reasons != REVOKE_ALL_REASONS;
	ret->delta_urls = crl->freshest;
	if (list->delta) {
		ret->has_delta = true;
		ret->delta_number = list->delta->number;
		ret->delta_entries = revoke_index_count(list->delta->index);
	}
	return true;
}

bool revoke_number_of(const uint8_t *bytes, size_t len, struct revoke_number *ret_number)
{
	*ret_number = (struct revoke_number){ .there = false };
	ERR_set_mark();
	bool read = revoke_crl_read_number(bytes, len, ret_number);
	ERR_pop_to_mark();
	return read && ret_number->there;
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

static struct revoke_answer answer_of(const struct revoke_entry *entry)
{
	return (struct revoke_answer){
		.status = entry->reason == REVOKE_REASON_REMOVED ? REVOKE_NOT_REVOKED
								 : REVOKE_REVOKED,
		.since = entry->since,
		.reason = revoke_reason_name(entry->reason),
	};
}

/* What changed since counts before what was; RET_FOUND: an entry was there at all. */
static struct revoke_answer find(
	const struct revoke_list *list, const struct cert *cert, unsigned reasons)
{
	struct revoke_answer answer = { .status = REVOKE_NOT_REVOKED };
	struct revoke_entry entry;

	if ((list->delta && revoke_crl_find(list->delta, cert, &entry)) ||
		revoke_crl_find(list->crl, cert, &entry))
		answer = answer_of(&entry);
	if (answer.status == REVOKE_REVOKED)
		return answer;
	answer = (struct revoke_answer){ .status = REVOKE_NOT_REVOKED };
	if (list->state == REVOKE_LIST_EXPIRED)
		answer.status = REVOKE_EXPIRED;
	else if (reasons != REVOKE_ALL_REASONS)
		answer.status = REVOKE_NOT_COVERED;
	return answer;
}

static struct revoke_answer look_up(
	const struct revoke_list *list, const struct cert *cert, bool own_issuer)
{
	const struct revoke_question question = {
		.cert = cert, .crl = list->crl, .own_issuer = own_issuer, .url = list->url
	};
	struct revoke_answer answer = { .status = REVOKE_INVALID };
	unsigned reasons;

	if (list->state == REVOKE_LIST_INVALID)
		return answer;
	switch (revoke_point_reach(&question, &reasons)) {
	case REVOKE_REACHES:
		return find(list, cert, reasons);
	case REVOKE_REACH_OTHER_POINT:
		return answer;
	case REVOKE_REACH_OTHER_KIND:
	case REVOKE_REACH_OTHER_KEEPER:
		break;
	}
	answer.status = REVOKE_NOT_COVERED;
	return answer;
}

struct revoke_answer revoke_list_look_up(const struct revoke_list *list, const struct cert *cert)
{
	struct revoke_answer answer = { .status = REVOKE_NOT_COVERED };
	bool indirect = list->crl && list->crl->point && list->crl->point->indirectCRL > 0;

	if (!cert->readable)
		return answer;
	ERR_set_mark();
	bool own = !list->issuer || !list->issuer->readable || is_issuer_of(list->issuer, cert);
	bool mine = indirect || (own && revoke_point_is_kept_by_issuer(cert));

	if (!mine || !is_in_scope(list, cert))
		answer.status = REVOKE_NOT_COVERED;
	else if (list->state == REVOKE_LIST_UNAVAILABLE)
		answer.status = REVOKE_UNAVAILABLE;
	else
		answer = look_up(list, cert, own);
	ERR_pop_to_mark();
	return answer;
}

/* A number in hex as the content octets of an INTEGER; 0 when it is none, or a long one. */
static size_t octets_of(const char *serial, uint8_t out[static SERIAL_BYTES])
{
	BIGNUM *number = NULL;
	int digits = BN_hex2bn(&number, serial);
	size_t len = 0;

	if (digits > 0 && (size_t)digits == strlen(serial) &&
		BN_num_bytes(number) < SERIAL_BYTES - 1) {
		len = (size_t)BN_num_bits(number) / 8 + 1; /* a zero before a high bit */
		if (BN_bn2binpad(number, out, (int)len) != (int)len)
			len = 0;
	}
	BN_free(number);
	return len;
}

struct revoke_answer revoke_list_look_up_serial(const struct revoke_list *list, const char *serial)
{
	struct revoke_answer answer = { .status = REVOKE_UNAVAILABLE };
	uint8_t octets[SERIAL_BYTES];
	struct revoke_entry entry = { .owner = 0 };
	size_t len = octets_of(serial, octets);

	if (len == 0 || !list->crl || list->state == REVOKE_LIST_UNAVAILABLE ||
		list->state == REVOKE_LIST_INVALID)
		return answer;
	answer.status = list->state == REVOKE_LIST_EXPIRED ? REVOKE_EXPIRED : REVOKE_NOT_REVOKED;
	if ((list->delta && revoke_index_find(list->delta->index, octets, len, &entry)) ||
		revoke_index_find(list->crl->index, octets, len, &entry))
		if (entry.reason != REVOKE_REASON_REMOVED)
			answer = answer_of(&entry);
	return answer;
}

bool revoke_list_names(const struct revoke_list *list, const char *serial)
{
	return list->state == REVOKE_LIST_GOOD &&
	       revoke_list_look_up_serial(list, serial).status == REVOKE_REVOKED;
}
