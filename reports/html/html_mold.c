/* SPDX-License-Identifier: MIT */
#include "reports/html/html_mold.h"

#include <stdlib.h>
#include <string.h>

/* uthash ends the process when memory runs out, unless told not to. */
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(entry) ((entry)->lost = true)
/* Its own choice of a hash falls through cases, which clang will not have. */
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/text.h"
#include "reports/html/html.h"

#define TEXTS_BYTES (1u << 20) /* of one section */

struct entry {
	struct html_mold mold;
	bool lost; /* memory ran out: it did not get into the table */
	size_t number;
	UT_hash_handle hh;
};

struct html_molds {
	struct entry *by_bytes;
	VEC(struct entry *) all;
	size_t bytes;
};

void html_slots_init(struct html_slots *slots)
{
	*slots = (struct html_slots){ .texts = BUF_INIT(TEXTS_BYTES) };
}

void html_slots_clear(struct html_slots *slots)
{
	slots->holes.count = 0;
	buf_clear(&slots->texts);
}

void html_slots_release(struct html_slots *slots)
{
	free(slots->holes.items);
	buf_release(&slots->texts);
}

void html_slots_add(struct html_slots *slots, size_t hole, const char *text)
{
	if (!vec_reserve(&slots->holes)) {
		slots->failed = true;
		return;
	}
	slots->holes.items[slots->holes.count++] = hole;
	html_visible(&slots->texts, text, strlen(text));
	(void)buf_add_char(&slots->texts, '\0');
	slots->failed |= slots->texts.failed;
}

static void entry_free(struct entry *entry)
{
	if (!entry)
		return;
	free(entry->mold.bytes);
	free(entry->mold.holes);
	free(entry);
}

struct html_molds *html_molds_new(void)
{
	return calloc(1, sizeof(struct html_molds));
}

void html_molds_free(struct html_molds *molds)
{
	if (!molds)
		return;
	HASH_CLEAR(hh, molds->by_bytes);
	for (size_t i = 0; i < molds->all.count; i++)
		entry_free(molds->all.items[i]);
	free(molds->all.items);
	free(molds);
}

static struct entry *entry_new(const struct buf *bytes, const struct html_slots *slots)
{
	struct entry *entry = calloc(1, sizeof *entry);
	size_t count = slots->holes.count;

	if (!entry)
		return NULL;
	entry->mold.bytes = text_copy(bytes->data, bytes->len);
	entry->mold.len = bytes->len;
	entry->mold.holes = calloc(count + 1, sizeof *entry->mold.holes);
	entry->mold.hole_count = count;
	if (!entry->mold.bytes || !entry->mold.holes) {
		entry_free(entry);
		return NULL;
	}
	if (count > 0)
		memcpy(entry->mold.holes, slots->holes.items, count * sizeof *slots->holes.items);
	return entry;
}

/* The holes stand in the bytes, as the mark of their elements, so the bytes are the whole key. */
bool html_molds_find(struct html_molds *molds, const struct buf *bytes,
	const struct html_slots *slots, bool anyway, size_t *ret_number)
{
	struct entry *entry = NULL;

	HASH_FIND(hh, molds->by_bytes, bytes->data, bytes->len, entry);
	if (entry) {
		*ret_number = entry->number;
		return true;
	}
	*ret_number = NO_MOLD;
	if (!anyway &&
		(molds->all.count >= LIMIT_MOLDS || molds->bytes + bytes->len > LIMIT_MOLD_BYTES))
		return true;
	if (!vec_reserve(&molds->all) || !(entry = entry_new(bytes, slots)))
		return false;
	HASH_ADD_KEYPTR(hh, molds->by_bytes, entry->mold.bytes, entry->mold.len, entry);
	if (entry->lost) {
		entry_free(entry);
		return false;
	}
	*ret_number = entry->number = molds->all.count;
	molds->all.items[molds->all.count++] = entry;
	molds->bytes += bytes->len;
	return true;
}

size_t html_molds_count(const struct html_molds *molds)
{
	return molds->all.count;
}

const struct html_mold *html_molds_at(const struct html_molds *molds, size_t number)
{
	return &molds->all.items[number]->mold;
}

void html_cast(const struct html_mold *mold, const char *texts, struct buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < mold->hole_count; i++) {
		size_t len = strlen(texts);

		(void)buf_add(out, mold->bytes + at, mold->holes[i] - at);
		html_escape(out, texts, len);
		at = mold->holes[i];
		texts += len + 1;
	}
	(void)buf_add(out, mold->bytes + at, mold->len - at);
}
