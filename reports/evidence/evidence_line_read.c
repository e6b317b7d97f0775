/* SPDX-License-Identifier: MIT */
#include "reports/evidence/evidence_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "checker/answers.h"
#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/caa.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/target/target.h"

/* The input's, and those of an owner map. */
#define LABELS_MOST (2 * LIMIT_LABELS)

struct reading {
	const struct evidence_looking *looking;
	struct error *err;
};

static bool fault(struct reading *reading, const char *key)
{
	return error_set(reading->err, ERROR_SYNTAX, "\"%s\" is not what it has to be", key);
}

/* json_unpack_ex() went wrong. */
static bool misfit(struct reading *reading, const json_error_t *why)
{
	return error_set(reading->err, ERROR_SYNTAX, "%s", why->text);
}

static bool copy(struct reading *reading, const char *key, const char *text, char *out, size_t size)
{
	if (!text)
		return true;
	if (strlen(text) >= size)
		return fault(reading, key);
	text_printable(text, strlen(text), out, size);
	return true;
}

static bool count(
	struct reading *reading, const char *key, json_int_t value, size_t most, size_t *ret_count)
{
	if (value < 0 || (uint64_t)value > most)
		return fault(reading, key);
	*ret_count = (size_t)value;
	return true;
}

/* The number of WORD among COUNT names; false when it is none. */
static bool choose(const char *word, const char *(*name)(unsigned number), unsigned count_,
	unsigned *ret_number)
{
	for (unsigned i = 0; i < count_; i++) {
		const char *one = name(i);

		if (one && word && strcmp(one, word) == 0) {
			*ret_number = i;
			return true;
		}
	}
	return false;
}

static const char *outcome_word(unsigned number)
{
	return outcome_name((enum outcome)number);
}

static const char *look_word(unsigned number)
{
	return look_name((enum look_kind)number);
}

static const char *caa_word(unsigned number)
{
	return caa_status_name((enum caa_status)number);
}

/* --- The target --- */

static bool read_labels(
	struct reading *reading, const json_t *value, struct label *labels, size_t *ret_count)
{
	const char *name;
	json_t *text;
	size_t at = 0;

	if (json_object_size(value) > LABELS_MOST)
		return fault(reading, "labels");
	json_object_foreach((json_t *)(uintptr_t)value, name, text)
	{
		if (!json_is_string(text))
			return fault(reading, "labels");
		/* Only lent: target_new_described() copies them. */
		labels[at].name = (char *)(uintptr_t)name;
		labels[at++].value = (char *)(uintptr_t)json_string_value(text);
	}
	*ret_count = at;
	return true;
}

static bool make_target(struct reading *reading, const struct target_description *description,
	size_t number, size_t mates, struct target **ret_target)
{
	struct target *target = target_new_described(description);

	if (!target)
		return error_set_memory(reading->err);
	target->number = number;
	target->mates = mates;
	*ret_target = target;
	return true;
}

static bool read_target(struct reading *reading, json_t *value, struct target **ret_target)
{
	struct target_description is = { .host = NULL };
	struct label labels[LABELS_MOST];
	const char *protocol = NULL;
	json_t *labelled = NULL;
	json_int_t port = 0, line = 0, number = 0, mates = 1;
	size_t port_count = 0, line_count = 0, at = 0, mate_count = 1;
	json_error_t why;

	if (json_unpack_ex(value, &why, 0,
		    "{s:s,s?:I,s:s,s?:s,s?:s,s?:s,s?:s,s?:I,s?:s,s?:o,s:I,s:I}", "host", &is.host,
		    "port", &port, "protocol", &protocol, "unicode", &is.unicode, "connect_to",
		    &is.address, "sni", &is.sni, "source", &is.source, "line", &line, "fault",
		    &is.fault, "labels", &labelled, "number", &number, "mates", &mates) != 0)
		return misfit(reading, &why);
	if (!protocol_by_name(protocol, &is.protocol))
		return fault(reading, "protocol");
	if (!count(reading, "port", port, UINT16_MAX, &port_count) ||
		!count(reading, "line", line, UINT32_MAX, &line_count) ||
		!count(reading, "number", number, LIMIT_TARGETS, &at) ||
		!count(reading, "mates", mates, LIMIT_TARGETS, &mate_count) ||
		(labelled && !read_labels(reading, labelled, labels, &is.label_count)))
		return false;
	is.port = (uint16_t)port_count;
	is.line = line_count;
	is.labels = labels;
	return make_target(reading, &is, at, mate_count, ret_target);
}

/* --- What was seen --- */

