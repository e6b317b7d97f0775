/* SPDX-License-Identifier: MIT */
#include "checker/trust/trust.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/checksum.h"
#include "checker/trust/trust_memo.h"
#include "checker/trust/trust_store.h"

struct trust *trust_new(void)
{
	CLEANUP(trust_freep) struct trust *trust = calloc(1, sizeof *trust);

	if (!trust)
		return NULL;
	trust->terms.level = TRUST_LEVEL;
	trust->memo = trust_memo_new();
	return trust->memo ? TAKE(trust) : NULL;
}

void trust_free(struct trust *trust)
{
	if (!trust)
		return;
	trust_memo_free(trust->memo);
	trust_nodes_release(trust);
	for (size_t i = 0; i < trust->store_count; i++) {
		struct trust_store *store = &trust->stores[i];
		for (size_t k = 0; k < store->anchors.count; k++)
			cert_unref(store->anchors.items[k]);
		free(store->anchors.items);
		free(store->leaving.items);
		free(store->missing);
		free(store->id);
	}
	for (size_t i = 0; i < trust->pool.count; i++)
		cert_unref(trust->pool.items[i]);
	free(trust->pool.items);
	free(trust);
}

size_t trust_add_store(struct trust *trust, const char *id)
{
	if (trust->store_count == LIMIT_TRUST_STORES)
		return LIMIT_TRUST_STORES;
	char *copy = text_copy(id, strlen(id));
	if (!copy)
		return LIMIT_TRUST_STORES;
	trust_memo_forget(trust->memo);
	trust->stores[trust->store_count].id = copy;
	return trust->store_count++;
}

void trust_sum(const struct trust *trust, struct checksum *checksum)
{
	for (size_t i = 0; i < trust->store_count; i++) {
		const struct trust_store *store = &trust->stores[i];

		checksum_add_text(checksum, store->id);
		checksum_add_text(checksum, store->whole ? "whole" : "");
		checksum_add_text(checksum, store->missing ? store->missing : "");
		for (size_t k = 0; k < store->anchors.count; k++)
			checksum_add_text(checksum, store->anchors.items[k]->sha256_text);
		for (size_t k = 0; k < store->leaving.count; k++) {
			char day[INSTANT_TEXT];

			instant_format(store->leaving.items[k].until, day);
			checksum_add_text(checksum, store->leaving.items[k].anchor->sha256_text);
			checksum_add_text(checksum, day);
		}
		checksum_add_text(checksum, "");
	}
}

void trust_set_terms(struct trust *trust, const struct trust_terms *terms)
{
	trust->terms = *terms;
	trust_memo_forget(trust->memo);
}

const struct trust_terms *trust_terms(const struct trust *trust)
{
	return &trust->terms;
}

size_t trust_store_count(const struct trust *trust)
{
	return trust->store_count;
}

const char *trust_store_id(const struct trust *trust, size_t store)
{
	assert(store < trust->store_count);
	return trust->stores[store].id;
}

bool trust_add_anchor(
	struct trust *trust, size_t store, const struct cert *anchor, struct error *err)
{
	assert(store < trust->store_count);
	struct trust_store *at = &trust->stores[store];

	for (size_t i = 0; i < at->anchors.count; i++)
		if (cert_equal(at->anchors.items[i], anchor))
			return true;
	uint64_t rank = (uint64_t)(store + 1) << 32 | at->anchors.count;
	if (!vec_reserve(&at->anchors) ||
		!trust_node_add(trust, anchor, rank, UINT32_C(1) << store, false))
		return error_set_memory(err);
	trust_memo_forget(trust->memo);
	at->anchors.items[at->anchors.count++] = cert_ref(anchor);
	return true;
}

bool trust_anchor_leaves(struct trust *trust, size_t store, const struct cert *anchor,
	struct instant until, struct error *err)
{
	assert(store < trust->store_count);
	struct trust_store *at = &trust->stores[store];

	if (!vec_reserve(&at->leaving))
		return error_set_memory(err);
	for (size_t i = 0; i < at->anchors.count; i++)
		if (cert_equal(at->anchors.items[i], anchor))
			at->leaving.items[at->leaving.count++] = (struct trust_leaving){
				.anchor = at->anchors.items[i], .until = until
			};
	trust_memo_forget(trust->memo);
	return true;
}

bool trust_leaving_day(const struct trust *trust, size_t store, const struct cert *anchor,
	struct instant *ret_until)
{
	const struct trust_store *at = &trust->stores[store];

