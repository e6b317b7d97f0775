/* SPDX-License-Identifier: MIT */
#include "checker/engine/manners.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>

#include "checker/engine/resolve.h"
#include "checker/limits.h"

#define BUCKETS_FIRST 1024 /* a power of two, as LIMIT_BUCKETS is */
#define FULL_US 100000     /* to wait when there is no room for another bucket */

/* What a key is of; nothing of one kind equals anything of another. */
enum kind { KIND_NONE, KIND_ADDRESS, KIND_NAME, KIND_NETWORK };

struct bucket {
	uint8_t key[16];
	uint64_t full_at;  /* when it is full again, of clock_monotonic_us() */
	uint64_t promised; /* the latest moment that somebody was told to come back at */
	enum kind kind;    /* KIND_NONE: no bucket */
};

/* The generic cell rate algorithm: a bucket is a moment, a token a piece of time. */
struct allowance {
	uint64_t interval; /* a token, in microseconds; 0: no limit */
	uint64_t burst;    /* all the others that a full bucket has */
};

struct manners {
	pthread_mutex_t lock;
	struct allowance address, network;
	struct bucket *buckets;
	size_t room, count;
	uint64_t full_until; /* there is no room for another one before that */
};

/* --- Who --- */

void manners_guest_address(struct manners_guest *guest, const struct address *address)
{
	/* As IPv6 writes IPv4 (RFC 4291, 2.5.5.2), so that both are the same. */
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	*guest = (struct manners_guest){ .has_network = true };
	if (address->socket.any.sa_family == AF_INET6) {
		memcpy(guest->host, &address->socket.v6.sin6_addr, 16);
	} else {
		memcpy(guest->host, mapped, sizeof mapped);
		memcpy(guest->host + 12, &address->socket.v4.sin_addr, 4);
	}
	bool is_v4 = memcmp(guest->host, mapped, sizeof mapped) == 0;
	memcpy(guest->network, guest->host, is_v4 ? 15 : 6);
}

/* FNV-1a; two names that share a bucket only wait longer than they had to. */
static uint64_t hash(const uint8_t *bytes, size_t len, uint64_t value)
{
	for (size_t i = 0; i < len; i++)
		value = (value ^ bytes[i]) * 0x100000001b3u;
	return value;
}

void manners_guest_name(struct manners_guest *guest, const char *name)
{
	const uint8_t *bytes = (const uint8_t *)name;
	uint64_t halves[2] = { hash(bytes, strlen(name), 0xcbf29ce484222325u),
		hash(bytes, strlen(name), 0x84222325cbf29ce4u) };

	*guest = (struct manners_guest){ .has_network = false };
	memcpy(guest->host, halves, sizeof guest->host);
}

/* --- Buckets: open addressing, and what is full again is left behind when it grows --- */

static size_t begin_at(const struct bucket *bucket, size_t room)
{
	uint64_t value = hash(
		bucket->key, sizeof bucket->key, 0xcbf29ce484222325u + (uint64_t)bucket->kind);

	return (size_t)(value ^ value >> 32) & (room - 1);
}

/* The bucket of that key, or the free place for it; there always is one. */
static struct bucket *find(struct bucket *buckets, size_t room, const struct bucket *like)
{
	for (size_t at = begin_at(like, room);; at = (at + 1) & (room - 1)) {
		struct bucket *bucket = &buckets[at];

		if (bucket->kind == KIND_NONE ||
			(bucket->kind == like->kind &&
				memcmp(bucket->key, like->key, sizeof like->key) == 0))
			return bucket;
	}
}

static bool is_needed(const struct bucket *bucket, uint64_t now)
{
	return bucket->kind != KIND_NONE && (bucket->full_at > now || bucket->promised > now);
}

/* Room for two more; false when there is none. */
static bool make_room(struct manners *manners, uint64_t now)
{
	size_t needed = 0, room = BUCKETS_FIRST;

	if (2 * (manners->count + 2) <= manners->room)
		return true;
	if (now < manners->full_until)
		return false;
	manners->full_until = now + FULL_US;
	for (size_t i = 0; i < manners->room; i++)
		needed += is_needed(&manners->buckets[i], now);
	/* So sparse that it takes a while until this is done again. */
	while (room < 4 * (needed + 2) && room < LIMIT_BUCKETS)
		room *= 2;
	if (2 * (needed + 2) > room)
		return false;
	struct bucket *buckets = calloc(room, sizeof *buckets);
	if (!buckets)
		return false;
	for (size_t i = 0; i < manners->room; i++)
		if (is_needed(&manners->buckets[i], now))
			*find(buckets, room, &manners->buckets[i]) = manners->buckets[i];
	free(manners->buckets);
	manners->buckets = buckets;
	manners->room = room;
	manners->count = needed;
	manners->full_until = 0;
	return true;
}

