/* SPDX-License-Identifier: MIT */
/*
 * judging - observations that are at hand already, to reports
 *
 * What check and import have in common: outputs, a history and evidence are opened, everything is
 * judged by one thread, one observation in memory, and the run comes to its end.  A signal ends it
 * as it ends a scan.
 */
#ifndef CLI_RUN_JUDGING_H
#define CLI_RUN_JUDGING_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct error;
struct interrupt;
struct observation;
struct options;
struct run;
struct setup;

struct judging {
	const char *command; /* which makes the evidence, where that is wanted */
	const struct options *options;
	struct setup *setup;
	struct interrupt *interrupt;
	size_t targets, duplicates;
	bool ordered;   /* results by the numbers of targets */
	bool cut_short; /* there may be fewer than that, and it is known why */
	/* Tells the run what it has to know before the first; may be NULL. */
	bool (*begin)(void *arg, struct run *run, struct error *err);
	/* The next one, which is the run's; NULL behind the last, with ERR set for trouble. */
	struct observation *(*next)(void *arg, struct error *err);
	void *arg;
};

/* The exit code. */
int judging_run(const struct judging *judging, struct error *err);

#endif
