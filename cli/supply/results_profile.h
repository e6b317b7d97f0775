/* SPDX-License-Identifier: MIT */
/*
 * results_profile - the profile that saved results were judged by
 */
#ifndef CLI_SUPPLY_RESULTS_PROFILE_H
#define CLI_SUPPLY_RESULTS_PROFILE_H

#include "checker/base/attr.h"

struct error;
struct options;
struct profile;
struct verdict_run;

/*
 * The one that RUN names (NULL: nobody knows), unless the command line names one; a built-in one,
 * or nobody has it.  Warns where it is not that one, or has changed since.
 */
MUST_USE struct profile *results_profile(
	const struct options *options, const struct verdict_run *run, struct error *err);

#endif