	for (size_t i = 0; i < at->leaving.count; i++) {
		if (cert_equal(at->leaving.items[i].anchor, anchor)) {
			*ret_until = at->leaving.items[i].until;
			return true;
		}
	}
	return false;
}

void trust_miss_anchor(struct trust *trust, size_t store, const char *what)
{
	assert(store < trust->store_count);
	struct trust_store *at = &trust->stores[store];
	char text[100];

	if (at->missing)
		return;
	text_printable(what, strlen(what), text, sizeof text);
	at->missing = text_copy(text, strlen(text));
	trust_memo_forget(trust->memo);
}

const char *trust_store_missing(const struct trust *trust, size_t store)
{
	assert(store < trust->store_count);
	return trust->stores[store].missing;
}

const struct cert *trust_anchor_at(const struct trust *trust, size_t store, size_t number)
{
	assert(store < trust->store_count);
	const struct trust_store *at = &trust->stores[store];

	return number < at->anchors.count ? at->anchors.items[number] : NULL;
}

const struct cert *trust_known_at(const struct trust *trust, size_t number)
{
	return number < trust->pool.count ? trust->pool.items[number] : NULL;
}

void trust_store_is_whole(struct trust *trust, size_t store)
{
	assert(store < trust->store_count);
	trust->stores[store].whole = true;
}

bool trust_store_whole(const struct trust *trust, size_t store)
{
	assert(store < trust->store_count);
	return trust->stores[store].whole;
}

bool trust_add_known(struct trust *trust, const struct cert *cert, struct error *err)
{
	for (size_t i = 0; i < trust->pool.count; i++)
		if (cert_equal(trust->pool.items[i], cert))
			return true;
	if (trust->pool.count == LIMIT_POOL)
		return error_set(
			err, ERROR_LIMIT, "a profile may add at most %d certificates", LIMIT_POOL);
	if (!vec_reserve(&trust->pool) || !trust_node_add(trust, cert, trust->pool.count, 0, true))
		return error_set_memory(err);
	trust_memo_forget(trust->memo);
	trust->pool.items[trust->pool.count++] = cert_ref(cert);
	return true;
}

const struct cert *trust_find(const struct trust *trust, const uint8_t sha256[FINGERPRINT_BYTES])
{
	const struct trust_node *node = trust_node_find(trust, sha256);

	return node ? node->cert : NULL;
}

const struct cert *trust_find_key(
	const struct trust *trust, const uint8_t spki_sha256[FINGERPRINT_BYTES])
{
	const struct trust_node *node = trust_node_find_key(trust, spki_sha256);

	return node ? node->cert : NULL;
}

const struct cert *trust_find_issuer(const struct trust *trust, const struct cert *cert)
{
	struct trust_candidates candidates = trust_candidates(trust, cert);
	const struct trust_node *node;

	while ((node = trust_candidates_next(&candidates)) != NULL)
		if (cert_issued_by(cert, node->cert))
			return node->cert;
	return NULL;
}

const char *path_fault_name(enum path_fault fault)
{
	static const char *const names[PATH_FAULT_COUNT] = {
		[PATH_FAULT_NO_ANCHOR] = "no-anchor",
		[PATH_FAULT_EXPIRED] = "expired",
		[PATH_FAULT_NOT_YET] = "not-yet-valid",
		[PATH_FAULT_PURPOSE] = "purpose",
		[PATH_FAULT_NOT_CA] = "not-ca",
		[PATH_FAULT_SIGNATURE] = "signature",
		[PATH_FAULT_NAME_CONSTRAINT] = "name-constraint",
		[PATH_FAULT_POLICY] = "policy",
		[PATH_FAULT_WEAK] = "weak",
		[PATH_FAULT_DEPTH] = "depth",
		[PATH_FAULT_LEFT] = "left-store",
		[PATH_FAULT_KEY_ID] = "key-identifier",
		[PATH_FAULT_REVOKED] = "revoked",
		[PATH_FAULT_OTHER] = "other",
	};

	assert(fault < PATH_FAULT_COUNT);
	return names[fault];
}

const char *completion_name(enum completion completion)
{
	static const char *const names[] = {
		[COMPLETION_SERVED] = "served",
		[COMPLETION_PROFILE] = "profile",
		[COMPLETION_NOTHING] = "nothing",
	};

	assert(completion < ARRAY_LEN(names));
	return names[completion];
}
