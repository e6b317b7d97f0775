/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert.h"
#include "rules/check/checks.h"

/* Half a year is time to plan, a month is time to act. */
#define WARNING_DAYS 180
#define CRITICAL_DAYS 30

/* What ends first above the leaf; NULL when it is the anchor that leaves its store. */
static const struct cert *first_end(const struct trust_path *path)
{
	for (size_t i = 1; i < path->len; i++)
		if (path->certs[i]->not_after.seconds == path->above.seconds)
			return path->certs[i];
	return NULL;
}

static enum severity severity_of(int64_t days)
{
	if (days > WARNING_DAYS)
		return SEVERITY_NOTE;
	return days > CRITICAL_DAYS ? SEVERITY_WARNING : SEVERITY_CRITICAL;
}

/* The best path of a store is, among those as good, the one that lasts longest. */
bool check_trust_path_ends(const struct scene *scene, struct finding_list *list)
{
	const struct facts *facts = scene->facts;

	for (size_t s = 0; s < facts->path_count; s++) {
		const struct trust_path *path = &facts->paths[s];
		int64_t days = instant_days_between(facts->now, path->above);
		bool ends = path->above.seconds < facts->leaf->not_after.seconds ||
			    days <= WARNING_DAYS;
		char day[INSTANT_TEXT];

		if (path->trusted != ANSWER_YES || path->len < 2 || !ends)
			continue;
		const struct cert *culprit = first_end(path);
		struct finding *finding = finding_list_add_about(
			list, RULE_trust_path_ends, culprit ? culprit : path->certs[path->len - 1]);
		if (!finding)
			return false;
		instant_format_day(path->above, day);
		finding->severity = severity_of(days);
		finding->has_due = true;
		finding->due = instant_day(path->above);
		if (culprit)
			finding_say(finding,
				"clients of the trust store %s lose their last path on %s, when %s "
				"ends",
				trust_store_id(facts->context->trust, s), day, scene_name(culprit));
		else
			finding_say(finding,
				"clients of the trust store %s lose their last path on %s, when "
				"the root "
				"%s leaves it",
				trust_store_id(facts->context->trust, s), day,
				scene_name(path->certs[path->len - 1]));
	}
	return true;
}