static bool find(
	struct reading *reading, enum evidence_kind kind, const json_t *name, struct buf *out)
{
	const struct evidence_looking *looking = reading->looking;
	uint8_t sum[FINGERPRINT_BYTES];
	const char *text = json_string_value(name);

	if (!text || !fingerprint_parse(text, sum))
		return fault(reading, evidence_place(kind)->folder);
	return looking->find(looking->arg, kind, text, out, reading->err);
}

static bool read_chain(struct reading *reading, const json_t *chain, struct observation *seen)
{
	if (!json_is_array(chain) || json_array_size(chain) > LIMIT_CHAIN)
		return fault(reading, "chain");
	for (size_t i = 0; i < json_array_size(chain); i++) {
		CLEANUP(buf_release) struct buf der = BUF_INIT(LIMIT_CHAIN_FILE_BYTES);

		if (!find(reading, EVIDENCE_CERTIFICATE, json_array_get(chain, i), &der))
			return false;
		if (!observation_add_der(seen, (const uint8_t *)buf_text(&der), der.len))
			return error_set_memory(reading->err);
	}
	return true;
}

static bool read_staple(struct reading *reading, const json_t *staple, struct observation *seen)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(LIMIT_STAPLE_BYTES);

	if (!staple)
		return true;
	if (!find(reading, EVIDENCE_OCSP, staple, &bytes))
		return false;
	seen->staple.bytes = (uint8_t *)text_copy(buf_text(&bytes), bytes.len);
	seen->staple.len = bytes.len;
	return seen->staple.bytes || error_set_memory(reading->err);
}

/* How it ended: the phrase comes as it is, control characters and all. */
static bool read_end(
	struct reading *reading, const char *error, const char *said, struct observation *seen)
{
	unsigned outcome = OUTCOME_SERVED;

	if (error && !choose(error, outcome_word, OUTCOME_COUNT, &outcome))
		return fault(reading, "error");
	if (said && strlen(said) >= sizeof seen->said)
		return fault(reading, "said");
	seen->outcome = (enum outcome)outcome;
	(void)snprintf(seen->said, sizeof seen->said, "%s", said ? said : "");
	phrase_render(seen->said, LANGUAGE_EN, seen->message, sizeof seen->message);
	return true;
}

static bool read_banner(
	struct reading *reading, const char *banner, const char *platform, struct observation *seen)
{
	char shown[LIMIT_HOST_BYTES];

	if (banner) {
		text_printable(banner, strlen(banner), shown, sizeof shown);
		seen->banner = text_copy(shown, strlen(shown));
		if (!seen->banner)
			return error_set_memory(reading->err);
	}
	if (platform) {
		text_printable(platform, strlen(platform), shown, sizeof shown);
		seen->platform = reading->looking->keep(reading->looking->arg, shown);
		if (!seen->platform)
			return fault(reading, "platform");
	}
	return true;
}

static bool read_measures(struct reading *reading, json_t *value, struct observation *seen)
{
	json_error_t why;

	return json_unpack_ex(value, &why, 0, "{s?:F,s?:F,s?:F}", "dns_ms", &seen->dns_ms,
		       "connect_ms", &seen->connect_ms, "tls_ms", &seen->tls_ms) == 0 ||
	       misfit(reading, &why);
}

static bool read_flags(struct reading *reading, json_t *value, struct observation *seen)
{
	int legacy = 0, refused = 0, requested = 0, complete = 0;
	const char *proof = NULL;
	json_error_t why;

	if (json_unpack_ex(value, &why, 0, "{s?:b,s?:b,s?:b,s?:b,s?:s}", "legacy_offer", &legacy,
		    "sni_refused", &refused, "client_certificate_requested", &requested, "complete",
		    &complete, "proof", &proof) != 0)
		return misfit(reading, &why);
	seen->legacy_offer = legacy;
	seen->sni_refused = refused;
	seen->client_cert_requested = requested;
	seen->complete = complete;
	if (proof && strcmp(proof, "shown") != 0 && strcmp(proof, "refuted") != 0)
		return fault(reading, "proof");
	seen->proven = !proof                        ? PROOF_UNKNOWN
		       : strcmp(proof, "shown") == 0 ? PROOF_SHOWN
						     : PROOF_REFUTED;
	return true;
}

