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
#include "checker/base/heap.h"
#include "checker/base/vec.h"
#include "checker/target/target.h"
#include "rules/check/checks.h"
#include "rules/inspection.h"
#include "rules/verdict.h"

#define KEY_BYTES 512

/* A target that has only some of its results yet. */
struct part {
	size_t number; /* of the target; each address may have a target of its own */
	size_t count;
};

/* One host, port and protocol, from its first verdict until all its addresses are in. */
struct group {
	char key[KEY_BYTES];
	size_t targets_done; /* lines of the list that name it and have all their results */
	VEC(struct part) parts;
	VEC(struct verdict *) waiting;
	UT_hash_handle hh;
};

struct fleet {
	const struct profile *profile;
	struct fleet_sink sink;
	struct group *groups;
	struct inspection *inspection;
};

static void group_free(struct group *group)
{
	for (size_t i = 0; i < group->waiting.count; i++)
		verdict_free(group->waiting.items[i]);
	free(group->waiting.items);
	free(group->parts.items);
	free(group);
}

struct fleet *fleet_new(const struct profile *profile, struct fleet_sink sink)
{
	struct fleet *fleet = calloc(1, sizeof *fleet);

	if (!fleet)
		return NULL;
	*fleet = (struct fleet){ .profile = profile, .sink = sink, .inspection = inspection_new() };
	if (fleet->inspection)
		return fleet;
	free(fleet);
	return NULL;
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
	inspection_free(fleet->inspection);
	free(fleet);
}

static void make_key(const struct target *target, char key[static KEY_BYTES])
{
	(void)snprintf(key, KEY_BYTES, "%s %u %s", protocol_info(target->protocol)->name,
		(unsigned)target->port, target->host);
}

/* The group that waits for verdicts of TARGET, a new one if need be. */
static struct group *group_of(struct fleet *fleet, const struct target *target)
{
	char key[KEY_BYTES];
	struct group *group;

	make_key(target, key);
	HASH_FIND_STR(fleet->groups, key, group);
	if (group)
		return group;
	group = calloc(1, sizeof *group);
	if (!group)
		return NULL;
	memcpy(group->key, key, strlen(key) + 1);
	HASH_ADD_STR(fleet->groups, key, group);
	if (group->hh.tbl)
		return group;
	group_free(group);
	return NULL;
}

/* What a finding says must not depend on which address was the first to answer.  The shorter one
 * first, so that .9 stands before .10. */
static int by_address(const void *a, const void *b)
{
	const char *left = (*(const struct verdict *const *)a)->address;
	const char *right = (*(const struct verdict *const *)b)->address;
	size_t left_length = strlen(left), right_length = strlen(right);

	if (left_length != right_length)
		return left_length < right_length ? -1 : 1;
	return strcmp(left, right);
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
		qsort(served.items, served.count, sizeof(struct verdict *), by_address);
#define RULE_ENDPOINT(symbol)
#define RULE_FLEET(symbol)
#define RULE_LEAF(symbol)
#define RULE_LOOKS(symbol)
#define RULE_SERVICE(symbol) (void)check_##symbol(&service);
#define RULE(symbol, id, severity, subject, reference) RULE_##subject(symbol)
#include "rules/rules.def"
#undef RULE
#undef RULE_ENDPOINT
#undef RULE_FLEET
#undef RULE_LEAF
#undef RULE_LOOKS
#undef RULE_SERVICE
		for (size_t i = 0; i < served.count; i++) {
			verdict_grade(served.items[i], fleet->profile);
			verdict_settle(served.items[i]);
		}
	}
	free(served.items);
}

static struct inspection_sink inspection_sink(const struct fleet *fleet)
{
	return (struct inspection_sink){ fleet->sink.done, fleet->sink.arg };
}

/* On its way out, unless a middlebox may have answered. */
static bool pass_on(struct fleet *fleet, struct verdict *const *verdicts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (inspection_concerns(fleet->inspection, verdicts[i]))
			return inspection_add(
				fleet->inspection, verdicts, count, inspection_sink(fleet));
	fleet->sink.done(fleet->sink.arg, verdicts, count);
	return true;
}

static bool flush(struct fleet *fleet, struct group *group)
{
	compare(fleet, group);
	HASH_DEL(fleet->groups, group);
	bool good = pass_on(fleet, group->waiting.items, group->waiting.count);
	group->waiting.count = 0;
	group_free(group);
	return good;
}

static struct part *part_of(struct group *group, const struct target *target)
{
	for (size_t i = 0; i < group->parts.count; i++)
		if (group->parts.items[i].number == target->number)
			return &group->parts.items[i];
	if (!vec_reserve(&group->parts))
		return NULL;
	struct part *part = &group->parts.items[group->parts.count++];
	*part = (struct part){ .number = target->number, .count = 0 };
	return part;
}

/* Counts the results of VERDICT's target; *RET_DONE when it was the last. */
static bool count_in(struct group *group, const struct verdict *verdict, bool *ret_done)
{
	*ret_done = verdict->addresses <= 1;
	if (*ret_done)
		return true;
	struct part *part = part_of(group, verdict->target);
	if (!part)
		return false;
	*ret_done = ++part->count >= verdict->addresses;
	if (*ret_done)
		*part = group->parts.items[--group->parts.count];
	return true;
}

bool fleet_know(struct fleet *fleet, const char *subject)
{
	return inspection_know(fleet->inspection, subject);
}

static bool is_one_of_many(const struct verdict *verdict)
{
	return verdict->addresses > 1 || verdict->target->mates > 1;
}

bool fleet_concerns(const struct fleet *fleet, const struct verdict *verdict)
{
	return is_one_of_many(verdict) || inspection_concerns(fleet->inspection, verdict);
}

bool fleet_add(struct fleet *fleet, struct verdict *verdict, struct error *err)
{
	if (!is_one_of_many(verdict))
		return pass_on(fleet, &verdict, 1) || error_set_memory(err);
	struct group *group = group_of(fleet, verdict->target);
	bool done;
	if (!group || !vec_reserve(&group->waiting) || !count_in(group, verdict, &done)) {
		verdict_free(verdict);
		return error_set_memory(err);
	}
	group->waiting.items[group->waiting.count++] = verdict;
	group->targets_done += done;
	if (done && group->targets_done >= verdict->target->mates)
		return flush(fleet, group) || error_set_memory(err);
	return true;
}

bool fleet_finish(struct fleet *fleet)
{
	if (!fleet->groups)
		return inspection_finish(fleet->inspection, inspection_sink(fleet));
	/* The run asks for it at its end. */
	if (!flush(fleet, fleet->groups))
		heap_note();
	return true;
}
