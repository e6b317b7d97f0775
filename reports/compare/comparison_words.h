/* SPDX-License-Identifier: MIT */
/*
 * comparison_words - what a comparison is called in reports for people
 *
 * All are printable, and for a writer to escape as its syntax wants it.
 */
#ifndef REPORTS_COMPARE_COMPARISON_WORDS_H
#define REPORTS_COMPARE_COMPARISON_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/lang.h"
#include "reports/compare/comparison.h"

#define COMPARISON_WORDS 480

/* "Regressed", "Unreachable now", ... */
const char *comparison_words_class(enum language language, enum change_class class);

/* "New", "Worse", "Fixed", ... */
const char *comparison_words_finding(enum language language, enum finding_class class);

/* "www.example.hk:443" */
void comparison_words_service(const struct change *change, char out[static COMPARISON_WORDS]);

/* "192.0.2.1", "192.0.2.1 -> 192.0.2.7" with an arrow, or "" */
void comparison_words_address(const struct change *change, char out[static COMPARISON_WORDS]);

/* "In order -> Critical", or the one status there is; why, where it cannot be reached. */
void comparison_words_status(
	const struct change *change, enum language language, char out[static COMPARISON_WORDS]);

/* "Warning -> Critical", or the one severity there is. */
void comparison_words_severity(const struct finding_change *change, enum language language,
	char out[static COMPARISON_WORDS]);

/* The owner, or a dash. */
void comparison_words_owner(const char *owner, char out[static COMPARISON_WORDS]);

/* "120 results as of 2026-01-15, by the profile hongkong-post" */
void comparison_words_set(
	const struct compared_set *set, enum language language, char out[static COMPARISON_WORDS]);

/* Is CHANGE worth a line: what is unchanged only with ALL, or where findings are others. */
bool comparison_words_lists(const struct change *change, bool all);

/* What of it is worth a line, as change_findings(). */
size_t comparison_words_findings(
	const struct change *change, struct finding_change ret_changes[static RULE_COUNT]);

#endif
