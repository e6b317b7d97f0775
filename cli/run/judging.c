/* SPDX-License-Identifier: MIT */
#include "cli/run/judging.h"

#include "checker/base/error.h"
#include "cli/options/options.h"
#include "cli/process/exit_code.h"
#include "cli/process/interrupt.h"
#include "cli/run/deposit.h"
#include "cli/run/keeper.h"
#include "cli/run/outputs.h"
#include "cli/run/run.h"
#include "cli/supply/setup.h"
#include "reports/report.h"

static bool prepare(
	const struct judging *judging, struct run *run, struct keeper *keeper, struct error *err)
{
	if (keeper && !keeper_begin(keeper, judging->targets, NULL, false, err))
		return false;
	run_store(run, keeper);
	run_expect(run, judging->targets, judging->duplicates);
	if (judging->cut_short)
		run_cut_short(run);
	if (judging->ordered && !run_order(run, err))
		return false;
	return !judging->begin || judging->begin(judging->arg, run, err);
}

static int judge_all(const struct judging *judging, struct run *run, struct error *err)
{
	struct error why = { .code = ERROR_NONE };
	struct observation *observation;

	while (!interrupt_came(judging->interrupt) &&
		(observation = judging->next(judging->arg, &why)))
		run_observed(run, observation);
	if (why.code != ERROR_NONE) {
		(void)error_set(err, why.code, "%s", why.said);
		return EXIT_CODE_TROUBLE;
	}
	return run_finish(run, interrupt_came(judging->interrupt), err);
}

static int judge_into(const struct judging *judging, struct keeper *keeper, struct error *err)
{
	const struct setup *setup = judging->setup;
	CLEANUP(outputs_freep)
	struct outputs *outputs = outputs_open(judging->options,
		&(struct outputs_subject){ .profile = setup->profile,
			.as_of = setup->context.now,
			.kept = setup->deposit ? deposit_results(setup->deposit) : NULL,
			.curve = keeper ? keeper_curve(keeper) : NULL },
		err);
	if (!outputs)
		return EXIT_CODE_TROUBLE;
	CLEANUP(run_freep)
	struct run *run = run_new(setup, judging->options, TAKE(outputs), NULL, err);
	if (!run || !prepare(judging, run, keeper, err))
		return EXIT_CODE_TROUBLE;
	return judge_all(judging, run, err);
}

int judging_run(const struct judging *judging, struct error *err)
{
	const struct options *options = judging->options;
	CLEANUP(keeper_freep) struct keeper *keeper = NULL;

	interrupt_hold(judging->interrupt);
	if (options->store && !(keeper = keeper_open(options->store, judging->setup, err)))
		return EXIT_CODE_TROUBLE;
	return judge_into(judging, keeper, err);
}
