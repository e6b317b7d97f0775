/* SPDX-License-Identifier: MIT */
/* What trust_paths() remembers against a walk that remembers nothing: each has to say the same. */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/base/vec.h"
#include "checker/trust/chain.h"
#include "checker/trust/trust.h"
#include "checker/trust/trust_memo.h"
#include "checker/trust/trust_store.h"
#include "tests/forge.h"
#include "tests/suites.h"

/* --- Comparing --- */

static bool same_path(const struct trust_path *a, const struct trust_path *b)
{
	return a->store == b->store && a->trusted == b->trusted &&
	       a->completed_by == b->completed_by && a->fault == b->fault &&
	       a->culprit == b->culprit && strcmp(a->reason, b->reason) == 0 && a->len == b->len &&
	       memcmp(a->certs, b->certs, a->len * sizeof a->certs[0]) == 0;
}

static void expect_same(
	const struct trust *trust, const struct chain *chain, struct instant now, const char *descr)
{
	struct trust_path best[LIMIT_TRUST_STORES], served[LIMIT_TRUST_STORES];
	struct trust_path best_anew[LIMIT_TRUST_STORES], served_anew[LIMIT_TRUST_STORES];
	struct trust_walked walked;

	trust_paths(trust, chain, now, best, served);
	trust_walk(trust, chain, now, best_anew, served_anew, &walked);
	for (size_t s = 0; s < trust_store_count(trust); s++) {
		cr_assert(same_path(&best[s], &best_anew[s]), "%s: \"%s\" for \"%s\"", descr,
			best[s].reason, best_anew[s].reason);
		cr_assert(same_path(&served[s], &served_anew[s]), "%s: \"%s\" for \"%s\"", descr,
			served[s].reason, served_anew[s].reason);
	}
}

/* --- Chains of the forged PKI, put together at random --- */

static struct forge_pki pki;
static VEC(struct forge_cert *) leafs;
static VEC(struct forge_cert *) cas; /* besides those of the PKI */

static void keep_leaf(struct forge_cert *cert)
{
	forge_must(vec_reserve(&leafs), "memory");
	leafs.items[leafs.count++] = cert;
}

static struct forge_cert *keep_ca(const struct forge_spec *spec)
{
	forge_must(vec_reserve(&cas), "memory");
	return cas.items[cas.count++] = forge_cert(&pki.forge, spec);
}

static const struct forge_extension odd_critical[] = {
	{ "1.2.3.4", "critical,DER:0500" },
	{ NULL, NULL },
};
static const struct forge_extension odd[] = {
	{ "1.2.3.4", "DER:0500" },
	{ NULL, NULL },
};
static const struct forge_extension netscape_client[] = {
	{ "nsCertType", "client" },
	{ NULL, NULL },
};
static const struct forge_extension permitted[] = {
	{ "nameConstraints", "critical,permitted;DNS:inside.hk" },
	{ NULL, NULL },
};
static const struct forge_extension wrong_key_id[] = {
	{ "authorityKeyIdentifier", "DER:301680140102030405060708090A0B0C0D0E0F1011121314" },
	{ NULL, NULL },
};

static const struct shape {
	const char *descr;
	struct forge_spec spec;
} shapes[] = {
	{ "plain", { .subject = NULL } },
	{ "without purposes", { .eku = "" } },
	{ "for clients", { .eku = "clientAuth" } },
	{ "for any", { .eku = "anyExtendedKeyUsage" } },
	{ "a CA", { .ca = true } },
	{ "no usage of TLS", { .key_usage = "nonRepudiation" } },
	{ "no key identifier", { .no_aki = true } },
	{ "another's key identifier", { .no_aki = true, .extra = wrong_key_id } },
	{ "an odd extension", { .extra = odd } },
	{ "an odd critical one", { .extra = odd_critical } },
	{ "Netscape's type", { .extra = netscape_client } },
	{ "a wrong signature", { .broken_signature = true } },
	{ "version 1", { .version1 = true } },
	{ "the root's key", { .key = "root-ca-3" } },
	{ "Ed25519", { .key = "ed25519:leaf" } },
	{ "pinned", { .key = "pinned" } },
};
#define PINNED (ARRAY_LEN(shapes) - 1)

