/* SPDX-License-Identifier: MIT */
#include "reports/result/result.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "reports/result/result_reading.h"

#define SCHEMA "chainmend.result/1"

#define ROWS(rows) (rows), ARRAY_LEN(rows)

/* The second of a target without a number of its own. */
#define LINE_MOST UINT32_MAX

/* --- target --- */

static bool read_host(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->target.host);
}

static bool read_port(struct result_reading *reading, const json_t *value)
{
	size_t port = 0;

	if (!result_count(reading, value, UINT16_MAX, &port))
		return false;
	reading->target.port = (uint16_t)port;
	return true;
}

static const char *protocol_word(unsigned number)
{
	return protocol_info((enum protocol)number)->name;
}

static bool read_protocol(struct result_reading *reading, const json_t *value)
{
	unsigned protocol;

	if (!result_choice(reading, value, protocol_word, PROTOCOL_COUNT, &protocol))
		return false;
	reading->target.protocol = (enum protocol)protocol;
	return true;
}

static bool read_address(struct result_reading *reading, const json_t *value)
{
	return result_id(
		reading, value, reading->verdict->address, sizeof reading->verdict->address);
}

static bool read_connect_to(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->target.address);
}

static bool read_sni(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->target.sni);
}

static bool read_unicode(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->target.unicode);
}

static bool read_addresses(struct result_reading *reading, const json_t *value)
{
	return result_count(reading, value, LIMIT_ADDRESSES, &reading->verdict->addresses);
}

static bool read_addresses_dropped(struct result_reading *reading, const json_t *value)
{
	return result_count(reading, value, UINT32_MAX, &reading->verdict->addresses_dropped);
}

/* "FILE:LINE" */
static bool read_source(struct result_reading *reading, const json_t *value)
{
	const char *text;
	uint64_t line;

	if (!result_text(reading, value, &text))
		return false;
	const char *colon = strrchr(text, ':');
	if (!colon || !text_to_uint(colon + 1, LINE_MOST, &line))
		return result_fault(reading, PHRASE("FILE:LINE"));
	reading->target.line = (size_t)line;
	reading->target.source = arena_text(reading->texts, text, (size_t)(colon - text));
	return reading->target.source || result_no_memory(reading);
}

static bool read_labels(struct result_reading *reading, const json_t *value)
{
	size_t count = json_object_size(value), at = 0;
	const char *name;
	json_t *text;

	if (!json_is_object(value) || count > LIMIT_LABELS)
		return result_fault(
			reading, PHRASE("an object of no more labels than a target has"));
	struct label *labels = arena_take(reading->texts, (count + 1) * sizeof *labels);
	if (!labels)
		return result_no_memory(reading);
	json_object_foreach((json_t *)(uintptr_t)value, name, text)
	{
		const char *borrowed;

		if (!result_text(reading, text, &borrowed))
			return false;
		labels[at].name = arena_text(reading->texts, name, strlen(name));
		labels[at].value = arena_text(reading->texts, borrowed, strlen(borrowed));
		if (!labels[at].name || !labels[at].value)
			return result_no_memory(reading);
		at++;
	}
	reading->target.labels = labels;
	reading->target.label_count = count;
	return true;
}

static bool read_banner(struct result_reading *reading, const json_t *value)
{
	char banner[256];

	if (!result_words(reading, value, banner, sizeof banner))
		return false;
	reading->verdict->banner = text_copy(banner, strlen(banner));
	return reading->verdict->banner || result_no_memory(reading);
}

static const struct result_row target_rows[] = {
	{ "host", RESULT_REQUIRED, read_host },
	{ "port", RESULT_OPTIONAL, read_port },
	{ "protocol", RESULT_OPTIONAL, read_protocol },
	{ "address", RESULT_OPTIONAL, read_address },
	{ "banner", RESULT_OPTIONAL, read_banner },
	{ "connect_to", RESULT_OPTIONAL, read_connect_to },
	{ "sni", RESULT_OPTIONAL, read_sni },
	{ "labels", RESULT_OPTIONAL, read_labels },
	{ "unicode", RESULT_OPTIONAL, read_unicode },
	{ "addresses", RESULT_OPTIONAL, read_addresses },
	{ "addresses_dropped", RESULT_OPTIONAL, read_addresses_dropped },
	{ "source", RESULT_OPTIONAL, read_source },
};

