/* SPDX-License-Identifier: MIT */
/*
 * format_ndjson - the result record, one JSON object a line
 *
 * Keys, their order and their meaning are a contract: docs/formats.md,
 * "Results".  A record is a function of its verdict alone, so it is made by
 * whichever thread has judged it.
 */
#include "reports/format.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/target/target.h"
#include "reports/json.h"
#include "reports/json_phrase.h"
#include "reports/record/caa_record.h"
#include "reports/record/line_record.h"
#include "reports/record/revocation_record.h"
#include "reports/record/run_record.h"
#include "reports/record/waived_record.h"
#include "reports/renderer.h"
#include "rules/verdict.h"

#define SOURCE_BYTES 4096 /* of the name of a file */

/* An optional key is there only when it says something. */
#define PUT_IF_ANY(json, key, count)                              \
	do {                                                      \
		if ((count) > 0) {                                \
			JSON_KEY(json, key);                      \
			json_put_integer(json, (int64_t)(count)); \
		}                                                 \
	} while (0)

static const char *or_null(const char *text)
{
	return text && text[0] ? text : NULL;
}

static void put_text(struct json *json, const char *text)
{
	json_put_string_or_null(json, text);
}

static void put_time(struct json *json, struct instant instant)
{
	char text[INSTANT_TEXT];

	instant_format(instant, text);
	json_put_string(json, text);
}

static void put_day(struct json *json, struct instant instant)
{
	char text[INSTANT_TEXT];

	instant_format_day(instant, text);
	json_put_string(json, text);
}

/* An array of NULL-terminated TEXTS; always an array, so that readers may go through it. */
static void put_list(struct json *json, char *const *texts)
{
	json_begin_array(json);
	for (; texts && *texts; texts++)
		json_put_string(json, *texts);
	json_end_array(json);
}

static void put_source(struct json *json, const struct target *target)
{
	if (!target->source)
		return;
	JSON_KEY(json, "source");
	json_begin_string(json);
	json_add_string(json, target->source, strnlen(target->source, SOURCE_BYTES));
	json_add_string(json, ":", 1);
	json_add_integer(json, target->line);
	json_end_string(json);
}

static void put_label(struct json *json, const struct label *label)
{
	json_key(json, label->name);
	put_text(json, label->value);
}

/* A bad target has a host only: the line as it was read.  A file has no port. */
static void put_target(struct json *json, const struct verdict *verdict)
{
	const struct target *target = verdict->target;
	bool bad = target->fault || verdict->outcome == OUTCOME_BAD_TARGET;

	JSON_KEY(json, "target");
	json_begin_object(json);
	JSON_KEY(json, "host");
	put_text(json, target->host);
	JSON_KEY(json, "port");
	if (bad || target->port == 0)
		json_put_null(json);
	else
		json_put_integer(json, target->port);
	JSON_KEY(json, "protocol");
	put_text(json, bad ? NULL : protocol_info(target->protocol)->name);
	JSON_KEY(json, "address");
	put_text(json, or_null(verdict->address));
	JSON_KEY(json, "sni");
	put_text(json, or_null(target->sni));
	JSON_KEY(json, "labels");
	json_begin_object(json);
	for (size_t i = 0; i < target->labels.count; i++)
		put_label(json, &target->labels.items[i]);
	if (verdict->platform && !target_label(target, "platform")) {
		JSON_KEY(json, "platform");
		put_text(json, verdict->platform);
	}
	json_end_object(json);
	if (target->unicode) {
		JSON_KEY(json, "unicode");
		put_text(json, target->unicode);
	}
	if (verdict->banner) {
		JSON_KEY(json, "banner");
		put_text(json, verdict->banner);
	}
	if (target->address && strcmp(target->address, target->host) != 0) {
		JSON_KEY(json, "connect_to");
		put_text(json, target->address);
	}
	if (verdict->addresses > 1) {
		JSON_KEY(json, "addresses");
		json_put_integer(json, (int64_t)verdict->addresses);
	}
	PUT_IF_ANY(json, "addresses_dropped", verdict->addresses_dropped);
	put_source(json, target);
	json_end_object(json);
}

