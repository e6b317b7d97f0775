/* SPDX-License-Identifier: MIT */
#include "cli/run/keeper.h"

#include <stdlib.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "cli/supply/setup.h"
#include "reports/history/curve.h"
#include "reports/history/history.h"
#include "rules/profile/profile.h"

struct keeper {
	const struct setup *setup;
	struct history *history; /* NULL: let go */
	struct curve curve;      /* of earlier runs */
	struct error failure;
};

struct keeper *keeper_open(const char *path, const struct setup *setup, struct error *err)
{
	CLEANUP(keeper_freep) struct keeper *keeper = calloc(1, sizeof *keeper);

	if (!keeper) {
		(void)error_set_memory(err);
		return NULL;
	}
	keeper->setup = setup;
	keeper->history = history_open(path, err);
	if (!keeper->history ||
		!history_curve(keeper->history, setup->profile->id, NULL, &keeper->curve, err))
		return NULL;
	return TAKE(keeper);
}

void keeper_free(struct keeper *keeper)
{
	if (keeper) {
		history_free(keeper->history);
		curve_release(&keeper->curve);
	}
	free(keeper);
}

const struct curve *keeper_curve(const struct keeper *keeper)
{
	return &keeper->curve;
}

bool keeper_begin(
	struct keeper *keeper, size_t targets, const char *key, bool goes_on, struct error *err)
{
	struct history_start start = {
		.profile = keeper->setup->profile,
		.began = clock_now(),
		.as_of = keeper->setup->context.now,
		.version = CHAINMEND_VERSION,
		.targets = targets,
		.key = key,
		.goes_on = goes_on,
	};

	return history_begin(keeper->history, &start, err);
}

static void let_go(struct keeper *keeper)
{
	history_free(keeper->history);
	keeper->history = NULL;
}

void keeper_add(struct keeper *keeper, struct verdict *const *verdicts, size_t count, bool now)
{
	for (size_t i = 0; i < count && keeper->history; i++)
		if (!history_add(keeper->history, verdicts[i], &keeper->failure))
			let_go(keeper);
	if (now && keeper->history && !history_commit(keeper->history, &keeper->failure))
		let_go(keeper);
}

bool keeper_finish(struct keeper *keeper, bool interrupted, struct error *err)
{
	if (keeper->history &&
		!history_finish(keeper->history, clock_now(), interrupted, &keeper->failure))
		let_go(keeper);
	return keeper->history || error_set(err, keeper->failure.code, "%s", keeper->failure.text);
}
