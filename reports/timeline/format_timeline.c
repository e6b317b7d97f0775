/* SPDX-License-Identifier: MIT */
/*
 * format_timeline - what breaks on which day, one JSON object a line
 *
 * Keys and their meaning are a contract: docs/formats.md, "Timeline".
 */
#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "reports/format.h"
#include "reports/json.h"
#include "reports/output.h"
#include "reports/report.h"
#include "reports/timeline/timeline.h"

#define LINE_BYTES (1u << 20)

static void put_day(struct json *json, struct instant instant)
{
	char text[INSTANT_TEXT];

	instant_format_day(instant, text);
	json_put_string(json, text);
}

static const char *subject_of(const struct timeline_event *event, bool is)
{
	return is ? event->subject : NULL;
}

static void put_subject(struct json *json, const struct timeline_event *event)
{
	enum timeline_kind kind = event->kind;

	JSON_KEY(json, "kind");
	json_put_string(json, timeline_kind_name(kind));
	JSON_KEY(json, "store");
	json_put_string_or_null(json, subject_of(event, kind == TIMELINE_PATH_ENDS));
	JSON_KEY(json, "rule");
	json_put_string_or_null(
		json, subject_of(event, kind == TIMELINE_DEADLINE || kind == TIMELINE_WAIVER_ENDS));
	JSON_KEY(json, "list");
	json_put_string_or_null(json, subject_of(event, kind == TIMELINE_REVOCATION_EXPECTED));
	JSON_KEY(json, "max_days");
	if (kind == TIMELINE_VALIDITY_RULE)
		json_put_integer(json, event->max_days);
	else
		json_put_null(json);
}

static void put_whom(
	struct json *json, const struct timeline *timeline, const struct timeline_event *event)
{
	JSON_KEY(json, "services");
	json_put_integer(json, (int64_t)event->services);
	JSON_KEY(json, "names");
	json_begin_array(json);
	for (size_t i = 0; i < event->name_count; i++)
		json_put_string(json, event->names[i]);
	json_end_array(json);
	JSON_KEY(json, "owners");
	json_begin_array(json);
	for (size_t i = 0; i < event->owners.count; i++) {
		json_begin_object(json);
		JSON_KEY(json, "owner");
		json_put_string(json, event->owners.items[i].name);
		JSON_KEY(json, "services");
		json_put_integer(json, (int64_t)event->owners.items[i].services);
		json_end_object(json);
	}
	json_end_array(json);
	JSON_KEY(json, "services_of_other_owners");
	json_put_integer(json, (int64_t)event->other_services);
	if (timeline->dropped > 0) {
		JSON_KEY(json, "dropped");
		json_put_integer(json, (int64_t)timeline->dropped);
	}
}

static bool put_event(
	const struct format_job *job, const struct timeline_event *event, struct error *err)
{
	const struct timeline *timeline = job->state;
	CLEANUP(buf_release) struct buf line = BUF_INIT(LINE_BYTES);
	struct json json;

	json_init(&json, &line);
	json_begin_object(&json);
	JSON_KEY(&json, "schema");
	json_put_string(&json, "chainmend.timeline/1");
	JSON_KEY(&json, "profile");
	json_put_string(&json, timeline->profile->id);
	JSON_KEY(&json, "as_of");
	put_day(&json, timeline->as_of);
	JSON_KEY(&json, "day");
	put_day(&json, event->day);
	JSON_KEY(&json, "in_days");
	json_put_integer(&json, timeline_days(timeline, event));
	put_subject(&json, event);
	put_whom(&json, timeline, event);
	json_end_object(&json);
	if (!json_end(&json) || !buf_add_char(&line, '\n'))
		return error_set_memory(err);
	return output_write(job->output, line.data, line.len, err);
}

static bool timeline_begin(const struct format_job *job, struct error *err)
{
	/* For machines: in the one language that does not depend on who asks. */
	return timeline_init(job->state, job->run->profile, job->run->as_of, LANGUAGE_EN, err);
}

static bool timeline_take(
	const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	return timeline_add(job->state, verdict, err);
}

static bool timeline_finish(
	const struct format_job *job, const struct report_summary *summary, struct error *err)
{
	const struct timeline *timeline = job->state;

	(void)summary;
	for (size_t i = 0; i < timeline->events.count; i++)
		if (!put_event(job, timeline->events.items[i], err))
			return false;
	return true;
}

static void timeline_end(void *state)
{
	timeline_release(state);
}

const struct report_format format_timeline = {
	.name = "timeline",
	.state_size = sizeof(struct timeline),
	.has_timeline = true,
	.begin = timeline_begin,
	.add = timeline_take,
	.finish = timeline_finish,
	.release = timeline_end,
};
