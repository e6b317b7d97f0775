/* SPDX-License-Identifier: MIT */
/*
 * bond - what the results of a scan depend on, so that two runs can be told to be one
 *
 * The targets, the profile with the waivers, the anchors, the owner map, and the options that
 * decide results.  How patiently and how fast a scan asks (timeouts, retries, threads, rates) may
 * differ from run to run.
 */
#ifndef CLI_RUN_BOND_H
#define CLI_RUN_BOND_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct error;
struct journal_head;
struct options;
struct setup;
struct target_stream;

/* SETUP has its anchors already. */
MUST_USE bool bond_make(struct journal_head *head, const struct setup *setup,
	const struct options *options, const struct target_stream *targets, struct error *err);

#endif
