/* SPDX-License-Identifier: MIT */
#include "reports/evidence/evidence_line.h"

#include "checker/answers.h"
#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/caa.h"
#include "checker/cert/cert.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "reports/json.h"

struct writing {
	struct json json;
	const struct evidence_filing *filing;
	struct error *err;
};

/* A member is there only when there is something to say. */
static void put_member(struct json *json, const char *key, const char *text)
{
	if (!text || !text[0])
		return;
	json_key(json, key);
	json_put_string(json, text);
}

static void put_count(struct json *json, const char *key, size_t count)
{
	if (count == 0)
		return;
	json_key(json, key);
	json_put_integer(json, (int64_t)count);
}

static void put_flag(struct json *json, const char *key, bool is)
{
	if (!is)
		return;
	json_key(json, key);
	json_put_bool(json, true);
}

static void put_measure(struct json *json, const char *key, double value)
{
	if (!(value >= 0))
		return;
	json_key(json, key);
	json_put_measure(json, value);
}

static void put_target(struct json *json, const struct target *target)
{
	JSON_KEY(json, "target");
	json_begin_object(json);
	JSON_KEY(json, "host");
	json_put_string(json, target->host);
	put_count(json, "port", target->port);
	put_member(json, "protocol", protocol_info(target->protocol)->name);
	put_member(json, "unicode", target->unicode);
	put_member(json, "connect_to", target->address);
	put_member(json, "sni", target->sni);
	put_member(json, "source", target->source);
	put_count(json, "line", target->line);
	put_member(json, "fault", target->fault);
	JSON_KEY(json, "labels");
	json_begin_object(json);
	for (size_t i = 0; i < target->labels.count; i++) {
		json_key(json, target->labels.items[i].name);
		json_put_string(json, target->labels.items[i].value);
	}
	json_end_object(json);
	JSON_KEY(json, "number");
	json_put_integer(json, (int64_t)target->number);
	JSON_KEY(json, "mates");
	json_put_integer(json, (int64_t)target->mates);
	json_end_object(json);
}

static bool put_der(struct writing *writing, enum evidence_kind kind, const struct der *der)
{
	char name[FINGERPRINT_TEXT];
	const struct evidence_filing *filing = writing->filing;

	if (!filing->file(filing->arg, kind, der, name, writing->err))
		return false;
	json_put_string(&writing->json, name);
	return true;
}

static bool put_chain(struct writing *writing, const struct observation *seen)
{
	struct json *json = &writing->json;

	JSON_KEY(json, "chain");
	json_begin_array(json);
	for (size_t i = 0; i < seen->chain.count; i++)
		if (!put_der(writing, EVIDENCE_CERTIFICATE, &seen->chain.items[i]))
			return false;
	json_end_array(json);
	put_count(json, "chain_dropped", seen->chain_dropped);
	if (seen->staple.len == 0)
		return true;
	JSON_KEY(json, "staple");
	return put_der(writing, EVIDENCE_OCSP, &seen->staple);
}

/* What a look has as well. */
static bool put_seen(struct writing *writing, const struct observation *seen)
{
	static const char *const proofs[] = {
		[PROOF_UNKNOWN] = NULL,
		[PROOF_SHOWN] = "shown",
		[PROOF_REFUTED] = "refuted",
	};
	struct json *json = &writing->json;
	char time[INSTANT_TEXT];

	instant_format(seen->time, time);
	put_member(json, "time", time);
	put_member(json, "address", seen->address);
	put_member(json, "error", outcome_name(seen->outcome));
	put_member(json, "said", seen->said);
	put_member(json, "version", seen->version);
	put_member(json, "cipher", seen->cipher);
	put_flag(json, "legacy_offer", seen->legacy_offer);
	put_flag(json, "sni_refused", seen->sni_refused);
	put_flag(json, "client_certificate_requested", seen->client_cert_requested);
	put_flag(json, "complete", seen->complete);
	put_member(json, "proof", proofs[seen->proven]);
	put_member(json, "banner", seen->banner);
	put_member(json, "platform", seen->platform);
	put_measure(json, "dns_ms", seen->dns_ms);
	put_measure(json, "connect_ms", seen->connect_ms);
	put_measure(json, "tls_ms", seen->tls_ms);
	return put_chain(writing, seen);
}

static void put_caa(struct json *json, const struct caa *caa)
{
	if (!caa)
		return;
	JSON_KEY(json, "caa");
	json_begin_object(json);
	put_member(json, "status", caa_status_name(caa->status));
	put_member(json, "domain", caa->domain);
	put_member(json, "why", caa->why);
	put_count(json, "dropped", caa->dropped);
	JSON_KEY(json, "records");
	json_begin_array(json);
	for (size_t i = 0; i < caa->count; i++) {
		json_begin_object(json);
		put_flag(json, "critical", caa->records[i].critical);
		JSON_KEY(json, "tag");
		json_put_string(json, caa->records[i].tag);
		JSON_KEY(json, "value");
		json_put_string(json, caa->records[i].value);
		json_end_object(json);
	}
	json_end_array(json);
	json_end_object(json);
}

static bool put_looks(struct writing *writing, const struct observation *observation)
{
	struct json *json = &writing->json;

	if (observation->looks.count == 0)
		return true;
	JSON_KEY(json, "looks");
	json_begin_array(json);
	for (size_t i = 0; i < observation->looks.count; i++) {
		const struct look *look = &observation->looks.items[i];

		json_begin_object(json);
		put_member(json, "look", look_name(look->kind));
		put_count(json, "same_as", look->same_as);
		if (!put_seen(writing, look->seen))
			return false;
		json_end_object(json);
	}
	json_end_array(json);
	return true;
}

/* What those said whom certificates name. */
static bool put_answers(struct writing *writing, const struct answers *answers)
{
	struct json *json = &writing->json;

	if (!answers)
		return true;
	JSON_KEY(json, "answers");
	json_begin_object(json);
	put_member(json, "ocsp_url", answers->ocsp_url);
	put_member(json, "ocsp_why", answers->ocsp_why);
	if (answers->ocsp) {
		const struct der ocsp = { answers->ocsp, answers->ocsp_len };

		JSON_KEY(json, "ocsp");
		if (!put_der(writing, EVIDENCE_OCSP, &ocsp))
			return false;
	}
	if (answers->issuer) {
		struct der issuer;
		issuer.bytes = (uint8_t *)(uintptr_t)cert_der(answers->issuer, &issuer.len);

		JSON_KEY(json, "issuer");
		if (!put_der(writing, EVIDENCE_CERTIFICATE, &issuer))
			return false;
	}
	JSON_KEY(json, "lists");
	json_begin_array(json);
	for (size_t i = 0; i < answers->list_count; i++)
		json_put_integer(json, (int64_t)answers->list_numbers[i]);
	json_end_array(json);
	json_end_object(json);
	return true;
}

bool evidence_line_put(struct buf *out, const struct observation *observation,
	const struct evidence_filing *filing, struct error *err)
{
	struct writing writing = { .filing = filing, .err = err };
	struct json *json = &writing.json;

	json_init(json, out);
	json_begin_object(json);
	put_target(json, observation->target);
	put_count(json, "addresses", observation->addresses);
	put_count(json, "addresses_dropped", observation->addresses_dropped);
	if (!put_seen(&writing, observation) || !put_looks(&writing, observation) ||
		!put_answers(&writing, observation->answers))
		return false;
	put_caa(json, observation->caa);
	json_end_object(json);
	return (json_end(json) && buf_add_char(out, '\n')) || error_set_memory(err);
}
