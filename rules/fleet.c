/* SPDX-License-Identifier: MIT */
#include "rules/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A failed allocation is an error here, not the end of the program; and uthash's own hash
 * function has a switch that falls through, of which clang warns. */
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/base/vec.h"
#include "checker/target.h"
#include "rules/checks.h"
#include "rules/verdict.h"

/* One host, port and protocol, until all its addresses are in. */
struct group {
	char *key;
	size_t targets; /* lines of the list that name it */
	size_t targets_done;
	VEC(struct verdict *) waiting;
	UT_hash_handle hh;
};

struct fleet {
	const struct profile *profile;
	void (*done)(void *arg, struct verdict *verdict);
	void *arg;
	struct group *groups;
};

static void group_free(struct group *group)
{
	for (size_t i = 0; i < group->waiting.count; i++)
		verdict_free(group->waiting.items[i]);
	free(group->waiting.items);
	free(group->key);
	free(group);
}

struct fleet *fleet_new(
	const struct profile *profile, void (*done)(void *arg, struct verdict *verdict), void *arg)
{
	struct fleet *fleet = calloc(1, sizeof *fleet);

	if (fleet)
		*fleet = (struct fleet){ .profile = profile, .done = done, .arg = arg };
	return fleet;
}

void fleet_free(struct fleet *fleet)
{
	struct group *group, *next;

	if (!fleet)
		return;
	HASH_ITER(hh, fleet->groups, group, next)
	{
		HASH_DEL(fleet->groups, group);
		group_free(group);
	}
	free(fleet);
}

#define KEY_BYTES 512

static void make_key(const struct target *target, char key[static KEY_BYTES])
{
	(void)snprintf(key, KEY_BYTES, "%s %u %s", protocol_info(target->protocol)->name,
		(unsigned)target->port, target->host);
}

static struct group *find_group(struct fleet *fleet, const struct target *target)
{
	char key[KEY_BYTES];
	struct group *group;

	make_key(target, key);
	HASH_FIND_STR(fleet->groups, key, group);
	return group;
}

bool fleet_expect(struct fleet *fleet, const struct target *target, struct error *err)
{
	char key[KEY_BYTES];
	struct group *group = find_group(fleet, target);

	if (group) {
		group->targets++;
		return true;
	}
	make_key(target, key);
	group = calloc(1, sizeof *group);
	if (group)
		group->key = text_copy(key, strlen(key));
	if (!group || !group->key) {
		free(group);
		return error_set_memory(err);
	}
	group->targets = 1;
	HASH_ADD_KEYPTR(hh, fleet->groups, group->key, strlen(group->key), group);
	if (!group->hh.tbl) {
		group_free(group);
		return error_set_memory(err);
	}
	return true;
}

static void compare(struct fleet *fleet, struct group *group)
{
	VEC(struct verdict *) served = { 0 };

	for (size_t i = 0; i < group->waiting.count; i++) {
		struct verdict *verdict = group->waiting.items[i];
		if (verdict->status != STATUS_UNREACHABLE && vec_reserve(&served))
			served.items[served.count++] = verdict;
	}
	if (served.count > 1) {
		struct service service = { .verdicts = served.items, .count = served.count };
#define RULE_ENDPOINT(symbol)
#define RULE_LEAF(symbol)
#define RULE_SERVICE(symbol) (void)check_##symbol(&service);
#define RULE(symbol, id, severity, subject, reference) RULE_##subject(symbol)
#include "rules/rules.def"
#undef RULE
#undef RULE_ENDPOINT
#undef RULE_LEAF
#undef RULE_SERVICE
		for (size_t i = 0; i < served.count; i++) {
			verdict_grade(served.items[i], fleet->profile);
			verdict_settle(served.items[i]);
		}
	}
	free(served.items);
}

static void flush(struct fleet *fleet, struct group *group)
{
	compare(fleet, group);
	HASH_DEL(fleet->groups, group);
	for (size_t i = 0; i < group->waiting.count; i++)
		fleet->done(fleet->arg, group->waiting.items[i]);
	group->waiting.count = 0;
	group_free(group);
}

/* How many results of that target are in, and how many there will be. */
static bool is_target_done(const struct group *group, const struct verdict *last)
{
	size_t count = 0, expected = last->addresses ? last->addresses : 1;

	for (size_t i = 0; i < group->waiting.count; i++)
		count += group->waiting.items[i]->target == last->target;
	return count >= expected;
}

bool fleet_add(struct fleet *fleet, struct verdict *verdict, struct error *err)
{
	struct group *group = find_group(fleet, verdict->target);

	if (!group) {
		fleet->done(fleet->arg, verdict);
		return true;
	}
	if (!vec_reserve(&group->waiting)) {
		verdict_free(verdict);
		return error_set_memory(err);
	}
	group->waiting.items[group->waiting.count++] = verdict;
	if (is_target_done(group, verdict) && ++group->targets_done == group->targets)
		flush(fleet, group);
	return true;
}

void fleet_finish(struct fleet *fleet)
{
	struct group *group, *next;

	HASH_ITER(hh, fleet->groups, group, next)
	{
		if (group->waiting.count > 0)
			flush(fleet, group);
	}
}
