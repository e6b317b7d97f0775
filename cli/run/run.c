/* SPDX-License-Identifier: MIT */
#include "cli/run/run.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/text.h"
#include "checker/base/vec.h"
#include "checker/observation.h"
#include "checker/target/owner_map.h"
#include "checker/target/target.h"
#include "cli/options/options.h"
#include "cli/process/exit_code.h"
#include "cli/process/progress.h"
#include "cli/run/checkpoint.h"
#include "cli/run/deposit.h"
#include "cli/run/desk.h"
#include "cli/run/keeper.h"
#include "cli/run/outputs.h"
#include "cli/run/queue.h"
#include "cli/supply/setup.h"
#include "reports/report.h"
#include "rules/fleet.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"
#include "rules/waiver/waivers.h"

/* A service that has all its results. */
struct whole {
	VEC(struct verdict *) verdicts;
	bool failed;
};

struct run {
	const struct setup *setup;
	const struct options *options;
	struct desk_room *desks;

	pthread_mutex_t fleet_lock; /* of what follows; never taken with `lock` held */
	struct fleet *fleet;
	struct whole *whole; /* where it goes */

	pthread_mutex_t lock; /* of what follows */
	struct outputs *outputs;
	struct progress *progress; /* has a lock of its own */
	struct queue *queue;       /* NULL: as they come */
	struct checkpoint *checkpoint;
	struct keeper *keeper; /* NULL: nothing is kept */
	struct report_summary summary;
	struct verdict_run facts; /* never change once there are verdicts */
	VEC(char *) notices;      /* said already */
	struct error failure;     /* of ours: the run is not whole */
	bool outputs_gone;        /* all outputs failed, and outputs_close() knows why */
	bool stopped;
	bool is_cut_short;
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

static void fail_locked(struct run *run, const struct error *why)
{
	(void)error_set(&run->failure, why->code, "%s", why->text);
	give_up(run);
}

void run_fail(struct run *run, const struct error *why)
{
	(void)pthread_mutex_lock(&run->lock);
	fail_locked(run, why);
	(void)pthread_mutex_unlock(&run->lock);
}

/* As run_fail(); with the lock held. */
static void fail_for_memory(struct run *run)
{
	struct error why = { .code = ERROR_NONE };

	(void)error_set_memory(&why);
	fail_locked(run, &why);
}

static void check_outputs(struct run *run, bool good)
{
	if (good || run->outputs_gone)
		return;
	run->outputs_gone = true;
	give_up(run);
}

/* One that had to wait for its place. */
static void write_item(void *arg, struct queue_item *item)
{
	struct run *run = arg;

	if (!run->outputs_gone)
		check_outputs(
			run, outputs_add(run->outputs, item->verdict, item->record, item->len));
	queue_item_release(item);
}

static bool queue_verdict(
	struct run *run, const struct desk *desk, size_t i, struct verdict **verdict)
{
	struct queue_item item = { .number = (*verdict)->target->number,
		.addresses = (*verdict)->addresses };
	const char *record = desk_record(desk, i, &item.len);

	memcpy(item.address, (*verdict)->address, sizeof item.address);
	item.record = text_copy(record, item.len);
	if (!item.record)
		return error_set_memory(&run->failure);
	if (outputs_need_verdicts(run->outputs))
		item.verdict = TAKE(*verdict);
	return queue_add(run->queue, &item, &run->failure);
}

/* Writes the results of a service that is whole, or puts them into the queue; with the lock. */
static void deliver(
	struct run *run, const struct desk *desk, struct verdict **verdicts, size_t count)
{
	struct journal_group group = { .verdicts = verdicts,
		.ends = desk->ends.items,
		.count = count,
		.records = buf_text(&desk->records) };