static bool read_target(struct result_reading *reading, const json_t *value)
{
	return result_object(reading, "target", value, ROWS(target_rows));
}

/* --- error, tls, timing --- */

static const char *outcome_word(unsigned number)
{
	return outcome_name((enum outcome)number);
}

static bool read_kind(struct result_reading *reading, const json_t *value)
{
	unsigned outcome;

	if (!result_choice(reading, value, outcome_word, OUTCOME_COUNT, &outcome))
		return false;
	reading->verdict->outcome = (enum outcome)outcome;
	return true;
}

static bool read_message(struct result_reading *reading, const json_t *value)
{
	return result_words(
		reading, value, reading->verdict->message, sizeof reading->verdict->message);
}

static const struct result_row error_rows[] = {
	{ "kind", RESULT_REQUIRED, read_kind },
	{ "message", RESULT_OPTIONAL, read_message },
};

bool result_error(struct result_reading *reading, const json_t *value)
{
	struct verdict *verdict = reading->verdict;

	return result_object(reading, "error", value, ROWS(error_rows)) &&
	       result_phrase(reading, value, verdict->message, verdict->said, sizeof verdict->said);
}

static bool read_version(struct result_reading *reading, const json_t *value)
{
	return result_words(
		reading, value, reading->verdict->version, sizeof reading->verdict->version);
}

static bool read_cipher(struct result_reading *reading, const json_t *value)
{
	return result_words(
		reading, value, reading->verdict->cipher, sizeof reading->verdict->cipher);
}

static bool read_stapled(struct result_reading *reading, const json_t *value)
{
	return result_bool(reading, value, &reading->verdict->stapled);
}

static bool read_legacy_offer(struct result_reading *reading, const json_t *value)
{
	return result_bool(reading, value, &reading->verdict->legacy_offer);
}

static bool read_sni_refused(struct result_reading *reading, const json_t *value)
{
	return result_bool(reading, value, &reading->verdict->sni_refused);
}

static bool read_requested(struct result_reading *reading, const json_t *value)
{
	return result_bool(reading, value, &reading->verdict->client_cert_requested);
}

static bool read_complete(struct result_reading *reading, const json_t *value)
{
	return result_bool(reading, value, &reading->verdict->complete);
}

static bool read_proven(struct result_reading *reading, const json_t *value)
{
	bool proven;

	if (!result_bool(reading, value, &proven))
		return false;
	reading->verdict->proven = proven ? PROOF_SHOWN : PROOF_REFUTED;
	return true;
}

static const struct result_row tls_rows[] = {
	{ "version", RESULT_OPTIONAL, read_version },
	{ "cipher", RESULT_OPTIONAL, read_cipher },
	{ "stapled", RESULT_OPTIONAL, read_stapled },
	{ "legacy_offer", RESULT_OPTIONAL, read_legacy_offer },
	{ "sni_refused", RESULT_OPTIONAL, read_sni_refused },
	{ "client_certificate_requested", RESULT_OPTIONAL, read_requested },
	{ "complete", RESULT_OPTIONAL, read_complete },
	{ "proven", RESULT_OPTIONAL, read_proven },
};

bool result_tls(struct result_reading *reading, const json_t *value)
{
	return result_object(reading, "tls", value, ROWS(tls_rows));
}

static bool read_dns_ms(struct result_reading *reading, const json_t *value)
{
	return result_measure(reading, value, &reading->verdict->dns_ms);
}

static bool read_connect_ms(struct result_reading *reading, const json_t *value)
{
	return result_measure(reading, value, &reading->verdict->connect_ms);
}

