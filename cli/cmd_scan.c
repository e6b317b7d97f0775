/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <signal.h>
#include <stdatomic.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/engine/scan.h"
#include "checker/target/target.h"
#include "checker/target/target_stream.h"
#include "cli/options/config.h"
#include "cli/options/options.h"
#include "cli/process/interrupt.h"
#include "cli/process/progress.h"
#include "cli/run/bond.h"
#include "cli/run/checkpoint.h"
#include "cli/run/deposit.h"
#include "cli/run/inquiry.h"
#include "cli/run/keeper.h"
#include "cli/run/notify.h"
#include "cli/run/outputs.h"
#include "cli/run/run.h"
#include "cli/supply/setup.h"
#include "cli/supply/system_store.h"
#include "reports/report.h"

/* What a scan is made of. */
struct scanning {
	const struct options *options;
	struct target_stream *targets;
	struct checkpoint *checkpoint; /* NULL: none is kept */
	bool goes_on;                  /* it had something in it */
	struct keeper *keeper;         /* NULL: the run is not kept */
	struct setup *setup;
	struct interrupt *interrupt;
	struct run *run;
	struct inquiry *inquiry; /* NULL: nobody is asked about certificates */
	atomic_bool failed;      /* going on is of no use */
	struct scan *scan;
	struct report_summary summary; /* when it has come to its end */
};

/* The next target that no earlier run has done; scan_source has one caller at a time. */
static struct target *next_target(void *arg)
{
	struct scanning *scanning = arg;
	struct error err = { .code = ERROR_NONE };
	struct target *target;

	while ((target = target_stream_next(scanning->targets, &err))) {
		if (!scanning->checkpoint ||
			!journal_is_done(checkpoint_journal(scanning->checkpoint), target->number))
			return target;
		target_unref(target);
	}
	if (err.code != ERROR_NONE)
		run_fail(scanning->run, &err);
	return NULL;
}

static void observed(void *arg, struct observation *observation)
{
	const struct scanning *scanning = arg;

	if (scanning->inquiry)
		inquiry_hand(scanning->inquiry, observation);
	else
		run_observed(scanning->run, observation);
}

static void answered(void *arg, struct observation *observation)
{
	const struct scanning *scanning = arg;

	run_observed(scanning->run, observation);
}

static bool hurries(void *arg)
{
	const struct scanning *scanning = arg;

	return atomic_load(&scanning->failed) || interrupt_came(scanning->interrupt);
}

static void noticed(void *arg, const char *what)
{
	const struct scanning *scanning = arg;

	run_noticed(scanning->run, what);
}

static void stop_scan(void *arg)
{
	struct scanning *scanning = arg;

	atomic_store(&scanning->failed, true);
	scan_stop(scanning->scan);
}

/* Arguments first, then files, as they stand on the command line. */
static struct target_stream *read_targets(const struct options *options, struct error *err)
{
	struct target_options how = { .skip_bad_input = options->skip_bad_input };
	CLEANUP(target_stream_freep) struct target_stream *targets = target_stream_new(&how, err);

	for (size_t i = 0; targets && i < options->args.count; i++)
		if (!target_stream_add_argument(targets, options->args.items[i], i + 1, err))
			return NULL;
	for (size_t i = 0; targets && i < options->inputs.count; i++)
		if (!target_stream_add_file(targets, options->inputs.items[i], err))
			return NULL;
	if (!targets || !target_stream_prepare(targets, err))
		return NULL;
	if (target_stream_count(targets) > 0)
		return TAKE(targets);
	if (options->inputs.count > 0)
		(void)error_set(
			err, ERROR_USAGE, "nothing to scan: there is no target in the input");
	else
		(void)error_set(err, ERROR_USAGE,
			"nothing to scan: name a target, or a file of targets with --input FILE");
	return NULL;
}

/* By itself it looks further only where there are so few that nobody waits for it. */
#define PROBE_TARGETS 256

static struct probe_choice choose_probes(const struct scanning *scanning)
{
	const struct options *options = scanning->options;
	size_t targets = target_stream_count(scanning->targets);
	struct probe_choice choice = options->probe;

	if (options->probe_auto) {
		choice.key_types = choice.sni = choice.versions = targets <= PROBE_TARGETS;
		if (targets > PROBE_TARGETS)
			console_say(&options->console,
				"further looks (key types, server name, versions): none, for "
				"there are more than %d targets; --probe all makes them",
				PROBE_TARGETS);
	}
	return choice;
}

