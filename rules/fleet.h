/* SPDX-License-Identifier: MIT */
/*
 * fleet - what only several results together can show
 *
 * The addresses of one service (host, port and protocol) are compared when the
 * last of them is in; until then the verdicts wait here, and everything else
 * passes straight through.  For one thread at a time.
 */
#ifndef RULES_FLEET_H
#define RULES_FLEET_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct error;
struct fleet;
struct profile;
struct target;
struct verdict;

/* DONE gets each verdict, whole, and owns it from then on. */
MUST_USE struct fleet *fleet_new(
	const struct profile *profile, void (*done)(void *arg, struct verdict *verdict), void *arg);
void fleet_free(struct fleet *fleet);
DEFINE_CLEANUP(struct fleet *, fleet_free);

/* Announces a target of the run, so that a service named by several waits for all of them. */
MUST_USE bool fleet_expect(struct fleet *fleet, const struct target *target, struct error *err);

/* Takes a verdict over. */
MUST_USE bool fleet_add(struct fleet *fleet, struct verdict *verdict, struct error *err);

/* The scan is over, or was interrupted: compares and hands out what still waits. */
void fleet_finish(struct fleet *fleet);

#endif
