/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/limits.h"
#include "checker/target/owner_map.h"
#include "checker/trust/trust.h"
#include "cli/folder.h"
#include "cli/options/options.h"
#include "cli/process/interrupt.h"
#include "cli/supply/results_profile.h"
#include "cli/supply/supply.h"
#include "reports/plan/plan.h"
#include "reports/result/results.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"

/* How the plan.json of a plan's own folder begins. */
static const struct folder_kind plan_kind = { "plan.json",
	"{\"schema\":\"chainmend.plan-index/1\"" };

struct planning {
	const struct options *options;
	struct results *results;
	struct interrupt *interrupt;
	struct owner_map *owners; /* NULL: none */
	struct folder *folder;
};

static const struct plan_platform *chosen_platform(const struct options *options, struct error *err)
{
	CLEANUP(buf_release) struct buf ids = BUF_INIT(4096);
	const struct plan_platform *platform = plan_platform_of(options->platform);

	if (platform)
		return platform;
	for (size_t i = 0; i < plan_platform_count(); i++)
		(void)buf_addf(&ids, "%s%s", i > 0 ? ", " : "", plan_platform_at(i)->id);
	(void)error_set(err, ERROR_USAGE, "--platform '%s' is none of: %s", options->platform,
		buf_text(&ids));
	return NULL;
}

static bool is_built_in(const struct profile *profile)
{
	return strcmp(profile->source, "built in") == 0;
}

/* What certificates the profile has, as far as they can be had. */
static bool get_certificates(const struct options *options, const struct profile *profile,
	struct instant now, struct trust *trust, struct error *err)
{
	const struct supply_needs needs = { .profile = profile, .options = options, .now = now };

	return supply_get(&needs, trust, NULL, NULL, err);
}

static bool add_all(
	struct planning *planning, struct plan *plan, struct verdict *first, struct error *err)
{
	struct error why = { .code = ERROR_NONE };
	struct verdict *verdict = first;
	bool good = true;

	while (verdict && good && !interrupt_came(planning->interrupt)) {
		good = owner_map_label(planning->owners, &verdict->target, verdict->address) &&
		       plan_add(plan, verdict);
		verdict_free(verdict);
		verdict = good ? results_next(planning->results, &why) : NULL;
	}
	verdict_free(verdict);
	if (why.code != ERROR_NONE)
		return error_set(err, why.code, "%s", why.said);
	return good || error_set_memory(err);
}

static bool take_file(
	void *arg, const char *path, const struct buf *bytes, bool executable, struct error *err)
{
	struct planning *planning = arg;

	return !interrupt_came(planning->interrupt) &&
	       folder_put(planning->folder, path, bytes, executable, err);
}

static bool write_plan(struct planning *planning, const struct plan *plan, struct error *err)
{
	return plan_write(plan, take_file, planning, err) && folder_commit(planning->folder, err);
}

static void say_result(const struct options *options, const struct plan *plan)
{
	console_say(&options->console, "%s: folders for %zu hosts; %zu have nothing to do",
		options->plan_folder, plan->hosts.count, plan->in_order);
}

static bool make_plan(struct planning *planning, const struct plan_terms *terms,
	struct verdict *first, struct error *err)
{
	CLEANUP(plan_freep) struct plan *plan = plan_new(terms);

	if (!plan) {
		verdict_free(first);
		return error_set_memory(err);
	}
	if (!add_all(planning, plan, first, err))
		return false;
	if (interrupt_came(planning->interrupt))
		return true;
	if (!plan_settle(plan))
		return error_set_memory(err);
	if (!write_plan(planning, plan, err))
		return interrupt_came(planning->interrupt) && err->code == ERROR_NONE;
	say_result(planning->options, plan);
	return true;
}

static bool plan_with(struct planning *planning, struct verdict *first, struct error *err)
{
	const struct options *options = planning->options;
	struct instant today = instant_day(first ? first->as_of : clock_now());
	CLEANUP(verdict_freep) struct verdict *owned = first;
	CLEANUP(buf_release) struct buf text = BUF_INIT(LIMIT_PROFILE_BYTES);
	CLEANUP(profile_freep)
	struct profile *profile = results_profile(options, first ? first->run : NULL, err);
	CLEANUP(trust_freep) struct trust *trust = trust_new();
	struct plan_terms terms = { .profile = profile,
		.trust = trust,
		.language = options->language,
		.today = today,
		.version = CHAINMEND_VERSION,
		.ansible = options->ansible };

	if (!profile || !trust)
		return profile ? error_set_memory(err) : false;
	if (options->platform && !(terms.platform = chosen_platform(options, err)))
		return false;
	terms.profile_name = is_built_in(profile) ? profile->id : "profile.yaml";
	if (!is_built_in(profile)) {
		if (!buf_read_file(&text, profile->source, err))
			return false;
		terms.profile_text = &text;
	}
	CLEANUP(folder_freep)
	struct folder *folder = folder_open(options->plan_folder, &plan_kind, err);
	planning->folder = folder;
	return folder && get_certificates(options, profile, today, trust, err) &&
	       make_plan(planning, &terms, TAKE(owned), err);
}

static bool plan_all(struct planning *planning, struct error *err)
{
	const struct options *options = planning->options;
	struct error why = { .code = ERROR_NONE };
	CLEANUP(owner_map_freep) struct owner_map *owners = NULL;

	if (options->owner_map && !(owners = owner_map_load(options->owner_map, err)))
		return false;
	planning->owners = owners;
	struct verdict *first = results_next(planning->results, &why);
	if (why.code != ERROR_NONE)
		return error_set(err, why.code, "%s", why.said);
	interrupt_hold(planning->interrupt);
	return plan_with(planning, first, err);
}

int command_plan(struct options *options, struct error *err)
{
	struct planning planning = { .options = options };

	if (options->args.count == 0) {
		(void)error_set(err, ERROR_USAGE,
			"nothing to plan for: name a file of results, or - for standard input");
		return EXIT_CODE_TROUBLE;
	}
	if (!options->plan_folder) {
		(void)error_set(err, ERROR_USAGE, "where to? --output DIR has to name a folder");
		return EXIT_CODE_TROUBLE;
	}
	CLEANUP(interrupt_freep) struct interrupt *interrupt = interrupt_new(err);
	CLEANUP(results_freep)
	struct results *results = results_new(options->args.items, options->args.count, err);
	if (!interrupt || !results)
		return EXIT_CODE_TROUBLE;
	planning.interrupt = interrupt;
	planning.results = results;
	if (!plan_all(&planning, err))
		return EXIT_CODE_TROUBLE;
	return interrupt_came(interrupt) ? EXIT_CODE_INTERRUPTED : EXIT_CODE_OK;
}
