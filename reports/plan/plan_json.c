/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan_json.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "reports/json.h"
#include "reports/json_phrase.h"
#include "reports/plan/plan_script.h"
#include "reports/plan/plan_step.h"
#include "reports/plan/plan_total.h"
#include "rules/profile/profile.h"

static void put_day(struct json *json, bool has, struct instant at)
{
	char day[INSTANT_TEXT] = "";

	if (has)
		instant_format_day(at, day);
	json_put_string_or_null(json, has ? day : NULL);
}

static const char *or_null(const char *text)
{
	return text && text[0] ? text : NULL;
}

static void put_certificate(struct json *json, const struct work_certificate *one, bool with_file)
{
	char file[100];

	json_begin_object(json);
	JSON_KEY(json, "id");
	json_put_string_or_null(json, one->known ? one->known->id : NULL);
	JSON_KEY(json, "name");
	json_put_string(json, one->name);
	JSON_KEY(json, "sha256");
	json_put_string(json, one->sha256);
	JSON_KEY(json, "sha1");
	json_put_string_or_null(json, or_null(one->sha1));
	if (with_file) {
		plan_certificate_file(one, file, sizeof file);
		JSON_KEY(json, "file");
		json_put_string_or_null(json, one->held ? file : NULL);
		JSON_KEY(json, "url");
		json_put_string_or_null(json, one->url);
	}
	json_end_object(json);
}

static void put_certificates(
	struct json *json, const struct work_certificates *list, bool with_files)
{
	json_begin_array(json);
	for (size_t i = 0; i < list->all.count; i++)
		put_certificate(json, &list->all.items[i], with_files);
	json_end_array(json);
}

static void put_leaf(struct json *json, const struct work *work)
{
	if (!work->leaf_sha256[0]) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	JSON_KEY(json, "sha256");
	json_put_string(json, work->leaf_sha256);
	JSON_KEY(json, "subject");
	json_put_string(json, work->leaf_subject);
	JSON_KEY(json, "san");
	json_begin_array(json);
	for (size_t i = 0; work->leaf_names && work->leaf_names[i]; i++)
		json_put_string(json, work->leaf_names[i]);
	json_end_array(json);
	JSON_KEY(json, "not_after");
	put_day(json, work->has_not_after, work->leaf_not_after);
	json_end_object(json);
}

static void put_findings(struct json *json, const struct work *work)
{
	json_begin_array(json);
	for (size_t i = 0; i < work->findings.count; i++) {
		const struct work_finding *finding = &work->findings.items[i];

		json_begin_object(json);
		JSON_KEY(json, "rule");
		json_put_string(json, rule_at(finding->rule)->id);
		JSON_KEY(json, "severity");
		json_put_string(json, severity_name(finding->severity));
		JSON_KEY(json, "message");
		json_put_string(json, finding->message);
		json_phrase_put(json, finding->said);
		JSON_KEY(json, "due");
		put_day(json, finding->has_due, finding->due);
		json_end_object(json);
	}
	json_end_array(json);
}

static void put_needs(struct json *json, const bool needs[WORK_NEED_COUNT])
{
	json_begin_array(json);
	for (size_t need = 0; need < WORK_NEED_COUNT; need++)
		if (needs[need])
			json_put_string(json, work_need_name((enum work_need)need));
	json_end_array(json);
}

static void put_steps(
	struct json *json, const struct plan_host *host, const struct plan_piece *piece)
{
	json_begin_array(json);
	for (size_t step = 0; step < PLAN_STEP_COUNT; step++) {
		CLEANUP(buf_release) struct buf command = BUF_INIT(64u << 10);

		if (!plan_step_is_of((enum plan_step)step, host, piece))
			continue;
		plan_step_command((enum plan_step)step, host, piece, &command);
		json_begin_object(json);
		JSON_KEY(json, "do");
		json_put_string(json, plan_step_name((enum plan_step)step));
		JSON_KEY(json, "text");
		json_put_string(json, plan_step_text((enum plan_step)step, piece, LANGUAGE_EN));
		JSON_KEY(json, "command");
		json_put_string_or_null(json, or_null(buf_text(&command)));
		json_end_object(json);
	}
	json_end_array(json);
}

static void put_piece(
	struct json *json, const struct plan_host *host, const struct plan_piece *piece)
{
	const struct work *work = &piece->work;
	char error[MESSAGE_TEXT];

	json_begin_object(json);
	JSON_KEY(json, "address");
	json_put_string_or_null(json, or_null(work->address));
	JSON_KEY(json, "sni");
	json_put_string_or_null(json, or_null(work->sni));
	JSON_KEY(json, "look");
	json_put_string(json, look_name(work->look));
	JSON_KEY(json, "status");
	json_put_string(json, status_name(work->status));
	if (work->error)
		phrase_render(work->error, LANGUAGE_EN, error, sizeof error);
	JSON_KEY(json, "error");
	json_put_string_or_null(json, work->error ? error : NULL);
	JSON_KEY(json, "needs");
	put_needs(json, work->needs);
	JSON_KEY(json, "leaf");
	put_leaf(json, work);
	JSON_KEY(json, "findings");
	put_findings(json, work);
	JSON_KEY(json, "served");
	put_certificates(json, &work->served, false);
	JSON_KEY(json, "serve");
	put_certificates(json, &work->serve, true);
	JSON_KEY(json, "remove");
	put_certificates(json, &work->remove, false);
	JSON_KEY(json, "request_file");
	json_put_string_or_null(json, or_null(piece->request_file));
	JSON_KEY(json, "script");
	json_put_string_or_null(json, or_null(piece->script));
	JSON_KEY(json, "chain_file");
	json_put_string_or_null(json, or_null(piece->chain_file));
	JSON_KEY(json, "steps");
	put_steps(json, host, piece);
	json_end_object(json);
}

