/* SPDX-License-Identifier: MIT */
#include "checker/facts.h"

#include <string.h>

#include "checker/answers.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_store.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "checker/trust/chain.h"

static struct chain *read_chain(const struct observation *observation,
	const struct facts_context *context, struct error *err)
{
	struct cert_store *store = context->certs;
	const struct cert *certs[LIMIT_CHAIN] = { NULL };
	struct chain *chain = NULL;
	size_t count = 0;

	for (; count < observation->chain.count && count < LIMIT_CHAIN; count++) {
		const struct der *der = &observation->chain.items[count];
		certs[count] = store ? cert_store_get(store, der->bytes, der->len, err)
				     : cert_new(der->bytes, der->len, err);
		if (!certs[count])
			break;
	}
	chain_inherit(certs, count, context->trust);
	if (count == observation->chain.count)
		chain = chain_new(certs, count, err);
	for (size_t i = 0; i < count; i++)
		cert_unref(certs[i]);
	return chain;
}

/* Who issued the leaf: a served certificate, else one that is known. */
static void find_issuer(struct facts *facts)
{
	size_t place = chain_issuer(facts->chain);

	facts->issuer_served = place < chain_len(facts->chain);
	if (facts->issuer_served)
		facts->issuer = chain_cert(facts->chain, place);
	else
		facts->issuer = trust_find_issuer(facts->context->trust, facts->leaf);
}

/*
 * A client that fetches nothing fails for lack of a certificate when the
 * leaf's issuer was not served, or when only the pool leads to an anchor.  A
 * store that cannot be answered proves nothing.
 */
static bool lacks_certificate(const struct facts *facts)
{
	bool pooled = false, unknown = false;

	if (facts->leaf->self_signed)
		return false;
	for (size_t i = 0; i < facts->path_count; i++) {
		if (facts->served[i].completed_by == COMPLETION_SERVED)
			return false;
		pooled |= facts->paths[i].completed_by == COMPLETION_PROFILE;
		unknown |= facts->paths[i].trusted == ANSWER_UNKNOWN;
	}
	return !facts->issuer_served || (pooled && !unknown);
}

/* Who answered the legacy offer was not asked for them. */
static void derive_scts(struct facts *facts)
{
	const struct observation *observation = facts->observation;
	const struct der *list = &observation->scts, *staple = &observation->staple;

	facts->scts_asked = observation->version[0] && !observation->legacy_offer;
	/* Of a list that is cut, clients take none. */
	if (list->len > 0 && !sct_read(&facts->by_tls, list->bytes, list->len))
		facts->by_tls = (struct sct_tally){ .count = 0 };
	if (staple->len > 0 && facts->issuer)
		revoke_staple_scts(staple->bytes, staple->len, facts->leaf, facts->issuer,
			facts->now, &facts->by_staple);
}

static void derive_chain(struct facts *facts)
{
	const struct observation *observation = facts->observation;
	const struct facts_context *context = facts->context;
	const struct cert *leaf = chain_cert(facts->chain, chain_leaf(facts->chain));

	if (!leaf->readable)
		return;
	facts->leaf = leaf;
	find_issuer(facts);
	facts->name_covered = facts->name && cert_covers(leaf, facts->name);
	facts->path_count = trust_store_count(context->trust);
	trust_paths(context->trust, facts->chain, context->now, facts->paths, facts->served);
	facts->incomplete = lacks_certificate(facts);
	if (observation->staple.len > 0 && facts->issuer)
		facts->staple = revoke_staple(observation->staple.bytes, observation->staple.len,
			leaf, facts->issuer, context->now);
	derive_scts(facts);
	if (observation->answers && observation->answers->ocsp)
		facts->ocsp = revoke_staple(observation->answers->ocsp,
			observation->answers->ocsp_len, leaf,
			facts->issuer ? facts->issuer : observation->answers->issuer, context->now);
}

/* The list that has revoked one of the line's certificates, below its end. */
static const struct revoke_list *revoked_by(
	const struct facts *facts, const struct trust_line *line, const struct cert **ret_revoked)
{
	for (size_t i = 0; i + 1 < line->len; i++) {
		for (size_t k = 0; k < facts_list_count(facts); k++) {
			struct revoke_answer answer = revoke_list_look_up(
				facts_list(facts, k), line->certs[i]);
			if (answer.status != REVOKE_REVOKED ||
				answer.since.seconds > facts->now.seconds)
				continue;
			*ret_revoked = line->certs[i];
			return facts_list(facts, k);
		}
	}
	return NULL;
}

static bool explain(struct facts *facts)
{
	const struct facts_context *context = facts->context;

	if (!context->explain || !facts->leaf)
		return true;
	if (!trust_explain(context->trust, facts->chain, facts->now, &facts->lines))
		return false;
	for (size_t i = 0; i < facts->lines.count; i++) {
		struct trust_line *line = &facts->lines.items[i];
		const struct cert *revoked = NULL;
		const struct revoke_list *list = line->trusted ? revoked_by(facts, line, &revoked)
							       : NULL;
		if (!list)
			continue;
		line->trusted = false;
		line->fault = PATH_FAULT_REVOKED;
		line->culprit = revoked;
		phrase_say(line->reason, sizeof line->reason, "%.80s is revoked, says %.60s",
			revoked->common_name[0] ? revoked->common_name : revoked->subject,
			revoke_list_id(list));
	}
	return true;
}

bool facts_derive(const struct observation *observation, const struct facts_context *context,
	struct facts *ret_facts, struct error *err)
{
	struct chain *chain = NULL;

	if (observation->chain.count > 0) {
		chain = read_chain(observation, context, err);
		if (!chain)
			return false;
	}
	/* Member by member: the paths are large, and only path_count of them are there. */
	ret_facts->observation = observation;
	ret_facts->now = context->now;
	ret_facts->chain = chain;
	ret_facts->leaf = ret_facts->issuer = NULL;
	ret_facts->issuer_served = false;
	ret_facts->name = observation->target->sni;
	ret_facts->name_covered = false;
	ret_facts->path_count = 0;
	ret_facts->incomplete = false;
	ret_facts->staple = (struct revoke_answer){ .status = REVOKE_UNAVAILABLE };
	ret_facts->ocsp = (struct revoke_answer){ .status = REVOKE_UNAVAILABLE };
	ret_facts->by_tls.count = ret_facts->by_tls.logs = 0;
	ret_facts->by_staple.count = ret_facts->by_staple.logs = 0;
	ret_facts->scts_asked = false;
	ret_facts->lines = (struct trust_lines){ .items = NULL };
	ret_facts->context = context;
	if (chain)
		derive_chain(ret_facts);
	if (explain(ret_facts))
		return true;
	facts_release(ret_facts);
	return error_set_memory(err);
}

void facts_release(struct facts *facts)
{
	if (!facts)
		return;
	trust_lines_release(&facts->lines);
	chain_free(facts->chain);
	facts->chain = NULL;
	facts->leaf = facts->issuer = NULL;
}

size_t facts_list_count(const struct facts *facts)
{
	const struct answers *answers = facts->observation->answers;

	return facts->context->list_count + (answers ? answers->list_count : 0);
}

const struct revoke_list *facts_list(const struct facts *facts, size_t number)
{
	size_t count = facts->context->list_count;

	return number < count ? facts->context->lists[number]
			      : facts->observation->answers->lists[number - count];
}