static bool read_tls_ms(struct result_reading *reading, const json_t *value)
{
	return result_measure(reading, value, &reading->verdict->tls_ms);
}

static const struct result_row timing_rows[] = {
	{ "dns_ms", RESULT_OPTIONAL, read_dns_ms },
	{ "connect_ms", RESULT_OPTIONAL, read_connect_ms },
	{ "tls_ms", RESULT_OPTIONAL, read_tls_ms },
};

static bool read_timing(struct result_reading *reading, const json_t *value)
{
	return result_object(reading, "timing", value, ROWS(timing_rows));
}

/* --- run --- */

static bool read_run_version(struct result_reading *reading, const json_t *value)
{
	return result_id(reading, value, reading->run.version, sizeof reading->run.version);
}

static bool read_run_profile(struct result_reading *reading, const json_t *value)
{
	return result_id(reading, value, reading->run_profile, sizeof reading->run_profile);
}

static bool read_run_sum(struct result_reading *reading, const json_t *value)
{
	return result_id(reading, value, reading->run_sum, sizeof reading->run_sum);
}

static bool read_run_targets(struct result_reading *reading, const json_t *value)
{
	return result_count(reading, value, LIMIT_TARGETS, &reading->run.targets);
}

static bool read_run_duplicates(struct result_reading *reading, const json_t *value)
{
	return result_count(reading, value, UINT32_MAX, &reading->run.duplicates);
}

static const struct result_row run_rows[] = {
	{ "version", RESULT_OPTIONAL, read_run_version },
	{ "profile", RESULT_REQUIRED, read_run_profile },
	{ "profile_sha256", RESULT_OPTIONAL, read_run_sum },
	{ "targets", RESULT_OPTIONAL, read_run_targets },
	{ "duplicates", RESULT_OPTIONAL, read_run_duplicates },
};

static bool read_run(struct result_reading *reading, const json_t *value)
{
	if (!result_object(reading, "run", value, ROWS(run_rows)))
		return false;
	reading->run.profile = result_pool_id(reading->pool, reading->run_profile);
	reading->run.profile_sha256 = result_pool_id(reading->pool, reading->run_sum);
	if (reading->run.profile && reading->run.profile_sha256)
		reading->verdict->run = result_pool_run(reading->pool, &reading->run);
	return reading->verdict->run ||
	       error_set(reading->err, ERROR_LIMIT, "these are results of too many different runs");
}

/* --- the whole --- */

static bool read_schema(struct result_reading *reading, const json_t *value)
{
	const char *schema = json_string_value(value);

	return (schema && strcmp(schema, SCHEMA) == 0) || result_fault(reading, "\"" SCHEMA "\"");
}

static bool read_taken(struct result_reading *reading, const json_t *value)
{
	return result_time(reading, value, &reading->verdict->time);
}

static bool read_as_of(struct result_reading *reading, const json_t *value)
{
	return result_time(reading, value, &reading->verdict->as_of);
}

static const char *status_word(unsigned number)
{
	return status_name((enum status)number);
}

static bool read_status(struct result_reading *reading, const json_t *value)
{
	unsigned status;

	if (!result_choice(reading, value, status_word, STATUS_COUNT, &status))
		return false;
	reading->verdict->status = (enum status)status;
	return true;
}

static const char *validation_word(unsigned number)
{
	return validation_name((enum validation)number);
}

static bool read_validation(struct result_reading *reading, const json_t *value)
{
	unsigned validation;

	if (!result_choice(reading, value, validation_word, VALIDATION_COUNT, &validation))
		return false;
	reading->verdict->validation = (enum validation)validation;
	return true;
}

static bool read_scts(struct result_reading *reading, const json_t *value)
{
	reading->verdict->has_scts = true;
	return result_count(reading, value, UINT32_MAX, &reading->verdict->scts);
}

