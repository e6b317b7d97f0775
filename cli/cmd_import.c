/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <signal.h>

#include "checker/base/error.h"
#include "checker/capture/capture.h"
#include "checker/limits.h"
#include "cli/options/option_values.h"
#include "cli/options/options.h"
#include "cli/process/interrupt.h"
#include "cli/run/deposit.h"
#include "cli/run/judging.h"
#include "cli/supply/setup.h"

static bool check_usage(const struct options *options, struct error *err)
{
	if (options->import_from == CAPTURE_KINDS)
		return error_set(err, ERROR_USAGE,
			"--from: whose captures are they? tlsx, zgrab2 or s_client");
	return options->args.count > 0 ||
	       error_set(err, ERROR_USAGE,
		       "nothing to import: name a file of captures, or - for standard input");
}

/* Everything is read once before the first is judged. */
static struct capture *open_captures(const struct options *options, const struct setup *setup,
	const char *name, struct error *err)
{
	const struct capture_options how = { .kind = (enum capture_kind)options->import_from,
		.skip_bad_input = options->skip_bad_input,
		.whole = options->whole,
		.name = name[0] ? name : NULL,
		.now = setup->today };
	CLEANUP(capture_freep) struct capture *capture = capture_new(&how, err);

	for (size_t i = 0; capture && i < options->args.count; i++)
		if (!capture_add_file(capture, options->args.items[i], err))
			return NULL;
	if (!capture || !capture_prepare(capture, err))
		return NULL;
	return TAKE(capture);
}

static struct observation *next(void *arg, struct error *err)
{
	return capture_next(arg, err);
}

static int judge(struct setup *setup, const struct options *options, struct capture *capture,
	struct interrupt *interrupt, struct error *err)
{
	CLEANUP(deposit_freep) struct deposit *deposit = NULL;
	const struct judging judging = { .options = options,
		.setup = setup,
		.interrupt = interrupt,
		.targets = capture_count(capture),
		.ordered = true,
		.next = next,
		.arg = capture };

	if (options->evidence &&
		!(deposit = deposit_open(options->evidence, "import", setup, options, err)))
		return EXIT_CODE_TROUBLE;
	setup->deposit = deposit;
	if (!setup_anchors(setup, options, err) || !setup_supply(setup, options, false, err))
		return EXIT_CODE_TROUBLE;
	return judging_run(&judging, err);
}

int command_import(struct options *options, struct error *err)
{
	char name[LIMIT_HOST_BYTES] = "";
	CLEANUP(setup_release) struct setup setup = { .profile = NULL };

	/* A reader that went away is an error of a write, so that files are not left behind. */
	(void)signal(SIGPIPE, SIG_IGN);
	options->ordered = true;
	CLEANUP(interrupt_freep) struct interrupt *interrupt = interrupt_new(err);
	if (!interrupt || !check_usage(options, err) ||
		(options->name && !value_server("--name", options->name, name, err)) ||
		!setup_begin(&setup, options, NULL, err))
		return EXIT_CODE_TROUBLE;
	CLEANUP(capture_freep) struct capture *capture = open_captures(options, &setup, name, err);
	return capture ? judge(&setup, options, capture, interrupt, err) : EXIT_CODE_TROUBLE;
}
