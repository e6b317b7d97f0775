/* SPDX-License-Identifier: MIT */
#include "checker/facts.h"

#include <string.h>

#include "checker/base/error.h"
#include "checker/cert.h"
#include "checker/chain.h"
#include "checker/observation.h"
#include "checker/target.h"

static struct chain *read_chain(const struct observation *observation, struct error *err)
{
	const struct cert *certs[LIMIT_CHAIN] = { NULL };
	struct chain *chain = NULL;
	size_t count = 0;

	for (; count < observation->chain.count && count < LIMIT_CHAIN; count++) {
		const struct der *der = &observation->chain.items[count];
		certs[count] = cert_new(der->bytes, der->len, err);
		if (!certs[count])
			break;
	}
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

bool facts_derive(const struct observation *observation, const struct facts_context *context,
	struct facts *ret_facts, struct error *err)
{
	struct facts facts = {
		.observation = observation,
		.now = context->now,
		.context = context,
		.name = observation->target->sni,
		.staple = { .status = REVOKE_UNAVAILABLE },
	};

	if (observation->chain.count == 0) {
		*ret_facts = facts;
		return true;
	}
	facts.chain = read_chain(observation, err);
	if (!facts.chain)
		return false;
	const struct cert *leaf = chain_cert(facts.chain, chain_leaf(facts.chain));
	if (leaf->readable) {
		facts.leaf = leaf;
		find_issuer(&facts);
		facts.name_covered = facts.name && cert_covers(leaf, facts.name);
		facts.path_count = trust_store_count(context->trust);
		trust_paths(context->trust, facts.chain, context->now, facts.paths, facts.served);
		facts.incomplete = lacks_certificate(&facts);
		if (observation->staple.len > 0 && facts.issuer)
			facts.staple = revoke_staple(observation->staple.bytes,
				observation->staple.len, leaf, facts.issuer, context->now);
	}
	*ret_facts = facts;
	return true;
}

void facts_release(struct facts *facts)
{
	if (!facts)
		return;
	chain_free(facts->chain);
	facts->chain = NULL;
	facts->leaf = facts->issuer = NULL;
}
