/* SPDX-License-Identifier: MIT */
/*
 * format_ndjson - the result record, one JSON object a line
 *
 * Keys, their order and their meaning are a contract: docs/formats.md,
 * "Results".  Each line is handed to the system in one piece as soon as it is
 * made, so an interrupted run leaves whole records.
 */
#include "reports/format.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/target.h"
#include "reports/json.h"
#include "reports/output.h"
#include "reports/report.h"

/* Above what 32 certificates out of a file of 16 MiB come to when all their bytes are escaped. */
#define RECORD_BYTES (256u << 20)

/* A line as long as this gives its memory back. */
#define KEEP_BYTES (1u << 20)

struct ndjson {
	struct buf line;
};

static const char *or_null(const char *text)
{
	return text && text[0] ? text : NULL;
}

static void put_text(struct json *json, const char *key, const char *text)
{
	json_key(json, key);
	json_put_string_or_null(json, text);
}

static void put_time(struct json *json, const char *key, struct instant instant)
{
	char text[INSTANT_TEXT];

	instant_format(instant, text);
	put_text(json, key, text);
}

static void put_day(struct json *json, const char *key, struct instant instant)
{
	char text[INSTANT_TEXT];

	instant_format_day(instant, text);
	put_text(json, key, text);
}

static void put_measure(struct json *json, const char *key, double value)
{
	json_key(json, key);
	json_put_measure(json, value);
}

static void put_bool(struct json *json, const char *key, bool value)
{
	json_key(json, key);
	json_put_bool(json, value);
}

/* An array of NULL-terminated TEXTS; always an array, so that readers may go through it. */
static void put_list(struct json *json, const char *key, char *const *texts)
{
	json_key(json, key);
	json_begin_array(json);
	for (; texts && *texts; texts++)
		json_put_string(json, *texts);
	json_end_array(json);
}

static void put_source(struct json *json, const struct target *target)
{
	char text[4096 + 32];

	if (!target->source)
		return;
	(void)snprintf(text, sizeof text, "%.4096s:%zu", target->source, target->line);
	put_text(json, "source", text);
}

/* A bad target has a host only: the line as it was read.  A file has no port. */
static void put_target(struct json *json, const struct verdict *verdict)
{
	const struct target *target = verdict->target;
	bool bad = target->fault || verdict->outcome == OUTCOME_BAD_TARGET;

	json_key(json, "target");
	json_begin_object(json);
	put_text(json, "host", target->host);
	json_key(json, "port");
	if (bad || target->port == 0)
		json_put_null(json);
	else
		json_put_integer(json, target->port);
	put_text(json, "protocol", bad ? NULL : protocol_info(target->protocol)->name);
	put_text(json, "address", or_null(verdict->address));
	put_text(json, "sni", or_null(target->sni));
	json_key(json, "labels");
	json_begin_object(json);
	for (size_t i = 0; i < target->labels.count; i++)
		put_text(json, target->labels.items[i].name, target->labels.items[i].value);
	json_end_object(json);
	if (target->unicode)
		put_text(json, "unicode", target->unicode);
	put_source(json, target);
	json_end_object(json);
}

static void put_error(struct json *json, const struct verdict *verdict)
{
	json_key(json, "error");
	if (verdict->outcome == OUTCOME_SERVED) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	put_text(json, "kind", outcome_name(verdict->outcome));
	put_text(json, "message", verdict->message);
	json_end_object(json);
}

static void put_tls(struct json *json, const struct verdict *verdict)
{
	json_key(json, "tls");
	if (!verdict->version[0] && !verdict->cipher[0] && !(verdict->tls_ms >= 0)) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	put_text(json, "version", or_null(verdict->version));
	put_text(json, "cipher", or_null(verdict->cipher));
	put_bool(json, "stapled", verdict->stapled);
	put_bool(json, "legacy_offer", verdict->legacy_offer);
	put_bool(json, "sni_refused", verdict->sni_refused);
	put_bool(json, "client_certificate_requested", verdict->client_cert_requested);
	put_bool(json, "complete", verdict->complete);
	json_end_object(json);
}

