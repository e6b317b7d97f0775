/* SPDX-License-Identifier: MIT */
#include "checker/target/target_mentions.h"

#include <stdlib.h>
#include <string.h>

/* uthash ends the process when memory runs out, unless told not to; and its own choice of a hash
 * falls through cases, which clang will not have. */
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/vec.h"
#include "checker/target/target_reader.h"

/* Targets with one host, port and protocol. */
struct service {
	size_t targets;
	UT_hash_handle hh;
	char key[];
};

/* A target of a service that is named again. */
struct kept {
	struct target *target; /* NULL when it was handed out */
	struct service *service;
	UT_hash_handle hh;
	char key[];
};

/* A mention that could not be merged. */
struct refusal {
	size_t mention;
	struct error why;
};

struct target_mentions {
	VEC(uint32_t) hashes; /* of all mentions; then, sorted, of those that came again */
	struct kept *kept;
	struct service *services;
	VEC(struct refusal) refusals;
	size_t refused; /* of them, found again in the third reading */
	size_t mention; /* the next one's number in this reading */
	size_t bad;
	size_t count, duplicates;
};

struct target_mentions *target_mentions_new(void)
{
	return calloc(1, sizeof(struct target_mentions));
}

static void service_free(struct target_mentions *mentions, struct service *service)
{
	HASH_DEL(mentions->services, service);
	free(service);
}

void target_mentions_free(struct target_mentions *mentions)
{
	struct kept *kept, *next_kept;
	struct service *service, *next_service;

	if (!mentions)
		return;
	HASH_ITER(hh, mentions->kept, kept, next_kept)
	{
		HASH_DEL(mentions->kept, kept);
		target_unref(kept->target);
		free(kept);
	}
	HASH_ITER(hh, mentions->services, service, next_service)
	{
		service_free(mentions, service);
	}
	free(mentions->hashes.items);
	free(mentions->refusals.items);
	free(mentions);
}

/* FNV-1a, its halves folded: addresses of one network differ in their last bytes only. */
static uint32_t hash_of(const struct target_key *key)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < key->service; i++)
		hash = (hash ^ (unsigned char)key->bytes[i]) * 0x100000001b3;
	return (uint32_t)(hash ^ hash >> 32);
}

static bool check_count(const struct target_mentions *mentions, struct target_fault *fault)
{
	if (mentions->hashes.count + mentions->bad < LIMIT_TARGETS)
		return true;
	return error_set(&fault->why, ERROR_LIMIT,
		"there are more than %u targets; scan them in several runs", LIMIT_TARGETS);
}

bool target_mentions_survey(struct target_mentions *mentions, const struct target_mention *mention,
	struct target_fault *fault)
{
	uint32_t count = target_draft_count(mention->draft);
	struct target_draft draft;
	struct target_key key;

	for (uint32_t i = 0; i < count; i++) {
		if (!check_count(mentions, fault))
			return false;
		if (!vec_reserve(&mentions->hashes))
			return error_set_memory(&fault->why);
		target_draft_at(mention->draft, i, &draft);
		target_key_of(&key, &draft);
		mentions->hashes.items[mentions->hashes.count++] = hash_of(&key);
	}
	return true;
}

bool target_mentions_survey_bad(struct target_mentions *mentions, struct target_fault *fault)
{
	if (!check_count(mentions, fault))
		return false;
	mentions->bad++;
	return true;
}

/*
 * Radix exchange, most significant bit first: in place, where qsort() may take as much memory
 * again, and at most 32 calls deep whatever the hashes are.
 */
static void sort_bits(uint32_t *items, size_t count, unsigned bit)
{
	size_t low = 0, high = count;

	while (low < high) {
		if (items[low] >> bit & 1) {
			uint32_t other = items[--high];
			items[high] = items[low];
			items[low] = other;
		} else {
			low++;
		}
	}
	if (bit == 0)
		return;
	if (low > 1)
		sort_bits(items, low, bit - 1);
	if (count - low > 1)
		sort_bits(items + low, count - low, bit - 1);
}

