/* SPDX-License-Identifier: MIT */
/*
 * html_work - problems as people work through them: what is wrong, what to do, where
 *
 * One article is one problem, however many hosts have it (digest.h), as in the text report.
 */
#ifndef REPORTS_HTML_HTML_WORK_H
#define REPORTS_HTML_HTML_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/lang.h"
#include "rules/rule.h"

struct digest_block;
struct digest_entry;
struct html;
struct html_fleet;
struct report_run;

/* All problems of a settled fleet. */
void html_work_put(struct html *html, const struct html_fleet *fleet);

/* The name of a service, leading to its section. */
void html_work_host(
	struct html *html, const struct html_fleet *fleet, const struct digest_entry *entry);

/* The steps of ENTRY as a list; of all of BLOCK, which it is the first of, unless that is NULL. */
void html_work_steps(struct html *html, const struct digest_entry *entry,
	const struct digest_block *block, const struct report_run *run);

/* The id of a rule, leading to what it means. */
void html_work_rule(struct html *html, enum rule_id rule);

/* A button that copies what is to be done from the article it stands in. */
void html_work_tool(struct html *html, enum language language);

/* A button that copies the text of the element before it. */
void html_work_copy(struct html *html, enum language language);

#endif
