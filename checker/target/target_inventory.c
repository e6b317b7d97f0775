/* SPDX-License-Identifier: MIT */
#include "checker/target/target_inventory.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/target/target_json.h"

#define GROUP_LEVELS 64 /* groups inside groups; people nest five */
#define WORD_BYTES 64   /* of a name in a reason */

void target_inventory_release(struct target_inventory *inventory)
{
	struct target_group *group, *next_group;
	struct target_host *host, *next_host;

	HASH_ITER(hh, inventory->groups, group, next_group)
	{
		HASH_DEL(inventory->groups, group);
		free(group->parents.items);
		free(group);
	}
	HASH_ITER(hh, inventory->hosts, host, next_host)
	{
		HASH_DEL(inventory->hosts, host);
		free(host->groups.items);
		free(host);
	}
	free(inventory->around.items);
	json_decref(inventory->json);
}

static struct target_group *group_of(
	struct target_inventory *inventory, const char *name, size_t at, struct target_fault *fault)
{
	struct target_group *group = NULL;

	HASH_FIND(hh, inventory->groups, name, (unsigned)strlen(name), group);
	if (group)
		return group;
	group = calloc(1, sizeof *group);
	if (group) {
		group->name = name;
		group->at = at;
		HASH_ADD_KEYPTR(hh, inventory->groups, name, (unsigned)strlen(name), group);
		if (group->hh.tbl)
			return group;
		free(group);
	}
	(void)error_set_memory(&fault->why);
	return NULL;
}

static struct target_host *host_of(
	struct target_inventory *inventory, const char *name, size_t at, struct target_fault *fault)
{
	struct target_host *host = NULL;

	HASH_FIND(hh, inventory->hosts, name, (unsigned)strlen(name), host);
	if (host)
		return host;
	host = calloc(1, sizeof *host);
	if (host) {
		host->name = name;
		host->at = at;
		HASH_ADD_KEYPTR(hh, inventory->hosts, name, (unsigned)strlen(name), host);
		if (host->hh.tbl)
			return host;
		free(host);
	}
	(void)error_set_memory(&fault->why);
	return NULL;
}

static struct target_json_walk walk_into(const struct target_inventory *inventory, size_t at)
{
	struct target_json_walk walk = { .text = inventory->piece->text,
		.len = inventory->piece->len };

	target_json_enter(&walk, at);
	return walk;
}

/* "NAME" is not what it must be; NAME may be anything that JSON can hold. */
static bool wrong(const char *name, size_t at, const char *what, struct target_fault *fault)
{
	char word[WORD_BYTES], why[160];

	text_printable(name, strlen(name), word, sizeof word);
	phrase_from(why, sizeof why, what);
	return target_fault_set(fault, at, "\"%s\" %s", word, why);
}

static bool read_hostvars(
	struct target_inventory *inventory, json_t *hostvars, size_t at, struct target_fault *fault)
{
	struct target_json_walk walk = walk_into(inventory, at);
	const char *name;
	json_t *vars;

	if (!json_is_object(hostvars))
		return target_fault_set(fault, at, "\"hostvars\" is not an object");
	json_object_foreach(hostvars, name, vars)
	{
		size_t key_at, value_at;

		target_json_member(&walk, &key_at, &value_at);
		if (!json_is_object(vars))
			return wrong(name, value_at, "has variables that are no object", fault);
		struct target_host *host = host_of(inventory, name, key_at, fault);
		if (!host)
			return false;
		host->vars = vars;
	}
	return true;
}

static bool read_meta(
	struct target_inventory *inventory, json_t *meta, size_t at, struct target_fault *fault)
{
	struct target_json_walk walk = walk_into(inventory, at);
	const char *name;
	json_t *value;

	if (!json_is_object(meta))
		return target_fault_set(fault, at, "\"_meta\" is not an object");
	json_object_foreach(meta, name, value)
	{
		size_t key_at, value_at;

		target_json_member(&walk, &key_at, &value_at);
		if (strcmp(name, "hostvars") == 0 &&
			!read_hostvars(inventory, value, value_at, fault))
			return false;
	}
	return true;
}

static bool group_add_host(struct target_inventory *inventory, struct target_group *group,
	const char *name, size_t at, struct target_fault *fault)
{
	struct target_host *host = host_of(inventory, name, at, fault);

	if (!host)
		return false;
	if (!vec_reserve(&host->groups))
		return error_set_memory(&fault->why);
	host->groups.items[host->groups.count++] = group;
	return true;
}

static bool group_add_child(struct target_inventory *inventory, struct target_group *group,
	const char *name, size_t at, struct target_fault *fault)
{
	struct target_group *child = group_of(inventory, name, at, fault);

	if (!child)
		return false;
	if (!vec_reserve(&child->parents))
		return error_set_memory(&fault->why);
	child->parents.items[child->parents.count++] = group;
	return true;
}

typedef bool group_add(struct target_inventory *inventory, struct target_group *group,
	const char *name, size_t at, struct target_fault *fault);

/* A list of names, of hosts or of groups. */
static bool read_names(struct target_inventory *inventory, struct target_group *group,
	json_t *names, size_t at, group_add *add, struct target_fault *fault)
{
	struct target_json_walk walk = walk_into(inventory, at);
	size_t i;
	json_t *name;

	if (!json_is_array(names))
		return wrong(group->name, at, "has hosts or children that are no list", fault);
	json_array_foreach(names, i, name)
	{
		size_t name_at;

		target_json_element(&walk, &name_at);
		if (!json_is_string(name))
			return wrong(group->name, name_at, "lists what is not a name", fault);
		if (!add(inventory, group, json_string_value(name), name_at, fault))
			return false;
	}
	return true;
}

