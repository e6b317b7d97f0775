/* SPDX-License-Identifier: MIT */
#include "reports/history/burndown.h"

#include "reports/digest.h"
#include "reports/report.h"
#include "rules/profile/profile.h"
#include "rules/rule.h"

static bool is_open(const struct digest_entry *entry)
{
	for (size_t i = 0; i < entry->items.count; i++)
		if (entry->items.items[i].severity != SEVERITY_NOTE &&
			rule_is_of_migration(entry->items.items[i].rule))
			return true;
	return false;
}

bool burndown_of(const struct digest *digest, struct burndown *ret_burndown)
{
	struct burndown burndown = { .now.time = digest->run->as_of };
	struct curve_point *now = &burndown.now;

	for (size_t i = 0; i < digest->entries.count; i++) {
		const struct digest_entry *entry = &digest->entries.items[i];
		if (entry->status == STATUS_OUT_OF_SCOPE)
			continue;
		now->total++;
		now->unknown += entry->status == STATUS_UNREACHABLE;
		now->open += is_open(entry);
	}
	burndown.known = now->total - now->unknown;
	if (burndown.known == 0 || !profile_deadline(digest->run->profile, &burndown.deadline))
		return false;
	burndown.days = instant_days_between(digest->run->as_of, burndown.deadline);
	*ret_burndown = burndown;
	return true;
}

bool burndown_curve(
	const struct digest *digest, const struct burndown *burndown, struct curve *ret_curve)
{
	const struct curve *earlier = digest->run->curve;

	if (!earlier || earlier->points.count == 0)
		return true;
	ret_curve->has_deadline = true;
	ret_curve->deadline = burndown->deadline;
	for (size_t i = 0; i < earlier->points.count; i++)
		if (!curve_add(ret_curve, &earlier->points.items[i]))
			return false;
	return curve_add(ret_curve, &burndown->now);
}
