/* SPDX-License-Identifier: MIT */
/*
 * profile_draft_tree - certificates as a profile sees them, before it is written
 *
 * Private to rules/profile/: profile_draft_tree.c finds out who is what, profile_draft.c writes it.
 */
#ifndef RULES_PROFILE_PROFILE_DRAFT_TREE_H
#define RULES_PROFILE_PROFILE_DRAFT_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/cert/cert.h"
#include "checker/limits.h"
#include "rules/profile/profile.h"

struct error;

#define DRAFT_ID 65 /* the longest id, and a NUL */

struct draft_item {
	const struct cert *cert; /* borrowed */
	enum profile_role role;
	const struct draft_item *issuer;      /* NULL for a root */
	const struct draft_item *replaced_by; /* NULL: nothing, or it is current */
	bool retired, ended;
	char id[DRAFT_ID];
};

struct draft_tree {
	struct draft_item items[LIMIT_POOL];
	size_t count;
	size_t leafs; /* passed over */
	struct instant now;
};

MUST_USE bool draft_tree_fill(struct draft_tree *tree, const struct cert *const *certs,
	size_t count, struct instant now, struct error *err);

/* TEXT as the beginning of an id: lower case, what is no letter or digit is a hyphen. */
void draft_tree_slug(const char *text, char out[static DRAFT_ID]);

#endif
