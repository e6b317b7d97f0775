/* SPDX-License-Identifier: MIT */
/*
 * The certificates at hand are the nodes of a graph whose arrows are "issued
 * by"; a path is a walk from the leaf to an anchor that meets no name and key
 * twice (RFC 4158, 2.4.2).  The walk is depth first, served certificates first,
 * with a budget of signature checks, of verified paths and of steps: a complete
 * graph of CAs has more paths than anyone can look at, and one where none leads to
 * an anchor has as many lines.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert_holder.h"
#include "checker/trust/chain.h"
#include "checker/trust/trust_memo.h"
#include "checker/trust/trust_store.h"

struct node {
	const struct cert *cert;
	bool served;
	bool usable;     /* may stand in the middle: served or of the pool, not an anchor only */
	uint32_t stores; /* bit S: an anchor of store S */
};

static_assert(LIMIT_TRUST_STORES <= 32, "stores are bits of 32");

enum edge { EDGE_UNTRIED, EDGE_YES, EDGE_NO };

struct walk {
	const struct trust *trust;
	struct instant now;
	VEC(struct node) nodes;
	uint8_t *edges; /* enum edge, of nodes.count squared */
	size_t line[LIMIT_PATH_DEPTH];
	size_t len;
	unsigned checks_left, paths_left, steps_left;
	uint32_t settled; /* bit S: nothing better can come for store S */
	struct trust_path *best, *served;
	const struct cert *top; /* the end of the longest line that was walked */
	size_t top_len;
	size_t also_held; /* how many of the served the trust has as well */
	bool particular;
};

static struct node *node_new(struct walk *walk, const struct cert *cert)
{
	if (!cert->readable || !vec_reserve(&walk->nodes))
		return NULL;
	struct node *node = &walk->nodes.items[walk->nodes.count++];
	*node = (struct node){ .cert = cert };
	return node;
}

/* A certificate that was served, which may be one of the trust's, too. */
static void add_served(struct walk *walk, const struct cert *cert)
{
	for (size_t i = 0; i < walk->nodes.count; i++)
		if (cert_equal(walk->nodes.items[i].cert, cert))
			return;
	struct node *node = node_new(walk, cert);
	const struct trust_node *held = trust_node_find(walk->trust, cert->sha256);
	if (!node)
		return;
	node->served = node->usable = true;
	if (held) {
		node->stores = held->stores;
		walk->also_held++;
	}
}

static bool was_served(const struct walk *walk, const struct cert *cert, size_t served)
{
	for (size_t i = 0; walk->also_held > 0 && i < served; i++)
		if (cert_equal(walk->nodes.items[i].cert, cert))
			return true;
	return false;
}

static void collect(struct walk *walk, const struct chain *chain)
{
	add_served(walk, chain_cert(chain, chain_leaf(chain)));
	for (size_t i = 0; i < chain_len(chain); i++)
		add_served(walk, chain_cert(chain, i));
	size_t served = walk->nodes.count;
	for (size_t i = 0; i < walk->trust->nodes.count; i++) {
		const struct trust_node *held = walk->trust->nodes.items[i];
		struct node *node = was_served(walk, held->cert, served)
					    ? NULL
					    : node_new(walk, held->cert);
		if (!node)
			continue;
		node->usable = held->usable;
		node->stores = held->stores;
	}
}

/* Each pair is checked at most once, and names before signatures. */
static bool issued(struct walk *walk, size_t below, size_t above)
{
	uint8_t *edge = &walk->edges[below * walk->nodes.count + above];

	if (*edge == EDGE_UNTRIED) {
		const struct cert *cert = walk->nodes.items[below].cert;
		const struct cert *issuer = walk->nodes.items[above].cert;

		*edge = EDGE_NO;
		if (cert_names_issuer(cert, issuer) && walk->checks_left > 0) {
			walk->checks_left--;
			if (cert_issued_by(cert, issuer))
				*edge = EDGE_YES;
		}
	}
	return *edge == EDGE_YES;
}

/* RFC 4158, 2.4.2: a name with a key stands in a path once, whatever the certificate. */
static bool on_line(const struct walk *walk, size_t node)
{
	const struct cert *cert = walk->nodes.items[node].cert;

	for (size_t i = 0; i < walk->len; i++) {
		const struct cert *other = walk->nodes.items[walk->line[i]].cert;
		if (walk->line[i] == node || cert_is_twin(cert, other))
			return true;
	}
	return false;
}

static int rank(const struct trust_path *path)
{
	if (path->completed_by == COMPLETION_NOTHING)
		return 0;
	return (path->trusted == ANSWER_YES ? 4 : 1) +
	       (path->completed_by == COMPLETION_SERVED ? 1 : 0);
}

/*
 * Does what PATH came to hold for this leaf alone?  Restrictions above it are on its names, and of
 * what is wrong with the leaf itself only its dates are the same for others.
 */
static bool is_particular(const struct trust_path *path)
{
	for (size_t i = 1; i < path->len; i++)
		if (cert_holder(path->certs[i])->restricts)
			return true;
	if (path->fault == PATH_FAULT_EXPIRED || path->fault == PATH_FAULT_NOT_YET)
		return !path->culprit;
	return path->fault != PATH_FAULT_NONE &&
	       (!path->culprit || path->culprit == path->certs[0]);
}

