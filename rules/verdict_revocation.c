/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "checker/answers.h"
#include "checker/base/text.h"
#include "checker/facts.h"
#include "checker/trust/chain.h"
#include "rules/verdict.h"

static bool add(struct verdict *verdict, const struct cert *cert, const char *by,
	const char *source, const struct revoke_answer *answer)
{
	if (!vec_reserve(&verdict->revocations))
		return false;
	struct verdict_revocation *one = &verdict->revocations.items[verdict->revocations.count++];

	*one = (struct verdict_revocation){
		.certificate = cert->sha256_text, .by = by, .answer = *answer
	};
	(void)snprintf(one->source, sizeof one->source, "%s", source);
	return true;
}

static bool add_leaf(struct verdict *verdict, const struct facts *facts)
{
	const struct answers *answers = facts->observation->answers;

	if (facts->observation->staple.len > 0 &&
		!add(verdict, facts->leaf, "staple", "", &facts->staple))
		return false;
	return !answers || !answers->ocsp_url[0] ||
	       add(verdict, facts->leaf, "ocsp", answers->ocsp_url, &facts->ocsp);
}

static bool add_lists(struct verdict *verdict, const struct facts *facts, const struct cert *cert)
{
	for (size_t i = 0; i < facts_list_count(facts); i++) {
		const struct revoke_list *list = facts_list(facts, i);
		struct revoke_answer answer = revoke_list_look_up(list, cert);

		if (answer.status != REVOKE_NOT_COVERED &&
			!add(verdict, cert, "list", revoke_list_id(list), &answer))
			return false;
	}
	return true;
}

/* Of what nobody asked for only a revocation is worth the room in every record. */
static bool is_wanted(const struct verdict *verdict, const struct facts *facts)
{
	if (facts->observation->answers)
		return true;
	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		enum rule_id rule = verdict->findings.all.items[i].rule;
		if (rule == RULE_revocation_intermediate_revoked ||
			rule == RULE_revocation_leaf_revoked)
			return true;
	}
	return false;
}

bool verdict_note_revocations(struct verdict *verdict, const struct facts *facts)
{
	if (!is_wanted(verdict, facts))
		return true;
	if (!add_leaf(verdict, facts))
		return false;
	for (size_t i = 0; i < chain_len(facts->chain); i++) {
		const struct cert *cert = chain_cert(facts->chain, i);
		if (cert->readable && !cert->self_signed &&
			chain_link_at(facts->chain, i) != CHAIN_LINK_DUPLICATE &&
			!add_lists(verdict, facts, cert))
			return false;
	}
	return true;
}
