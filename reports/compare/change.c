/* SPDX-License-Identifier: MIT */
#include "reports/compare/change.h"

#include <assert.h>
#include <string.h>

const char *change_class_name(enum change_class class)
{
	static const char *const names[CHANGE_COUNT] = {
		[CHANGE_REGRESSED] = "regressed",
		[CHANGE_UNREACHABLE] = "unreachable",
		[CHANGE_NEW] = "new",
		[CHANGE_GONE] = "gone",
		[CHANGE_FIXED] = "fixed",
		[CHANGE_UNCHANGED] = "unchanged",
	};

	assert(class < CHANGE_COUNT);
	return names[class];
}

const char *finding_class_name(enum finding_class class)
{
	static const char *const names[FINDING_CLASS_COUNT] = {
		[FINDING_NEW] = "new",
		[FINDING_WORSE] = "regressed",
		[FINDING_FIXED] = "fixed",
		[FINDING_WAIVED] = "waived",
		[FINDING_SAME] = "unchanged",
	};

	assert(class < FINDING_CLASS_COUNT);
	return names[class];
}

unsigned change_badness(enum status status)
{
	switch (status) {
	case STATUS_WARNING:
		return 1;
	case STATUS_CRITICAL:
		return 2;
	case STATUS_UNREACHABLE:
		return 3;
	case STATUS_OK:
	case STATUS_OUT_OF_SCOPE:
	case STATUS_COUNT:
		break;
	}
	return 0;
}

static const struct compared_finding *find(const struct compared_result *result, enum rule_id rule)
{
	for (size_t i = 0; result && i < result->finding_count; i++)
		if (result->findings[i].rule == rule)
			return &result->findings[i];
	return NULL;
}

/* Something critical that was not, whatever the status says: one that is critical already can
 * become worse, and what is out of scope is judged by the general rules all the same. */
static bool has_new_critical(const struct compared_result *old, const struct compared_result *new)
{
	for (size_t i = 0; i < new->finding_count; i++) {
		const struct compared_finding *now = &new->findings[i];
		const struct compared_finding *was = find(old, now->rule);

		if (now->severity == SEVERITY_CRITICAL && !now->waived &&
			(!was || was->waived || was->severity != SEVERITY_CRITICAL))
			return true;
	}
	return false;
}

/* How bad it would be if nothing were waived. */
static unsigned bare_badness(const struct compared_result *result)
{
	unsigned worst = change_badness(result->status);

	for (size_t i = 0; i < result->finding_count; i++)
		if (result->findings[i].severity > worst)
			worst = result->findings[i].severity;
	return worst;
}

static bool is_worse(const struct compared_result *old, const struct compared_result *new)
{
	return change_badness(new->status) > change_badness(old->status) ||
	       has_new_critical(old, new);
}

static enum change_class classify(
	const struct compared_result *old, const struct compared_result *new)
{
	bool was = old->status != STATUS_UNREACHABLE, is = new->status != STATUS_UNREACHABLE;

	if (!is)
		return was ? CHANGE_UNREACHABLE : CHANGE_UNCHANGED;
	if (!was)
		return change_badness(new->status) == 0 ? CHANGE_FIXED : CHANGE_NEW;
	if (is_worse(old, new))
		return CHANGE_REGRESSED;
	/* What is only waived is there all the same. */
	if (change_badness(new->status) < change_badness(old->status) &&
		bare_badness(new) < bare_badness(old))
		return CHANGE_FIXED;
	return CHANGE_UNCHANGED;
}

void change_classify(struct change *change, const struct compared_result *before)
{
	const struct compared_result *old = change->sides[SIDE_OLD];
	const struct compared_result *new = change->sides[SIDE_NEW];

	if (old && new)
		change->class = classify(old, new);
	else if (!new)
		change->class = CHANGE_GONE;
	else if (before && before->status != STATUS_UNREACHABLE &&
		 new->status != STATUS_UNREACHABLE &&is_worse(before, new))
		change->class = CHANGE_REGRESSED;
	else
		change->class = CHANGE_NEW;
}

bool change_is_at_least(const struct change *change, enum severity floor)
{
	const struct compared_result *now = change_shown(change);

	if (change_badness(now->status) >= (unsigned)floor)
		return true;
	for (size_t i = 0; i < now->finding_count; i++)
		if (!now->findings[i].waived && now->findings[i].severity >= floor)
			return true;
	return false;
}

const struct compared_result *change_shown(const struct change *change)
{
	return change->sides[change->sides[SIDE_NEW] ? SIDE_NEW : SIDE_OLD];
}

static const char *owner_of(const struct compared_result *result)
{
	for (size_t i = 0; result && i < result->label_count; i++)
		if (strcmp(result->labels[i].name, "owner") == 0)
			return result->labels[i].value;
	return "";
}

const char *change_owner(const struct change *change)
{
	const char *owner = owner_of(change->sides[SIDE_NEW]);

	return owner[0] ? owner : owner_of(change->sides[SIDE_OLD]);
}

static enum finding_class classify_finding(
	const struct compared_finding *old, const struct compared_finding *new)
{
	if (!old)
		return FINDING_NEW;
	if (!new)
		return FINDING_FIXED;
	if (new->waived)
		return old->waived ? FINDING_SAME : FINDING_WAIVED;
	return old->waived || new->severity > old->severity ? FINDING_WORSE : FINDING_SAME;
}

size_t change_findings(
	const struct change *change, struct finding_change ret_changes[static RULE_COUNT])
{
	const struct compared_result *old = change->sides[SIDE_OLD];
	const struct compared_result *new = change->sides[SIDE_NEW];
	size_t count = 0;

	if (!new || new->status == STATUS_UNREACHABLE)
		return 0;
	for (enum rule_id rule = 0; rule < RULE_COUNT; rule++) {
		const struct compared_finding *was = find(old, rule), *is = find(new, rule);

		if (!was && !is)
			continue;
		ret_changes[count++] = (struct finding_change){
			.rule = rule,
			.class = classify_finding(was, is),
			.sides = { was, is },
		};
	}
	return count;
}

bool finding_change_matters(const struct finding_change *change)
{
	const struct compared_finding *old = change->sides[SIDE_OLD];
	const struct compared_finding *new = change->sides[SIDE_NEW];

	return change->class != FINDING_SAME &&
	       ((old && old->severity > SEVERITY_NOTE) || (new &&new->severity > SEVERITY_NOTE));
}
