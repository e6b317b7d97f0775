/* SPDX-License-Identifier: MIT */
/*
 * What one verdict costs: the CPU time of reading a certificate and of judging an endpoint, for
 * leafs that were never seen and for one that was, under certificates that repeat.  Beside it the
 * signature check of the leaf, which is the floor.
 *
 *	judge [LEAFS [THREADS [ec]]]
 *
 * Keys are RSA 2048, as the CA's are, or P-256.  Run it alone; of several rounds the cheapest
 * counts.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_store.h"
#include "checker/facts.h"
#include "checker/observation.h"
#include "checker/revoke/revoke.h"
#include "checker/target/target.h"
#include "checker/trust/chain.h"
#include "checker/trust/trust.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"
#include "tests/forge.h"

#define ROUNDS 7
#define LEAFS_MOST 2000
#define THREADS_MOST 8

struct bench {
	struct forge_pki pki;
	struct profile *profile;
	struct trust *trust;
	struct revoke_list *list;
	struct facts_context context;
	struct target target;
	size_t count;
	struct forge_cert *leafs[LEAFS_MOST];
	struct observation *seen[LEAFS_MOST];
};

static double cpu_us(void)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static void make_trust(struct bench *bench)
{
	static const char *const anchors[][3] = {
		{ "root-ca-3", "globalsign-r3", NULL },
		{ "globalsign-r3", NULL },
		{ "globalsign-r3", NULL },
	};
	static const char *const ids[] = { "current", "stock-java", "legacy-devices" };

	bench->trust = trust_new();
	forge_must(bench->trust != NULL, "trust_new");
	for (size_t s = 0; s < ARRAY_LEN(ids); s++) {
		forge_must(trust_add_store(bench->trust, ids[s]) == s, ids[s]);
		for (const char *const *id = anchors[s]; *id; id++)
			forge_must(trust_add_anchor(
					   bench->trust, s, forge_pki_cert(&bench->pki, *id), NULL),
				*id);
	}
	for (size_t i = 0; i < FORGE_PKI_CERTS; i++)
		if (strstr(bench->pki.ids[i], "root-ca-1") == NULL)
			forge_must(trust_add_known(bench->trust,
					   forge_pki_cert(&bench->pki, bench->pki.ids[i]), NULL),
				bench->pki.ids[i]);
}

static void make_context(struct bench *bench)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(LIMIT_PROFILE_BYTES);
	struct forge_bytes arl = forge_pki_arl(&bench->pki, true);
	struct revoke_source source = {
		.id = "root-ca-3-arl", .bytes = arl.data, .len = arl.len, .scope = REVOKE_SCOPE_CA
	};
	struct error err = { .code = ERROR_NONE };

	forge_must(
		buf_add_text(&text, forge_pki_profile(&bench->pki, "http://127.0.0.1:9")), "text");
	bench->profile = profile_parse("bench.yaml", &text, &err);
	forge_must(bench->profile != NULL, err.text);
	bench->list = revoke_list_new(
		&source, forge_pki_cert(&bench->pki, "root-ca-3"), bench->pki.day);
	make_trust(bench);
	bench->context = (struct facts_context){
		.trust = bench->trust,
		.lists = (const struct revoke_list *const *)&bench->list,
		.list_count = 1,
		.now = bench->pki.day,
		.certs = cert_store_new(NULL),
	};
}

static void make_leafs(struct bench *bench)
{
	static const char *const above[] = { "ssl-ca-3-17-2025", "root-ca-3-cross-2022" };

	for (size_t i = 0; i < bench->count; i++) {
		char names[64];

		(void)snprintf(names, sizeof names, "www%zu.example.hk,www.example.hk", i);
		bench->leafs[i] = forge_leaf_as(
			&bench->pki, above[0], names, &(struct forge_spec){ .key = "leaf" });
		struct observation *seen = observation_new(&bench->target);
		forge_must(seen && observation_add_der(
					   seen, bench->leafs[i]->der, bench->leafs[i]->der_len),
			"observation");
		seen->outcome = OUTCOME_SERVED;
		for (size_t k = 0; k < ARRAY_LEN(above); k++) {
			const struct forge_cert *cert = forge_pki_find(&bench->pki, above[k]);
			forge_must(observation_add_der(seen, cert->der, cert->der_len), above[k]);
		}
		bench->seen[i] = seen;
	}
}

/* --- What is timed: each does its work once for every leaf --- */

static void read_all(const struct bench *bench)
{
	for (size_t i = 0; i < bench->count; i++) {
		const struct forge_cert *leaf = bench->leafs[i];
		cert_unref(cert_new(leaf->der, leaf->der_len, NULL));
	}
}

static void judge(const struct bench *bench, const struct observation *seen)
{
	struct verdict *verdict = verdict_new(seen, &bench->context, bench->profile, NULL);

	forge_must(verdict != NULL, "verdict_new");
	verdict_free(verdict);
}

