/* SPDX-License-Identifier: MIT */
/*
 * text_lists - the parts of the text report that are lists: owners, what is in
 * order, notes, what is waived
 *
 * All return false when memory runs out.
 */
#ifndef REPORTS_TEXT_TEXT_LISTS_H
#define REPORTS_TEXT_TEXT_LISTS_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct digest;
struct digest_block;
struct page;
struct report_run;

/* Who has how much left to do; nothing when the input names no two owners. */
MUST_USE bool text_lists_owners(const struct digest *digest, struct page *page);

/* Endpoints without a fault: names side by side, or a line each when verbose. */
MUST_USE bool text_lists_in_order(
	const struct digest_block *block, const struct report_run *run, struct page *page);

/* What is no fault but worth a word: one rule, the services it holds for. */
MUST_USE bool text_lists_notes(const struct digest *digest, struct page *page);

/* What is waived: what it says, why it is let be, for whom. */
MUST_USE bool text_lists_waived(const struct digest *digest, struct page *page);

#endif
