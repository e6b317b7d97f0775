/* SPDX-License-Identifier: MIT */
#include "rules/rule.h"

#include <assert.h>
#include <string.h>

#include "checker/base/lang.h"

/* Rows and words meet in one table, each naming its members. */
static const struct rule rules[RULE_COUNT] = {
#define RULE(symbol, id_, severity_, subject_, reference_)                         \
	[RULE_##symbol].id = id_, [RULE_##symbol].severity = SEVERITY_##severity_, \
	[RULE_##symbol].reference = reference_,
#include "rules/rules.def"
#undef RULE
#define TEXT(symbol, title_, explanation_, fix_)                                    \
	[RULE_##symbol].title = title_, [RULE_##symbol].explanation = explanation_, \
	[RULE_##symbol].fix = fix_,
#include "rules/texts.def"
#undef TEXT
};

/* A text without a rule does not build above; a rule without a text does not here. */
#define TEXT(symbol, title, explanation, fix) TEXT_##symbol,
enum text {
#include "rules/texts.def"
	TEXT_COUNT,
};
#undef TEXT
static_assert((int)TEXT_COUNT == (int)RULE_COUNT, "texts.def has to have a row for each rule");

static const char *const severity_names[] = {
	[SEVERITY_NOTE] = N_("note"),
	[SEVERITY_WARNING] = N_("warning"),
	[SEVERITY_CRITICAL] = N_("critical"),
};

const char *severity_name(enum severity severity)
{
	assert(severity < ARRAY_LEN(severity_names));
	return severity_names[severity];
}

bool severity_by_name(const char *name, enum severity *ret_severity)
{
	for (size_t i = 0; i < ARRAY_LEN(severity_names); i++) {
		if (strcmp(name, severity_names[i]) == 0) {
			*ret_severity = (enum severity)i;
			return true;
		}
	}
	return false;
}

const struct rule *rule_at(enum rule_id rule)
{
	assert(rule < RULE_COUNT);
	return &rules[rule];
}

bool rule_is_of_migration(enum rule_id rule)
{
	static const char family[] = "migration.";

	return strncmp(rule_at(rule)->id, family, sizeof family - 1) == 0;
}

bool rule_by_id(const char *id, enum rule_id *ret_rule)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (strcmp(id, rules[i].id) == 0) {
			*ret_rule = (enum rule_id)i;
			return true;
		}
	}
	return false;
}