bool target_mentions_sort(struct target_mentions *mentions)
{
	uint32_t *items = mentions->hashes.items;
	size_t count = mentions->hashes.count, again = 0;

	mentions->count = count + mentions->bad;
	if (count > 1)
		sort_bits(items, count, 31);
	for (size_t i = 1; i < count; i++)
		if (items[i] == items[i - 1] && (again == 0 || items[again - 1] != items[i]))
			items[again++] = items[i];
	mentions->hashes.count = again;
	if (again == 0) {
		free(items);
		mentions->hashes.items = NULL;
		mentions->hashes.room = 0;
		return false;
	}
	uint32_t *shrunk = realloc(items, again * sizeof *items);
	if (shrunk) {
		mentions->hashes.items = shrunk;
		mentions->hashes.room = again;
	}
	mentions->count = 0;
	return true;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool came_again(const struct target_mentions *mentions, const struct target_key *key)
{
	uint32_t hash = hash_of(key);

	return mentions->hashes.count > 0 &&
	       bsearch(&hash, mentions->hashes.items, mentions->hashes.count, sizeof hash, compare);
}

static struct kept *find(struct target_mentions *mentions, const struct target_key *key)
{
	struct kept *kept = NULL;

	HASH_FIND(hh, mentions->kept, key->bytes, (unsigned)key->len, kept);
	return kept;
}

static struct service *service_of(struct target_mentions *mentions, const struct target_key *key)
{
	struct service *service = NULL;

	HASH_FIND(hh, mentions->services, key->bytes, (unsigned)key->service, service);
	if (service)
		return service;
	service = calloc(1, sizeof *service + key->service);
	if (!service)
		return NULL;
	memcpy(service->key, key->bytes, key->service);
	HASH_ADD_KEYPTR(hh, mentions->services, service->key, (unsigned)key->service, service);
	if (service->hh.tbl)
		return service;
	free(service);
	return NULL;
}

/* Keeps TARGET, which is taken over when this is true. */
static bool keep(
	struct target_mentions *mentions, const struct target_key *key, struct target *target)
{
	struct service *service = service_of(mentions, key);
	struct kept *kept = service ? calloc(1, sizeof *kept + key->len) : NULL;

	if (!kept)
		return false;
	memcpy(kept->key, key->bytes, key->len);
	HASH_ADD_KEYPTR(hh, mentions->kept, kept->key, (unsigned)key->len, kept);
	if (!kept->hh.tbl) {
		free(kept);
		return false;
	}
	kept->target = target;
	kept->service = service;
	service->targets++;
	mentions->count++;
	return true;
}

static bool refuse(struct target_mentions *mentions, const struct target_fault *fault)
{
	if (fault->why.code != ERROR_SYNTAX || !vec_reserve(&mentions->refusals))
		return false;
	mentions->refusals.items[mentions->refusals.count++] = (struct refusal){
		.mention = mentions->mention - 1, .why = fault->why
	};
	return false;
}

static bool collect_one(struct target_mentions *mentions, const struct target_mention *mention,
	const struct target_draft *draft, struct target_fault *fault)
{
	struct target_key key;

	mentions->mention++;
	target_key_of(&key, draft);
	if (!came_again(mentions, &key)) {
		mentions->count++;
		return true;
	}
	struct kept *kept = find(mentions, &key);
	if (kept) {
		mentions->duplicates++;
		return target_add_labels(
			       kept->target, mention->marks, mention->mark_count, fault) ||
		       refuse(mentions, fault);
	}
	CLEANUP(target_unrefp)
	struct target *target = target_new(draft, mention->origin, mention->line);
	if (!target || !target_add_labels(target, mention->marks, mention->mark_count, fault) ||
		!keep(mentions, &key, target))
		return error_set_memory(&fault->why);
	(void)TAKE(target);
	return true;
}

bool target_mentions_collect(struct target_mentions *mentions, const struct target_mention *mention,
	struct target_fault *fault)
{
	uint32_t count = target_draft_count(mention->draft);
	struct target_draft draft;

	for (uint32_t i = 0; i < count; i++) {
		target_draft_at(mention->draft, i, &draft);
		if (!collect_one(mentions, mention, &draft, fault))
			return false;
	}
	return true;
}

void target_mentions_collect_bad(struct target_mentions *mentions)
{
	mentions->count++;
}

void target_mentions_settle(
	struct target_mentions *mentions, size_t *ret_count, size_t *ret_duplicates)
{
	struct service *service, *next;

	for (struct kept *kept = mentions->kept; kept; kept = kept->hh.next)
		kept->target->mates = kept->service->targets;
	HASH_ITER(hh, mentions->services, service, next)
	{
		service_free(mentions, service);
	}
	mentions->mention = 0;
	*ret_count = mentions->count;
	*ret_duplicates = mentions->duplicates;
}

uint32_t target_mentions_pass(struct target_mentions *mentions,
	const struct target_mention *mention, struct target_fault *fault)
{
	uint32_t count = target_draft_count(mention->draft);

	if (mentions->refused < mentions->refusals.count) {
		const struct refusal *next = &mentions->refusals.items[mentions->refused];
		size_t before = next->mention - mentions->mention;

		if (before < count) {
			mentions->mention = next->mention + 1;
			mentions->refused++;
			fault->why = next->why;
			return (uint32_t)before;
		}
	}
	mentions->mention += count;
	return count;
}

bool target_mentions_take(struct target_mentions *mentions, const struct target_draft *draft,
	uint32_t index, struct target **ret_target)
{
	struct target_draft one;
	struct target_key key;

	if (mentions->hashes.count == 0)
		return false;
	target_draft_at(draft, index, &one);
	target_key_of(&key, &one);
	struct kept *kept = came_again(mentions, &key) ? find(mentions, &key) : NULL;
	if (!kept)
		return false;
	*ret_target = TAKE(kept->target);
	return true;
}