static void judge_some(const struct bench *bench, size_t from, size_t until)
{
	for (size_t i = from; i < until; i++)
		judge(bench, bench->seen[i]);
}

static void judge_all(const struct bench *bench)
{
	judge_some(bench, 0, bench->count);
}

static void judge_one(const struct bench *bench)
{
	for (size_t i = 0; i < bench->count; i++)
		judge(bench, bench->seen[0]);
}

/* The floor: one digest and one RSA verification for each leaf, and nothing else. */
static void verify_all(const struct bench *bench)
{
	const struct forge_cert *issuer = forge_pki_find(&bench->pki, "ssl-ca-3-17-2025");
	EVP_PKEY *key = X509_get0_pubkey(issuer->x509);

	for (size_t i = 0; i < bench->count; i++)
		forge_must(X509_verify(bench->leafs[i]->x509, key) == 1, "X509_verify");
}

/* Nothing that was seen is remembered, but what stands above the leafs. */
static void forget(struct bench *bench)
{
	cert_store_free(bench->context.certs);
	bench->context.certs = cert_store_new(NULL);
	forge_must(bench->context.certs != NULL, "cert_store_new");
	judge(bench, bench->seen[0]);
}

static double cheapest(struct bench *bench, void (*work)(const struct bench *bench))
{
	double best = -1;

	for (int round = 0; round < ROUNDS; round++) {
		forget(bench);
		double begin = cpu_us();
		work(bench);
		double took = (cpu_us() - begin) / (double)bench->count;
		if (best < 0 || took < best)
			best = took;
	}
	return best;
}

/* --- Threads: each judges leafs of its own, at the same time --- */

struct worker {
	pthread_t thread;
	const struct bench *bench;
	size_t from, until;
	double us;
};

static void *run(void *arg)
{
	struct worker *worker = arg;
	double begin = cpu_us();

	judge_some(worker->bench, worker->from, worker->until);
	worker->us = cpu_us() - begin;
	return NULL;
}

static double threaded_round(const struct bench *bench, size_t threads)
{
	struct worker workers[THREADS_MOST];
	double sum = 0;

	for (size_t i = 0; i < threads; i++) {
		workers[i] = (struct worker){ .bench = bench,
			.from = bench->count * i / threads,
			.until = bench->count * (i + 1) / threads };
		forge_must(
			pthread_create(&workers[i].thread, NULL, run, &workers[i]) == 0, "thread");
	}
	for (size_t i = 0; i < threads; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		sum += workers[i].us;
	}
	return sum / (double)bench->count;
}

static double threaded(struct bench *bench, size_t threads)
{
	double best = -1;

	for (int round = 0; round < ROUNDS; round++) {
		forget(bench);
		double took = threaded_round(bench, threads);
		if (best < 0 || took < best)
			best = took;
	}
	return best;
}

static size_t argument(int argc, char **argv, int at, size_t usual, size_t most)
{
	uint64_t value;

	if (argc <= at || !text_to_uint(argv[at], most, &value) || value == 0)
		return usual;
	return (size_t)value;
}

int main(int argc, char **argv)
{
	struct bench bench = { .count = argument(argc, argv, 1, 1500, LEAFS_MOST) };
	size_t threads = argument(argc, argv, 2, 1, THREADS_MOST);

	bool ec = argc > 3 && strcmp(argv[3], "ec") == 0;

	forge_pki_init(
		&bench.pki, forge_day("2026-07-01"), ec ? FORGE_KEYS_FAST : FORGE_KEYS_RSA, NULL);
	bench.target = (struct target){ .host = text_copy("www.example.hk", 14),
		.sni = text_copy("www.example.hk", 14),
		.port = 443,
		.protocol = PROTOCOL_HTTPS };
	/* Our own reference, which is never given back. */
	atomic_init(&bench.target.refs, 1);
	make_context(&bench);
	make_leafs(&bench);

	printf("%zu leafs, us of CPU each (the cheapest of %d rounds)\n", bench.count, ROUNDS);
	printf("  X509_verify of the leaf             %8.2f\n", cheapest(&bench, verify_all));
	printf("  cert_new of the leaf                %8.2f\n", cheapest(&bench, read_all));
	printf("  verdict, another leaf each          %8.2f\n", cheapest(&bench, judge_all));
	printf("  verdict, the same leaf              %8.2f\n", cheapest(&bench, judge_one));
	if (threads > 1)
		printf("  verdict, another leaf, %zu threads    %8.2f\n", threads,
			threaded(&bench, threads));

	for (size_t i = 0; i < bench.count; i++)
		observation_free(bench.seen[i]);
	cert_store_free(bench.context.certs);
	revoke_list_free(bench.list);
	trust_free(bench.trust);
	profile_free(bench.profile);
	free(bench.target.host);
	free(bench.target.sni);
	forge_pki_release(&bench.pki);
	return 0;
}
