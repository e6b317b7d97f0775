/* SPDX-License-Identifier: MIT */
#include "cli/supply/results_profile.h"

#include <string.h>

#include "checker/base/error.h"
#include "cli/options/options.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"

struct profile *results_profile(
	const struct options *options, const struct verdict_run *run, struct error *err)
{
	const char *name = options->profile;

	if (run && !options_name_profile(options)) {
		size_t i = 0;

		while (profile_builtin_id(i) && strcmp(profile_builtin_id(i), run->profile) != 0)
			i++;
		name = profile_builtin_id(i);
		if (!name) {
			(void)error_set(err, ERROR_USAGE,
				"the results were judged by the profile '%s', which is not built "
				"in: --profile FILE has to name it",
				run->profile);
			return NULL;
		}
	}
	struct profile *profile = profile_load(name, err);
	if (!profile || !run)
		return profile;
	if (strcmp(profile->id, run->profile) != 0)
		console_warn(&options->console,
			"the results were judged by the profile '%s', and this is '%s'",
			run->profile, profile->id);
	else if (run->profile_sha256[0] && strcmp(profile->sha256_text, run->profile_sha256) != 0)
		console_warn(&options->console,
			"the profile '%s' has changed since the results were judged by it",
			profile->id);
	return profile;
}
