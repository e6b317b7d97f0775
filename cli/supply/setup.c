/* SPDX-License-Identifier: MIT */
#include "cli/supply/setup.h"

#include <stdlib.h>

#include "checker/base/error.h"
#include "checker/cert/cert_store.h"
#include "checker/revoke/revoke.h"
#include "checker/target/owner_map.h"
#include "checker/trust/trust.h"
#include "cli/options/options.h"
#include "cli/supply/anchors.h"
#include "cli/supply/replay.h"
#include "cli/supply/supply.h"
#include "rules/profile/profile.h"
#include "rules/waiver/waivers.h"

/* A day alone means its first second, but today is now: what was issued this morning is valid. */
static struct instant day_of_judgement(const struct options *options, struct instant now)
{
	if (!options->has_as_of || options->as_of.seconds == instant_day(now).seconds)
		return now;
	return options->as_of;
}

static void warn(void *arg, const char *text)
{
	console_warn(arg, "%s", text);
}

static bool load_waivers(struct setup *setup, const struct options *options, struct error *err)
{
	struct console console = options->console;

	if (!options->waivers)
		return true;
	setup->waivers = waivers_load(options->waivers, err);
	if (setup->waivers)
		waivers_tell_expired(setup->waivers, setup->context.now, warn, &console);
	return setup->waivers;
}

bool setup_begin(struct setup *setup, const struct options *options, const struct replay *replay,
	struct error *err)
{
	struct instant today = replay ? replay_day(replay) : clock_now();

	*setup = (struct setup){
		.profile = profile_load(options->profile, err),
		.context.now = day_of_judgement(options, today),
		.today = today,
		.replay = replay,
	};
	if (!setup->profile || !load_waivers(setup, options, err))
		return false;
	if (options->owner_map)
		setup->owners = owner_map_load(options->owner_map, err);
	return setup->owners || !options->owner_map;
}

bool setup_anchors(struct setup *setup, const struct options *options, struct error *err)
{
	const struct profile *profile = setup->profile;
	char day[INSTANT_TEXT];

	instant_format(setup->context.now, day);
	console_say(
		&options->console, "profile %s (%s), as of %s", profile->id, profile->source, day);
	setup->trust = trust_new();
	return setup->trust ? anchors_load(profile, options, setup->replay, setup->trust, err)
			    : error_set_memory(err);
}

bool setup_supply(
	struct setup *setup, const struct options *options, bool expected, struct error *err)
{
	const struct profile *profile = setup->profile;
	struct instant now = setup->context.now;
	struct supply_needs needs = { .profile = profile,
		.options = options,
		.now = now,
		.today = setup->today,
		.deposit = setup->deposit,
		.replay = setup->replay,
		.expected = expected,
		.lists = options->revocation != REVOCATION_NONE };

	setup->lists = calloc(profile->list_count + 1, sizeof *setup->lists);
	setup->origins = calloc(profile->list_count + 1, sizeof *setup->origins);
	if (!setup->lists || !setup->origins)
		return error_set_memory(err);
	setup->list_count = needs.lists ? profile->list_count : 0;
	setup->certs = cert_store_new(err);
	if (!setup->certs || !supply_get(&needs, setup->trust, setup->lists, setup->origins, err))
		return false;
	setup->context = (struct facts_context){
		.trust = setup->trust,
		.lists = (const struct revoke_list *const *)setup->lists,
		.list_count = setup->list_count,
		.now = now,
		.certs = setup->certs,
		.explain = options->explain,
	};
	return true;
}

void setup_release(struct setup *setup)
{
	for (size_t i = 0; i < setup->list_count; i++)
		revoke_list_free(setup->lists[i]);
	free(setup->lists);
	free(setup->origins);
	trust_free(setup->trust);
	cert_store_free(setup->certs);
	waivers_free(setup->waivers);
	owner_map_free(setup->owners);
	profile_free(setup->profile);
	*setup = (struct setup){ .profile = NULL };
}
