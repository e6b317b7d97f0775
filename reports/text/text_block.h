/* SPDX-License-Identifier: MIT */
/*
 * text_block - one problem as people read it: what is wrong, what to do, where
 */
#ifndef REPORTS_TEXT_TEXT_BLOCK_H
#define REPORTS_TEXT_TEXT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "reports/text/page.h"
#include "rules/verdict.h"

struct digest_block;
struct digest_entry;
struct report_run;

/* The colour a status has everywhere. */
enum page_style text_block_style(enum status status);

/* Problem number NUMBER of the report.  All of these: false when memory runs out. */
MUST_USE bool text_block_problem(const struct digest_block *block, size_t number,
	const struct report_run *run, struct page *page);

/* Those that could not be examined, for one reason. */
MUST_USE bool text_block_unreachable(const struct digest_block *block, struct page *page);

/* What ENTRY served and who can make a path of it; nothing when that was not kept. */
MUST_USE bool text_block_evidence(
	const struct digest_entry *entry, const struct report_run *run, struct page *page);

#endif