	for (size_t i = 0; i < count; i++)
		report_summary_add(&run->summary, verdicts[i]);
	if (run->outputs_gone || run->failure.code != ERROR_NONE)
		return;
	/* Before a checkpoint calls them done. */
	if (run->keeper)
		keeper_add(run->keeper, verdicts, count, run->checkpoint);
	if (run->checkpoint) {
		if (!checkpoint_add(run->checkpoint, run->outputs, &group, &run->failure))
			give_up(run);
		check_outputs(run, outputs_are_left(run->outputs));
		return;
	}
	for (size_t i = 0; i < count && !run->outputs_gone; i++) {
		size_t len;
		const char *record = desk_record(desk, i, &len);

		if (!run->queue)
			check_outputs(run, outputs_add(run->outputs, verdicts[i], record, len));
		else if (!queue_verdict(run, desk, i, &verdicts[i]))
			give_up(run);
	}
}

/* Makes the records of a service that is whole, and hands them on.  Takes VERDICTS over. */
static void serve(struct run *run, struct verdict **verdicts, size_t count)
{
	/* Once more: comparing may have added what is waived, too. */
	for (size_t i = 0; i < count; i++)
		waivers_apply(run->setup->waivers, verdicts[i]);
	struct desk *desk = desk_take(run->desks);
	bool good = desk && desk_render(desk, outputs_rendered(run->outputs), verdicts, count);

	(void)pthread_mutex_lock(&run->lock);
	/* Asked when all has been found out, and before any of it leaves. */
	if (good && !heap_ran_out())
		deliver(run, desk, verdicts, count);
	else
		fail_for_memory(run);
	(void)pthread_mutex_unlock(&run->lock);
	if (desk)
		desk_give(run->desks, desk);
	for (size_t i = 0; i < count; i++)
		verdict_free(verdicts[i]);
}

/* With the fleet's lock: only taken note of, so that nobody waits while records are made. */
static void compared(void *arg, struct verdict *const *verdicts, size_t count)
{
	struct run *run = arg;
	struct whole *whole = run->whole;

	for (size_t i = 0; i < count; i++) {
		if (vec_reserve(&whole->verdicts)) {
			whole->verdicts.items[whole->verdicts.count++] = verdicts[i];
			continue;
		}
		whole->failed = true;
		verdict_free(verdicts[i]);
	}
}

struct run *run_new(const struct setup *setup, const struct options *options,
	struct outputs *outputs, struct progress *progress, struct error *err)
{
	struct run *run = calloc(1, sizeof *run);

