/* SPDX-License-Identifier: MIT */
#include "reports/timeline/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/target/target.h"
#include "reports/digest_text.h"
#include "rules/inspection.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"

static const char *const kind_names[TIMELINE_KIND_COUNT] = { "leaf-ends", "path-ends", "deadline",
	"waiver-ends", "revocation-expected", "client-auth-ends", "validity-rule" };

const char *timeline_kind_name(enum timeline_kind kind)
{
	return kind_names[kind];
}

int64_t timeline_days(const struct timeline *timeline, const struct timeline_event *event)
{
	return instant_days_between(timeline->as_of, event->day);
}

static void event_free(struct timeline_event *event)
{
	for (size_t i = 0; i < event->name_count; i++)
		free(event->names[i]);
	for (size_t i = 0; i < event->owner_count; i++)
		free(event->owners[i].name);
	free(event);
}

void timeline_release(struct timeline *timeline)
{
	for (size_t i = 0; i < timeline->events.count; i++)
		event_free(timeline->events.items[i]);
	free(timeline->events.items);
	free(timeline->service);
}

static int compare(const struct timeline_event *a, const struct timeline_event *b)
{
	if (a->day.seconds != b->day.seconds)
		return a->day.seconds < b->day.seconds ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->subject, b->subject);
}

/* The place at which one like WANTED is, or has to be. */
static size_t place_of(const struct timeline *timeline, const struct timeline_event *wanted)
{
	size_t low = 0, high = timeline->events.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(timeline->events.items[middle], wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* False only when memory runs out; *RET_EVENT is NULL where there is nothing to be kept. */
static bool find(struct timeline *timeline, const struct timeline_event *wanted,
	struct timeline_event **ret_event)
{
	size_t place = place_of(timeline, wanted), count = timeline->events.count;
	struct timeline_event **items = timeline->events.items;

	*ret_event = NULL;
	if (place < count && compare(items[place], wanted) == 0) {
		*ret_event = items[place];
		return true;
	}
	if (timeline_days(timeline, wanted) > TIMELINE_DAYS)
		return true;
	if (count >= TIMELINE_EVENTS) {
		timeline->dropped++;
		return true;
	}
	struct timeline_event *event = malloc(sizeof *event);
	if (!event || !vec_reserve(&timeline->events)) {
		free(event);
		return false;
	}
	*event = *wanted;
	items = timeline->events.items;
	memmove(items + place + 1, items + place,
		(count - place) * sizeof(struct timeline_event *));
	items[place] = *ret_event = event;
	timeline->events.count++;
	return true;
}

static bool count_owner(struct timeline_event *event, const char *label)
{
	char *name = digest_text(label);

	if (!name)
		return false;
	for (size_t i = 0; i < event->owner_count; i++) {
		if (strcmp(event->owners[i].name, name) == 0) {
			event->owners[i].services++;
			free(name);
			return true;
		}
	}
	if (event->owner_count < TIMELINE_OWNERS) {
		event->owners[event->owner_count++] = (struct timeline_owner){ name, 1 };
		return true;
	}
	event->other_services++;
	free(name);
	return true;
}

/* Counts the service that is being added, once for each event. */
static bool note(struct timeline *timeline, const struct verdict *verdict, enum timeline_kind kind,
	struct instant day, const char *subject)
{
	struct timeline_event wanted = {
		.day = instant_day(day), .kind = kind, .subject = subject
	};
	const char *owner = target_label(verdict->target, "owner");
	struct timeline_event *event;

	if (!find(timeline, &wanted, &event))
		return false;
	if (!event || event->last == timeline->number)
		return true;
	event->last = timeline->number;
	event->services++;
	if (event->name_count < TIMELINE_NAMES) {
		event->names[event->name_count] = digest_text(timeline->service);
		if (!event->names[event->name_count++])
			return event->name_count--, false;
	}
	return !owner || !*owner || count_owner(event, owner);
}

bool timeline_init(struct timeline *timeline, const struct profile *profile, struct instant as_of,
	enum language language, struct error *err)
{
	*timeline = (struct timeline){
		.profile = profile, .as_of = instant_day(as_of), .language = language
	};
	for (size_t i = 0; i < profile->leaf.validity_count; i++) {
		const struct profile_validity *row = &profile->leaf.validity[i];
		struct timeline_event *event, wanted = { .day = instant_day(row->from),
			.kind = TIMELINE_VALIDITY_RULE,
			.subject = "",
			.max_days = row->max_days };

		if (row->from.seconds > as_of.seconds && !find(timeline, &wanted, &event))
			return error_set_memory(err);
	}
	return true;
}

/* Its leaf, and what ends before that; of a further look there may be no more than a chain. */
static bool note_ends(
	struct timeline *timeline, const struct verdict *verdict, const struct verdict *seen)
{
	const struct cert *leaf = verdict_leaf(seen);

	if (!leaf || !leaf->readable)
		return true;
	if (!note(timeline, verdict, TIMELINE_LEAF_ENDS, leaf->not_after, ""))
		return false;
	for (size_t i = 0; i < seen->path_count; i++) {
		const struct verdict_path *path = &seen->paths[i];

		if (path->trusted == ANSWER_YES && path->has_until &&
			path->until.seconds < leaf->not_after.seconds &&
			!note(timeline, verdict, TIMELINE_PATH_ENDS, path->until, path->store))
			return false;
	}
	return true;
}

/* Those whose day is noted for what it is, not for the finding that warns of it. */
static bool is_end(enum rule_id rule)
{
	return rule == RULE_leaf_expired || rule == RULE_leaf_expires_soon ||
	       rule == RULE_trust_path_ends;
}

static bool note_finding(
	struct timeline *timeline, const struct verdict *verdict, const struct finding *finding)
{
	const struct profile_leaf *leaf = &timeline->profile->leaf;
	const char *rule = rule_at(finding->rule)->id;

	if (finding->waived.is)
		return note(timeline, verdict, TIMELINE_WAIVER_ENDS, finding->waived.until, rule);
	if (finding->rule == RULE_migration_leaf_client_auth && leaf->has_client_auth_until) {
		struct instant after = { leaf->client_auth_until.seconds + SECONDS_A_DAY };
		return note(timeline, verdict, TIMELINE_CLIENT_AUTH_ENDS, after, "");
	}
	return !finding->has_due || is_end(finding->rule) ||
	       note(timeline, verdict, TIMELINE_DEADLINE, finding->due, rule);
}

static bool serves(const struct verdict *verdict, const char *id)
{
	for (size_t i = 0; i < verdict->chain.count; i++)
		if (verdict->chain.items[i].known_as &&
			strcmp(verdict->chain.items[i].known_as, id) == 0)
			return true;
	return false;
}

static bool note_lists(struct timeline *timeline, const struct verdict *verdict)
{
	for (size_t i = 0; i < timeline->profile->list_count; i++) {
		const struct profile_list *list = &timeline->profile->lists[i];

		for (size_t c = 0; list->has_expect_from && c < list->expect_count; c++)
			if (serves(verdict, list->expect_revoked[c]->id) &&
				!note(timeline, verdict, TIMELINE_REVOCATION_EXPECTED,
					list->expect_from, list->id))
				return false;
	}
	return true;
}

static bool note_all(struct timeline *timeline, const struct verdict *verdict)
{
	if (!note_ends(timeline, verdict, verdict) || !note_lists(timeline, verdict))
		return false;
	for (size_t i = 0; i < verdict->looks.count; i++)
		if (!note_ends(timeline, verdict, verdict->looks.items[i].verdict))
			return false;
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		if (!note_finding(timeline, verdict, &verdict->findings.all.items[i]))
			return false;
	return true;
}

bool timeline_add(struct timeline *timeline, const struct verdict *verdict, struct error *err)
{
	/* What a middlebox serves ends on no day of the server's. */
	if (inspection_found(verdict))
		return true;
	char *service = digest_text_service(verdict->target, timeline->language);
	if (!service)
		return error_set_memory(err);
	if (!timeline->service || strcmp(timeline->service, service) != 0)
		timeline->number++;
	free(timeline->service);
	timeline->service = service;
	return note_all(timeline, verdict) || error_set_memory(err);
}
