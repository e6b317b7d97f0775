/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan_places.h"

#include <stdlib.h>
#include <string.h>

/* uthash ends the process when memory runs out, unless told not to. */
#define HASH_NONFATAL_OOM 1
/* Its own choice of a hash falls through cases, which clang will not have. */
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/text.h"

struct entry {
	char *text;
	size_t place;
	UT_hash_handle hh;
};

struct plan_places {
	struct entry *all;
};

struct plan_places *plan_places_new(void)
{
	return calloc(1, sizeof(struct plan_places));
}

void plan_places_free(struct plan_places *places)
{
	struct entry *entry, *next;

	if (!places)
		return;
	HASH_ITER(hh, places->all, entry, next)
	{
		HASH_DEL(places->all, entry);
		free(entry->text);
		free(entry);
	}
	free(places);
}

bool plan_places_find(const struct plan_places *places, const char *text, size_t *ret_place)
{
	struct entry *entry;

	HASH_FIND(hh, places->all, text, strlen(text), entry);
	if (entry)
		*ret_place = entry->place;
	return entry;
}

bool plan_places_add(struct plan_places *places, const char *text, size_t place)
{
	struct entry *entry = calloc(1, sizeof *entry);
	size_t len = strlen(text);

	if (entry && (entry->text = text_copy(text, len))) {
		entry->place = place;
		HASH_ADD_KEYPTR(hh, places->all, entry->text, len, entry);
		if (entry->hh.tbl)
			return true;
		free(entry->text);
	}
	free(entry);
	return false;
}