/* The scan itself; false when it could not be done. */
static bool examine(struct scanning *scanning, struct error *err)
{
	const struct options *options = scanning->options;
	struct scan_options how = {
		.concurrency = options->concurrency,
		.threads = options->threads,
		.timeout_s = options->timeout_s,
		.retries = options->retries,
		.rate = options->rate,
		.per_address = options->per_address,
		.per_network = options->per_network,
		.first_address = options->first_address,
		.complete = options->handshake == HANDSHAKE_CHOICE_COMPLETE,
		.probe = choose_probes(scanning),
		.caa = options->caa,
		.resolver = options->resolver,
		.proxy = options->proxy,
	};
	CLEANUP(scan_freep)
	struct scan *scan = scan_new(&how,
		(struct scan_source){ .next = next_target, .arg = scanning },
		(struct scan_sink){ .observed = observed, .noticed = noticed, .arg = scanning },
		err);

	if (!scan)
		return false;
	console_say(&options->console,
		"targets: %zu; threads: %u; connections in flight: at most %u; "
		"a second: at most %g to one address (0: no limit)",
		target_stream_count(scanning->targets), how.threads, how.concurrency,
		how.per_address);
	scanning->scan = scan;
	run_on_failure(scanning->run, stop_scan, scanning);
	interrupt_attach(scanning->interrupt, scan);
	run_begin(scanning->run);
	bool ok = interrupt_came(scanning->interrupt) || scan_run(scan, err);
	if (scanning->inquiry)
		inquiry_finish(scanning->inquiry);
	interrupt_attach(scanning->interrupt, NULL);
	run_on_failure(scanning->run, NULL, NULL);
	return ok;
}

/* What certificates name may be asked: puts that between looking and judging. */
static bool begin_inquiry(struct scanning *scanning, struct error *err)
{
	const struct options *options = scanning->options;

	if (options->revocation != REVOCATION_FULL || options->offline)
		return true;
	scanning->inquiry = inquiry_new(scanning->setup, options,
		(struct inquiry_sink){ .answered = answered,
			.noticed = noticed,
			.hurries = hurries,
			.arg = scanning },
		err);
	return scanning->inquiry;
}

/* Where the report goes comes first: a place that cannot be written costs no scan. */
static struct run *open_run(struct scanning *scanning, struct error *err)
{
	const struct options *options = scanning->options;
	CLEANUP(outputs_freep)
	struct outputs *outputs = outputs_open(options,
		&(struct outputs_subject){ .profile = scanning->setup->profile,
			.as_of = scanning->setup->context.now,
			.kept = scanning->setup->deposit ? deposit_results(scanning->setup->deposit)
							 : NULL,
			.curve = scanning->keeper ? keeper_curve(scanning->keeper) : NULL },
		err);

	if (!outputs || (scanning->checkpoint && !outputs_fit_checkpoint(outputs, err)))
		return NULL;
	CLEANUP(progress_freep)
	struct progress *progress = progress_new(target_stream_count(scanning->targets),
		options->console.transient, options->language);
	if (!progress) {
		(void)error_set_memory(err);
		return NULL;
	}
	return run_new(scanning->setup, options, TAKE(outputs), TAKE(progress), err);
}

/* What tells a run that may go on another time from all others. */
static bool make_key(const struct journal_head *head, struct buf *out)
{
	return buf_addf(out, "%s %s %s %s %s", head->targets, head->profile, head->trust,
		head->options, head->as_of);
}

/* The run is kept in a history from here on, if that is wanted; HEAD: of its checkpoint. */
static bool keep_run(
	const struct scanning *scanning, const struct journal_head *head, struct error *err)
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(4096);

	if (!scanning->keeper)
		return true;
	if (head && !make_key(head, &key))
		return error_set_memory(err);
	if (!keeper_begin(scanning->keeper, target_stream_count(scanning->targets),
		    head ? buf_text(&key) : NULL, scanning->goes_on, err))
		return false;
	run_store(scanning->run, scanning->keeper);
	return true;
}

/* Puts the run where its earlier part ended, if there was one. */
static bool go_on(struct scanning *scanning, struct error *err)
{
	struct checkpoint *checkpoint = scanning->checkpoint;
	struct journal_head head;

	if (!checkpoint)
		return keep_run(scanning, NULL, err);
	if (!bond_make(&head, scanning->setup, scanning->options, scanning->targets, err) ||
		!checkpoint_bind(checkpoint, &head, err) ||
		!run_keep(scanning->run, checkpoint, err) || !keep_run(scanning, &head, err))
		return false;
	console_say(&scanning->options->console, "checkpoint: %llu of %llu targets are done",
		(unsigned long long)checkpoint_journal(checkpoint)->done_count,
		(unsigned long long)head.count);
	return true;
}

static bool learn_root(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	CLEANUP(cert_unrefp) const struct cert *cert = cert_skim(der, len, err);

	if (!cert)
		return false;
	return !cert->readable || run_know(arg, cert->subject) || error_set_memory(err);
}

/* The roots that this machine trusts: where one of them is the issuer, no middlebox answers.  What
 * cannot be read says nothing. */
static bool learn_roots(struct scanning *scanning, struct error *err)
{
	const char *path = system_store_path();
	struct error own = { .code = ERROR_NONE };

	if (!path || target_stream_count(scanning->targets) < 3 ||
		system_store_each(path, learn_root, scanning->run, &own) ||
		own.code != ERROR_MEMORY)
		return true;
	return error_set_memory(err);
}

static bool is_done(const struct scanning *scanning)
{
	return scanning->checkpoint && checkpoint_journal(scanning->checkpoint)->done_count ==
					       target_stream_count(scanning->targets);
}