static void put_error(struct json *json, const struct verdict *verdict)
{
	JSON_KEY(json, "error");
	if (verdict->outcome == OUTCOME_SERVED) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	JSON_KEY(json, "kind");
	put_text(json, outcome_name(verdict->outcome));
	JSON_KEY(json, "message");
	put_text(json, verdict->message);
	json_phrase_put(json, verdict->said);
	json_end_object(json);
}

static void put_tls(struct json *json, const struct verdict *verdict)
{
	JSON_KEY(json, "tls");
	if (!verdict->version[0] && !verdict->cipher[0] && !(verdict->tls_ms >= 0)) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	JSON_KEY(json, "version");
	put_text(json, or_null(verdict->version));
	JSON_KEY(json, "cipher");
	put_text(json, or_null(verdict->cipher));
	JSON_KEY(json, "stapled");
	json_put_bool(json, verdict->stapled);
	JSON_KEY(json, "legacy_offer");
	json_put_bool(json, verdict->legacy_offer);
	JSON_KEY(json, "sni_refused");
	json_put_bool(json, verdict->sni_refused);
	JSON_KEY(json, "client_certificate_requested");
	json_put_bool(json, verdict->client_cert_requested);
	JSON_KEY(json, "complete");
	json_put_bool(json, verdict->complete);
	JSON_KEY(json, "proven");
	if (verdict->proven == PROOF_UNKNOWN)
		json_put_null(json);
	else
		json_put_bool(json, verdict->proven == PROOF_SHOWN);
	json_end_object(json);
}

static void put_unreadable(struct json *json)
{
	static const char rest[] = ",\"subject\":null,\"issuer\":null,\"serial\":null,"
				   "\"not_before\":null,\"not_after\":null,\"key\":null,"
				   "\"spki_sha256\":null,\"signature\":null,\"eku\":";

	json_key_literal(json, rest, sizeof rest - 1);
	put_list(json, NULL);
	JSON_KEY(json, "san");
	put_list(json, NULL);
}

static void put_fingerprint(struct json *json, const uint8_t sha256[static FINGERPRINT_BYTES])
{
	char text[FINGERPRINT_TEXT];

	text_from_bytes(sha256, FINGERPRINT_BYTES, text);
	json_put_string(json, text);
}

/* A common name is said where the whole name does not begin with it. */
static void put_common_names(struct json *json, const struct cert *cert)
{
	if (!cert_name_shows(cert->subject, cert->common_name)) {
		JSON_KEY(json, "common_name");
		put_text(json, cert->common_name);
	}
	if (!cert_name_shows(cert->issuer, cert->issuer_common_name)) {
		JSON_KEY(json, "issuer_common_name");
		put_text(json, cert->issuer_common_name);
	}
}

static void put_readable(struct json *json, const struct cert *cert)
{
	JSON_KEY(json, "subject");
	put_text(json, cert->subject);
	JSON_KEY(json, "issuer");
	put_text(json, cert->issuer);
	JSON_KEY(json, "serial");
	put_text(json, cert->serial);
	JSON_KEY(json, "not_before");
	put_time(json, cert->not_before);
	JSON_KEY(json, "not_after");
	put_time(json, cert->not_after);
	JSON_KEY(json, "key");
	put_text(json, cert->key);
	JSON_KEY(json, "spki_sha256");
	put_fingerprint(json, cert->spki_sha256);
	JSON_KEY(json, "signature");
	put_text(json, cert->signature);
	JSON_KEY(json, "eku");
	put_list(json, cert->eku);
	JSON_KEY(json, "san");
	put_list(json, cert->san);
	put_common_names(json, cert);
}

/* What is the same wherever CERT is served. */
static void put_own(struct json *json, const struct cert *cert)
{
	JSON_KEY(json, "sha256");
	put_text(json, cert->sha256_text);
	if (cert->readable)
		put_readable(json, cert);
	else
		put_unreadable(json);
}

