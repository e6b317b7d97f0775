/* SPDX-License-Identifier: MIT */
#include "cli/run/outputs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "cli/options/options.h"
#include "reports/output.h"
#include "reports/report.h"

struct slot {
	struct report *report; /* NULL: failed */
	const struct report_format *format;
	bool is_direct; /* it is written as it comes, and cannot be replaced */
};

struct outputs {
	size_t count;
	size_t left; /* of them, still good */
	struct error failure;
	const struct report_format *rendered;
	struct slot slots[];
};

static bool is_standard(const struct output_option *option)
{
	return strcmp(option->path, "-") == 0;
}

/* What one output is like: only standard output can be a terminal. */
static struct report_run run_for(const struct options *options, const struct output_option *option,
	const struct outputs_subject *subject)
{
	bool standard = is_standard(option);

	return (struct report_run){
		.profile = subject->profile,
		.as_of = subject->as_of,
		.curve = subject->curve,
		.language = options->language,
		.color = options->color == COLOR_ALWAYS ||
			 (options->color == COLOR_AUTO && standard &&
				 console_wants_color(STDOUT_FILENO)),
		.columns = standard ? console_columns(STDOUT_FILENO) : 0,
		.csv = options->csv,
		.verbose = options->console.verbose,
		.timeline = options->timeline,
	};
}

static bool open_slot(struct outputs *outputs, const struct output_option *option,
	const struct report_run *run, struct error *err)
{
	struct slot *slot = &outputs->slots[outputs->count];
	struct output_place place;

	slot->report = report_open(option->format, option->path, run, err);
	if (!slot->report)
		return false;
	outputs->left = ++outputs->count;
	if (!report_place(slot->report, &place, err))
		return false;
	slot->is_direct = place.kind != OUTPUT_REPLACED;
	slot->format = option->format;
	if (!outputs->rendered && report_format_renders(slot->format))
		outputs->rendered = slot->format;
	return true;
}

struct outputs *outputs_open(
	const struct options *options, const struct outputs_subject *subject, struct error *err)
{
	size_t count = options->outputs.count;
	const struct output_option kept = { .format = report_format_by_name("ndjson"),
		.path = subject->kept };
	CLEANUP(outputs_freep)
	struct outputs *outputs = calloc(
		1, sizeof *outputs + (count + 1) * sizeof outputs->slots[0]);

	if (!outputs) {
		(void)error_set_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < count + (subject->kept != NULL); i++) {
		const struct output_option *option = i < count ? &options->outputs.items[i] : &kept;
		struct report_run run = run_for(options, option, subject);

		if (!open_slot(outputs, option, &run, err))
			return NULL;
	}
	return TAKE(outputs);
}

static void drop(struct outputs *outputs, struct slot *slot)
{
	report_free(slot->report);
	slot->report = NULL;
	outputs->left--;
}

const struct report_format *outputs_rendered(const struct outputs *outputs)
{
	return outputs->rendered;
}

bool outputs_need_verdicts(const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->slots[i].format != outputs->rendered)
			return true;
	return false;
}

bool outputs_add(
	struct outputs *outputs, const struct verdict *verdict, const char *record, size_t len)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct slot *slot = &outputs->slots[i];
		bool added = true;

		if (!slot->report)
			continue;
		if (slot->format == outputs->rendered)
			added = report_append(slot->report, record, len, &outputs->failure);
		else
			added = report_add(slot->report, verdict, &outputs->failure);
		if (!added)
			drop(outputs, slot);
	}
	return outputs->left > 0;
}

static const struct slot *direct_slot(const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->slots[i].report && outputs->slots[i].is_direct)
			return &outputs->slots[i];
	return NULL;
}

bool outputs_fit_checkpoint(const struct outputs *outputs, struct error *err)
{
	size_t direct = 0;

	for (size_t i = 0; i < outputs->count; i++)
		direct += outputs->slots[i].is_direct;
	return direct <= 1 ||
	       error_set(err, ERROR_USAGE,
		       "--checkpoint goes with one output that is written directly (standard "
		       "output, a pipe, a device); the others have to be regular files");
}

bool outputs_have_direct(const struct outputs *outputs)
{
	return direct_slot(outputs);
}

bool outputs_direct_place(
	struct outputs *outputs, struct output_place *ret_place, struct error *err)
{
	const struct slot *slot = direct_slot(outputs);

	if (slot)
		return report_place(slot->report, ret_place, err);
	return error_set(err, outputs->failure.code, "%s", outputs->failure.text);
}

bool outputs_append(
	struct outputs *outputs, enum outputs_part part, const char *records, size_t len)
{
	bool added = false;

	for (size_t i = 0; i < outputs->count; i++) {
		struct slot *slot = &outputs->slots[i];
		bool is_direct = part == OUTPUTS_DIRECT;

		if (!slot->report || slot->is_direct != is_direct)
			continue;
		if (report_append(slot->report, records, len, &outputs->failure) &&
			(!is_direct || report_flush(slot->report, &outputs->failure)))
			added = true;
		else
			drop(outputs, slot);
	}
	return added;
}

bool outputs_are_left(const struct outputs *outputs)
{
	return outputs->left > 0;
}

bool outputs_close(struct outputs *outputs, const struct report_summary *summary, struct error *err)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct slot *slot = &outputs->slots[i];

		if (slot->report && !report_close(slot->report, summary, &outputs->failure))
			drop(outputs, slot);
	}
	if (outputs->left == outputs->count)
		return true;
	return error_set(err, outputs->failure.code, "%s", outputs->failure.text);
}

void outputs_free(struct outputs *outputs)
{
	if (!outputs)
		return;
	for (size_t i = 0; i < outputs->count; i++)
		report_free(outputs->slots[i].report);
	free(outputs);
}

bool outputs_use_terminal(const struct options *options)
{
	for (size_t i = 0; i < options->outputs.count; i++) {
		const struct output_option *option = &options->outputs.items[i];
		if (is_standard(option) && isatty(STDOUT_FILENO) &&
			strcmp(report_format_name(option->format), "text") != 0)
			return true;
	}
	return false;
}
