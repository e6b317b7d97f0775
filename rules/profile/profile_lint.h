/* SPDX-License-Identifier: MIT */
/*
 * profile_lint - what a profile has forgotten, while it is looked for
 *
 * Private to rules/profile/: profile_lint.c goes through certificates, trust stores and lists,
 * profile_lint_leaf.c through what a profile says of leafs, profile_lint_dcv.c through requests and
 * how the control of domains is proved.
 */
#ifndef RULES_PROFILE_PROFILE_LINT_H
#define RULES_PROFILE_PROFILE_LINT_H

#include <stddef.h>

#include "checker/base/attr.h"
#include "rules/profile/profile.h"

#define PROFILE_LINT_PLACE 120

struct lint {
	const struct profile *profile;
	struct instant now;
	enum language language;
	profile_lint_say *say;
	void *arg;
	size_t count;
};

/* About what stands at PLACE of the file. */
void profile_lint_complain(struct lint *lint, const char *place, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

void profile_lint_leaf(struct lint *lint);
void profile_lint_dcv(struct lint *lint);

#endif