static struct forge_cert *mint(const char *issuer, const struct shape *shape, size_t number)
{
	struct forge_spec spec = shape->spec;
	char names[64];

	(void)snprintf(names, sizeof names, "www%zu.%s.hk", number, number % 3 ? "out" : "inside");
	/* Keys that some have in common. */
	static const char *const keys[] = { "leaf", "other leaf", "third leaf" };
	if (!spec.key)
		spec.key = keys[number % ARRAY_LEN(keys)];
	if (number % 4 == 1) {
		spec.not_before = forge_day("2025-01-01");
		spec.not_after = forge_day("2025-06-01");
	}
	return forge_leaf_as(&pki, issuer, names, &spec);
}

/* Under a CA of our own: with name constraints, of a CA's name, with a key of another kind. */
static void mint_below(const struct forge_cert *ca, size_t number)
{
	static const char *const sans[][2] = { { "DNS:www.inside.hk", NULL },
		{ "DNS:www.outside.hk", NULL } };
	for (size_t i = 0; i < 6; i++) {
		char subject[64];

		(void)snprintf(subject, sizeof subject, "CN=below %zu.%zu", number, i);
		keep_leaf(forge_cert(&pki.forge, &(struct forge_spec){ .subject = subject,
							 .issuer = ca,
							 .san = sans[i % 2],
							 .eku = "serverAuth",
							 .no_aki = i > 3,
							 .not_before = forge_day("2026-01-01"),
							 .not_after = forge_day("2027-01-01") }));
	}
}

static void set_up(void)
{
	static const char *const issuers[] = { "ssl-ca-3-17-2025", "ev-ssl-ca-3-17-2017",
		"root-ca-3", "root-ca-1" };

	forge_pki_init(&pki, forge_day("2026-07-01"), FORGE_KEYS_FAST, NULL);
	for (size_t i = 0; i < ARRAY_LEN(issuers); i++)
		for (size_t k = 0; k < ARRAY_LEN(shapes); k++)
			for (size_t n = 0; n < 3; n++)
				keep_leaf(mint(issuers[i], &shapes[k], 3 * k + n));
	struct forge_spec spec = { .subject = "CN=Constrained",
		.key = "constrained",
		.issuer = forge_pki_find(&pki, "root-ca-3"),
		.ca = true,
		.extra = permitted,
		.not_before = forge_day("2020-01-01"),
		.not_after = forge_day("2030-01-01") };
	mint_below(keep_ca(&spec), 0);
	/* Two of one name and other keys, one of which ends before the other. */
	spec.extra = NULL;
	spec.subject = "CN=Twice";
	spec.key = "p384:one";
	mint_below(keep_ca(&spec), 1);
	spec.key = "rsa:two";
	spec.not_after = forge_day("2026-08-01");
	mint_below(keep_ca(&spec), 2);
	/* One below itself: names alone would go round. */
	spec.issuer = cas.items[cas.count - 1];
	spec.key = "p384:three";
	spec.has_pathlen = true;
	mint_below(keep_ca(&spec), 3);
}

static void tear_down(void)
{
	free(leafs.items);
	free(cas.items);
	forge_pki_release(&pki);
}

TestSuite(trust_memo, .init = set_up, .fini = tear_down);

static struct trust *make_trust(bool pool, bool missing)
{
	static const char *const anchors[][3] = {
		{ "root-ca-3", "globalsign-r3", NULL },
		{ "globalsign-r3", NULL },
		{ "root-ca-1", "ssl-ca-3-17-2025", NULL },
	};
	struct trust *trust = trust_new();

