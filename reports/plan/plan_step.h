/* SPDX-License-Identifier: MIT */
/*
 * plan_step - what to do at one piece of work, in a safe order
 *
 * Back up, add the new, switch, verify, and only then remove the old; what needs a new certificate
 * is asked for first, because that takes days, and does not wait for it.  A step is done by the
 * piece's script where there is one.
 */
#ifndef REPORTS_PLAN_PLAN_STEP_H
#define REPORTS_PLAN_PLAN_STEP_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/lang.h"

struct buf;
struct plan_host;
struct plan_piece;

enum plan_step {
	PLAN_STEP_REQUEST,
	PLAN_STEP_TRY,
	PLAN_STEP_BACK_UP,
	PLAN_STEP_ADD,
	PLAN_STEP_SWITCH,
	PLAN_STEP_RELOAD,
	PLAN_STEP_VERIFY,
	PLAN_STEP_REMOVE,
	PLAN_STEP_INSTALL, /* the new leaf, when it has come */
	PLAN_STEP_LEAF,
	PLAN_STEP_SETTING,
	PLAN_STEP_LOOK,
	PLAN_STEP_SCAN,
	PLAN_STEP_UNDO, /* not a step of the work, but how to take it back */
	PLAN_STEP_COUNT,
};
/* "request", "try", "back-up", "add", ...: a contract. */
const char *plan_step_name(enum plan_step step);

/* Does PIECE have that step? */
bool plan_step_is_of(
	enum plan_step step, const struct plan_host *host, const struct plan_piece *piece);

/* What it is, a sentence. */
const char *plan_step_text(
	enum plan_step step, const struct plan_piece *piece, enum language language);

/* What to type, at the end of OUT; nothing where there is nothing to type. */
void plan_step_command(enum plan_step step, const struct plan_host *host,
	const struct plan_piece *piece, struct buf *out);

#endif
