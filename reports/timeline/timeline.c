/* SPDX-License-Identifier: MIT */
#include "reports/timeline/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
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
	for (size_t i = 0; i < event->owners.count; i++)
		free(event->owners.items[i].name);
	free(event->owners.items);
	free(event->subject);
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
	char *subject = text_copy(wanted->subject, strlen(wanted->subject));
	if (!event || !subject || !vec_reserve(&timeline->events)) {
		free(subject);
		free(event);
		return false;
	}
	*event = *wanted;
	event->subject = subject;
	items = timeline->events.items;
	memmove(items + place + 1, items + place,
		(count - place) * sizeof(struct timeline_event *));
	items[place] = *ret_event = event;
	timeline->events.count++;
	return true;
}

static size_t place_of_owner(const struct timeline_event *event, const char *name)
{
	size_t low = 0, high = event->owners.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(event->owners.items[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool count_owner(struct timeline_event *event, const char *label)
{
	char *name = digest_text(label);
	size_t count = event->owners.count, place = name ? place_of_owner(event, name) : 0;
	bool known = place < count && strcmp(event->owners.items[place].name, name) == 0;

	if (!name)
		return false;
	if (!known && count < TIMELINE_OWNERS) {
		if (!vec_reserve(&event->owners)) {
			free(name);
			return false;
		}
		struct timeline_owner *at = event->owners.items + place;
		memmove(at + 1, at, (count - place) * sizeof *at);
		*at = (struct timeline_owner){ name, 1 };
		event->owners.count++;
		return true;
	}
	if (known)
		event->owners.items[place].services++;
	else
		event->other_services++;
	free(name);
	return true;
}

/* The first of all names are kept, so that it is the same ones in whatever order they come. */
static bool keep_name(struct timeline_event *event, const char *service)
{
	size_t count = event->name_count, place = count;

	while (place > 0 && strcmp(event->names[place - 1], service) > 0)
		place--;
	if (place == TIMELINE_NAMES)
		return true;
	char *name = text_copy(service, strlen(service));
	if (!name)
		return false;
	if (count == TIMELINE_NAMES)
		free(event->names[--count]);
	memmove(event->names + place + 1, event->names + place, (count - place) * sizeof(char *));
	event->names[place] = name;
	event->name_count = count + 1;
	return true;
}

/* Counts the service that is being added, once for each event. */
static bool note(struct timeline *timeline, const struct verdict *verdict, enum timeline_kind kind,
	struct instant day, const char *subject)
{
	char shown[TIMELINE_SUBJECT];
	struct timeline_event wanted = { .day = instant_day(day), .kind = kind, .subject = shown };
	const char *owner = target_label(verdict->target, "owner");
	struct timeline_event *event;

	/* What was read back goes with its verdict. */
	text_printable(subject, strlen(subject), shown, sizeof shown);
	if (!find(timeline, &wanted, &event))
		return false;
	if (!event || event->last == timeline->number)
		return true;
	event->last = timeline->number;
	event->services++;
	return keep_name(event, timeline->service) &&
	       (!owner || !*owner || count_owner(event, owner));
}

bool timeline_init(struct timeline *timeline, const struct profile *profile, struct instant as_of,
	enum language language, struct error *err)
{
	*timeline = (struct timeline){
		.profile = profile, .as_of = instant_day(as_of), .language = language
	};
	for (size_t i = 0; i < profile->leaf.validity_count; i++) {
		const struct profile_validity *row = &profile->leaf.validity[i];
		char none[] = "";
		struct timeline_event *event, wanted = { .day = instant_day(row->from),
			.kind = TIMELINE_VALIDITY_RULE,
			.subject = none,
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

/* Does a path end on that day, and before the leaf? */
static bool path_ends(const struct verdict *seen, struct instant day)
{
	const struct cert *leaf = verdict_leaf(seen);

	for (size_t i = 0; i < seen->path_count; i++) {
		const struct verdict_path *path = &seen->paths[i];

		if (path->has_until && instant_day(path->until).seconds == day.seconds && leaf &&
			path->until.seconds < leaf->not_after.seconds)
			return true;
	}
	return false;
}

/* Those whose day is noted for what it is, not for the finding that warns of it. */
static bool is_noted(const struct verdict *verdict, const struct finding *finding)
{
	switch (finding->rule) {
	case RULE_leaf_expired:
	case RULE_leaf_expires_soon:
	case RULE_migration_renewal_due:
		return true;
	case RULE_trust_path_ends:
		for (size_t i = 0; i < verdict->looks.count; i++)
			if (path_ends(verdict->looks.items[i].verdict, finding->due))
				return true;
		return path_ends(verdict, finding->due);
	default:
		return false;
	}
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
	return !finding->has_due || is_noted(verdict, finding) ||
	       note(timeline, verdict, TIMELINE_DEADLINE, finding->due, rule);
}

static bool chain_has(const struct verdict *seen, const char *id)
{
	for (size_t i = 0; i < seen->chain.count; i++)
		if (seen->chain.items[i].known_as && strcmp(seen->chain.items[i].known_as, id) == 0)
			return true;
	return false;
}

static bool serves(const struct verdict *verdict, const char *id)
{
	for (size_t i = 0; i < verdict->looks.count; i++)
		if (chain_has(verdict->looks.items[i].verdict, id))
			return true;
	return chain_has(verdict, id);
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
