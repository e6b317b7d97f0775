/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <signal.h>

#include "checker/base/error.h"
#include "checker/target/owner_map.h"
#include "cli/options/options.h"
#include "cli/process/interrupt.h"
#include "cli/run/desk.h"
#include "cli/run/outputs.h"
#include "cli/supply/results_profile.h"
#include "reports/history/curve.h"
#include "reports/history/history.h"
#include "reports/report.h"
#include "reports/result/results.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"

/* Results on their way from files to reports. */
struct reporting {
	const struct options *options;
	struct results *results;
	struct outputs *outputs;
	struct desk *desk;
	struct interrupt *interrupt;
	struct owner_map *owners;      /* NULL: none */
	const struct verdict_run *run; /* of the last result */
	struct report_summary summary;
};

/* Each run that the results are of counts once; they come one run after the other. */
static void count(struct reporting *reporting, const struct verdict *verdict)
{
	report_summary_add(&reporting->summary, verdict);
	if (verdict->run && verdict->run != reporting->run) {
		reporting->summary.targets += verdict->run->targets;
		reporting->summary.duplicates += verdict->run->duplicates;
	}
	reporting->run = verdict->run;
}

static bool add(struct reporting *reporting, struct verdict *verdict, struct error *err)
{
	struct desk *desk = reporting->desk;
	size_t len;

	if (!owner_map_label(reporting->owners, &verdict->target, verdict->address))
		return error_set_memory(err);
	count(reporting, verdict);
	if (!desk_render(desk, outputs_rendered(reporting->outputs), &verdict, 1))
		return error_set_memory(err);
	const char *record = desk_record(desk, 0, &len);
	return outputs_add(reporting->outputs, verdict, record, len);
}

/* False when going on is of no use: with ERR set, or when the outputs know why. */
static bool add_all(struct reporting *reporting, struct verdict *first, struct error *err)
{
	struct error why = { .code = ERROR_NONE };
	struct verdict *verdict = first;
	bool good = true;

	while (verdict && good && !interrupt_came(reporting->interrupt)) {
		good = add(reporting, verdict, err);
		verdict_free(verdict);
		verdict = good ? results_next(reporting->results, &why) : NULL;
	}
	verdict_free(verdict);
	if (why.code != ERROR_NONE)
		return error_set(err, why.code, "%s", why.said);
	return good;
}

static int finish(struct reporting *reporting, bool good, struct error *err)
{
	struct report_summary *summary = &reporting->summary;

	if (interrupt_came(reporting->interrupt))
		return EXIT_CODE_INTERRUPTED;
	if (!good && err->code != ERROR_NONE)
		return EXIT_CODE_TROUBLE;
	summary->interrupted = !report_summary_is_whole(summary);
	if (!outputs_close(reporting->outputs, summary, err))
		return EXIT_CODE_TROUBLE;
	return exit_code_of(summary, reporting->options, false);
}

/* Runs that had ended before the one that FIRST is of: what its scan would have known. */
static bool read_curve(const struct options *options, const struct verdict *first,
	const struct profile *profile, struct curve *curve, struct error *err)
{
	if (!options->store)
		return true;
	CLEANUP(history_freep)
	struct history *history = history_open_to_read(options->store, err);
	return history &&
	       history_curve(history, profile->id, first ? &first->time : NULL, curve, err);
}

static int report_with(struct reporting *reporting, struct verdict *first, struct error *err)
{
	CLEANUP(verdict_freep) struct verdict *owned = first;
	CLEANUP(profile_freep)
	struct profile *profile = results_profile(
		reporting->options, first ? first->run : NULL, err);

	CLEANUP(curve_release) struct curve curve = { .has_deadline = false };
	if (!profile || !read_curve(reporting->options, first, profile, &curve, err))
		return EXIT_CODE_TROUBLE;
	CLEANUP(desk_room_freep) struct desk_room *room = desk_room_new();
	reporting->desk = room ? desk_take(room) : NULL;
	if (!reporting->desk) {
		(void)error_set_memory(err);
		return EXIT_CODE_TROUBLE;
	}
	CLEANUP(outputs_freep)
	struct outputs *outputs = outputs_open(reporting->options,
		&(struct outputs_subject){ .profile = profile,
			.as_of = first ? first->as_of : clock_now(),
			.curve = reporting->options->store ? &curve : NULL },
		err);
	int code = EXIT_CODE_TROUBLE;
	if (outputs) {
		reporting->outputs = outputs;
		code = finish(reporting, add_all(reporting, TAKE(owned), err), err);
	}
	desk_give(room, reporting->desk);
	return code;
}

static int report_all(const struct options *options, struct error *err)
{
	struct reporting reporting = { .options = options };
	struct error why = { .code = ERROR_NONE };

	if (options->args.count == 0) {
		(void)error_set(err, ERROR_USAGE,
			"nothing to report on: name a file of results, or - for standard input");
		return EXIT_CODE_TROUBLE;
	}
	CLEANUP(interrupt_freep) struct interrupt *interrupt = interrupt_new(err);
	CLEANUP(results_freep)
	struct results *results = results_new(options->args.items, options->args.count, err);
	if (!interrupt || !results)
		return EXIT_CODE_TROUBLE;
	reporting.interrupt = interrupt;
	reporting.results = results;
	struct verdict *first = results_next(results, &why);
	if (why.code != ERROR_NONE) {
		(void)error_set(err, why.code, "%s", why.said);
		return EXIT_CODE_TROUBLE;
	}
	CLEANUP(owner_map_freep) struct owner_map *owners = NULL;
	if (options->owner_map && !(owners = owner_map_load(options->owner_map, err))) {
		verdict_free(first);
		return EXIT_CODE_TROUBLE;
	}
	reporting.owners = owners;
	interrupt_hold(interrupt);
	return report_with(&reporting, first, err);
}

int command_report(struct options *options, struct error *err)
{
	/* A reader that went away is an error of a write, so that files are not left behind. */
	(void)signal(SIGPIPE, SIG_IGN);
	return report_all(options, err);
}
