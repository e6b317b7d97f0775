/* SPDX-License-Identifier: MIT */
#include "checker/trust.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/trust_store.h"

struct trust *trust_new(void)
{
	return calloc(1, sizeof(struct trust));
}

void trust_free(struct trust *trust)
{
	if (!trust)
		return;
	for (size_t i = 0; i < trust->store_count; i++) {
		struct trust_store *store = &trust->stores[i];
		for (size_t k = 0; k < store->anchors.count; k++)
			cert_unref(store->anchors.items[k]);
		free(store->anchors.items);
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
	trust->stores[trust->store_count].id = copy;
	return trust->store_count++;
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
	if (!vec_reserve(&at->anchors))
		return error_set_memory(err);
	at->anchors.items[at->anchors.count++] = cert_ref(anchor);
	return true;
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
	if (!vec_reserve(&trust->pool))
		return error_set_memory(err);
	trust->pool.items[trust->pool.count++] = cert_ref(cert);
	return true;
}

static bool has_fingerprint(const struct cert *cert, const void *hash)
{
	return memcmp(cert->sha256, hash, FINGERPRINT_BYTES) == 0;
}

static bool has_key(const struct cert *cert, const void *hash)
{
	return memcmp(cert->spki_sha256, hash, FINGERPRINT_BYTES) == 0;
}

static bool has_issued(const struct cert *cert, const void *below)
{
	return cert_issued_by(below, cert);
}

static const struct cert *find(const struct trust *trust,
	bool (*match)(const struct cert *cert, const void *what), const void *what)
{
	for (size_t i = 0; i < trust->pool.count; i++)
		if (match(trust->pool.items[i], what))
			return trust->pool.items[i];
	for (size_t i = 0; i < trust->store_count; i++)
		for (size_t k = 0; k < trust->stores[i].anchors.count; k++)
			if (match(trust->stores[i].anchors.items[k], what))
				return trust->stores[i].anchors.items[k];
	return NULL;
}

const struct cert *trust_find(const struct trust *trust, const uint8_t sha256[FINGERPRINT_BYTES])
{
	return find(trust, has_fingerprint, sha256);
}

const struct cert *trust_find_key(
	const struct trust *trust, const uint8_t spki_sha256[FINGERPRINT_BYTES])
{
	return find(trust, has_key, spki_sha256);
}

const struct cert *trust_find_issuer(const struct trust *trust, const struct cert *cert)
{
	return find(trust, has_issued, cert);
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