static bool read_seen(struct reading *reading, json_t *value, struct observation *seen)
{
	const char *time = NULL, *address = NULL, *error = NULL, *said = NULL, *version = NULL,
		   *cipher = NULL, *banner = NULL, *platform = NULL;
	json_int_t dropped = 0;
	json_t *chain = NULL, *staple = NULL;
	json_error_t why;

	if (json_unpack_ex(value, &why, 0, "{s:s,s?:s,s?:s,s?:s,s?:s,s?:s,s?:s,s?:s,s:o,s?:I,s?:o}",
		    "time", &time, "address", &address, "error", &error, "said", &said, "version",
		    &version, "cipher", &cipher, "banner", &banner, "platform", &platform, "chain",
		    &chain, "chain_dropped", &dropped, "staple", &staple) != 0)
		return misfit(reading, &why);
	if (!instant_parse(time, &seen->time))
		return fault(reading, "time");
	return copy(reading, "address", address, seen->address, sizeof seen->address) &&
	       copy(reading, "version", version, seen->version, sizeof seen->version) &&
	       copy(reading, "cipher", cipher, seen->cipher, sizeof seen->cipher) &&
	       count(reading, "chain_dropped", dropped, UINT32_MAX, &seen->chain_dropped) &&
	       read_end(reading, error, said, seen) && read_flags(reading, value, seen) &&
	       read_measures(reading, value, seen) &&
	       read_banner(reading, banner, platform, seen) && read_chain(reading, chain, seen) &&
	       read_staple(reading, staple, seen);
}

/* --- Further looks, and the whole --- */

static bool read_look(struct reading *reading, json_t *value, struct observation *observation)
{
	CLEANUP(observation_freep)
	struct observation *seen = observation_new(observation->target);
	const char *word = NULL;
	json_int_t same_as = 0;
	json_error_t why;
	unsigned kind;
	size_t same = 0;

	if (!seen)
		return error_set_memory(reading->err);
	if (json_unpack_ex(value, &why, 0, "{s:s,s?:I}", "look", &word, "same_as", &same_as) != 0)
		return misfit(reading, &why);
	if (!choose(word, look_word, LOOK_COUNT, &kind))
		return fault(reading, "look");
	if (!count(reading, "same_as", same_as, observation->looks.count + 1, &same) ||
		!read_seen(reading, value, seen))
		return false;
	if (!observation_add_look(observation, (enum look_kind)kind, TAKE(seen)))
		return error_set_memory(reading->err);
	struct look *look = &observation->looks.items[observation->looks.count - 1];
	if (same > 0 && look->seen->chain.count > 0)
		return fault(reading, "same_as");
	look->same_as = same;
	return true;
}

static bool read_looks(struct reading *reading, const json_t *looks, struct observation *to)
{
	if (!looks)
		return true;
	if (!json_is_array(looks) || json_array_size(looks) > LIMIT_LOOKS)
		return fault(reading, "looks");
	for (size_t i = 0; i < json_array_size(looks); i++)
		if (!read_look(reading, json_array_get(looks, i), to))
			return false;
	return true;
}

static bool read_caa_record(struct reading *reading, json_t *value, struct caa_record *record)
{
	const char *tag, *text;
	int critical = 0;
	json_error_t why;

	if (json_unpack_ex(value, &why, 0, "{s?:b,s:s,s:s}", "critical", &critical, "tag", &tag,
		    "value", &text) != 0)
		return misfit(reading, &why);
	record->critical = critical;
	return copy(reading, "tag", tag, record->tag, sizeof record->tag) &&
	       copy(reading, "value", text, record->value, sizeof record->value);
}

static bool read_caa(struct reading *reading, json_t *value, struct observation *to)
{
	const char *status = NULL, *domain = NULL, *reason = NULL;
	json_int_t dropped = 0;
	json_t *records = NULL;
	json_error_t why;
	unsigned number;

	if (!value)
		return true;
	struct caa *caa = to->caa = calloc(1, sizeof *caa);
	if (!caa)
		return error_set_memory(reading->err);
	if (json_unpack_ex(value, &why, 0, "{s:s,s?:s,s?:s,s?:I,s:o}", "status", &status, "domain",
		    &domain, "why", &reason, "dropped", &dropped, "records", &records) != 0)
		return misfit(reading, &why);
	if (!choose(status, caa_word, CAA_STATUSES, &number))
		return fault(reading, "status");
	caa->status = (enum caa_status)number;
	if (reason)
		caa->why = reading->looking->keep(reading->looking->arg, reason);
	if ((reason && !caa->why) || !json_is_array(records) ||
		json_array_size(records) > LIMIT_CAA)
		return fault(reading, "caa");
	for (size_t i = 0; i < json_array_size(records); i++)
		if (!read_caa_record(
			    reading, json_array_get(records, i), &caa->records[caa->count++]))
			return false;
	return copy(reading, "domain", domain, caa->domain, sizeof caa->domain) &&
	       count(reading, "dropped", dropped, UINT32_MAX, &caa->dropped);
}

/* --- What those said whom certificates name --- */

