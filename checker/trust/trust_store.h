/* SPDX-License-Identifier: MIT */
/*
 * trust_store - how trust.c keeps stores and pool, for the other trust_*.c
 *
 * Private to the trust_*.c files.  Every certificate that is held is a node, in the order in which
 * they are looked at: the pool as it was filled, then the anchors store by store.  Nodes are found
 * by fingerprint, key and subject, for a store may have hundreds and each endpoint asks.
 */
#ifndef CHECKER_TRUST_TRUST_STORE_H
#define CHECKER_TRUST_TRUST_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/vec.h"
#include "checker/trust/trust.h"

struct trust_memo;

struct trust_leaving {
	const struct cert *anchor; /* one of the store's */
	struct instant until;
};

struct trust_store {
	char *id;
	VEC(const struct cert *) anchors;
	VEC(struct trust_leaving) leaving;
	char *missing; /* what could not be found, printable; NULL: nothing is missing */
	bool whole;
};

enum trust_by { TRUST_BY_FINGERPRINT, TRUST_BY_KEY, TRUST_BY_SUBJECT, TRUST_BY_COUNT };
#define TRUST_BUCKETS 256

struct trust_node {
	const struct cert *cert; /* borrowed from a store or the pool */
	bool usable;             /* may stand in the middle of a path: it is of the pool */
	uint32_t stores;         /* bit S: an anchor of store S */
	uint64_t rank;           /* its place among the nodes */
	struct trust_node *next[TRUST_BY_COUNT]; /* in the same bucket, of a higher rank */
};

struct trust {
	struct trust_store stores[LIMIT_TRUST_STORES];
	size_t store_count;
	VEC(const struct cert *) pool;
	VEC(struct trust_node *) nodes; /* by rank */
	struct trust_node *buckets[TRUST_BY_COUNT][TRUST_BUCKETS];
	struct trust_node *loose; /* whose subjects only OpenSSL can compare, by [BY_SUBJECT] */
	struct trust_memo *memo;
	struct trust_terms terms;
};

/* trust_node.c: files CERT, or moves it where it was filed at a higher rank. */
MUST_USE bool trust_node_add(
	struct trust *trust, const struct cert *cert, uint64_t rank, uint32_t stores, bool usable);
void trust_nodes_release(struct trust *trust);

const struct trust_node *trust_node_find(
	const struct trust *trust, const uint8_t sha256[FINGERPRINT_BYTES]);
const struct trust_node *trust_node_find_key(
	const struct trust *trust, const uint8_t spki_sha256[FINGERPRINT_BYTES]);

/* Goes over the nodes whose subject may be CERT's issuer, by rank; NULL after the last. */
struct trust_candidates {
	const struct trust *trust;
	const struct trust_node *named, *loose;
	size_t next; /* when all are */
	bool all;
};
struct trust_candidates trust_candidates(const struct trust *trust, const struct cert *cert);
const struct trust_node *trust_candidates_next(struct trust_candidates *candidates);

/* trust.c: when ANCHOR leaves that store; false when nobody says. */
bool trust_leaving_day(const struct trust *trust, size_t store, const struct cert *anchor,
	struct instant *ret_until);

/*
 * trust_verify.c: RFC 5280, 6.1 for the LEN certificates of one path, leaf to
 * anchor, and no others.  Sets trusted, fault, culprit and reason of PATH.
 */
void trust_verify(struct trust_path *path, const struct trust_terms *terms, struct instant now);

/* Says in PATH, whose culprit is set, that it has expired or is not valid yet. */
void trust_say_date(struct trust_path *path);

/* Says WORDS, a phrase, in PATH of the certificate at fault. */
void trust_refuse(struct trust_path *path, enum path_fault fault, const struct cert *culprit,
	const char *words);

/* A path that ends further than this ahead is as good as any: leafs live 398 days at most (Baseline
 * Requirements, 6.3.2). */
#define TRUST_HORIZON_DAYS 400

/* How a walk over the paths of a chain went, for whoever wants to keep its answer. */
struct trust_walked {
	bool cut_short;  /* a budget was used up */
	bool particular; /* the answer depends on the leaf by more than who issued it and its dates
			  */
};

/* trust_paths.c: the paths of CHAIN, looked for anew. */
void trust_walk(const struct trust *trust, const struct chain *chain, struct instant now,
	struct trust_path *ret_best, struct trust_path *ret_served,
	struct trust_walked *ret_walked);

#endif