/* As put_own(); those above the leaf come again and again. */
static void put_repeated(struct json *json, struct renderer *renderer, const struct cert *cert)
{
	size_t len, from = json->out->len;
	const char *known = renderer_find(renderer, cert->sha256_text, &len);

	if (known) {
		json_continue_object(json, known, len);
		return;
	}
	put_own(json, cert);
	if (!json->out->failed)
		renderer_keep(
			renderer, cert->sha256_text, json->out->data + from, json->out->len - from);
}

static void put_issuers(struct json *json, uint32_t issuers)
{
	JSON_KEY(json, "issued_by");
	json_begin_array(json);
	for (size_t place = 0; place < LIMIT_CHAIN; place++)
		if (issuers >> place & 1)
			json_put_integer(json, (int64_t)place);
	json_end_array(json);
}

static void put_certificate(struct json *json, struct renderer *renderer,
	const struct verdict_certificate *served, bool first)
{
	const struct cert *cert = served->cert;

	json_begin_object(json);
	/* One that cannot be decoded may be said to be a known one, in records that others wrote.
	 */
	if (first || !cert->readable)
		put_own(json, cert);
	else
		put_repeated(json, renderer, cert);
	JSON_KEY(json, "role");
	put_text(json, role_name(cert->readable ? served->role : ROLE_OTHER));
	JSON_KEY(json, "known_as");
	put_text(json, cert->readable ? served->known_as : NULL);
	put_issuers(json, served->issuers);
	if (cert->readable)
		PUT_IF_ANY(json, "san_dropped", cert->san_dropped);
	json_end_object(json);
}

static void put_chain(struct json *json, struct renderer *renderer, const struct verdict *verdict)
{
	JSON_KEY(json, "chain");
	json_begin_array(json);
	for (size_t i = 0; i < verdict->chain.count; i++)
		put_certificate(json, renderer, &verdict->chain.items[i], i == 0);
	json_end_array(json);
	PUT_IF_ANY(json, "chain_dropped", verdict->chain_dropped);
}

/* What the leaf's policies and timestamps come to. */
static void put_policy(struct json *json, const struct verdict *verdict)
{
	JSON_KEY(json, "validation");
	put_text(json, validation_name(verdict->validation));
	JSON_KEY(json, "scts");
	if (verdict->has_scts)
		json_put_integer(json, (int64_t)verdict->scts);
	else
		json_put_null(json);
	PUT_IF_ANY(json, "scts_by_tls", verdict->scts_by_tls);
	PUT_IF_ANY(json, "scts_by_staple", verdict->scts_by_staple);
}

static void put_path(struct json *json, const struct verdict_path *path)
{
	json_begin_object(json);
	JSON_KEY(json, "trust_store");
	put_text(json, path->store);
	JSON_KEY(json, "trusted");
	if (path->trusted == ANSWER_UNKNOWN)
		json_put_null(json);
	else
		json_put_bool(json, path->trusted == ANSWER_YES);
	JSON_KEY(json, "completed_by");
	put_text(json, completion_name(path->completed_by));
	JSON_KEY(json, "reason");
	put_text(json, or_null(path->reason));
	json_phrase_put(json, path->said);
	JSON_KEY(json, "until");
	if (path->has_until)
		put_time(json, path->until);
	else
		json_put_null(json);
	JSON_KEY(json, "certificates");
	json_begin_array(json);
	for (size_t i = 0; i < path->len; i++)
		json_put_string(json, path->certs[i]);
	json_end_array(json);
	json_end_object(json);
}

static void put_paths(struct json *json, const struct verdict *verdict)
{
	JSON_KEY(json, "paths");
	json_begin_array(json);
	for (size_t i = 0; i < verdict->path_count; i++)
		put_path(json, &verdict->paths[i]);
	json_end_array(json);
}

