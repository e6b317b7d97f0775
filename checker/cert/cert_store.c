/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert_store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/hasher.h"
#include "checker/limits.h"

/*
 * Those that come back are kept: where room is needed, the first goes that was not asked for since
 * the last round.  A thousand leafs that are seen once push each other out, and never an
 * intermediate of the fleet.
 */
#define PLACES 16
#define SHELVES (LIMIT_CERTS_KEPT / PLACES)

struct place {
	uint64_t hash;
	const struct cert *cert;
	bool asked; /* again, since the hand went by */
};

struct shelf {
	pthread_mutex_t lock;
	struct place at[PLACES];
	size_t hand;
};

struct cert_store {
	struct hasher *hasher;
	uint64_t seed;
	size_t shelves; /* whose lock is made */
	struct shelf at[SHELVES];
};

struct cert_store *cert_store_new(struct error *err)
{
	CLEANUP(cert_store_freep) struct cert_store *store = calloc(1, sizeof *store);

	if (!store) {
		error_set_memory(err);
		return NULL;
	}
	store->hasher = hasher_new(err);
	if (!store->hasher)
		return NULL;
	/* Nobody outside can tell which certificates meet on a shelf. */
	store->seed = (uint64_t)(uintptr_t)store ^
		      clock_monotonic_us() * UINT64_C(0x9e3779b97f4a7c15);
	for (; store->shelves < SHELVES; store->shelves++) {
		if (pthread_mutex_init(&store->at[store->shelves].lock, NULL) != 0) {
			error_set_memory(err);
			return NULL;
		}
	}
	return TAKE(store);
}

void cert_store_free(struct cert_store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->shelves; i++) {
		for (size_t k = 0; k < PLACES; k++)
			cert_unref(store->at[i].at[k].cert);
		(void)pthread_mutex_destroy(&store->at[i].lock);
	}
	hasher_free(store->hasher);
	free(store);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
	return hash ^ hash >> 32;
}

/* The end of a certificate is its signature, which no other one has; the bytes decide anyway. */
static uint64_t hash_of(const struct cert_store *store, const uint8_t *der, size_t len)
{
	uint64_t hash = mix(store->seed, len), word = 0;
	size_t tail = len < 32 ? len : 32;

	for (size_t i = len - tail; i < len; i += sizeof word) {
		size_t left = len - i < sizeof word ? len - i : sizeof word;
		word = 0;
		memcpy(&word, der + i, left);
		hash = mix(hash, word);
	}
	return hash;
}

static struct place *find(struct shelf *shelf, uint64_t hash, const uint8_t *der, size_t len)
{
	for (size_t i = 0; i < PLACES; i++) {
		struct place *place = &shelf->at[i];
		size_t held = 0;

		if (!place->cert || place->hash != hash)
			continue;
		const uint8_t *bytes = cert_der(place->cert, &held);
		if (held == len && (len == 0 || memcmp(bytes, der, len) == 0))
			return place;
	}
	return NULL;
}

static struct cert *get_held(struct shelf *shelf, uint64_t hash, const uint8_t *der, size_t len)
{
	struct cert *cert = NULL;

	(void)pthread_mutex_lock(&shelf->lock);
	struct place *place = find(shelf, hash, der, len);
	if (place) {
		place->asked = true;
		cert = cert_ref(place->cert);
	}
	(void)pthread_mutex_unlock(&shelf->lock);
	return cert;
}

/* Room on a shelf: what is in it goes to the caller. */
static struct place *make_room(struct shelf *shelf)
{
	for (;;) { /* ends in the second round at the latest */
		struct place *place = &shelf->at[shelf->hand];

		shelf->hand = (shelf->hand + 1) % PLACES;
		if (!place->cert || !place->asked)
			return place;
		place->asked = false;
	}
}

/* Keeps CERT, or gives the same one that another thread has brought meanwhile. */
static struct cert *keep(struct shelf *shelf, uint64_t hash, struct cert *cert)
{
	size_t len = 0;
	const uint8_t *der = cert_der(cert, &len);
	const struct cert *out = NULL;

	(void)pthread_mutex_lock(&shelf->lock);
	struct place *place = find(shelf, hash, der, len);
	if (place) {
		out = cert;
		cert = cert_ref(place->cert);
	} else {
		place = make_room(shelf);
		out = place->cert;
		*place = (struct place){ .hash = hash, .cert = cert_ref(cert) };
	}
	(void)pthread_mutex_unlock(&shelf->lock);
	cert_unref(out);
	return cert;
}

struct cert *cert_store_get(
	struct cert_store *store, const uint8_t *der, size_t len, struct error *err)
{
	uint64_t hash = hash_of(store, der, len);
	struct shelf *shelf = &store->at[hash >> 32 & (SHELVES - 1)];
	struct cert *cert = get_held(shelf, hash, der, len);

	if (cert)
		return cert;
	cert = cert_make(der, len, store->hasher, err);
	return cert ? keep(shelf, hash, cert) : NULL;
}