static int scan_with(struct scanning *scanning, struct error *err)
{
	const struct options *options = scanning->options;

	interrupt_hold(scanning->interrupt);
	CLEANUP(keeper_freep)
	struct keeper *keeper = options->store ? keeper_open(options->store, scanning->setup, err)
					       : NULL;
	if (options->store && !keeper)
		return EXIT_CODE_TROUBLE;
	scanning->keeper = keeper;
	CLEANUP(run_freep) struct run *run = open_run(scanning, err);
	scanning->run = run;
	if (!run || !setup_anchors(scanning->setup, options, err) || !go_on(scanning, err))
		return EXIT_CODE_TROUBLE;
	if (!learn_roots(scanning, err))
		return EXIT_CODE_TROUBLE;
	run_expect(run, target_stream_count(scanning->targets),
		target_stream_duplicates(scanning->targets));
	if (options->ordered && !run_order(run, err))
		return EXIT_CODE_TROUBLE;
	if (is_done(scanning))
		console_warn(&options->console,
			"%s: everything in it is done, and nothing is scanned again",
			options->checkpoint);
	else if (!setup_supply(scanning->setup, options, false, err) ||
		 !begin_inquiry(scanning, err) || !examine(scanning, err))
		return EXIT_CODE_TROUBLE;
	int code = run_finish(run, interrupt_came(scanning->interrupt), err);
	scanning->summary = *run_summary(run);
	if (interrupt_came(scanning->interrupt) && code != EXIT_CODE_TROUBLE)
		console_warn(&options->console, "interrupted: the results are not whole%s",
			options->checkpoint ? ", and --resume goes on with them" : "");
	return code;
}

static int scan_all(
	const struct options *options, struct report_summary *ret_summary, struct error *err)
{
	CLEANUP(interrupt_freep) struct interrupt *interrupt = interrupt_new(err);
	CLEANUP(setup_release) struct setup setup = { .profile = NULL };

	if (!interrupt || !setup_begin(&setup, options, NULL, err))
		return EXIT_CODE_TROUBLE;
	CLEANUP(target_stream_freep) struct target_stream *targets = read_targets(options, err);
	if (!targets)
		return EXIT_CODE_TROUBLE;
	CLEANUP(checkpoint_freep) struct checkpoint *checkpoint = NULL;
	bool goes_on = false;
	if (options->checkpoint) {
		checkpoint = checkpoint_open(options->checkpoint, options->resume, err);
		if (!checkpoint)
			return EXIT_CODE_TROUBLE;
		goes_on = checkpoint_as_of(checkpoint, &setup.context.now);
		if (!goes_on && options->resume)
			console_warn(&options->console,
				"%s: there is nothing to go on with, so everything is scanned",
				options->checkpoint);
	}
	CLEANUP(deposit_freep) struct deposit *deposit = NULL;
	if (options->evidence &&
		!(deposit = deposit_open(options->evidence, "scan", &setup, options, err)))
		return EXIT_CODE_TROUBLE;
	setup.deposit = deposit;
	struct scanning scanning = { .options = options,
		.targets = targets,
		.checkpoint = checkpoint,
		.goes_on = goes_on,
		.setup = &setup,
		.interrupt = interrupt };
	int code = scan_with(&scanning, err);

	/* Lists that results speak of are its; all results are written by now. */
	inquiry_free(scanning.inquiry);
	*ret_summary = scanning.summary;
	return code;
}

/* No fault of anybody's, but a monitoring system has to have its line. */
static int say_busy(const struct options *options)
{
	static const char busy[] = N_(
		"%s: another run of this is going on, so nothing was scanned");

	if (options->console.plugin != PLUGIN_NO)
		return console_usage(&options->console, busy, options->config);
	console_warn(&options->console, busy, options->config);
	return EXIT_CODE_UNEXAMINED;
}

/* With a configuration, unless another run of it is going on; and somebody may want to know. */
static int scan_and_tell(const struct options *options, struct error *err)
{
	struct report_summary summary = { .targets = 0 };
	struct error own = { .code = ERROR_NONE };

	switch (options->config ? config_lock(options->config, err) : CONFIG_LOCKED) {
	case CONFIG_TROUBLE:
		return EXIT_CODE_TROUBLE;
	case CONFIG_BUSY:
		return say_busy(options);
	case CONFIG_LOCKED:
		break;
	}
	int code = scan_all(options, &summary, err);
	struct notice_of_end notice = { .exit_code = exit_code_said(code, options),
		.summary = code == EXIT_CODE_TROUBLE ? NULL : &summary,
		.why = err->said };
	if (!notify_of_end(options, &notice, &own))
		console_warn(&options->console, "%s", own.said);
	return code;
}

int command_scan(struct options *options, struct error *err)
{
	/* A peer or a reader that went away is an error of a write, not the end of the scan. */
	(void)signal(SIGPIPE, SIG_IGN);
	options->console.transient = !options->no_progress && !options->console.quiet &&
				     console_can_rewrite() && !outputs_use_terminal(options);
	return scan_and_tell(options, err);
}
