/* SPDX-License-Identifier: MIT */
/*
 * plan_platform - what work looks like on each kind of server: a table
 *
 * A row has the bodies of its scripts, which are files of data/platforms/ built in as they are,
 * and in words what is peculiar to it.  A script is a head that plan_script.h makes (assignments
 * and nothing else) before the bodies of the row, one after the other; so no text of a certificate
 * or an input ever stands in a body.
 *
 * To add one: a row here, its body in data/platforms/ and in data/meson.build.
 */
#ifndef REPORTS_PLAN_PLAN_PLATFORM_H
#define REPORTS_PLAN_PLAN_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/request/recipe.h"

enum plan_family {
	PLAN_FAMILY_SH,
	PLAN_FAMILY_POWERSHELL,
	PLAN_FAMILY_GUIDE, /* nothing to run on the server itself: words and commands */
};
/* "sh", "powershell", "guide": a contract. */
const char *plan_family_name(enum plan_family family);

#define PLAN_BODIES 3

/* One thing to know or to do by hand; COMMAND is NULL where there is nothing to type. */
struct plan_hint {
	const char *text; /* translated where it is shown */
	const char *command;
};

struct plan_platform {
	const char *id; /* as the label "platform" says it: a contract */
	const char *title;
	enum plan_family family;
	const char *bodies[PLAN_BODIES]; /* one script, in this order; NULL ends them */
	enum recipe recipe;              /* what makes key and request there */
	bool builds_chain;               /* sends what its stores build: a cross is advice */
	bool takes_list;                 /* keeps a revocation list in its stores */
	const char *where;               /* where the chain lives; translated */
	const char *reload;              /* how it takes effect without loss; translated */
	const struct plan_hint *hints;
	size_t hint_count;
};

size_t plan_platform_count(void);
const struct plan_platform *plan_platform_at(size_t number);

/*
 * The row of what a label says, case ignored: its id, or an id with a version behind it
 * ("apache-2.4.62", "nginx/1.22"), the longest that fits.  NULL when there is none.
 */
const struct plan_platform *plan_platform_of(const char *label);

/* The row for whatever has no row. */
const struct plan_platform *plan_platform_generic(void);

/* A file of data/platforms/, whole; NULL when there is none of that name. */
const char *plan_body(const char *name, size_t *ret_len);

#endif
