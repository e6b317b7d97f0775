/* SPDX-License-Identifier: MIT */
/*
 * sarif_rules - all rules as SARIF describes them (3.49), each at the place of its number
 *
 * `help` has what to do, `helpUri` where it is written that it has to be so.  What could not be
 * examined is a rule of its own, the last.
 */
#ifndef REPORTS_MACHINE_SARIF_RULES_H
#define REPORTS_MACHINE_SARIF_RULES_H

#include "rules/rule.h"

struct json;
struct profile;

#define SARIF_UNREACHABLE "target.unreachable"

/* 3.27.10: "error", "warning", "note". */
const char *sarif_rules_level(enum severity severity);

/* The member `rules` of the object that is open, at the severities of PROFILE. */
void sarif_rules_put(struct json *json, const struct profile *profile);

#endif
