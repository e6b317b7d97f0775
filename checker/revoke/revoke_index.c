/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke_index.h"

#include <stdlib.h>
#include <string.h>

#include "checker/cert/cert.h"

/* RFC 5280, 4.1.2.2: conforming authorities use no more. */
#define SERIAL_BYTES 20
#define DIGESTED 0xff /* in place of a length */

#define OWNER_BYTES 2
#define DATE_BYTES 5
#define DATE_BIAS (INT64_C(1) << 39) /* so that 1950 and 9999 both fit into 40 bits */
#define KEY_MAX (1 + SERIAL_BYTES + OWNER_BYTES)
#define RECORD_MAX (KEY_MAX + DATE_BYTES + 1)

/* As many are quicker put in order by moving each to its place. */
#define FEW 16

/* A record: length, serial padded with zeros to `width`, owner; then date and reason. */
struct revoke_index {
	uint8_t *records;
	size_t count, room;
	size_t width, key, stride;
};

struct revoke_index *revoke_index_new(size_t count, size_t width)
{
	struct revoke_index *index = calloc(1, sizeof *index);

	if (!index)
		return NULL;
	index->width = width < SERIAL_BYTES ? width : SERIAL_BYTES;
	index->key = 1 + index->width + OWNER_BYTES;
	index->stride = index->key + DATE_BYTES + 1;
	index->room = count;
	index->records = count > SIZE_MAX / RECORD_MAX ? NULL : malloc(count * index->stride + 1);
	if (index->records)
		return index;
	free(index);
	return NULL;
}

void revoke_index_free(struct revoke_index *index)
{
	if (!index)
		return;
	free(index->records);
	free(index);
}

/* False for a serial number that is longer than any in the index. */
static bool make_key(const struct revoke_index *index, const uint8_t *serial, size_t len,
	unsigned owner, uint8_t key[static KEY_MAX])
{
	uint8_t digest[FINGERPRINT_BYTES];
	bool is_long = len > SERIAL_BYTES;

	if (is_long) {
		fingerprint_of(serial, len, digest);
		serial = digest;
		len = SERIAL_BYTES;
	}
	if (len > index->width)
		return false;
	memset(key, 0, KEY_MAX);
	key[0] = is_long ? DIGESTED : (uint8_t)len;
	memcpy(key + 1, serial, len);
	key[1 + index->width] = (uint8_t)(owner >> 8);
	key[2 + index->width] = (uint8_t)owner;
	return true;
}

void revoke_index_add(struct revoke_index *index, const uint8_t *serial, size_t len,
	const struct revoke_entry *entry)
{
	uint8_t key[KEY_MAX];
	uint64_t date = (uint64_t)(entry->since.seconds + DATE_BIAS);

	if (index->count == index->room || !make_key(index, serial, len, entry->owner, key))
		return;
	uint8_t *at = index->records + index->count++ * index->stride;

	memcpy(at, key, index->key);
	at += index->key;
	for (int i = DATE_BYTES - 1; i >= 0; i--)
		*at++ = (uint8_t)(date >> 8 * i);
	*at = (uint8_t)(entry->reason + 1);
}

/* --- Sorting --- */

static void swap(uint8_t *a, uint8_t *b, size_t len)
{
	uint8_t held[RECORD_MAX];

	memcpy(held, a, len);
	memcpy(a, b, len);
	memcpy(b, held, len);
}

static void insert_each(const struct revoke_index *index, uint8_t *at, size_t count, size_t from)
{
	size_t stride = index->stride;

	for (size_t i = 1; i < count; i++)
		for (uint8_t *one = at + i * stride;
			one > at && memcmp(one - stride + from, one + from, index->key - from) > 0;
			one -= stride)
			swap(one - stride, one, stride);
}

/*
 * Records into the order of their octet at FROM, in place: each goes where its octet's records
 * begin, and what stood there goes on ("American flag sort", McIlroy, Bostic, McIlroy 1993).
 */
static void deal(
	const struct revoke_index *index, uint8_t *at, size_t from, const size_t begins[static 257])
{
	size_t next[256], stride = index->stride;

	memcpy(next, begins, sizeof next);
	for (size_t octet = 0; octet < 256; octet++) {
		while (next[octet] < begins[octet + 1]) {
			uint8_t *one = at + next[octet] * stride;
			size_t belongs = one[from];

			if (belongs != octet)
				swap(one, at + next[belongs] * stride, stride);
			next[belongs]++;
		}
	}
}

/* Goes as deep as a key is long. */
static void sort(const struct revoke_index *index, uint8_t *at, size_t count, size_t from)
{
	size_t begins[257] = { 0 };

	if (from == index->key || count < 2)
		return;
	if (count <= FEW) {
		insert_each(index, at, count, from);
		return;
	}
	for (size_t i = 0; i < count; i++)
		begins[at[i * index->stride + from] + 1]++;
	for (size_t octet = 0; octet < 256; octet++)
		begins[octet + 1] += begins[octet];
	deal(index, at, from, begins);
	for (size_t octet = 0; octet < 256; octet++)
		sort(index, at + begins[octet] * index->stride, begins[octet + 1] - begins[octet],
			from + 1);
}

/* --- Reading records --- */

static struct revoke_entry entry_at(const struct revoke_index *index, const uint8_t *record)
{
	const uint8_t *at = record + index->key;
	uint64_t date = 0;

	for (size_t i = 0; i < DATE_BYTES; i++)
		date = date << 8 | *at++;
	return (struct revoke_entry){
		.owner = (unsigned)record[index->key - 2] << 8 | record[index->key - 1],
		.since.seconds = (int64_t)date - DATE_BIAS,
		.reason = *at - 1,
	};
}

static bool is_graver(const struct revoke_index *index, const uint8_t *a, const uint8_t *b)
{
	struct revoke_entry one = entry_at(index, a), two = entry_at(index, b);

	if ((one.reason == REVOKE_REASON_REMOVED) != (two.reason == REVOKE_REASON_REMOVED))
		return two.reason == REVOKE_REASON_REMOVED;
	return one.since.seconds < two.since.seconds;
}

static void drop_repeated(struct revoke_index *index)
{
	size_t kept = 1; /* there is one at least */

	for (size_t i = 1; i < index->count; i++) {
		uint8_t *one = index->records + i * index->stride;
		uint8_t *last = index->records + (kept - 1) * index->stride;

		if (memcmp(last, one, index->key) != 0)
			memmove(index->records + kept++ * index->stride, one, index->stride);
		else if (is_graver(index, one, last))
			memcpy(last, one, index->stride);
	}
	index->count = kept;
}

void revoke_index_settle(struct revoke_index *index)
{
	sort(index, index->records, index->count, 0);
	if (index->count > 0)
		drop_repeated(index);
}

size_t revoke_index_count(const struct revoke_index *index)
{
	return index->count;
}

bool revoke_index_find(const struct revoke_index *index, const uint8_t *serial, size_t len,
	struct revoke_entry *entry)
{
	uint8_t key[KEY_MAX];
	size_t low = 0, high = index->count;

	if (!make_key(index, serial, len, entry->owner, key))
		return false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const uint8_t *at = index->records + middle * index->stride;
		int order = memcmp(key, at, index->key);

		if (order == 0) {
			*entry = entry_at(index, at);
			return true;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}
