/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/cert/cert.h"
#include "checker/cert/cert_store.h"
#include "checker/cert/cert_x509.h"
#include "checker/limits.h"
#include "checker/trust/chain.h"
#include "checker/trust/trust.h"
#include "tests/forge.h"

#define LEAFS 40

static struct forge_pki pki;
static struct forge_cert *leafs[LEAFS];

static void set_up(void)
{
	forge_pki_init(&pki, forge_day("2026-07-01"), FORGE_KEYS_FAST, NULL);
	for (size_t i = 0; i < LEAFS; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "www%zu.hk", i);
		leafs[i] = forge_leaf(&pki, "ssl-ca-3-17-2025", name, (struct instant){ 0 },
			(struct instant){ 0 });
	}
}

static void tear_down(void)
{
	forge_pki_release(&pki);
}

TestSuite(cert_store, .init = set_up, .fini = tear_down);

static const struct cert *get(struct cert_store *store, const struct forge_cert *cert)
{
	return cert_store_get(store, cert->der, cert->der_len, NULL);
}

Test(cert_store, the_same_for_the_same_bytes)
{
	CLEANUP(cert_store_freep) struct cert_store *store = cert_store_new(NULL);
	CLEANUP(cert_unrefp) const struct cert *first = get(store, leafs[0]);
	CLEANUP(cert_unrefp) const struct cert *again = get(store, leafs[0]);
	CLEANUP(cert_unrefp) const struct cert *other = get(store, leafs[1]);

	cr_expect_eq(first, again);
	cr_expect_neq(first, other);
	cr_expect(first->readable && cert_equal(first, forge_as_cert(leafs[0])));
	cr_expect_str_eq(first->common_name, "www0.hk");
	/* What is no certificate is kept as well, and so is nothing at all. */
	CLEANUP(cert_unrefp) const struct cert *none = cert_store_get(store, NULL, 0, NULL);
	CLEANUP(cert_unrefp)
	const struct cert *cut = cert_store_get(store, leafs[0]->der, leafs[0]->der_len - 1, NULL);
	cr_expect(none && !none->readable && cut && !cut->readable);
}

/* The same end, another beginning: the bytes decide. */
Test(cert_store, ends_alone_are_not_enough)
{
	CLEANUP(cert_store_freep) struct cert_store *store = cert_store_new(NULL);
	const struct cert *kept[64];
	uint8_t bytes[256];

	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		memset(bytes, 7, sizeof bytes);
		bytes[0] = (uint8_t)i;
		kept[i] = cert_store_get(store, bytes, sizeof bytes, NULL);
	}
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		for (size_t k = 0; k < i; k++)
			cr_expect(!cert_equal(kept[i], kept[k]), "%zu and %zu", i, k);
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		cert_unref(kept[i]);
}

/* A million leafs go by; what the fleet has in common stays. */
Test(cert_store, keeps_what_comes_back)
{
	CLEANUP(cert_store_freep) struct cert_store *store = cert_store_new(NULL);
	const struct forge_cert *issuer = forge_pki_find(&pki, "ssl-ca-3-17-2025");
	CLEANUP(cert_unrefp) const struct cert *first = get(store, issuer);

	for (size_t i = 0; i < 20000; i++) {
		cert_unref(cert_store_get(store, (const uint8_t *)&i, sizeof i, NULL));
		if (i % 10 == 0) {
			const struct cert *again = get(store, issuer);
			cr_assert_eq(again, first, "after %zu others", i);
			cert_unref(again);
		}
	}
}

/* --- Threads share all of it --- */

struct crowd {
	struct cert_store *store;
	struct trust *trust;
	size_t wrong[4];
};

struct member {
	pthread_t thread;
	struct crowd *crowd;
	size_t number;
};

static bool is_trusted(
	const struct crowd *crowd, const struct cert *leaf, const struct cert *issuer)
{
	struct trust_path best[LIMIT_TRUST_STORES], served[LIMIT_TRUST_STORES];
	const struct cert *list[] = { leaf, issuer };
	CLEANUP(chain_freep) struct chain *chain = chain_new(list, 2, NULL);

	trust_paths(crowd->trust, chain, pki.day, best, served);
	return best[0].trusted == ANSWER_YES && best[0].certs[0] == leaf;
}

static void *judge(void *arg)
{
	struct member *member = arg;
	struct crowd *crowd = member->crowd;

	for (size_t i = 0; i < 10 * LEAFS; i++) {
		CLEANUP(cert_unrefp)
		const struct cert *leaf = get(
			crowd->store, leafs[i * (member->number + 1) % LEAFS]);
		CLEANUP(cert_unrefp)
		const struct cert *issuer = get(
			crowd->store, forge_pki_find(&pki, "ssl-ca-3-17-2025"));
		CLEANUP(cert_unrefp)
		const struct cert *other = get(crowd->store, forge_pki_find(&pki, "root-ca-1"));

		crowd->wrong[member->number] += !cert_issued_by(leaf, issuer) ||
						cert_issued_by(leaf, other) ||
						!is_trusted(crowd, leaf, issuer) ||
						(i % 7 == 0 && !cert_x509(leaf));
	}
	return NULL;
}

Test(cert_store, threads)
{
	CLEANUP(cert_store_freep) struct cert_store *store = cert_store_new(NULL);
	CLEANUP(trust_freep) struct trust *trust = trust_new();
	struct crowd crowd = { .store = store, .trust = trust };
	struct member members[4];

	cr_assert_eq(trust_add_store(trust, "one"), 0);
	cr_assert(trust_add_anchor(trust, 0, forge_pki_cert(&pki, "root-ca-3"), NULL));
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		members[i] = (struct member){ .crowd = &crowd, .number = i };
		cr_assert_eq(pthread_create(&members[i].thread, NULL, judge, &members[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		cr_assert_eq(pthread_join(members[i].thread, NULL), 0);
		cr_expect_eq(crowd.wrong[i], 0, "thread %zu: %zu wrong", i, crowd.wrong[i]);
	}
}
