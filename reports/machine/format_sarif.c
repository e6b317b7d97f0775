/* SPDX-License-Identifier: MIT */
/*
 * format_sarif - SARIF 2.1.0 (OASIS Standard, 2020), a result a finding
 *
 * All rules are described in front (sarif_rules.h), so that results can be written as they come.  A
 * result's place is the line of the target list (sarif_place.h).
 */
#include "reports/format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/limits.h"
#include "checker/target/target.h"
#include "reports/digest_text.h"
#include "reports/json.h"
#include "reports/machine/sarif_place.h"
#include "reports/machine/sarif_rules.h"
#include "reports/output.h"
#include "reports/report.h"
#include "rules/verdict.h"

struct sarif {
	struct buf out;
	bool begun, first;
};

static bool flush(const struct format_job *job, struct error *err)
{
	struct sarif *sarif = job->state;

	if (sarif->out.failed)
		return error_set_memory(err);
	bool good = output_append(job->output, buf_text(&sarif->out), sarif->out.len, err);
	buf_clear(&sarif->out);
	return good;
}

static void put_head(const struct format_job *job, const struct verdict_run *run)
{
	struct sarif *sarif = job->state;
	const struct profile *profile = job->run->profile;
	struct json json;

	(void)buf_add_text(&sarif->out,
		"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":"
		"\"2.1.0\",\"runs\":[{\"columnKind\":\"unicodeCodePoints\",\"tool\":");
	json_init(&json, &sarif->out);
	json_begin_object(&json);
	JSON_KEY(&json, "driver");
	json_begin_object(&json);
	JSON_KEY(&json, "name");
	json_put_string(&json, "chainmend");
	if (run && run->version[0]) {
		JSON_KEY(&json, "version");
		json_put_string(&json, run->version);
	}
	sarif_rules_put(&json, profile);
	json_end_object(&json);
	json_end_object(&json);
	(void)buf_add_text(&sarif->out, ",\"originalUriBaseIds\":");
	json_init(&json, &sarif->out);
	sarif_place_put_bases(&json);
	(void)buf_add_text(&sarif->out, ",\"results\":[\n");
	sarif->begun = sarif->first = true;
}

/* Where it says that it is, and the service itself, which is no place in a file. */
static void put_locations(struct json *json, const struct target *target, const char *service)
{
	JSON_KEY(json, "locations");
	json_begin_array(json);
	json_begin_object(json);
	sarif_place_put(json, target);
	JSON_KEY(json, "logicalLocations");
	json_begin_array(json);
	json_begin_object(json);
	JSON_KEY(json, "fullyQualifiedName");
	json_put_string(json, service);
	JSON_KEY(json, "kind");
	json_put_string(json, "resource");
	json_end_object(json);
	json_end_array(json);
	json_end_object(json);
	json_end_array(json);
}

/* FNV-1a of 64 bits: nothing rests on it but that the same is taken for the same. */
static uint64_t digest(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return (hash ^ '|') * UINT64_C(0x100000001b3);
}

/* Which finding of its rule it is, from 1: certificates are renewed, and what was not mended stays
 * the same finding. */
static size_t ordinal(const struct verdict *verdict, const struct finding *finding)
{
	size_t count = 1;

	for (size_t i = 0; finding && &verdict->findings.all.items[i] != finding; i++)
		count += verdict->findings.all.items[i].rule == finding->rule;
	return count;
}

/* The service and the rule, not the line: lists are sorted anew. */
static void put_fingerprint(struct json *json, const struct verdict *verdict, const char *rule,
	const char *service, size_t number)
{
	uint64_t hash = digest(digest(UINT64_C(0xcbf29ce484222325), rule), service);
	char text[48];

	hash = digest(hash, verdict->addresses > 1 ? verdict->address : "");
	(void)snprintf(text, sizeof text, "%016" PRIx64 ":%zu", hash, number);
	JSON_KEY(json, "partialFingerprints");
	json_begin_object(json);
	JSON_KEY(json, "primaryLocationLineHash");
	json_put_string(json, text);
	json_end_object(json);
}

static void put_properties(
	struct json *json, const struct verdict *verdict, const struct finding *finding)
{
	const char *owner = target_label(verdict->target, "owner");
	char day[INSTANT_TEXT];