static bool read_group_object(struct target_inventory *inventory, struct target_group *group,
	json_t *value, size_t at, struct target_fault *fault)
{
	struct target_json_walk walk = walk_into(inventory, at);
	const char *key;
	json_t *part;
	bool known = json_object_size(value) == 0;

	json_object_foreach(value, key, part)
	{
		size_t key_at, part_at;

		target_json_member(&walk, &key_at, &part_at);
		bool is_hosts = strcmp(key, "hosts") == 0, is_vars = strcmp(key, "vars") == 0;
		if (is_hosts || strcmp(key, "children") == 0) {
			if (!read_names(inventory, group, part, part_at,
				    is_hosts ? group_add_host : group_add_child, fault))
				return false;
		} else if (is_vars && !json_is_object(part)) {
			return wrong(group->name, part_at, "has vars that are no object", fault);
		} else if (is_vars) {
			group->vars = part;
		} else {
			continue;
		}
		known = true;
	}
	return known || wrong(group->name, at, "has neither hosts, children nor vars", fault);
}

static bool read_group(struct target_inventory *inventory, const char *name, json_t *value,
	size_t at, struct target_fault *fault)
{
	struct target_group *group = group_of(inventory, name, at, fault);

	if (!group)
		return false;
	if (json_is_array(value))
		return read_names(inventory, group, value, at, group_add_host, fault);
	if (json_is_object(value))
		return read_group_object(inventory, group, value, at, fault);
	return wrong(name, at, "is neither a group nor a list of hosts", fault);
}

/* "_meta" with META, everything else without: it may stand behind the groups. */
static bool read_members(struct target_inventory *inventory, bool meta, struct target_fault *fault)
{
	struct target_json_walk walk = walk_into(inventory, 0);
	const char *name;
	json_t *value;

	json_object_foreach(inventory->json, name, value)
	{
		size_t key_at, value_at;
		bool is_meta = strcmp(name, "_meta") == 0;

		target_json_member(&walk, &key_at, &value_at);
		if (is_meta && meta && !read_meta(inventory, value, value_at, fault))
			return false;
		if (!is_meta && !meta && !read_group(inventory, name, value, value_at, fault))
			return false;
	}
	return true;
}

/* The level of GROUP and of all above it; recursion ends at GROUP_LEVELS or in a loop. */
static bool find_level(struct target_group *group, size_t below, struct target_fault *fault)
{
	size_t level = 1;

	if (group->level != 0)
		return true;
	if (group->is_open)
		return wrong(group->name, group->at, "is a group inside itself", fault);
	if (below >= GROUP_LEVELS)
		return wrong(
			group->name, group->at, "is a group with too many groups around it", fault);
	group->is_open = true;
	for (size_t i = 0; i < group->parents.count; i++) {
		if (!find_level(group->parents.items[i], below + 1, fault))
			return false;
		if (group->parents.items[i]->level >= level)
			level = group->parents.items[i]->level + 1;
	}
	group->is_open = false;
	group->level = level;
	if (level > GROUP_LEVELS)
		return wrong(
			group->name, group->at, "is a group with too many groups around it", fault);
	return true;
}

/* GROUP and those around it that this round has not met. */
static bool gather(struct target_inventory *inventory, struct target_group *group)
{
	if (group->seen == inventory->round)
		return true;
	group->seen = inventory->round;
	if (!vec_reserve(&inventory->around))
		return false;
	inventory->around.items[inventory->around.count++] = group;
	for (size_t i = 0; i < group->parents.count; i++)
		if (!gather(inventory, group->parents.items[i]))
			return false;
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct target_group *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* Every host is in "all". */
bool target_inventory_around(struct target_inventory *inventory, const struct target_host *host,
	struct target_fault *fault)
{
	struct target_group *all = NULL;

	inventory->round++;
	inventory->around.count = 0;
	HASH_FIND(hh, inventory->groups, "all", 3, all);
	if (all && !gather(inventory, all))
		return error_set_memory(&fault->why);
	for (size_t i = 0; i < host->groups.count; i++)
		if (!gather(inventory, host->groups.items[i]))
			return error_set_memory(&fault->why);
	if (inventory->around.count > 1)
		qsort(inventory->around.items, inventory->around.count,
			sizeof *inventory->around.items, by_name);
	return true;
}

/* As Ansible has it: the host's own, then the innermost group's, of equals the last by name. */
json_t *target_inventory_variable(
	const struct target_inventory *inventory, const struct target_host *host, const char *name)
{
	json_t *best = json_object_get(host->vars, name);
	size_t level = 0;

	if (best)
		return best;
	for (size_t i = 0; i < inventory->around.count; i++) {
		const struct target_group *group = inventory->around.items[i];
		json_t *value = json_object_get(group->vars, name);

		if (value && group->level >= level) {
			best = value;
			level = group->level;
		}
	}
	return best;
}

bool target_inventory_load(struct target_inventory *inventory, struct target_fault *fault)
{
	struct target_group *group, *next;

	inventory->json = target_json_load(inventory->piece->text, inventory->piece->len, fault);
	if (!inventory->json)
		return false;
	if (!json_is_object(inventory->json))
		return target_fault_set(fault, 0, "not a JSON object");
	if (!read_members(inventory, true, fault) || !read_members(inventory, false, fault))
		return false;
	HASH_ITER(hh, inventory->groups, group, next)
	{
		if (!find_level(group, 0, fault))
			return false;
	}
	return true;
}