	forge_must(trust != NULL, "trust_new");
	for (size_t s = 0; s < ARRAY_LEN(anchors); s++) {
		forge_must(trust_add_store(trust, "store") == s, "trust_add_store");
		for (const char *const *id = anchors[s]; *id; id++)
			forge_must(
				trust_add_anchor(trust, s, forge_pki_cert(&pki, *id), NULL), *id);
	}
	for (size_t i = 0; pool && i < FORGE_PKI_CERTS; i += 2)
		forge_must(trust_add_known(trust, forge_pki_cert(&pki, pki.ids[i]), NULL), "pool");
	if (missing)
		trust_miss_anchor(trust, 1, "one of them");
	/* A leaf that somebody pinned. */
	forge_must(trust_add_anchor(trust, 0, forge_as_cert(leafs.items[3 * PINNED]), NULL), "pin");
	return trust;
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* A leaf and up to five others, CAs mostly, in any order; they are one of LISTS for each SALT. */
#define LISTS 16
static struct chain *make_chain(uint32_t *state, uint32_t salt)
{
	const struct cert *served[6];
	uint32_t list = next_random(state) % LISTS * 7919 + salt;
	size_t count = 1 + next_random(&list) % 6;

	served[0] = forge_as_cert(leafs.items[next_random(state) % leafs.count]);
	for (size_t i = 1; i < count; i++) {
		uint32_t which = next_random(&list);
		if (which % 8 == 0)
			served[i] = forge_as_cert(leafs.items[which / 8 % leafs.count]);
		else if (which % 8 < 3)
			served[i] = forge_as_cert(cas.items[which / 8 % cas.count]);
		else
			served[i] = forge_pki_cert(&pki, pki.ids[which / 8 % FORGE_PKI_CERTS]);
	}
	struct chain *chain = chain_new(served, count, NULL);
	forge_must(chain != NULL, "chain_new");
	return chain;
}

Test(trust_memo, random_chains, .timeout = 300)
{
	static const char *const days[] = { "2026-07-01", "2026-07-01", "2025-03-01",
		"2026-09-01" };
	unsigned long hits = 0;
	uint32_t state = 20260701;

	for (size_t i = 0; i < 4; i++) {
		CLEANUP(trust_freep) struct trust *trust = make_trust(i % 2 == 0, i >= 2);
		for (size_t k = 0; k < 3000; k++) {
			CLEANUP(chain_freep) struct chain *chain = make_chain(&state, (uint32_t)i);
			char descr[64];

			(void)snprintf(descr, sizeof descr, "trust %zu, chain %zu", i, k);
			expect_same(trust, chain,
				forge_day(days[next_random(&state) % ARRAY_LEN(days)]), descr);
		}
		hits += trust_memo_hits(trust->memo);
	}
	cr_log_info("%lu of 12000 answers were at hand", hits);
	cr_expect_gt(hits, 600);
}

/* A fleet: each kind of leaf under the few lists that servers send, again and again. */
Test(trust_memo, a_fleet, .timeout = 300)
{
	static const char *const above[][3] = {
		{ "ssl-ca-3-17-2025", "root-ca-3-cross-2022", NULL },
		{ "ssl-ca-3-17-2017", NULL },
		{ "root-ca-3-cross-2022", "ssl-ca-3-17-2025", NULL },
		{ "ev-ssl-ca-3-17-2017", "root-ca-3-cross-2017-06", NULL },
		{ NULL },
	};
	CLEANUP(trust_freep) struct trust *trust = make_trust(true, false);

	for (size_t i = 0; i < ARRAY_LEN(above); i++) {
		for (size_t k = 0; k < leafs.count; k++) {
			const struct cert *served[4];
			size_t count = 0;

			served[count++] = forge_as_cert(leafs.items[k]);
			for (const char *const *id = above[i]; *id; id++)
				served[count++] = forge_pki_cert(&pki, *id);
			CLEANUP(chain_freep)
			struct chain *chain = chain_new(served, count, NULL);
			expect_same(trust, chain, pki.day, leafs.items[k]->cert->subject);
		}
	}
	unsigned long hits = trust_memo_hits(trust->memo);
	cr_expect_gt(hits, leafs.count / 2, "%lu answers were at hand", hits);
}

/* The last second of validity, the first, and those beside them. */
Test(trust_memo, dates)
{
	static const struct {
		const char *descr, *now;
		enum path_fault fault;
	} cases[] = {
		{ "a second before", "2026-05-31T23:59:59Z", PATH_FAULT_NOT_YET },
		{ "the first", "2026-06-01T00:00:00Z", PATH_FAULT_NONE },
		{ "the last but one", "2026-06-30T23:59:58Z", PATH_FAULT_NONE },
		{ "the last", "2026-06-30T23:59:59Z", PATH_FAULT_NONE },
		{ "a second behind", "2026-07-01T00:00:00Z", PATH_FAULT_EXPIRED },
	};
	CLEANUP(trust_freep) struct trust *trust = make_trust(true, false);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t k = 0; k < 3; k++) {
			char name[32];

			(void)snprintf(name, sizeof name, "host%zu.hk", k);
			const struct cert *served[] = {
				forge_as_cert(forge_leaf(&pki, "ssl-ca-3-17-2025", name,
					forge_day("2026-06-01"),
					forge_day("2026-06-30T23:59:59Z"))),
				forge_pki_cert(&pki, "ssl-ca-3-17-2025"),
			};
			struct trust_path best[LIMIT_TRUST_STORES], own[LIMIT_TRUST_STORES];
			CLEANUP(chain_freep) struct chain *chain = chain_new(served, 2, NULL);

			trust_paths(trust, chain, forge_day(cases[i].now), best, own);
			cr_expect_eq(best[0].fault, cases[i].fault, "%s: %s", cases[i].descr,
				best[0].reason);
			if (best[0].fault != PATH_FAULT_NONE)
				cr_expect_not_null(strstr(best[0].reason, name), "%s: %s",
					cases[i].descr, best[0].reason);
			expect_same(trust, chain, forge_day(cases[i].now), cases[i].descr);
		}
	}
	cr_expect_eq(trust_memo_hits(trust->memo), 5 * 5, "all but the first of each");
}

