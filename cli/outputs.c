/* SPDX-License-Identifier: MIT */
#include "cli/outputs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "cli/options.h"
#include "reports/report.h"

struct outputs {
	size_t count;
	size_t left; /* of them, still good */
	struct error failure;
	struct report *reports[]; /* NULL: failed */
};

static bool is_standard(const struct output_option *option)
{
	return strcmp(option->path, "-") == 0;
}

/* What one output is like: only standard output can be a terminal. */
static struct report_run run_for(const struct options *options, const struct output_option *option,
	const struct profile *profile, struct instant as_of)
{
	bool standard = is_standard(option);

	return (struct report_run){
		.profile = profile,
		.as_of = as_of,
		.language = options->language,
		.color = options->color == COLOR_ALWAYS ||
			 (options->color == COLOR_AUTO && standard &&
				 console_wants_color(STDOUT_FILENO)),
		.columns = standard ? console_columns(STDOUT_FILENO) : 0,
		.verbose = options->console.verbose,
	};
}

struct outputs *outputs_open(const struct options *options, const struct profile *profile,
	struct instant as_of, struct error *err)
{
	size_t count = options->outputs.count;
	CLEANUP(outputs_freep)
	struct outputs *outputs = calloc(1, sizeof *outputs + count * sizeof outputs->reports[0]);

	if (!outputs) {
		(void)error_set_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		const struct output_option *option = &options->outputs.items[i];
		struct report_run run = run_for(options, option, profile, as_of);
		outputs->reports[i] = report_open(option->format, option->path, &run, err);
		if (!outputs->reports[i])
			return NULL;
		outputs->count = outputs->left = i + 1;
	}
	return TAKE(outputs);
}

static void drop(struct outputs *outputs, size_t number)
{
	report_free(outputs->reports[number]);
	outputs->reports[number] = NULL;
	outputs->left--;
}

bool outputs_add(struct outputs *outputs, const struct verdict *verdict)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->reports[i] &&
			!report_add(outputs->reports[i], verdict, &outputs->failure))
			drop(outputs, i);
	return outputs->left > 0;
}

bool outputs_close(struct outputs *outputs, const struct report_summary *summary, struct error *err)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->reports[i] &&
			!report_close(outputs->reports[i], summary, &outputs->failure))
			drop(outputs, i);
	if (outputs->left == outputs->count)
		return true;
	return error_set(err, outputs->failure.code, "%s", outputs->failure.text);
}

void outputs_free(struct outputs *outputs)
{
	if (!outputs)
		return;
	for (size_t i = 0; i < outputs->count; i++)
		report_free(outputs->reports[i]);
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
