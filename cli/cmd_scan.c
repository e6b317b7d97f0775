/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <signal.h>

#include "checker/base/error.h"
#include "checker/scan.h"
#include "checker/target.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/run.h"
#include "cli/setup.h"

/* Hands out targets in the order of the list; scan_source has one caller at a time. */
struct hand {
	const struct target_list *targets;
	size_t next;
};

static const struct target *next_target(void *arg)
{
	struct hand *hand = arg;

	if (hand->next == target_list_count(hand->targets))
		return NULL;
	return target_list_at(hand->targets, hand->next++);
}

static void observed(void *arg, struct observation *observation)
{
	run_observed(arg, observation);
}

static void stop_scan(void *arg)
{
	scan_stop(arg);
}

/* Arguments first, then files, as they stand on the command line. */
static bool read_targets(
	const struct options *options, struct target_list *targets, struct error *err)
{
	struct target_options how = { .skip_bad_input = options->skip_bad_input };

	for (size_t i = 0; i < options->args.count; i++)
		if (!target_list_add_argument(targets, options->args.items[i], i + 1, &how, err))
			return false;
	for (size_t i = 0; i < options->inputs.count; i++)
		if (!target_list_add_file(targets, options->inputs.items[i], &how, err))
			return false;
	if (target_list_count(targets) > 0)
		return true;
	if (options->inputs.count > 0)
		return error_set(
			err, ERROR_USAGE, "nothing to scan: there is no target in the input");
	return error_set(err, ERROR_USAGE,
		"nothing to scan: name a target, or a file of targets with --input FILE");
}

static bool announce(struct run *run, const struct options *options,
	const struct target_list *targets, struct error *err)
{
	for (size_t i = 0; i < target_list_count(targets); i++)
		if (!run_expect(run, target_list_at(targets, i), err))
			return false;
	return !options->ordered || run_order(run, targets, err);
}

/* The scan itself; false when it could not be done. */
static bool examine(struct run *run, const struct options *options,
	const struct target_list *targets, struct interrupt *interrupt, struct error *err)
{
	struct hand hand = { .targets = targets };
	struct scan_options how = {
		.concurrency = options->concurrency,
		.threads = options->threads,
		.timeout_s = options->timeout_s,
		.retries = options->retries,
		.rate = options->rate,
		.first_address = options->first_address,
	};
	CLEANUP(scan_freep)
	struct scan *scan = scan_new(&how,
		(struct scan_source){ .next = next_target, .arg = &hand },
		(struct scan_sink){ .observed = observed, .arg = run }, err);

	if (!scan)
		return false;
	console_say(&options->console,
		"targets: %zu; threads: %u; connections in flight: at most %u",
		target_list_count(targets), how.threads, how.concurrency);
	run_on_failure(run, stop_scan, scan);
	interrupt_attach(interrupt, scan);
	run_begin(run);
	bool ok = interrupt_came(interrupt) || scan_run(scan, err);
	interrupt_attach(interrupt, NULL);
	run_on_failure(run, NULL, NULL);
	return ok;
}

static struct run *open_run(const struct setup *setup, const struct options *options,
	const struct target_list *targets, struct error *err)
{
	CLEANUP(outputs_freep)
	struct outputs *outputs = outputs_open(options, setup->profile, setup->context.now, err);

	if (!outputs)
		return NULL;
	CLEANUP(progress_freep)
	struct progress *progress = progress_new(
		target_list_count(targets), options->console.transient);
	if (!progress) {
		(void)error_set_memory(err);
		return NULL;
	}
	return run_new(setup, options, TAKE(outputs), TAKE(progress), err);
}

static int scan_with(const struct options *options, const struct target_list *targets,
	struct setup *setup, struct interrupt *interrupt, struct error *err)
{
	/* Where the report goes comes first: a place that cannot be written costs no scan. */
	interrupt_hold(interrupt);
	CLEANUP(run_freep) struct run *run = open_run(setup, options, targets, err);
	if (!run || !setup_finish(setup, options, false, err) ||
		!announce(run, options, targets, err))
		return EXIT_CODE_TROUBLE;
	if (!examine(run, options, targets, interrupt, err))
		return EXIT_CODE_TROUBLE;
	struct run_end end = {
		.duplicates = target_list_duplicates(targets),
		.interrupted = interrupt_came(interrupt),
	};
	return run_finish(run, &end, err);
}

static int scan_all(const struct options *options, struct error *err)
{
	CLEANUP(target_list_freep) struct target_list *targets = target_list_new();
	CLEANUP(interrupt_freep) struct interrupt *interrupt = interrupt_new(err);
	CLEANUP(setup_release) struct setup setup = { .profile = NULL };

	if (!targets)
		(void)error_set_memory(err);
	if (!targets || !interrupt || !setup_begin(&setup, options, err) ||
		!read_targets(options, targets, err))
		return EXIT_CODE_TROUBLE;
	return scan_with(options, targets, &setup, interrupt, err);
}

int command_scan(struct options *options, struct error *err)
{
	/* A peer or a reader that went away is an error of a write, not the end of the scan. */
	(void)signal(SIGPIPE, SIG_IGN);
	options->console.transient = !options->no_progress && !options->console.quiet &&
				     console_can_rewrite() && !outputs_use_terminal(options);
	return scan_all(options, err);
}
