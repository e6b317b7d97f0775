/* SPDX-License-Identifier: MIT */
/*
 * change - what has become of one service from one set of results to the next
 *
 * Pure: two results in, a class out.  What the classes mean is a contract (docs/formats.md,
 * "Changes"), because an exit code depends on it: worse than before is a regression, and what can
 * no longer be reached is a class of its own, since nobody knows how it is now.
 *
 * A finding is told by its rule: certificates are renewed, and a message names a day.  Several of
 * one rule are one, as bad as the worst that counts.
 */
#ifndef REPORTS_COMPARE_CHANGE_H
#define REPORTS_COMPARE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "rules/rule.h"
#include "rules/verdict.h"

enum side { SIDE_OLD, SIDE_NEW, SIDE_COUNT };

/* In the order of reports: what needs somebody comes first. */
enum change_class {
	CHANGE_REGRESSED,
	CHANGE_UNREACHABLE, /* now, and was not */
	CHANGE_NEW,         /* in NEW only, or examined for the first time */
	CHANGE_GONE,        /* in OLD only */
	CHANGE_FIXED,
	CHANGE_UNCHANGED,
	CHANGE_COUNT,
};

/* "regressed", "unreachable", ...: a contract. */
const char *change_class_name(enum change_class class);

enum finding_class {
	FINDING_NEW,
	FINDING_WORSE,  /* more severe, or no longer waived */
	FINDING_FIXED,  /* is not found any more */
	FINDING_WAIVED, /* is still found, and counts no more */
	FINDING_SAME,   /* or less severe */
	FINDING_CLASS_COUNT,
};

/* "new", "regressed", "fixed", "waived", "unchanged": a contract. */
const char *finding_class_name(enum finding_class class);

struct compared_finding {
	enum rule_id rule;
	enum severity severity;
	bool waived;
};

/* What is kept of a result; texts belong to the comparison. */
struct compared_result {
	const char *host, *unicode; /* as in struct target */
	const char *address, *sni;  /* "" for none */
	const struct label *labels;
	size_t label_count;
	size_t number; /* in the order in which it was read */
	uint16_t port;
	enum protocol protocol;
	bool bad_target;
	enum status status;
	enum outcome outcome;
	const struct compared_finding *findings; /* by rule, each once */
	size_t finding_count;
};

struct change {
	enum change_class class;
	const struct compared_result *sides[SIDE_COUNT]; /* one of them may be NULL */
	bool moved;                                      /* to another address */
};

/* Sets the class from the sides.  BEFORE is the worst that the service was in OLD at any address,
 * for an address that is in NEW only; NULL: the service was not there. */
void change_classify(struct change *change, const struct compared_result *before);

/* How bad a status is: in order or out of scope 0, warning 1, critical 2, unreachable 3. */
unsigned change_badness(enum status status);

/* As an exit code sees it: is it at or above FLOOR now, by status or by what was found? */
bool change_is_at_least(const struct change *change, enum severity floor);

/* The result to tell of: that in NEW, or, when it is gone, in OLD. */
const struct compared_result *change_shown(const struct change *change);

/* The label "owner" of the one that is shown, else of the other; "" for none. */
const char *change_owner(const struct change *change);

struct finding_change {
	enum rule_id rule;
	enum finding_class class;
	const struct compared_finding *sides[SIDE_COUNT]; /* one of them may be NULL */
};

/*
 * What has become of each finding, by rule; how many.  None of a service that is gone or cannot be
 * reached now: nobody knows.
 */
size_t change_findings(
	const struct change *change, struct finding_change ret_changes[static RULE_COUNT]);

/* Worth a word to a person: not unchanged, and more than a note on one side. */
bool finding_change_matters(const struct finding_change *change);

#endif