static void arrive(struct walk *walk, size_t store)
{
	struct trust_path path = { .store = store, .completed_by = COMPLETION_SERVED };

	if (walk->paths_left == 0)
		return;
	walk->paths_left--;
	path.len = walk->len;
	for (size_t i = 0; i < walk->len; i++) {
		const struct node *node = &walk->nodes.items[walk->line[i]];
		path.certs[i] = node->cert;
		if (!node->served && i + 1 < walk->len)
			path.completed_by = COMPLETION_PROFILE;
	}
	trust_verify(&path, walk->now);
	walk->particular |= is_particular(&path);
	if (rank(&path) > rank(&walk->best[store]))
		walk->best[store] = path;
	if (path.completed_by == COMPLETION_SERVED && rank(&path) > rank(&walk->served[store]))
		walk->served[store] = path;
	if (rank(&walk->best[store]) == 5)
		walk->settled |= UINT32_C(1) << store;
}

static bool is_over(const struct walk *walk)
{
	uint32_t all = walk->trust->store_count == 32
			       ? UINT32_MAX
			       : (UINT32_C(1) << walk->trust->store_count) - 1;

	return walk->paths_left == 0 || walk->steps_left == 0 || (walk->settled & all) == all;
}

/* The line ends at NODE, which was just put there: is it an anchor, and who issued it? */
static void climb(struct walk *walk, size_t at)
{
	const struct node *node = &walk->nodes.items[at];

	walk->steps_left--;
	if (walk->len > walk->top_len) {
		walk->top = node->cert;
		walk->top_len = walk->len;
	}
	for (size_t s = 0; s < walk->trust->store_count; s++)
		if ((node->stores & ~walk->settled) & (UINT32_C(1) << s))
			arrive(walk, s);
	if (!node->usable || node->cert->self_signed || walk->len == LIMIT_PATH_DEPTH)
		return;
	/* Anchors first: of two good paths the one with less to go wrong. */
	for (int anchors = 1; anchors >= 0; anchors--) {
		for (size_t i = 0; i < walk->nodes.count && !is_over(walk); i++) {
			if ((walk->nodes.items[i].stores != 0) != anchors || on_line(walk, i) ||
				!issued(walk, at, i))
				continue;
			walk->line[walk->len++] = i;
			climb(walk, i);
			walk->len--;
		}
	}
}

static void say_no_anchor(struct trust_path *path, const char *issuer, bool whole)
{
	char found[sizeof path->reason];

	if (issuer[0])
		phrase_say(found, sizeof found,
			"no line of issuers leads to an anchor of this store; the last issuer "
			"looked for is %.80s",
			issuer);
	else
		phrase_say(
			found, sizeof found, "no line of issuers leads to an anchor of this store");
	phrase_say(path->reason, sizeof path->reason, whole ? "%s" : N_("%s (search cut short)"),
		found);
}

static void close_store(const struct walk *walk, size_t store)
{
	struct trust_path *path = &walk->best[store];
	const char *missing = walk->trust->stores[store].missing;

	if (path->completed_by == COMPLETION_NOTHING) {
		const char *name = walk->top ? walk->top->issuer_common_name : "";
		path->trusted = ANSWER_NO;
		path->fault = PATH_FAULT_NO_ANCHOR;
		say_no_anchor(
			path, name, walk->paths_left && walk->checks_left && walk->steps_left);
	}
	if (path->trusted == ANSWER_NO && missing) {
		path->trusted = ANSWER_UNKNOWN;
		phrase_say(path->reason, sizeof path->reason, "unknown: %.140s", missing);
	}
}

void trust_walk(const struct trust *trust, const struct chain *chain, struct instant now,
	struct trust_path *ret_best, struct trust_path *ret_served, struct trust_walked *ret_walked)
{
	struct walk walk = {
		.trust = trust,
		.now = now,
		.checks_left = LIMIT_SIGNATURE_CHECKS,
		.paths_left = LIMIT_PATHS,
		.steps_left = LIMIT_PATH_STEPS,
		.best = ret_best,
		.served = ret_served,
	};

	for (size_t s = 0; s < trust->store_count; s++)
		ret_best[s] = ret_served[s] = (struct trust_path){ .store = s,
			.completed_by = COMPLETION_NOTHING };
	if (chain_len(chain) > 0 && chain_cert(chain, chain_leaf(chain))->readable)
		collect(&walk, chain);
	if (walk.nodes.count > 0)
		walk.edges = calloc(walk.nodes.count, walk.nodes.count);
	if (walk.nodes.count > 0 && !walk.edges)
		heap_note();
	if (walk.edges) {
		walk.line[walk.len++] = 0;
		climb(&walk, 0);
	}
	for (size_t s = 0; s < trust->store_count; s++)
		close_store(&walk, s);
	/* Without any issuer the reasons say the name that the leaf gives. */
	*ret_walked = (struct trust_walked){
		.cut_short = !walk.edges || !walk.paths_left || !walk.checks_left ||
			     !walk.steps_left,
		.particular = walk.particular || walk.top_len < 2,
	};
	free(walk.edges);
	free(walk.nodes.items);
}

void trust_paths(const struct trust *trust, const struct chain *chain, struct instant now,
	struct trust_path *ret_best, struct trust_path *ret_served)
{
	trust_memo_paths(trust, chain, now, ret_best, ret_served);
}
