/* SPDX-License-Identifier: MIT */
/*
 * format_json - one document: what the run was, its results, what they add up to
 *
 * Each result is the record of format_ndjson.c, on a line of its own.  Schema "chainmend.run/1":
 * docs/formats.md, "JSON".  What is said of the run is what the first result says of it.
 */
#include "reports/format.h"

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/limits.h"
#include "reports/json.h"
#include "reports/output.h"
#include "reports/record/run_record.h"
#include "reports/renderer.h"
#include "reports/report.h"
#include "rules/verdict.h"

struct document {
	struct renderer *renderer;
	struct buf out;
	bool begun;
};

static bool flush(const struct format_job *job, struct error *err)
{
	struct document *document = job->state;
	struct buf *out = &document->out;

	if (out->failed)
		return error_set_memory(err);
	bool good = output_append(job->output, buf_text(out), out->len, err);
	buf_clear(out);
	return good;
}

static void put_head(const struct format_job *job, const struct verdict_run *run)
{
	struct document *document = job->state;
	char day[INSTANT_TEXT];
	struct json json;

	json_init(&json, &document->out);
	json_begin_object(&json);
	JSON_KEY(&json, "schema");
	json_put_string(&json, "chainmend.run/1");
	JSON_KEY(&json, "as_of");
	instant_format_day(job->run->as_of, day);
	json_put_string(&json, day);
	run_record_put(&json, run);
	(void)buf_add_text(&document->out, ",\"results\":[\n");
	document->begun = true;
}

static bool json_begin(const struct format_job *job, struct error *err)
{
	struct document *document = job->state;

	document->out = (struct buf)BUF_INIT(LIMIT_RECORD_BYTES);
	document->renderer = renderer_new();
	return document->renderer || error_set_memory(err);
}

static bool json_add(const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	struct document *document = job->state;

	if (!document->begun)
		put_head(job, verdict->run);
	else
		(void)buf_add_text(&document->out, ",\n");
	if (!format_ndjson.render(document->renderer, verdict, &document->out))
		return error_set_memory(err);
	/* The comma, if there is to be one, comes before the line end. */
	document->out.data[--document->out.len] = '\0';
	return flush(job, err);
}

static bool json_finish(
	const struct format_job *job, const struct report_summary *summary, struct error *err)
{
	struct document *document = job->state;
	struct json json;

	if (!document->begun)
		put_head(job, NULL);
	(void)buf_add_text(&document->out, "\n],\"counts\":");
	json_init(&json, &document->out);
	json_begin_object(&json);
	JSON_KEY(&json, "targets");
	json_put_integer(&json, (int64_t)summary->targets);
	JSON_KEY(&json, "duplicates");
	json_put_integer(&json, (int64_t)summary->duplicates);
	for (enum status status = STATUS_OK; status < STATUS_COUNT; status++) {
		json_key(&json, status_name(status));
		json_put_integer(&json, (int64_t)summary->results[status]);
	}
	json_end_object(&json);
	(void)buf_add_text(&document->out, ",\"interrupted\":");
	(void)buf_add_text(&document->out, summary->interrupted ? "true}\n" : "false}\n");
	return flush(job, err);
}

static void json_release(void *state)
{
	struct document *document = state;

	renderer_free(document->renderer);
	buf_release(&document->out);
}

const struct report_format format_json = {
	.name = "json",
	.state_size = sizeof(struct document),
	.begin = json_begin,
	.add = json_add,
	.finish = json_finish,
	.release = json_release,
};
