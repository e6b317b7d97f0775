/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/cert/cert.h"
#include "checker/limits.h"
#include "checker/trust/chain.h"
#include "tests/forge.h"

/*
 * L leaf, I current and J retired issuing twin, C cross, R root, E EV issuing,
 * X a root of someone else, - bytes that are no certificate.
 */
static const struct {
	const char *descr, *served, *links, *related;
	bool ordered;
	size_t leaf, issuer;
} cases[] = {
	{ "as it should be", "LIC", "next next absent", "111", true, 0, 1 },
	{ "no cross", "LI", "next absent", "11", true, 0, 1 },
	{ "root served too", "LIR", "next next self", "111", true, 0, 1 },
	{ "no intermediate", "L", "absent", "1", true, 0, 1 },
	{ "leaf and root", "LR", "absent self", "10", true, 0, 2 },
	{ "cross before intermediate", "LCI", "elsewhere absent elsewhere", "111", false, 0, 2 },
	{ "intermediate first", "IL", "absent elsewhere", "11", false, 1, 0 },
	{ "leaf twice", "LLIC", "elsewhere duplicate next absent", "1111", true, 0, 2 },
	{ "both twins", "LJIC", "next elsewhere next absent", "1111", true, 0, 1 },
	{ "cross and root", "LICR", "next next absent self", "1111", true, 0, 1 },
	{ "EV stranger in the middle", "LEIC", "elsewhere elsewhere next absent", "1011", true, 0,
		2 },
	{ "a stranger at the end", "LICX", "next next absent self", "1110", true, 0, 1 },
	{ "garbage at the end", "LIC-", "next next absent unreadable", "1110", true, 0, 1 },
	{ "garbage first", "-L", "unreadable absent", "10", true, 0, 2 },
	{ "intermediates alone", "IC", "next absent", "11", true, 0, 1 },
	{ "nothing at all", "", "", "", true, 0, 0 },
};

static const struct cert *by_letter(struct forge_pki *pki, struct forge_cert *leaf, char letter)
{
	switch (letter) {
	case 'L':
		return forge_as_cert(leaf);
	case 'I':
		return forge_pki_cert(pki, "ssl-ca-3-17-2025");
	case 'J':
		return forge_pki_cert(pki, "ssl-ca-3-17-2017");
	case 'C':
		return forge_pki_cert(pki, "root-ca-3-cross-2022");
	case 'R':
		return forge_pki_cert(pki, "root-ca-3");
	case 'E':
		return forge_pki_cert(pki, "ev-ssl-ca-3-17-2025");
	case 'X':
		return forge_pki_cert(pki, "root-ca-1");
	default:
		return forge_as_cert(forge_cert_from(&pki->forge, "garbage", 7));
	}
}

Test(chain, names_each_link)
{
	struct forge_pki pki;

	forge_pki_init(&pki, forge_day("2026-07-01"), FORGE_KEYS_FAST, NULL);
	struct forge_cert *leaf = forge_leaf(&pki, "ssl-ca-3-17-2025", "www.example.hk",
		(struct instant){ 0 }, (struct instant){ 0 });
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct cert *served[LIMIT_CHAIN];
		size_t count = strlen(cases[i].served), used = 0;
		char links[256] = "", related[LIMIT_CHAIN + 1] = "";

		for (size_t p = 0; p < count; p++)
			served[p] = by_letter(&pki, leaf, cases[i].served[p]);
		CLEANUP(chain_freep) struct chain *chain = chain_new(served, count, NULL);
		cr_assert(chain);
		cr_expect_eq(chain_len(chain), count);
		for (size_t p = 0; p < count; p++) {
			int len = snprintf(links + used, sizeof links - used, "%s%s", p ? " " : "",
				chain_link_name(chain_link_at(chain, p)));
			used += (size_t)len;
			related[p] = chain_is_related(chain, p) ? '1' : '0';
		}
		cr_expect_str_eq(links, cases[i].links, "%s: got '%s'", cases[i].descr, links);
		cr_expect_str_eq(
			related, cases[i].related, "%s: got '%s'", cases[i].descr, related);
		cr_expect_eq(chain_is_ordered(chain), cases[i].ordered, "%s", cases[i].descr);
		cr_expect_eq(chain_leaf(chain), cases[i].leaf, "%s", cases[i].descr);
		cr_expect_eq(chain_issuer(chain), cases[i].issuer, "%s: %zu", cases[i].descr,
			chain_issuer(chain));
	}
	forge_pki_release(&pki);
}
