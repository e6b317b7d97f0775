/* SPDX-License-Identifier: MIT */
/*
 * rule - the catalogue of everything chainmend can find fault with
 *
 * A rule is an id that never changes, the worst severity it gives, where the
 * requirement stands, and words: what it means, why it exists, how to fix it.
 * The predicates that judge are private to rules/ (checks.h).
 */
#ifndef RULES_RULE_H
#define RULES_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_CRITICAL };

/* "note", "warning", "critical": a contract. */
const char *severity_name(enum severity severity);
MUST_USE bool severity_by_name(const char *name, enum severity *ret_severity);

enum rule_id {
#define RULE(symbol, id, severity, subject, reference) RULE_##symbol,
#include "rules/rules.def"
#undef RULE
	RULE_COUNT,
};

struct rule {
	const char *id;
	enum severity severity;
	const char *reference;
	const char *title;       /* one line */
	const char *explanation; /* why it exists, who is hurt */
	const char *fix;         /* what to do about it */
};

const struct rule *rule_at(enum rule_id rule);
/* Is it about the migration: does it go away when that is done? */
bool rule_is_of_migration(enum rule_id rule);

MUST_USE bool rule_by_id(const char *id, enum rule_id *ret_rule);

#endif
