/* SPDX-License-Identifier: MIT */
/*
 * target_json - JSON as the readers of targets need it: values and where they stand
 *
 * jansson tells where a syntax error is, but not where a value was.  A walk
 * goes through the text beside jansson's own tree: the members of an object
 * come in the same order in both, because duplicate keys are refused and
 * jansson keeps the order.  A walk trusts its text: only for what
 * target_json_load() has accepted.
 *
 * For target_json.c, target_inventory.c, target_service.c and target_file.c only.
 */
#ifndef CHECKER_TARGET_TARGET_JSON_H
#define CHECKER_TARGET_TARGET_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "checker/base/attr.h"
#include "checker/limits.h"
#include "checker/target/target_reader.h"

#define TARGET_JSON_TEXTS (LIMIT_LABELS + 8)

static inline void target_json_free(json_t *json)
{
	json_decref(json);
}
DEFINE_CLEANUP(json_t *, target_json_free);

/* The document BYTES; NULL with the fault when they are none. */
json_t *target_json_load(const char *bytes, size_t len, struct target_fault *fault);

struct target_json_walk {
	const char *text;
	size_t len;
	size_t at;
};

/* Into the object or list that begins at AT. */
void target_json_enter(struct target_json_walk *walk, size_t at);

/* Over the next member of an object, or of a list (which has no keys: *RET_KEY is the value). */
void target_json_member(struct target_json_walk *walk, size_t *ret_key, size_t *ret_value);
void target_json_element(struct target_json_walk *walk, size_t *ret_value);

/* Texts of numbers, for as long as a row needs them. */
struct target_json_pool {
	char *texts[TARGET_JSON_TEXTS];
	size_t count;
};

void target_json_pool_release(struct target_json_pool *pool);

/*
 * The text of a scalar VALUE called NAME, borrowed from it or from POOL, into
 * *RET_TEXT: NULL for null and the empty string.  An object or a list is a
 * fault at AT.
 */
MUST_USE bool target_json_text(struct target_json_pool *pool, const char *name, const json_t *value,
	size_t at, const char **ret_text, struct target_fault *fault);

#endif