	if (run) {
		run->fleet = fleet_new(setup->profile, (struct fleet_sink){ compared, run });
		run->desks = desk_room_new();
	}
	if (!run || !run->fleet || !run->desks) {
		fleet_free(run ? run->fleet : NULL);
		desk_room_free(run ? run->desks : NULL);
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
	(void)pthread_mutex_init(&run->fleet_lock, NULL);
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
	desk_room_free(run->desks);
	for (size_t i = 0; i < run->notices.count; i++)
		free(run->notices.items[i]);
	free(run->notices.items);
	(void)pthread_mutex_destroy(&run->fleet_lock);
	(void)pthread_mutex_destroy(&run->lock);
	free(run);
}

void run_expect(struct run *run, size_t targets, size_t duplicates)
{
	const struct profile *profile = run->setup->profile;

	run->summary.targets = targets;
	run->summary.duplicates = duplicates;
	run->facts = (struct verdict_run){ .version = CHAINMEND_VERSION,
		.profile = profile->id,
		.profile_sha256 = profile->sha256_text,
		.targets = targets,
		.duplicates = duplicates };
}

void run_cut_short(struct run *run)
{
	run->is_cut_short = true;
}

bool run_know(struct run *run, const char *subject)
{
	deposit_root(run->setup->deposit, subject);
	return fleet_know(run->fleet, subject);
}

bool run_order(struct run *run, struct error *err)
{
	run->queue = queue_new(write_item, run, err);
	return run->queue;
}

bool run_keep(struct run *run, struct checkpoint *checkpoint, struct error *err)
{
	const struct journal *journal = checkpoint_journal(checkpoint);

	for (enum status status = STATUS_OK; status < STATUS_COUNT; status++)
		run->summary.results[status] += (size_t)journal->results[status];
	run->summary.examined += (double)journal->done_count;
	if (run->progress)
		progress_start(run->progress, (size_t)journal->done_count, run->summary.results);
	if (!checkpoint_begin(checkpoint, run->outputs, err))
		return false;
	run->checkpoint = checkpoint;
	return true;
}

void run_store(struct run *run, struct keeper *keeper)
{
	run->keeper = keeper;
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

/* A verdict that others of its service have to wait for, or that waits for them. */
static void compare(struct run *run, struct verdict *verdict)
{
	struct error err = { .code = ERROR_NONE };
	struct whole whole = { .failed = false };

	(void)pthread_mutex_lock(&run->fleet_lock);
	run->whole = &whole;
	bool added = fleet_add(run->fleet, verdict, &err);
	run->whole = NULL;
	(void)pthread_mutex_unlock(&run->fleet_lock);
	if (!added || whole.failed) {
		(void)error_set_memory(&err);
		run_fail(run, &err);
	}
	if (whole.verdicts.count > 0)
		serve(run, whole.verdicts.items, whole.verdicts.count);
	free(whole.verdicts.items);
}

void run_observed(struct run *run, struct observation *observation)
{
	struct error err = { .code = ERROR_NONE };
	struct verdict *verdict = NULL;

	/* Before judgement, because rules read labels, too. */
	if (owner_map_label(run->setup->owners, &observation->target, observation->address))
		verdict = verdict_new(observation, &run->setup->context, run->setup->profile, &err);
	else
		(void)error_set_memory(&err);

	deposit_add(run->setup->deposit, observation);
	observation_free(observation);
	if (!verdict) {
		run_fail(run, &err);
		return;
	}
	verdict->run = &run->facts;
	waivers_apply(run->setup->waivers, verdict);
	if (run->progress)
		progress_add(run->progress, verdict->status, verdict->addresses);
	if (fleet_concerns(run->fleet, verdict))
		compare(run, verdict);
	else
		serve(run, &verdict, 1);
}

struct notice {
	const struct console *console;
	const char *what;
};

static void say(void *arg)
{
	const struct notice *notice = arg;

	console_warn(notice->console, "%s", notice->what);
}

static bool is_news(struct run *run, const char *what)
{
	for (size_t i = 0; i < run->notices.count; i++)
		if (strcmp(run->notices.items[i], what) == 0)
			return false;
	char *copy = text_copy(what, strlen(what));
	if (copy && vec_reserve(&run->notices))
		run->notices.items[run->notices.count++] = copy;
	else
		free(copy);
	return true;
}

void run_noticed(struct run *run, const char *what)
{
	struct notice notice = { .console = &run->options->console, .what = what };

	(void)pthread_mutex_lock(&run->lock);
	bool news = is_news(run, what);
	(void)pthread_mutex_unlock(&run->lock);
	if (news && run->progress)
		progress_aside(run->progress, say, &notice);
	else if (news)
		say(&notice);
}

/* Services that never became whole, one after the other. */
static void finish_fleet(struct run *run)
{
	struct whole whole = { .failed = false };

	run->whole = &whole;
	while (fleet_finish(run->fleet)) {
		serve(run, whole.verdicts.items, whole.verdicts.count);
		whole.verdicts.count = 0;
	}
	run->whole = NULL;
	free(whole.verdicts.items);
	if (whole.failed)
		(void)error_set_memory(&run->failure);
}

static void say_unused(void *arg, const char *text)
{
	console_say(arg, "%s", text);
}

const struct report_summary *run_summary(const struct run *run)
{
	return &run->summary;
}

/* Whatever became of other outputs. */
static bool finish_deposit(const struct run *run, bool interrupted, struct error *err)
{
	const struct report_summary *summary = &run->summary;
	const struct deposit_end end = { .targets = summary->targets,
		.duplicates = summary->duplicates,
		.interrupted = interrupted || run->is_cut_short };

	return !run->setup->deposit || deposit_finish(run->setup->deposit, &end, err);
}

int run_finish(struct run *run, bool interrupted, struct error *err)
{
	struct error own = { .code = ERROR_NONE };

	if (run->progress)
		progress_clear(run->progress);
	if (!run->checkpoint || !interrupted)
		finish_fleet(run);
	if (run->queue)
		queue_finish(run->queue);
	if (heap_ran_out())
		(void)error_set_memory(&run->failure);
	if (run->failure.code != ERROR_NONE) {
		(void)error_set(err, run->failure.code, "%s; the results are not whole and %s",
			run->failure.text,
			run->checkpoint ? "what was done is in the checkpoint"
					: "nothing was written");
		return EXIT_CODE_TROUBLE;
	}
	run->summary.interrupted = (interrupted || run->is_cut_short) &&
				   !report_summary_is_whole(&run->summary);
	if (run->summary.inspected > 0)
		console_warn(&run->options->console,
			"a middlebox answered for %zu of the results, which say nothing about the "
			"servers (deployment.inspected)",
			run->summary.inspected);
	bool kept = !run->keeper || keeper_finish(run->keeper, interrupted, err);
	bool closed = outputs_close(run->outputs, &run->summary, err);
	bool deposited = finish_deposit(run, interrupted, closed && kept ? err : &own);
	if (!closed || !kept || !deposited ||
		(run->checkpoint && !checkpoint_finish(run->checkpoint, err)))
		return EXIT_CODE_TROUBLE;
	struct console console = run->options->console;
	if (!interrupted)
		waivers_tell_unused(
			run->setup->waivers, run->setup->context.now, say_unused, &console);
	return exit_code_of(&run->summary, run->options, interrupted);
}