	JSON_KEY(json, "properties");
	json_begin_object(json);
	JSON_KEY(json, "status");
	json_put_string(json, status_name(verdict->status));
	if (verdict->address[0]) {
		JSON_KEY(json, "address");
		json_put_string(json, verdict->address);
	}
	if (owner && owner[0]) {
		JSON_KEY(json, "owner");
		json_put_string(json, owner);
	}
	if (finding && finding->has_due) {
		instant_format_day(finding->due, day);
		JSON_KEY(json, "due");
		json_put_string(json, day);
	}
	if (finding && finding->certificate[0]) {
		JSON_KEY(json, "certificate");
		json_put_string(json, finding->certificate);
	}
	json_end_object(json);
}

/* 3.35 */
static void put_suppression(struct json *json, const struct waived *waived)
{
	CLEANUP(buf_release) struct buf why = BUF_INIT(1024);
	char day[INSTANT_TEXT];

	instant_format_day(waived->until, day);
	(void)buf_addf(&why, "%s (%s, until %s)", waived->reason, waived->by, day);
	JSON_KEY(json, "suppressions");
	json_begin_array(json);
	json_begin_object(json);
	JSON_KEY(json, "kind");
	json_put_string(json, "external");
	JSON_KEY(json, "status");
	json_put_string(json, "accepted");
	JSON_KEY(json, "justification");
	json_put_string(json, buf_text(&why));
	json_end_object(json);
	json_end_array(json);
}

/* FINDING NULL: it could not be examined. */
static void put_result(struct sarif *sarif, const struct verdict *verdict,
	const struct finding *finding, const char *service)
{
	const char *rule = finding ? rule_at(finding->rule)->id : SARIF_UNREACHABLE;
	CLEANUP(buf_release) struct buf said = BUF_INIT(8192);
	struct json json;

	(void)buf_addf(&said, "%s: %s", service, finding ? finding->message : verdict->message);
	(void)buf_add_text(&sarif->out, sarif->first ? "" : ",\n");
	sarif->first = false;
	json_init(&json, &sarif->out);
	json_begin_object(&json);
	JSON_KEY(&json, "ruleId");
	json_put_string(&json, rule);
	JSON_KEY(&json, "ruleIndex");
	json_put_integer(&json, finding ? (int64_t)finding->rule : RULE_COUNT);
	JSON_KEY(&json, "level");
	json_put_string(&json, finding ? sarif_rules_level(finding->severity) : "warning");
	JSON_KEY(&json, "message");
	json_begin_object(&json);
	JSON_KEY(&json, "text");
	json_put_string(&json, buf_text(&said));
	json_end_object(&json);
	put_locations(&json, verdict->target, service);
	put_fingerprint(&json, verdict, rule, service, ordinal(verdict, finding));
	if (finding && finding->waived.is)
		put_suppression(&json, &finding->waived);
	put_properties(&json, verdict, finding);
	json_end_object(&json);
}

static bool sarif_begin(const struct format_job *job, struct error *err)
{
	struct sarif *sarif = job->state;

	(void)err;
	sarif->out = (struct buf)BUF_INIT(LIMIT_RECORD_BYTES);
	return true;
}

static bool sarif_add(
	const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	struct sarif *sarif = job->state;
	char *service = digest_text_service(verdict->target, LANGUAGE_EN);

	if (!service)
		return error_set_memory(err);
	if (!sarif->begun)
		put_head(job, verdict->run);
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		put_result(sarif, verdict, &verdict->findings.all.items[i], service);
	if (verdict->status == STATUS_UNREACHABLE)
		put_result(sarif, verdict, NULL, service);
	free(service);
	return flush(job, err);
}

static bool sarif_finish(
	const struct format_job *job, const struct report_summary *summary, struct error *err)
{
	struct sarif *sarif = job->state;
	struct json json;

	if (!sarif->begun)
		put_head(job, NULL);
	(void)buf_addf(&sarif->out, "\n],\"invocations\":[{\"executionSuccessful\":%s}],",
		summary->interrupted ? "false" : "true");
	(void)buf_add_text(&sarif->out, "\"automationDetails\":{\"id\":");
	json_init(&json, &sarif->out);
	json_begin_string(&json);
	json_add_string(&json, "chainmend/", sizeof "chainmend/" - 1);
	json_add_string(&json, job->run->profile->id, strlen(job->run->profile->id));
	json_add_string(&json, "/", 1);
	json_end_string(&json);
	(void)buf_add_text(&sarif->out, "}}]}\n");
	return flush(job, err);
}

static void sarif_release(void *state)
{
	buf_release(&((struct sarif *)state)->out);
}

const struct report_format format_sarif = {
	.name = "sarif",
	.state_size = sizeof(struct sarif),
	.begin = sarif_begin,
	.add = sarif_add,
	.finish = sarif_finish,
	.release = sarif_release,
};
