/* SPDX-License-Identifier: MIT */
#include "tests/suite/suite_lists.h"

#include <stdlib.h>

#include "checker/cert/cert.h"
#include "checker/limits.h"
#include "checker/revoke/revoke_set.h"
#include "checker/trust/chain.h"
#include "checker/trust/trust.h"
#include "tests/forge.h"

#define DEEPEST 4

struct suite_lists {
	struct suite_papers papers;
	struct revoke_set *set;
	/* Whose path is being looked at: one that signs the list about itself asks for no more. */
	const struct cert *asking[DEEPEST];
	size_t depth;
};

struct suite_lists *suite_lists_new(const struct suite_papers *papers)
{
	struct suite_lists *lists = calloc(1, sizeof *lists);
	size_t index;
	json_t *pem;

	forge_must(lists != NULL, "memory");
	lists->papers = *papers;
	lists->set = revoke_set_new(NULL);
	forge_must(lists->set != NULL, "memory");
	json_array_foreach(papers->crls, index, pem)
	{
		forge_must(revoke_set_add(lists->set, (const uint8_t *)json_string_value(pem),
				   json_string_length(pem), NULL),
			"memory");
	}
	for (size_t i = 0; i < papers->cert_count; i++)
		forge_must(revoke_set_add_signer(lists->set, papers->certs[i], NULL), "memory");
	return lists;
}

void suite_lists_free(struct suite_lists *lists)
{
	if (!lists)
		return;
	revoke_set_free(lists->set);
	free(lists);
}

/* Does a path lead from SIGNER to an anchor of the case? */
static bool trusts(void *arg, const struct cert *signer)
{
	struct suite_lists *lists = arg;
	const struct suite_papers *papers = &lists->papers;
	const struct cert *served[LIMIT_CHAIN] = { signer };
	struct trust_path best[LIMIT_TRUST_STORES], own[LIMIT_TRUST_STORES];
	size_t count = 1;

	for (size_t i = 0; i < papers->cert_count && count < LIMIT_CHAIN; i++)
		if (papers->certs[i]->is_ca && !cert_equal(papers->certs[i], signer))
			served[count++] = papers->certs[i];
	CLEANUP(chain_freep) struct chain *chain = chain_new(served, count, NULL);
	forge_must(chain != NULL, "memory");
	trust_paths(papers->trust, chain, papers->now, best, own);
	if (best[0].trusted != ANSWER_YES || lists->depth == DEEPEST)
		return false;
	for (size_t i = 0; i < lists->depth; i++)
		if (cert_equal(lists->asking[i], signer))
			return true;
	lists->asking[lists->depth++] = signer;
	bool clear = suite_lists_clear(lists, best[0].certs, best[0].len);
	lists->depth--;
	return clear;
}

bool suite_lists_clear(struct suite_lists *lists, const struct cert *const *path, size_t len)
{
	struct revoke_trust trust = { .trusts = trusts, .arg = lists };
	size_t until = lists->papers.leaf_only ? 1 : len - 1;

	for (size_t i = 0; i < until && i + 1 < len; i++)
		if (revoke_set_ask(lists->set, path[i], path[i + 1], lists->papers.now, &trust)
				.status != REVOKE_NOT_REVOKED)
			return false;
	return true;
}
