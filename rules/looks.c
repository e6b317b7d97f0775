/* SPDX-License-Identifier: MIT */
#include "rules/looks.h"

#include <string.h>

#include "checker/base/error.h"
#include "checker/observation.h"
#include "rules/check/checks.h"
#include "rules/verdict.h"

static bool is_judged(const struct verdict *verdict)
{
	return verdict->status != STATUS_UNREACHABLE;
}

static bool is_in_scope(const struct verdict *verdict)
{
	return is_judged(verdict) && verdict->status != STATUS_OUT_OF_SCOPE;
}

static bool add_verdicts(struct verdict *verdict, const struct observation *observation,
	const struct facts_context *context, const struct profile *profile, struct error *err)
{
	for (size_t i = 0; i < observation->looks.count; i++) {
		const struct look *look = &observation->looks.items[i];

		if (!vec_reserve(&verdict->looks))
			return error_set_memory(err);
		struct verdict *judged = verdict_new(look->seen, context, profile, err);
		if (!judged)
			return false;
		verdict->looks.items[verdict->looks.count++] = (struct verdict_look){
			.kind = look->kind, .same_as = look->same_as, .verdict = judged
		};
	}
	return true;
}

/* What is the matter with a chain for whoever gets it, with a name or without. */
static bool counts_without_name(enum rule_id rule)
{
	static const bool counts[RULE_COUNT] = {
		[RULE_intermediate_expired] = true,
		[RULE_leaf_expired] = true,
		[RULE_migration_cross_retired] = true,
		[RULE_migration_retired_and_current] = true,
		[RULE_migration_retired_intermediate] = true,
		[RULE_revocation_intermediate_revoked] = true,
	};

	return counts[rule];
}

static bool is_known(const struct finding_list *list, const struct finding *finding)
{
	for (size_t i = 0; i < list->all.count; i++)
		if (list->all.items[i].rule == finding->rule &&
			strcmp(list->all.items[i].certificate, finding->certificate) == 0)
			return true;
	return false;
}

static bool lift(struct verdict *verdict, const struct verdict_look *look)
{
	const struct finding_list *from = &look->verdict->findings;
	bool nameless = look->kind == LOOK_NO_SNI;

	if (nameless && !is_in_scope(look->verdict))
		return true;
	for (size_t i = 0; i < from->all.count; i++) {
		const struct finding *finding = &from->all.items[i];

		if (is_known(&verdict->findings, finding) ||
			(nameless && !counts_without_name(finding->rule)))
			continue;
		struct finding *lifted = finding_list_add(&verdict->findings, finding->rule);
		if (!lifted)
			return false;
		*lifted = *finding;
		lifted->look = look->kind;
		if (nameless && lifted->severity > SEVERITY_WARNING)
			lifted->severity = SEVERITY_WARNING;
	}
	return true;
}

static bool lift_all(struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->looks.count; i++) {
		const struct verdict_look *look = &verdict->looks.items[i];

		if (!is_judged(look->verdict))
			continue;
		/* Part of the clients get a leaf of the profile's CA, so the address is in scope.
		 */
		if (verdict->status == STATUS_OUT_OF_SCOPE && look->kind != LOOK_NO_SNI &&
			is_in_scope(look->verdict))
			verdict->status = STATUS_OK;
		if (!lift(verdict, look))
			return false;
	}
	return true;
}

static bool compare(const struct verdict *verdict, struct finding_list *list)
{
	static bool (*const checks[])(const struct verdict *, struct finding_list *) = {
		check_looks_key_types,
		check_looks_nodes,
#define RULE_ENDPOINT(symbol)
#define RULE_FLEET(symbol)
#define RULE_LEAF(symbol)
#define RULE_LOOKS(symbol) check_##symbol,
#define RULE_SERVICE(symbol)
#define RULE(symbol, id, severity, subject, reference) RULE_##subject(symbol)
#include "rules/rules.def"
#undef RULE
#undef RULE_ENDPOINT
#undef RULE_FLEET
#undef RULE_LEAF
#undef RULE_LOOKS
#undef RULE_SERVICE
	};

	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		if (!checks[i](verdict, list))
			return false;
	return true;
}

bool looks_judge(struct verdict *verdict, const struct observation *observation,
	const struct facts_context *context, const struct profile *profile, struct error *err)
{
	struct finding_list compared = { .all = { NULL, 0, 0 } };
	bool good = true;

	if (!add_verdicts(verdict, observation, context, profile, err))
		return false;
	if (!is_judged(verdict))
		return true;
	/* Compared before one look's findings become another's. */
	good = compare(verdict, &compared) && lift_all(verdict);
	for (size_t i = 0; i < compared.all.count && good; i++) {
		struct finding *finding = finding_list_add(
			&verdict->findings, compared.all.items[i].rule);

		good = finding != NULL;
		if (finding)
			*finding = compared.all.items[i];
	}
	finding_list_release(&compared);
	if (!good)
		return error_set_memory(err);
	verdict_grade(verdict, profile);
	verdict_settle(verdict);
	return true;
}