static bool read_ocsp(struct reading *reading, const json_t *ocsp, struct answers *answers)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(LIMIT_OCSP_BYTES);

	if (!ocsp)
		return true;
	if (!find(reading, EVIDENCE_OCSP, ocsp, &bytes))
		return false;
	answers->ocsp = (uint8_t *)text_copy(buf_text(&bytes), bytes.len);
	answers->ocsp_len = bytes.len;
	return answers->ocsp || error_set_memory(reading->err);
}

static bool read_issuer(struct reading *reading, const json_t *issuer, struct answers *answers)
{
	CLEANUP(buf_release) struct buf der = BUF_INIT(LIMIT_CHAIN_FILE_BYTES);

	if (!issuer)
		return true;
	if (!find(reading, EVIDENCE_CERTIFICATE, issuer, &der))
		return false;
	answers->issuer = cert_new((const uint8_t *)buf_text(&der), der.len, reading->err);
	return answers->issuer;
}

static bool read_lists(struct reading *reading, const json_t *lists, struct answers *answers)
{
	const struct evidence_looking *looking = reading->looking;

	if (!json_is_array(lists) || json_array_size(lists) > LIMIT_ANSWER_LISTS)
		return fault(reading, "lists");
	for (size_t i = 0; i < json_array_size(lists); i++) {
		const json_t *number = json_array_get(lists, i);

		if (!json_is_integer(number) || json_integer_value(number) < 0)
			return fault(reading, "lists");
		size_t at = answers->list_numbers[i] = (size_t)json_integer_value(number);
		answers->lists[i] = looking->list(looking->arg, at, reading->err);
		if (!answers->lists[i])
			return false;
		answers->list_count++;
	}
	return true;
}

static bool read_answers(struct reading *reading, json_t *value, struct observation *to)
{
	const char *url = NULL, *reason = NULL;
	json_t *ocsp = NULL, *issuer = NULL, *lists = NULL;
	json_error_t why;

	if (!value)
		return true;
	struct answers *answers = to->answers = answers_new();
	if (!answers)
		return error_set_memory(reading->err);
	if (json_unpack_ex(value, &why, 0, "{s?:s,s?:s,s?:o,s?:o,s:o}", "ocsp_url", &url,
		    "ocsp_why", &reason, "ocsp", &ocsp, "issuer", &issuer, "lists", &lists) != 0)
		return misfit(reading, &why);
	if (reason && strlen(reason) >= sizeof answers->ocsp_why)
		return fault(reading, "ocsp_why");
	(void)snprintf(answers->ocsp_why, sizeof answers->ocsp_why, "%s", reason ? reason : "");
	return copy(reading, "ocsp_url", url, answers->ocsp_url, sizeof answers->ocsp_url) &&
	       read_ocsp(reading, ocsp, answers) && read_issuer(reading, issuer, answers) &&
	       read_lists(reading, lists, answers);
}

static struct observation *read_observation(struct reading *reading, json_t *value)
{
	CLEANUP(target_unrefp) struct target *target = NULL;
	json_t *target_json = NULL, *looks = NULL, *caa = NULL, *answers = NULL;
	json_int_t addresses = 0, dropped = 0;
	json_error_t why;

	if (json_unpack_ex(value, &why, 0, "{s:o,s?:I,s?:I,s?:o,s?:o,s?:o}", "target", &target_json,
		    "addresses", &addresses, "addresses_dropped", &dropped, "looks", &looks, "caa",
		    &caa, "answers", &answers) != 0)
		return (void)misfit(reading, &why), NULL;
	if (!read_target(reading, target_json, &target))
		return NULL;
	CLEANUP(observation_freep) struct observation *observation = observation_new(target);
	if (!observation)
		return (void)error_set_memory(reading->err), NULL;
	if (!count(reading, "addresses", addresses, LIMIT_ADDRESSES, &observation->addresses) ||
		!count(reading, "addresses_dropped", dropped, UINT32_MAX,
			&observation->addresses_dropped) ||
		!read_seen(reading, value, observation) ||
		!read_looks(reading, looks, observation) || !read_caa(reading, caa, observation) ||
		!read_answers(reading, answers, observation))
		return NULL;
	return TAKE(observation);
}

struct observation *evidence_line_read(
	const char *line, size_t len, const struct evidence_looking *looking, struct error *err)
{
	struct reading reading = { .looking = looking, .err = err };
	json_error_t why;
	json_t *value = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);

	if (!value) {
		if (json_error_code(&why) == json_error_out_of_memory)
			(void)error_set_memory(err);
		else
			(void)error_set(err, ERROR_SYNTAX, "not JSON: %s", why.text);
		return NULL;
	}
	struct observation *observation = read_observation(&reading, value);
	json_decref(value);
	return observation;
}