static void put_unreadable(struct json *json)
{
	static const char *const keys[] = { "subject", "issuer", "serial", "not_before",
		"not_after", "key", "signature" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		put_text(json, keys[i], NULL);
	put_list(json, "eku", NULL);
	put_list(json, "san", NULL);
}

static void put_readable(struct json *json, const struct cert *cert)
{
	put_text(json, "subject", cert->subject);
	put_text(json, "issuer", cert->issuer);
	put_text(json, "serial", cert->serial);
	put_time(json, "not_before", cert->not_before);
	put_time(json, "not_after", cert->not_after);
	put_text(json, "key", cert->key);
	put_text(json, "signature", cert->signature);
	put_list(json, "eku", cert->eku);
	put_list(json, "san", cert->san);
}

static void put_certificate(struct json *json, const struct verdict_certificate *served)
{
	const struct cert *cert = served->cert;

	json_begin_object(json);
	put_text(json, "sha256", cert->sha256_text);
	if (cert->readable)
		put_readable(json, cert);
	else
		put_unreadable(json);
	put_text(json, "role", role_name(cert->readable ? served->role : ROLE_OTHER));
	put_text(json, "known_as", cert->readable ? served->known_as : NULL);
	if (cert->readable && cert->san_dropped > 0) {
		json_key(json, "san_dropped");
		json_put_integer(json, (int64_t)cert->san_dropped);
	}
	json_end_object(json);
}

static void put_chain(struct json *json, const struct verdict *verdict)
{
	json_key(json, "chain");
	json_begin_array(json);
	for (size_t i = 0; i < verdict->chain.count; i++)
		put_certificate(json, &verdict->chain.items[i]);
	json_end_array(json);
	if (verdict->chain_dropped > 0) {
		json_key(json, "chain_dropped");
		json_put_integer(json, (int64_t)verdict->chain_dropped);
	}
}

static void put_path(struct json *json, const struct verdict_path *path)
{
	json_begin_object(json);
	put_text(json, "trust_store", path->store);
	json_key(json, "trusted");
	if (path->trusted == ANSWER_UNKNOWN)
		json_put_null(json);
	else
		json_put_bool(json, path->trusted == ANSWER_YES);
	put_text(json, "completed_by", completion_name(path->completed_by));
	put_text(json, "reason", or_null(path->reason));
	json_key(json, "certificates");
	json_begin_array(json);
	for (size_t i = 0; i < path->len; i++)
		json_put_string(json, path->certs[i]);
	json_end_array(json);
	json_end_object(json);
}

static void put_paths(struct json *json, const struct verdict *verdict)
{
	json_key(json, "paths");
	json_begin_array(json);
	for (size_t i = 0; i < verdict->path_count; i++)
		put_path(json, &verdict->paths[i]);
	json_end_array(json);
}

static void put_finding(struct json *json, const struct finding *finding)
{
	json_begin_object(json);
	put_text(json, "rule", rule_at(finding->rule)->id);
	put_text(json, "severity", severity_name(finding->severity));
	put_text(json, "message", finding->message);
	if (finding->has_due)
		put_day(json, "due", finding->due);
	else
		put_text(json, "due", NULL);
	put_text(json, "certificate", or_null(finding->certificate));
	json_key(json, "actions");
	json_begin_array(json);
	for (size_t i = 0; i < finding->action_count; i++) {
		const struct action *action = &finding->actions[i];

		json_begin_object(json);
		put_text(json, "do", action_kind_name(action->kind));
		if (action->certificate[0])
			put_text(json, "certificate", action->certificate);
		json_end_object(json);
	}
	json_end_array(json);
	json_end_object(json);
}

static void put_findings(struct json *json, const struct verdict *verdict)
{
	json_key(json, "findings");
	json_begin_array(json);
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		put_finding(json, &verdict->findings.all.items[i]);
	json_end_array(json);
}

static void put_timing(struct json *json, const struct verdict *verdict)
{
	json_key(json, "timing");
	json_begin_object(json);
	put_measure(json, "dns_ms", verdict->dns_ms);
	put_measure(json, "connect_ms", verdict->connect_ms);
	put_measure(json, "tls_ms", verdict->tls_ms);
	json_end_object(json);
}

static void put_record(struct json *json, const struct verdict *verdict)
{
	json_begin_object(json);
	put_text(json, "schema", "chainmend.result/1");
	put_time(json, "time", verdict->time);
	put_day(json, "as_of", verdict->as_of);
	put_target(json, verdict);
	put_text(json, "status", status_name(verdict->status));
	put_error(json, verdict);
	put_tls(json, verdict);
	put_chain(json, verdict);
	put_paths(json, verdict);
	put_findings(json, verdict);
	put_timing(json, verdict);
	json_end_object(json);
}

static bool ndjson_begin(const struct format_job *job, struct error *err)
{
	struct ndjson *state = job->state;

	(void)err;
	state->line = (struct buf)BUF_INIT(RECORD_BYTES);
	return true;
}

static bool ndjson_add(
	const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	struct ndjson *state = job->state;
	struct json json;

	buf_clear(&state->line);
	json_init(&json, &state->line);
	put_record(&json, verdict);
	if (!json_end(&json) || !buf_add_char(&state->line, '\n'))
		return error_set_memory(err);
	bool written = output_write(job->output, state->line.data, state->line.len, err);
	if (state->line.room > KEEP_BYTES)
		buf_release(&state->line);
	return written;
}

static void ndjson_release(void *state)
{
	buf_release(&((struct ndjson *)state)->line);
}

const struct report_format format_ndjson = {
	.name = "ndjson",
	.state_size = sizeof(struct ndjson),
	.begin = ndjson_begin,
	.add = ndjson_add,
	.release = ndjson_release,
};
