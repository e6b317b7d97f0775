/* SPDX-License-Identifier: MIT */
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/limits.h"
#include "reports/format.h"
#include "reports/output.h"
#include "reports/renderer.h"
#include "rules/inspection.h"

struct report {
	const struct report_format *format;
	struct report_run run;
	struct output *output;
	void *state;
	struct renderer *renderer; /* for report_add() */
};

/* In the order in which people should read of them. */
static const struct report_format *const formats[] = { &format_text, &format_html, &format_xlsx,
	&format_ndjson, &format_json, &format_csv, &format_markdown, &format_junit, &format_sarif,
	&format_prometheus, &format_nagios, &format_timeline, &format_chain };

const struct report_format *report_format_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

const char *report_format_name(const struct report_format *format)
{
	return format->name;
}

const char *report_format_names(void)
{
	return "text, html, xlsx, ndjson, json, csv, markdown, junit, sarif, prometheus, nagios, "
	       "timeline, chain";
}

void report_summary_add(struct report_summary *summary, const struct verdict *verdict)
{
	summary->results[verdict->status]++;
	summary->inspected += inspection_found(verdict);
	summary->examined += 1.0 / (double)(verdict->addresses > 1 ? verdict->addresses : 1);
}

bool report_summary_is_whole(const struct report_summary *summary)
{
	return summary->examined + 0.5 > (double)summary->targets;
}

static struct format_job job_of(const struct report *report)
{
	return (struct format_job){ &report->run, report->output, report->state };
}

struct report *report_open(const struct report_format *format, const char *path,
	const struct report_run *run, struct error *err)
{
	CLEANUP(report_freep) struct report *report = calloc(1, sizeof *report);

	if (!report) {
		(void)error_set_memory(err);
		return NULL;
	}
	report->format = format;
	report->run = *run;
	report->state = calloc(1, format->state_size ? format->state_size : 1);
	if (!report->state) {
		(void)error_set_memory(err);
		return NULL;
	}
	if (format->render && !(report->renderer = renderer_new())) {
		(void)error_set_memory(err);
		return NULL;
	}
	report->output = output_open(path, err);
	if (!report->output)
		return NULL;
	struct format_job job = job_of(report);
	if (format->begin && !format->begin(&job, err))
		return NULL;
	return TAKE(report);
}

bool report_format_has_timeline(const struct report_format *format)
{
	return format->has_timeline;
}

bool report_format_renders(const struct report_format *format)
{
	return format->render;
}

bool report_render(const struct report_format *format, struct renderer *renderer,
	const struct verdict *verdict, struct buf *out)
{
	return format->render(renderer, verdict, out);
}

bool report_append(struct report *report, const char *bytes, size_t len, struct error *err)
{
	return output_append(report->output, bytes, len, err);
}

bool report_flush(struct report *report, struct error *err)
{
	return output_flush(report->output, err);
}

bool report_place(struct report *report, struct output_place *ret_place, struct error *err)
{
	return output_place(report->output, ret_place, err);
}

bool report_add(struct report *report, const struct verdict *verdict, struct error *err)
{
	struct format_job job = job_of(report);

	if (!report->format->render)
		return report->format->add(&job, verdict, err);
	CLEANUP(buf_release) struct buf record = BUF_INIT(LIMIT_RECORD_BYTES);
	if (!report->format->render(report->renderer, verdict, &record))
		return error_set_memory(err);
	return report_append(report, record.data, record.len, err);
}

bool report_close(struct report *report, const struct report_summary *summary, struct error *err)
{
	struct format_job job = job_of(report);

	if (report->format->finish && !report->format->finish(&job, summary, err))
		return false;
	return output_commit(report->output, err);
}

void report_free(struct report *report)
{
	if (!report)
		return;
	if (report->format->release && report->state)
		report->format->release(report->state);
	renderer_free(report->renderer);
	output_free(report->output);
	free(report->state);
	free(report);
}
