/* SPDX-License-Identifier: MIT */
#include "cli/run.h"

#include <pthread.h>
#include <stdlib.h>

#include "checker/base/error.h"
#include "checker/observation.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/queue.h"
#include "cli/setup.h"
#include "reports/report.h"
#include "rules/fleet.h"
#include "rules/verdict.h"

struct run {
	const struct setup *setup;
	const struct options *options;
	pthread_mutex_t lock; /* of what follows */
	struct outputs *outputs;
	struct progress *progress;
	struct fleet *fleet;
	struct queue *queue; /* NULL: as they come */
	struct report_summary summary;
	struct error failure; /* of ours: the run is not whole */
	bool outputs_gone;    /* all outputs failed, and outputs_close() knows why */
	bool stopped;
	void (*stop)(void *arg);
	void *stop_arg;
};

/* With the lock held. */
static void give_up(struct run *run)
{
	if (!run->stopped && run->stop)
		run->stop(run->stop_arg);
	run->stopped = true;
}

static void write_out(void *arg, struct verdict *verdict)
{
	struct run *run = arg;

	run->summary.results[verdict->status]++;
	if (!run->outputs_gone && !outputs_add(run->outputs, verdict)) {
		run->outputs_gone = true;
		give_up(run);
	}
	verdict_free(verdict);
}

static void compared(void *arg, struct verdict *verdict)
{
	struct run *run = arg;

	if (!run->queue)
		write_out(run, verdict);
	else if (!queue_add(run->queue, verdict, &run->failure))
		give_up(run);
}

struct run *run_new(const struct setup *setup, const struct options *options,
	struct outputs *outputs, struct progress *progress, struct error *err)
{
	struct run *run = calloc(1, sizeof *run);

	if (run)
		run->fleet = fleet_new(setup->profile, compared, run);
	if (!run || !run->fleet) {
		free(run);
		outputs_free(outputs);
		progress_free(progress);
		(void)error_set_memory(err);
		return NULL;
	}
	run->setup = setup;
	run->options = options;
	run->outputs = outputs;
	run->progress = progress;
	(void)pthread_mutex_init(&run->lock, NULL);
	return run;
}

void run_free(struct run *run)
{
	if (!run)
		return;
	progress_free(run->progress);
	fleet_free(run->fleet);
	queue_free(run->queue);
	outputs_free(run->outputs);
	(void)pthread_mutex_destroy(&run->lock);
	free(run);
}

bool run_expect(struct run *run, const struct target *target, struct error *err)
{
	run->summary.targets++;
	return fleet_expect(run->fleet, target, err);
}

bool run_order(struct run *run, const struct target_list *targets, struct error *err)
{
	run->queue = queue_new(targets, write_out, run, err);
	return run->queue;
}

void run_begin(struct run *run)
{
	if (run->progress)
		progress_begin(run->progress);
}

void run_on_failure(struct run *run, void (*stop)(void *arg), void *arg)
{
	(void)pthread_mutex_lock(&run->lock);
	run->stop = stop;
	run->stop_arg = arg;
	(void)pthread_mutex_unlock(&run->lock);
}

void run_observed(struct run *run, struct observation *observation)
{
	struct error err = { .code = ERROR_NONE };
	struct verdict *verdict = verdict_new(
		observation, &run->setup->context, run->setup->profile, &err);

	observation_free(observation);
	if (verdict && run->progress)
		progress_add(run->progress, verdict->status, verdict->addresses);
	(void)pthread_mutex_lock(&run->lock);
	if (!verdict || !fleet_add(run->fleet, verdict, &err)) {
		(void)error_set(&run->failure, err.code, "%s", err.text);
		give_up(run);
	}
	(void)pthread_mutex_unlock(&run->lock);
}

static int exit_code(const struct run *run)
{
	const size_t *results = run->summary.results;
	enum fail_on fail_on = run->options->fail_on;

	if (run->summary.interrupted)
		return EXIT_CODE_INTERRUPTED;
	if (fail_on != FAIL_ON_NEVER && results[STATUS_CRITICAL] > 0)
		return EXIT_CODE_FAILED;
	if (fail_on == FAIL_ON_WARNING && results[STATUS_WARNING] > 0)
		return EXIT_CODE_FAILED;
	return results[STATUS_UNREACHABLE] > 0 ? EXIT_CODE_UNEXAMINED : EXIT_CODE_OK;
}

int run_finish(struct run *run, const struct run_end *end, struct error *err)
{
	if (run->progress)
		progress_clear(run->progress);
	fleet_finish(run->fleet);
	if (run->queue)
		queue_finish(run->queue);
	if (run->failure.code != ERROR_NONE) {
		(void)error_set(err, run->failure.code,
			"%s; the results are not whole and nothing was written", run->failure.text);
		return EXIT_CODE_TROUBLE;
	}
	run->summary.duplicates = end->duplicates;
	run->summary.interrupted = end->interrupted;
	if (!outputs_close(run->outputs, &run->summary, err))
		return EXIT_CODE_TROUBLE;
	return exit_code(run);
}
