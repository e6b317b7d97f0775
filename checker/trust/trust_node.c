/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/cert/cert_holder.h"
#include "checker/trust/trust_store.h"

static size_t bucket_of_hash(const uint8_t *hash)
{
	return hash[0];
}

static size_t bucket_of_name(struct cert_span name)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ name.at[i]) * 16777619u;
	return (hash ^ hash >> 8 ^ hash >> 16 ^ hash >> 24) % TRUST_BUCKETS;
}

/* Where the nodes begin among which CERT is, or has to be. */
static struct trust_node **head_of(struct trust *trust, enum trust_by by, const struct cert *cert)
{
	struct cert_span subject = cert_holder(cert)->subject_canon;

	if (by == TRUST_BY_FINGERPRINT)
		return &trust->buckets[by][bucket_of_hash(cert->sha256)];
	if (by == TRUST_BY_KEY)
		return &trust->buckets[by][bucket_of_hash(cert->spki_sha256)];
	return subject.at ? &trust->buckets[by][bucket_of_name(subject)] : &trust->loose;
}

static void link_node(struct trust *trust, struct trust_node *node)
{
	for (enum trust_by by = 0; by < TRUST_BY_COUNT; by++) {
		struct trust_node **at = head_of(trust, by, node->cert);
		while (*at && (*at)->rank < node->rank)
			at = &(*at)->next[by];
		node->next[by] = *at;
		*at = node;
	}
	size_t place = trust->nodes.count++;
	for (; place > 0 && trust->nodes.items[place - 1]->rank > node->rank; place--)
		trust->nodes.items[place] = trust->nodes.items[place - 1];
	trust->nodes.items[place] = node;
}

static void unlink_node(struct trust *trust, struct trust_node *node)
{
	size_t place = 0;

	for (enum trust_by by = 0; by < TRUST_BY_COUNT; by++) {
		struct trust_node **at = head_of(trust, by, node->cert);
		while (*at != node)
			at = &(*at)->next[by];
		*at = node->next[by];
	}
	while (trust->nodes.items[place] != node)
		place++;
	trust->nodes.count--;
	memmove(&trust->nodes.items[place], &trust->nodes.items[place + 1],
		(trust->nodes.count - place) * sizeof(struct trust_node *));
}

bool trust_node_add(
	struct trust *trust, const struct cert *cert, uint64_t rank, uint32_t stores, bool usable)
{
	struct trust_node *node = *head_of(trust, TRUST_BY_FINGERPRINT, cert);

	while (node && !cert_equal(node->cert, cert))
		node = node->next[TRUST_BY_FINGERPRINT];
	if (node) {
		node->stores |= stores;
		node->usable |= usable;
		if (rank >= node->rank)
			return true;
		unlink_node(trust, node);
		node->rank = rank;
		link_node(trust, node);
		return true;
	}
	if (!vec_reserve(&trust->nodes))
		return false;
	node = malloc(sizeof *node);
	if (!node)
		return false;
	*node = (struct trust_node){
		.cert = cert, .rank = rank, .stores = stores, .usable = usable
	};
	link_node(trust, node);
	return true;
}

void trust_nodes_release(struct trust *trust)
{
	for (size_t i = 0; i < trust->nodes.count; i++)
		free(trust->nodes.items[i]);
	free(trust->nodes.items);
}

const struct trust_node *trust_node_find(
	const struct trust *trust, const uint8_t sha256[FINGERPRINT_BYTES])
{
	const struct trust_node *node =
		trust->buckets[TRUST_BY_FINGERPRINT][bucket_of_hash(sha256)];

	while (node && memcmp(node->cert->sha256, sha256, FINGERPRINT_BYTES) != 0)
		node = node->next[TRUST_BY_FINGERPRINT];
	return node;
}

const struct trust_node *trust_node_find_key(
	const struct trust *trust, const uint8_t spki_sha256[FINGERPRINT_BYTES])
{
	const struct trust_node *node = trust->buckets[TRUST_BY_KEY][bucket_of_hash(spki_sha256)];

	while (node && memcmp(node->cert->spki_sha256, spki_sha256, FINGERPRINT_BYTES) != 0)
		node = node->next[TRUST_BY_KEY];
	return node;
}

struct trust_candidates trust_candidates(const struct trust *trust, const struct cert *cert)
{
	struct trust_candidates candidates = { .trust = trust, .loose = trust->loose };
	struct cert_span issuer = cert_holder(cert)->issuer_canon;

	if (issuer.at)
		candidates.named = trust->buckets[TRUST_BY_SUBJECT][bucket_of_name(issuer)];
	else
		candidates.all = true;
	return candidates;
}

const struct trust_node *trust_candidates_next(struct trust_candidates *candidates)
{
	const struct trust_node *named = candidates->named, *loose = candidates->loose;

	if (candidates->all)
		return candidates->next < candidates->trust->nodes.count
			       ? candidates->trust->nodes.items[candidates->next++]
			       : NULL;
	if (named && (!loose || named->rank < loose->rank)) {
		candidates->named = named->next[TRUST_BY_SUBJECT];
		return named;
	}
	if (loose)
		candidates->loose = loose->next[TRUST_BY_SUBJECT];
	return loose;
}