static void put_run(struct json *json, const struct plan *plan, const char *schema)
{
	char day[INSTANT_TEXT];

	instant_format_day(plan->terms.today, day);
	JSON_KEY(json, "schema");
	json_put_string(json, schema);
	JSON_KEY(json, "version");
	json_put_string(json, plan->terms.version);
	JSON_KEY(json, "profile");
	json_put_string(json, plan->terms.profile->id);
	JSON_KEY(json, "profile_sha256");
	json_put_string(json, plan->terms.profile->sha256_text);
	JSON_KEY(json, "as_of");
	json_put_string(json, day);
}

/* What the index and the host's own file both say of it. */
static void put_host(struct json *json, const struct plan_host *host)
{
	const struct target *target = host->target;

	JSON_KEY(json, "folder");
	json_put_string(json, host->folder);
	JSON_KEY(json, "host");
	json_put_string(json, target->host);
	JSON_KEY(json, "port");
	json_put_integer(json, target->port);
	JSON_KEY(json, "protocol");
	json_put_string(json, protocol_info(target->protocol)->name);
	JSON_KEY(json, "owner");
	json_put_string_or_null(json, host->owner);
	JSON_KEY(json, "platform");
	json_put_string(json, host->platform->id);
	JSON_KEY(json, "said_platform");
	json_put_string_or_null(json, host->said_platform);
	JSON_KEY(json, "status");
	json_put_string(json, status_name(host->status));
	JSON_KEY(json, "effort");
	json_put_string(json, work_need_name(host->effort));
	JSON_KEY(json, "due");
	put_day(json, host->has_due, host->due);
	JSON_KEY(json, "addresses");
	json_put_integer(json, (int64_t)host->addresses);
}

bool plan_json_host(const struct plan *plan, const struct plan_host *host, struct buf *out)
{
	struct json json;

	json_init(&json, out);
	json_begin_object(&json);
	put_run(&json, plan, "chainmend.plan/1");
	put_host(&json, host);
	JSON_KEY(&json, "family");
	json_put_string(&json, plan_family_name(host->platform->family));
	JSON_KEY(&json, "work");
	json_begin_array(&json);
	for (size_t i = 0; i < host->pieces.count; i++)
		put_piece(&json, host, &host->pieces.items[i]);
	json_end_array(&json);
	json_end_object(&json);
	(void)buf_add_char(out, '\n');
	return json_end(&json) && !out->failed;
}

/* --- The whole --- */

static void put_totals(struct json *json, const struct plan_total *total)
{
	JSON_KEY(json, "hosts");
	json_put_integer(json, (int64_t)total->hosts);
	for (size_t need = 0; need < WORK_NEED_COUNT; need++) {
		json_key(json, work_need_name((enum work_need)need));
		json_put_integer(json, (int64_t)total->efforts[need]);
	}
}

static void put_group(struct json *json, const struct plan_group *group)
{
	const struct plan_host *first = group->hosts[0];
	const struct work *work = &first->pieces.items[0].work;

	json_begin_object(json);
	JSON_KEY(json, "platform");
	json_put_string(json, first->platform->id);
	JSON_KEY(json, "needs");
	put_needs(json, work->needs);
	JSON_KEY(json, "serve");
	json_begin_array(json);
	for (size_t i = 0; work->needs[WORK_NEED_CHAIN] && i < work->serve.all.count; i++)
		json_put_string(json, work->serve.all.items[i].sha256);
	json_end_array(json);
	JSON_KEY(json, "folders");
	json_begin_array(json);
	for (size_t i = 0; i < group->count; i++)
		json_put_string(json, group->hosts[i]->folder);
	json_end_array(json);
	json_end_object(json);
}

static void put_owners(struct json *json, const struct plan_totals *totals)
{
	json_begin_array(json);
	for (size_t i = 0; i < totals->owners.count; i++) {
		json_begin_object(json);
		JSON_KEY(json, "owner");
		json_put_string_or_null(json, totals->owners.items[i].owner);
		put_totals(json, &totals->owners.items[i]);
		json_end_object(json);
	}
	json_end_array(json);
}

bool plan_json_index(const struct plan *plan, struct buf *out)
{
	CLEANUP(plan_totals_release) struct plan_totals totals;
	struct json json;

	if (!plan_totals_make(plan, &totals))
		return false;
	json_init(&json, out);
	json_begin_object(&json);
	put_run(&json, plan, "chainmend.plan-index/1");
	JSON_KEY(&json, "in_order");
	json_put_integer(&json, (int64_t)plan->in_order);
	JSON_KEY(&json, "total");
	json_begin_object(&json);
	put_totals(&json, &totals.all);
	json_end_object(&json);
	JSON_KEY(&json, "owners");
	put_owners(&json, &totals);
	JSON_KEY(&json, "groups");
	json_begin_array(&json);
	for (size_t i = 0; i < totals.groups.count; i++)
		put_group(&json, &totals.groups.items[i]);
	json_end_array(&json);
	JSON_KEY(&json, "hosts");
	json_begin_array(&json);
	for (size_t i = 0; i < plan->hosts.count; i++) {
		json_begin_object(&json);
		put_host(&json, plan->hosts.items[i]);
		json_end_object(&json);
	}
	json_end_array(&json);
	JSON_KEY(&json, "faults");
	json_begin_array(&json);
	for (size_t i = 0; i < plan->faults.count; i++)
		json_put_string(&json, plan->faults.items[i]);
	json_end_array(&json);
	json_end_object(&json);
	(void)buf_add_char(out, '\n');
	return json_end(&json) && !out->failed;
}
