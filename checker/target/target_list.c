/* SPDX-License-Identifier: MIT */
#include "checker/target/target.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* uthash ends the process when memory runs out, unless told not to. */
#define HASH_NONFATAL_OOM 1
/*
 * Its own choice of a hash falls through cases, which clang will not have, and
 * FNV clusters on names with one ending until uthash gives up on its buckets.
 */
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/limits.h"
#include "checker/target/target_input.h"
#include "checker/target/target_reader.h"

/* A good target by its key. */
struct known {
	struct target *target; /* the list's */
	UT_hash_handle hh;
	char key[];
};

struct target_list {
	VEC(struct target *) targets;
	struct known *known;
	VEC(struct target_origin *) origins;
	size_t duplicates;
	size_t max;
};

struct target_list *target_list_new_bounded(size_t max)
{
	struct target_list *list = calloc(1, sizeof *list);

	if (list)
		list->max = max;
	return list;
}

struct target_list *target_list_new(void)
{
	return target_list_new_bounded(LIMIT_TARGETS);
}

void target_list_free(struct target_list *list)
{
	struct known *known, *next;

	if (!list)
		return;
	HASH_ITER(hh, list->known, known, next)
	{
		HASH_DEL(list->known, known);
		free(known);
	}
	for (size_t i = 0; i < list->targets.count; i++)
		target_unref(list->targets.items[i]);
	free(list->targets.items);
	for (size_t i = 0; i < list->origins.count; i++)
		target_origin_unref(list->origins.items[i]);
	free(list->origins.items);
	free(list);
}

size_t target_list_count(const struct target_list *list)
{
	return list->targets.count;
}

const struct target *target_list_at(const struct target_list *list, size_t index)
{
	assert(index < list->targets.count);
	return list->targets.items[index];
}

size_t target_list_duplicates(const struct target_list *list)
{
	return list->duplicates;
}

/* TARGET belongs to the list when this is true. */
static bool append(struct target_list *list, struct target *target, struct target_fault *fault)
{
	if (list->targets.count >= list->max)
		return error_set(&fault->why, ERROR_LIMIT,
			"there are more than %zu targets; scan them in several runs", list->max);
	if (!vec_reserve(&list->targets))
		return error_set_memory(&fault->why);
	target->number = list->targets.count;
	list->targets.items[list->targets.count++] = target;
	return true;
}

static bool remember(struct target_list *list, const struct target_key *key, struct target *target)
{
	struct known *known = calloc(1, sizeof *known + key->len);

	if (!known)
		return false;
	memcpy(known->key, key->bytes, key->len);
	known->target = target;
	HASH_ADD_KEYPTR(hh, list->known, known->key, (unsigned)key->len, known);
	if (known->hh.tbl)
		return true;
	free(known);
	return false;
}

static bool add_one(struct target_list *list, const struct target_mention *mention,
	const struct target_draft *draft, struct target_fault *fault)
{
	struct known *found = NULL;
	struct target_key key;

	target_key_of(&key, draft);
	HASH_FIND(hh, list->known, key.bytes, (unsigned)key.len, found);
	if (found) {
		list->duplicates++;
		return target_add_labels(found->target, mention->marks, mention->mark_count, fault);
	}
	CLEANUP(target_unrefp)
	struct target *target = target_new(draft, mention->origin, mention->line);
	if (!target)
		return error_set_memory(&fault->why);
	if (!target_add_labels(target, mention->marks, mention->mark_count, fault) ||
		!append(list, target, fault))
		return false;
	struct target *kept = TAKE(target);
	return remember(list, &key, kept) || error_set_memory(&fault->why);
}

static bool on_mention(void *arg, const struct target_mention *mention, struct target_fault *fault)
{
	uint32_t count = target_draft_count(mention->draft);
	struct target_draft draft;

	for (uint32_t i = 0; i < count; i++) {
		target_draft_at(mention->draft, i, &draft);
		if (!add_one(arg, mention, &draft, fault))
			return false;
	}
	return true;
}

static bool on_bad(void *arg, const struct target_bad *bad, struct target_fault *fault)
{
	CLEANUP(target_unrefp)
	struct target *target = target_new_faulty(bad->shown, bad->why, bad->origin, bad->line);

	if (!target)
		return error_set_memory(&fault->why);
	if (!append(arg, target, fault))
		return false;
	(void)TAKE(target);
	return true;
}

static bool reader_init(struct target_reader *reader, struct target_list *list, const char *name,
	const struct target_options *options, struct error *err)
{
	struct target_origin *origin;

	if (!vec_reserve(&list->origins) || !(origin = target_origin_new(name)))
		return error_set_memory(err);
	list->origins.items[list->origins.count++] = origin;
	*reader = (struct target_reader){
		.sink = { .mention = on_mention, .bad = on_bad, .arg = list },
		.options = options,
		.origin = origin,
		.err = err,
	};
	return true;
}

bool target_list_add_argument(struct target_list *list, const char *text, size_t position,
	const struct target_options *options, struct error *err)
{
	struct target_reader reader;

	return reader_init(&reader, list, "command line", options, err) &&
	       target_reader_argument(&reader, text, position);
}

static bool add_file(struct target_list *list, const struct target_file *file,
	const struct target_options *options, struct error *err)
{
	struct target_reader reader;
	bool more = true;

	if (!reader_init(&reader, list, file->name, options, err))
		return false;
	CLEANUP(target_cursor_freep)
	struct target_cursor *cursor = target_cursor_new(file, &reader);
	while (cursor && more)
		if (!target_cursor_step(cursor, &reader, &more))
			return false;
	return cursor;
}

bool target_list_add_bytes(struct target_list *list, const char *name, const char *bytes,
	size_t len, const struct target_options *options, struct error *err)
{
	const struct target_file file = { .name = name, .bytes = bytes, .fd = -1, .size = len };

	return add_file(list, &file, options, err);
}

bool target_list_add_file(struct target_list *list, const char *path,
	const struct target_options *options, struct error *err)
{
	struct target_file file;

	if (!target_file_open(&file, path, path, err))
		return false;
	bool added = add_file(list, &file, options, err);
	target_file_close(&file);
	return added;
}
