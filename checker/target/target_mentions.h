/* SPDX-License-Identifier: MIT */
/*
 * target_mentions - which services a list names more than once
 *
 * A list may be longer than memory, so what has been named is not kept: of each mention there is
 * a hash of protocol, port and host while the list is read first, and of those only the ones
 * that came again stay.  The second reading keeps the targets of these services, merged: the
 * first mention of a target with the labels of all.  The third hands out what was kept at the
 * place of its first mention, and lets all others pass.  (A hash may come again by chance: such
 * a target is kept for nothing.)
 *
 * For target_stream.c and its tests only.
 */
#ifndef CHECKER_TARGET_TARGET_MENTIONS_H
#define CHECKER_TARGET_TARGET_MENTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct target;
struct target_draft;
struct target_fault;
struct target_mention;
struct target_mentions;

struct target_mentions *target_mentions_new(void);
void target_mentions_free(struct target_mentions *mentions);
DEFINE_CLEANUP(struct target_mentions *, target_mentions_free);

/* The first reading: a mention, a bad line. */
MUST_USE bool target_mentions_survey(struct target_mentions *mentions,
	const struct target_mention *mention, struct target_fault *fault);
MUST_USE bool target_mentions_survey_bad(
	struct target_mentions *mentions, struct target_fault *fault);

/* It is over: true when some services were named again and a second is needed. */
bool target_mentions_sort(struct target_mentions *mentions);

/* The second: a fault when a target has too many labels, all its mentions together. */
MUST_USE bool target_mentions_collect(struct target_mentions *mentions,
	const struct target_mention *mention, struct target_fault *fault);
void target_mentions_collect_bad(struct target_mentions *mentions);

/* All of that is over: how many targets there are, and how many mentions were of an earlier one. */
void target_mentions_settle(
	struct target_mentions *mentions, size_t *ret_count, size_t *ret_duplicates);

/* The third: how many targets of MENTION, from its first on, may be handed out.  FAULT is set
 * when the second reading found one behind them. */
uint32_t target_mentions_pass(struct target_mentions *mentions,
	const struct target_mention *mention, struct target_fault *fault);

/* True when target number INDEX of DRAFT was kept: *RET_TARGET is the caller's then, or NULL when
 * an earlier mention of it got it. */
MUST_USE bool target_mentions_take(struct target_mentions *mentions,
	const struct target_draft *draft, uint32_t index, struct target **ret_target);

#endif