static void put_finding(struct json *json, const struct finding *finding)
{
	json_begin_object(json);
	JSON_KEY(json, "rule");
	put_text(json, rule_at(finding->rule)->id);
	JSON_KEY(json, "severity");
	put_text(json, severity_name(finding->severity));
	JSON_KEY(json, "message");
	put_text(json, finding->message);
	json_phrase_put(json, finding->said);
	JSON_KEY(json, "due");
	if (finding->has_due)
		put_day(json, finding->due);
	else
		json_put_null(json);
	JSON_KEY(json, "certificate");
	put_text(json, or_null(finding->certificate));
	if (finding->look != LOOK_MAIN) {
		JSON_KEY(json, "look");
		put_text(json, look_name(finding->look));
	}
	JSON_KEY(json, "actions");
	json_begin_array(json);
	for (size_t i = 0; i < finding->action_count; i++) {
		const struct action *action = &finding->actions[i];

		json_begin_object(json);
		JSON_KEY(json, "do");
		put_text(json, action_kind_name(action->kind));
		if (action->certificate[0]) {
			JSON_KEY(json, "certificate");
			put_text(json, action->certificate);
		}
		json_end_object(json);
	}
	json_end_array(json);
	waived_record_put(json, &finding->waived);
	json_end_object(json);
}

static void put_findings(struct json *json, const struct verdict *verdict)
{
	JSON_KEY(json, "findings");
	json_begin_array(json);
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		put_finding(json, &verdict->findings.all.items[i]);
	json_end_array(json);
}

static void put_timing(struct json *json, const struct verdict *verdict)
{
	JSON_KEY(json, "timing");
	json_begin_object(json);
	JSON_KEY(json, "dns_ms");
	json_put_measure(json, verdict->dns_ms);
	JSON_KEY(json, "connect_ms");
	json_put_measure(json, verdict->connect_ms);
	JSON_KEY(json, "tls_ms");
	json_put_measure(json, verdict->tls_ms);
	json_end_object(json);
}

/* "main", or the number of the look, counted from 0, whose chain it got. */
static void put_same_as(struct json *json, const struct verdict_look *look)
{
	JSON_KEY(json, "same_as");
	if (look->same_as == 0)
		json_put_null(json);
	else if (look->same_as == 1)
		put_text(json, look_name(LOOK_MAIN));
	else
		json_put_integer(json, (int64_t)look->same_as - 2);
}

static void put_looks(struct json *json, struct renderer *renderer, const struct verdict *verdict)
{
	if (verdict->looks.count == 0)
		return;
	JSON_KEY(json, "looks");
	json_begin_array(json);
	for (size_t i = 0; i < verdict->looks.count; i++) {
		const struct verdict_look *look = &verdict->looks.items[i];

		json_begin_object(json);
		JSON_KEY(json, "look");
		put_text(json, look_name(look->kind));
		put_error(json, look->verdict);
		put_tls(json, look->verdict);
		put_same_as(json, look);
		put_chain(json, renderer, look->verdict);
		json_end_object(json);
	}
	json_end_array(json);
}

static void put_record(struct json *json, struct renderer *renderer, const struct verdict *verdict)
{
	json_begin_object(json);
	JSON_KEY(json, "schema");
	put_text(json, "chainmend.result/1");
	JSON_KEY(json, "time");
	put_time(json, verdict->time);
	JSON_KEY(json, "as_of");
	put_day(json, verdict->as_of);
	put_target(json, verdict);
	JSON_KEY(json, "status");
	put_text(json, status_name(verdict->status));
	put_error(json, verdict);
	put_tls(json, verdict);
	put_chain(json, renderer, verdict);
	put_policy(json, verdict);
	put_paths(json, verdict);
	put_findings(json, verdict);
	revocation_record_put(json, verdict);
	caa_record_put(json, verdict->caa);
	put_looks(json, renderer, verdict);
	line_record_put(json, verdict);
	put_timing(json, verdict);
	run_record_put(json, verdict->run);
	json_end_object(json);
}

static bool ndjson_render(struct renderer *renderer, const struct verdict *verdict, struct buf *out)
{
	struct json json;

	json_init(&json, out);
	put_record(&json, renderer, verdict);
	return json_end(&json) && buf_add_char(out, '\n');
}

const struct report_format format_ndjson = {
	.name = "ndjson",
	.render = ndjson_render,
};