/* NULL when there is no limit for it. */
static struct bucket *bucket_of(struct manners *manners, const struct allowance *allowance,
	enum kind kind, const uint8_t key[static 16])
{
	struct bucket like = { .kind = kind };

	if (allowance->interval == 0)
		return NULL;
	memcpy(like.key, key, sizeof like.key);
	struct bucket *bucket = find(manners->buckets, manners->room, &like);
	if (bucket->kind == KIND_NONE) {
		*bucket = like;
		manners->count++;
	}
	return bucket;
}

/* --- Tokens --- */

static struct allowance allow(double rate)
{
	struct allowance allowance = { 0, 0 };

	if (rate > 0) {
		/* A day at most between two of them. */
		double interval = 1e6 / rate < 86400e6 ? 1e6 / rate : 86400e6;

		allowance.interval = interval < 1 ? 1 : (uint64_t)interval;
		allowance.burst = rate > 1 ? (uint64_t)((rate - 1) * interval) : 0;
	}
	return allowance;
}

struct manners *manners_new(double per_address, double per_network)
{
	struct manners *manners = calloc(1, sizeof *manners);

	if (!manners)
		return NULL;
	(void)pthread_mutex_init(&manners->lock, NULL);
	manners->address = allow(per_address);
	manners->network = allow(per_network);
	return manners;
}

void manners_free(struct manners *manners)
{
	if (!manners)
		return;
	(void)pthread_mutex_destroy(&manners->lock);
	free(manners->buckets);
	free(manners);
}

/* When there is a token for whoever asks now; not before those that were promised one. */
static uint64_t earliest(
	const struct bucket *bucket, const struct allowance *allowance, bool waited, uint64_t now)
{
	if (!bucket)
		return now;
	bool empty = bucket->full_at > now + allowance->burst;
	uint64_t when = empty ? bucket->full_at - allowance->burst : now;
	if (bucket->promised > now && (empty || !waited) &&
		bucket->promised + allowance->interval > when)
		when = bucket->promised + allowance->interval;
	return when;
}

static void take(struct bucket *bucket, const struct allowance *allowance, uint64_t now)
{
	if (bucket)
		bucket->full_at = (bucket->full_at > now ? bucket->full_at : now) +
				  allowance->interval;
}

static void promise(struct bucket *bucket, uint64_t when, uint64_t now)
{
	if (bucket && when > now && bucket->promised < when)
		bucket->promised = when;
}

static uint64_t ask(
	struct manners *manners, const struct manners_guest *guest, bool waited, uint64_t now)
{
	if (!make_room(manners, now))
		return FULL_US;
	struct bucket *host = bucket_of(manners, &manners->address,
		guest->has_network ? KIND_ADDRESS : KIND_NAME, guest->host);
	struct bucket *network = guest->has_network ? bucket_of(manners, &manners->network,
							      KIND_NETWORK, guest->network)
						    : NULL;
	uint64_t at_host = earliest(host, &manners->address, waited, now);
	uint64_t at_network = earliest(network, &manners->network, waited, now);
	if (at_host <= now && at_network <= now) {
		take(host, &manners->address, now);
		take(network, &manners->network, now);
		return 0;
	}
	promise(host, at_host, now);
	promise(network, at_network, now);
	return (at_host > at_network ? at_host : at_network) - now;
}

uint64_t manners_take(
	struct manners *manners, const struct manners_guest *guest, bool waited, uint64_t now_us)
{
	if (!manners)
		return 0;
	(void)pthread_mutex_lock(&manners->lock);
	uint64_t wait = ask(manners, guest, waited, now_us);
	(void)pthread_mutex_unlock(&manners->lock);
	return wait;
}

size_t manners_buckets(struct manners *manners)
{
	(void)pthread_mutex_lock(&manners->lock);
	size_t count = manners->count;
	(void)pthread_mutex_unlock(&manners->lock);
	return count;
}
