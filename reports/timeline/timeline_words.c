/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "reports/timeline/timeline.h"
#include "rules/rule.h"

static void put_deadline(const char *id, enum language language, struct buf *out)
{
	enum rule_id rule;

	if (rule_by_id(id, &rule))
		phrase_add(out, language, "deadline: %s (%s)",
			lang_text(language, rule_at(rule)->title), id);
}

void timeline_sentence(const struct timeline_event *event, enum language language, struct buf *out)
{
	switch (event->kind) {
	case TIMELINE_LEAF_ENDS:
		phrase_add(out, language, "the server's certificate ends");
		break;
	case TIMELINE_PATH_ENDS:
		phrase_add(out, language, "the trust store %s trusts the chain no more",
			event->subject);
		break;
	case TIMELINE_DEADLINE:
		put_deadline(event->subject, language, out);
		break;
	case TIMELINE_WAIVER_ENDS:
		phrase_add(out, language, "the waiver of %s ends", event->subject);
		break;
	case TIMELINE_REVOCATION_EXPECTED:
		phrase_add(
			out, language, "what is served is to stand on the list %s", event->subject);
		break;
	case TIMELINE_CLIENT_AUTH_ENDS:
		phrase_add(out, language,
			"new certificates are good for servers only, and for clients no more");
		break;
	case TIMELINE_VALIDITY_RULE:
		phrase_add(out, language, "new certificates last %lld days at most",
			(long long)event->max_days);
		break;
	case TIMELINE_KIND_COUNT:
		break;
	}
}

void timeline_distance(int64_t days, enum language language, char out[static TIMELINE_DISTANCE])
{
	size_t far = (size_t)(days < 0 ? -days : days);

	if (days == 0)
		(void)snprintf(out, TIMELINE_DISTANCE, "%s", lang_text(language, "today"));
	else if (days < 0)
		(void)snprintf(out, TIMELINE_DISTANCE,
			lang_plural(language, "%zu day ago", "%zu days ago", far), far);
	else
		(void)snprintf(out, TIMELINE_DISTANCE,
			lang_plural(language, "in %zu day", "in %zu days", far), far);
}

/* One with a word for what lies beyond what is kept. */
void timeline_names(
	const struct timeline_event *event, size_t most, enum language language, struct buf *out)
{
	size_t count = event->name_count < most ? event->name_count : most;

	for (size_t i = 0; i < count; i++)
		(void)buf_addf(out, "%s%s", i ? lang_text(language, ", ") : "", event->names[i]);
	if (count > 0 && event->services > count)
		phrase_add(out, language, " and %zu more", event->services - count);
}

void timeline_owners(
	const struct timeline_event *event, size_t most, enum language language, struct buf *out)
{
	size_t count = event->owners.count < most ? event->owners.count : most;
	size_t others = event->other_services;

	for (size_t i = 0; i < event->owners.count; i++) {
		const struct timeline_owner *owner = &event->owners.items[i];

		if (i < count)
			(void)buf_addf(out, "%s%s: %zu", i ? lang_text(language, ", ") : "",
				owner->name, owner->services);
		else
			others += owner->services;
	}
	if (others > 0)
		phrase_add(out, language, " and others: %zu", others);
}