/* --- What others made --- */

/* A trust of one set of anchors, kept for the cases that have the same. */
struct suites {
	struct trust *trust;
	uint8_t anchors[SUITE_CERTS][FINGERPRINT_BYTES];
	size_t count;
	unsigned long hits, cases;
};

static void change_trust(struct suites *suites, const struct suite_case *test)
{
	bool same = suites->trust && suites->count == test->trusted_count;

	for (size_t i = 0; same && i < suites->count; i++)
		same = memcmp(suites->anchors[i], test->trusted[i]->sha256, FINGERPRINT_BYTES) == 0;
	if (same)
		return;
	if (suites->trust)
		suites->hits += trust_memo_hits(suites->trust->memo);
	trust_free(suites->trust);
	suites->trust = trust_new();
	forge_must(suites->trust && trust_add_store(suites->trust, "suite") == 0, "trust");
	suites->count = test->trusted_count;
	for (size_t i = 0; i < test->trusted_count; i++) {
		forge_must(trust_add_anchor(suites->trust, 0, test->trusted[i], NULL), "anchor");
		memcpy(suites->anchors[i], test->trusted[i]->sha256, FINGERPRINT_BYTES);
	}
}

static void expect_case(void *arg, const struct suite_case *test)
{
	struct suites *suites = arg;
	CLEANUP(chain_freep)
	struct chain *chain = chain_new(test->served, test->served_count, NULL);

	change_trust(suites, test);
	suites->cases++;
	/* At hand, too, the second time. */
	for (int round = 0; round < 2; round++)
		expect_same(suites->trust, chain, test->time, test->id);
}

Test(trust_memo, suites, .timeout = 300)
{
	struct suites suites = { .trust = NULL };

	if (!suites_folder())
		cr_skip_test("CHAINMEND_SHARED is not set: not held against the suites");
	suites_each(expect_case, &suites);
	suites.hits += trust_memo_hits(suites.trust->memo);
	trust_free(suites.trust);
	cr_log_info("%lu cases, %lu answers were at hand", suites.cases, suites.hits);
	cr_expect_gt(suites.hits, 400);
}
