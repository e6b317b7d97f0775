/* SPDX-License-Identifier: MIT */
/*
 * step - an action in words that an administrator can follow
 *
 * Reissued certificates carry the same name, so a step never names one by its
 * name alone: the profile's id, the day it is valid from and the end of the
 * thumbprint stand beside it, which is what Windows shows of it.
 */
#ifndef REPORTS_STEP_H
#define REPORTS_STEP_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/lang.h"
#include "rules/finding.h"

struct buf;
struct page;
struct profile;
struct profile_certificate;
struct verdict;

struct step {
	enum action_kind kind;
	const struct profile_certificate *known; /* the certificate, when the profile has it */
	char *other; /* what to call it when not, a phrase; NULL when the action names none */
};

/* Of ACTION, which a finding of VERDICT asks for; false when memory runs out. */
MUST_USE bool step_make(struct step *ret_step, const struct action *action,
	const struct verdict *verdict, const struct profile *profile);
void step_release(struct step *step);

/* In the order in which they have to be done: the new is there before the old goes. */
int step_compare(const struct step *a, const struct step *b);

/* What is the same for all services that need the same work. */
void step_key(const struct step *step, struct buf *out);

/* Both the same, and about certificates that have no id to name them by. */
bool step_is_like(const struct step *a, const struct step *b);

/* "add ssl-ca-3-17-2025"; for COUNT steps that are alike, "remove 9 certificates". */
void step_brief(const struct step *step, size_t count, enum language language, struct buf *out);

/* A sentence in the paragraph that is open; EACH: every service has its own certificate here. */
void step_put(const struct step *step, bool each, bool in_full, struct page *page);

/* The same, in full, as one line of text. */
void step_sentence(const struct step *step, bool each, enum language language, struct buf *out);

/* "remove www.example.hk (SHA-256 ...0011aabb)", for the one service whose own it is. */
void step_own(const struct step *step, enum language language, struct buf *out);

#endif