static bool read_scts_by_tls(struct result_reading *reading, const json_t *value)
{
	return result_count(reading, value, UINT32_MAX, &reading->verdict->scts_by_tls);
}

static bool read_scts_by_staple(struct result_reading *reading, const json_t *value)
{
	return result_count(reading, value, UINT32_MAX, &reading->verdict->scts_by_staple);
}

static bool read_lines_cut_short(struct result_reading *reading, const json_t *value)
{
	return result_bool(reading, value, &reading->verdict->lines.cut_short);
}

static const struct result_row rows[] = {
	{ "schema", RESULT_REQUIRED, read_schema },
	{ "time", RESULT_REQUIRED, read_taken },
	{ "as_of", RESULT_REQUIRED, read_as_of },
	{ "target", RESULT_REQUIRED, read_target },
	{ "status", RESULT_REQUIRED, read_status },
	{ "error", RESULT_OPTIONAL, result_error },
	{ "tls", RESULT_OPTIONAL, result_tls },
	{ "chain", RESULT_OPTIONAL, result_chain },
	{ "chain_dropped", RESULT_OPTIONAL, result_chain_dropped },
	{ "validation", RESULT_OPTIONAL, read_validation },
	{ "scts", RESULT_OPTIONAL, read_scts },
	{ "scts_by_tls", RESULT_OPTIONAL, read_scts_by_tls },
	{ "scts_by_staple", RESULT_OPTIONAL, read_scts_by_staple },
	{ "paths", RESULT_OPTIONAL, result_paths },
	{ "findings", RESULT_OPTIONAL, result_findings },
	{ "revocation", RESULT_OPTIONAL, result_revocation },
	{ "caa", RESULT_OPTIONAL, result_caa },
	{ "looks", RESULT_OPTIONAL, result_looks },
	{ "lines", RESULT_OPTIONAL, result_lines },
	{ "lines_cut_short", RESULT_OPTIONAL, read_lines_cut_short },
	{ "timing", RESULT_OPTIONAL, read_timing },
	{ "run", RESULT_OPTIONAL, read_run },
};

/* Before the verdict can be freed it has a target; what is borrowed from JSON is copied here. */
static bool settle(struct result_reading *reading)
{
	struct verdict *verdict = reading->verdict;

	if (verdict->outcome == OUTCOME_BAD_TARGET)
		reading->target.fault = verdict->message;
	verdict->target = target_new_described(&reading->target);
	return verdict->target || result_no_memory(reading);
}

static struct verdict *verdict_blank(void)
{
	CLEANUP(verdict_freep) struct verdict *verdict = calloc(1, sizeof *verdict);

	if (!verdict)
		return NULL;
	verdict->texts = calloc(1, sizeof *verdict->texts);
	if (!verdict->texts)
		return NULL;
	arena_init(verdict->texts, NULL, 0);
	verdict->addresses = 1;
	verdict->dns_ms = verdict->connect_ms = verdict->tls_ms = -1;
	return TAKE(verdict);
}

static void json_free(json_t *json)
{
	json_decref(json);
}
DEFINE_CLEANUP(json_t *, json_free);

struct verdict *result_read(
	struct result_pool *pool, const char *text, size_t len, struct error *err)
{
	json_error_t why;
	CLEANUP(verdict_freep) struct verdict *verdict = verdict_blank();
	CLEANUP(json_freep) json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);

	if (!verdict || (!json && json_error_code(&why) == json_error_out_of_memory)) {
		(void)error_set_memory(err);
		return NULL;
	}
	if (!json) {
		(void)error_set(err, ERROR_SYNTAX, "not JSON: %s", why.text);
		return NULL;
	}
	struct result_reading reading = { .verdict = verdict,
		.texts = verdict->texts,
		.pool = pool,
		.err = err,
		.object = "",
		.key = "record" };
	if (!result_object(&reading, "", json, ROWS(rows)) || !settle(&reading))
		return NULL;
	return TAKE(verdict);
}
