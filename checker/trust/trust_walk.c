/* SPDX-License-Identifier: MIT */
#include "checker/trust/trust_walk.h"

#include <assert.h>
#include <stdlib.h>

#include "checker/base/heap.h"
#include "checker/cert/cert_holder.h"
#include "checker/trust/chain.h"
#include "checker/trust/trust_store.h"

static_assert(LIMIT_TRUST_STORES <= 32, "stores are bits of 32");

/* NULL without fault of ours: what cannot be read issues nothing. */
static struct walk_node *node_new(struct walk *walk, const struct cert *cert, bool *memory)
{
	if (!cert->readable)
		return NULL;
	if (!vec_reserve(&walk->nodes)) {
		*memory = false;
		return NULL;
	}
	struct walk_node *node = &walk->nodes.items[walk->nodes.count++];
	*node = (struct walk_node){ .cert = cert };
	return node;
}

/* A certificate that was served, which may be one of the trust's, too. */
static void add_served(struct walk *walk, const struct cert *cert, bool *memory)
{
	for (size_t i = 0; i < walk->nodes.count; i++)
		if (cert_equal(walk->nodes.items[i].cert, cert))
			return;
	struct walk_node *node = node_new(walk, cert, memory);
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

static bool collect(struct walk *walk, const struct chain *chain)
{
	bool memory = true;

	add_served(walk, chain_cert(chain, chain_leaf(chain)), &memory);
	for (size_t i = 0; i < chain_len(chain); i++)
		add_served(walk, chain_cert(chain, i), &memory);
	size_t served = walk->nodes.count;
	for (size_t i = 0; i < walk->trust->nodes.count; i++) {
		const struct trust_node *held = walk->trust->nodes.items[i];
		struct walk_node *node = was_served(walk, held->cert, served)
						 ? NULL
						 : node_new(walk, held->cert, &memory);
		if (!node)
			continue;
		node->usable = held->usable;
		node->stores = held->stores;
	}
	return memory;
}

bool walk_begin(
	struct walk *walk, const struct trust *trust, const struct chain *chain, struct instant now)
{
	*walk = (struct walk){
		.trust = trust,
		.now = now,
		.checks_left = LIMIT_SIGNATURE_CHECKS,
		.steps_left = LIMIT_PATH_STEPS,
	};
	if (chain_len(chain) == 0 || !chain_cert(chain, chain_leaf(chain))->readable)
		return true;
	bool memory = collect(walk, chain);
	if (walk->nodes.count == 0)
		return memory;
	walk->edges = calloc(walk->nodes.count, walk->nodes.count);
	if (!walk->edges) {
		heap_note();
		return false;
	}
	walk->line[walk->len++] = 0;
	return memory;
}

void walk_end(struct walk *walk)
{
	free(walk->edges);
	free(walk->nodes.items);
}

/* Names before signatures; what was found out before costs nothing. */
static enum walk_edge try(struct walk *walk, const struct cert *cert, const struct cert *issuer)
{
	bool fits = false;

	if (!cert_issuer_is(cert, issuer))
		return WALK_STRANGER;
	if (!cert_names_issuer(cert, issuer))
		return WALK_OTHER_KEY;
	if (!cert_signature_is_known(cert, issuer, &fits)) {
		if (walk->checks_left == 0)
			return WALK_UNKNOWN;
		walk->checks_left--;
		fits = cert_is_signed_by(cert, issuer);
	}
	return fits ? WALK_ISSUED : WALK_FORGED;
}

enum walk_edge walk_edge(struct walk *walk, size_t below, size_t above)
{
	uint8_t *edge = &walk->edges[below * walk->nodes.count + above];

	if (*edge == WALK_UNTRIED)
		*edge = (uint8_t)try(
			walk, walk->nodes.items[below].cert, walk->nodes.items[above].cert);
	return (enum walk_edge) * edge;
}

bool walk_is_on_line(const struct walk *walk, size_t node)
{
	const struct cert *cert = walk->nodes.items[node].cert;

	for (size_t i = 0; i < walk->len; i++) {
		const struct cert *other = walk->nodes.items[walk->line[i]].cert;
		if (walk->line[i] == node || cert_is_twin(cert, other))
			return true;
	}
	return false;
}
