/* SPDX-License-Identifier: MIT */
/*
 * result_asked - what a record has when it was asked for: revocation, CAA, further looks
 */
#include "reports/result/result_reading.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/caa.h"
#include "checker/limits.h"
#include "reports/record/revocation_record.h"

#define ROWS(rows) (rows), ARRAY_LEN(rows)

/* A staple, a responder and many lists, for each certificate. */
#define REVOCATIONS_MOST 4096
#define REASON_BYTES 200
#define BY_BYTES 32

/* --- revocation --- */

static bool read_certificate(struct result_reading *reading, const json_t *value)
{
	char print[FINGERPRINT_TEXT];

	if (!result_id(reading, value, print, sizeof print))
		return false;
	reading->revocation->certificate = arena_text(reading->texts, print, strlen(print));
	return reading->revocation->certificate || result_no_memory(reading);
}

static bool read_by(struct result_reading *reading, const json_t *value)
{
	return result_kept_words(reading, value, BY_BYTES, &reading->revocation->by);
}

static bool read_source(struct result_reading *reading, const json_t *value)
{
	struct verdict_revocation *one = reading->revocation;

	return result_words(reading, value, one->source, sizeof one->source);
}

static const char *revocation_word(unsigned number)
{
	return revocation_record_status((enum revoke_status)number);
}

static bool read_revocation_status(struct result_reading *reading, const json_t *value)
{
	unsigned status;

	if (!result_choice(reading, value, revocation_word, REVOKE_NOT_COVERED + 1, &status))
		return false;
	reading->revocation->answer.status = (enum revoke_status)status;
	return true;
}

static bool read_since(struct result_reading *reading, const json_t *value)
{
	return result_time(reading, value, &reading->revocation->answer.since);
}

static bool read_revocation_reason(struct result_reading *reading, const json_t *value)
{
	return result_kept_words(reading, value, REASON_BYTES, &reading->revocation->answer.reason);
}

static const struct result_row revocation_rows[] = {
	{ "certificate", RESULT_REQUIRED, read_certificate },
	{ "by", RESULT_REQUIRED, read_by },
	{ "source", RESULT_OPTIONAL, read_source },
	{ "status", RESULT_REQUIRED, read_revocation_status },
	{ "since", RESULT_OPTIONAL, read_since },
	{ "reason", RESULT_OPTIONAL, read_revocation_reason },
};

static bool read_revocation(struct result_reading *reading, const json_t *value)
{
	struct verdict *verdict = reading->verdict;

	if (!vec_reserve(&verdict->revocations))
		return result_no_memory(reading);
	reading->revocation = &verdict->revocations.items[verdict->revocations.count++];
	*reading->revocation = (struct verdict_revocation){ .certificate = NULL };
	return result_object(reading, "revocation", value, ROWS(revocation_rows));
}

bool result_revocation(struct result_reading *reading, const json_t *value)
{
	return result_array(reading, value, REVOCATIONS_MOST, read_revocation);
}

/* --- caa --- */

static struct caa_record *last_record(struct result_reading *reading)
{
	struct caa *caa = reading->verdict->caa;

	return &caa->records[caa->count - 1];
}

static bool read_critical(struct result_reading *reading, const json_t *value)
{
	return result_bool(reading, value, &last_record(reading)->critical);
}

static bool read_tag(struct result_reading *reading, const json_t *value)
{
	struct caa_record *record = last_record(reading);

	return result_words(reading, value, record->tag, sizeof record->tag);
}

static bool read_value(struct result_reading *reading, const json_t *value)
{
	struct caa_record *record = last_record(reading);

	return result_words(reading, value, record->value, sizeof record->value);
}

static const struct result_row record_rows[] = {
	{ "critical", RESULT_REQUIRED, read_critical },
	{ "tag", RESULT_REQUIRED, read_tag },
	{ "value", RESULT_REQUIRED, read_value },
};

static bool read_record(struct result_reading *reading, const json_t *value)
{
	reading->verdict->caa->count++;
	return result_object(reading, "caa.records", value, ROWS(record_rows));
}

static const char *caa_word(unsigned number)
{
	return caa_status_name((enum caa_status)number);
}

static bool read_caa_status(struct result_reading *reading, const json_t *value)
{
	unsigned status;

	if (!result_choice(reading, value, caa_word, CAA_STATUSES, &status))
		return false;
	reading->verdict->caa->status = (enum caa_status)status;
	return true;
}

static bool read_domain(struct result_reading *reading, const json_t *value)
{
	struct caa *caa = reading->verdict->caa;

	return result_words(reading, value, caa->domain, sizeof caa->domain);
}

static bool read_caa_reason(struct result_reading *reading, const json_t *value)
{
	return result_kept_words(reading, value, REASON_BYTES, &reading->verdict->caa->why);
}

static bool read_records(struct result_reading *reading, const json_t *value)
{
	return result_array(reading, value, LIMIT_CAA, read_record);
}

static const struct result_row caa_rows[] = {
	{ "status", RESULT_REQUIRED, read_caa_status },
	{ "domain", RESULT_OPTIONAL, read_domain },
	{ "reason", RESULT_OPTIONAL, read_caa_reason },
	{ "records", RESULT_OPTIONAL, read_records },
};

bool result_caa(struct result_reading *reading, const json_t *value)
{
	reading->verdict->caa = calloc(1, sizeof *reading->verdict->caa);
	if (!reading->verdict->caa)
		return result_no_memory(reading);
	return result_object(reading, "caa", value, ROWS(caa_rows));
}

/* --- looks --- */

static const char *look_word(unsigned number)
{
	return look_name((enum look_kind)number);
}

static bool read_look_kind(struct result_reading *reading, const json_t *value)
{
	unsigned kind;

	if (!result_choice(reading, value, look_word, LOOK_COUNT, &kind))
		return false;
	reading->look->kind = (enum look_kind)kind;
	return true;
}

/* That it came to TLS is all that is known of how long it took. */
static bool read_look_tls(struct result_reading *reading, const json_t *value)
{
	reading->verdict->tls_ms = 0;
	return result_tls(reading, value);
}

/* "main", or the place of a look before this one. */
static bool read_same_as(struct result_reading *reading, const json_t *value)
{
	const char *word = json_string_value(value);
	size_t place = 0;

	if (word && strcmp(word, look_name(LOOK_MAIN)) == 0) {
		reading->look->same_as = 1;
		return true;
	}
	if (word || reading->place == 0)
		return result_fault(reading, PHRASE("an earlier look"));
	if (!result_count(reading, value, reading->place - 1, &place))
		return false;
	reading->look->same_as = place + 2;
	return true;
}

static const struct result_row look_rows[] = {
	{ "look", RESULT_REQUIRED, read_look_kind },
	{ "error", RESULT_OPTIONAL, result_error },
	{ "tls", RESULT_OPTIONAL, read_look_tls },
	{ "same_as", RESULT_OPTIONAL, read_same_as },
	{ "chain", RESULT_OPTIONAL, result_chain },
	{ "chain_dropped", RESULT_OPTIONAL, result_chain_dropped },
};

/* For a while what is read is of the look's own verdict; its texts are kept with the main one's. */
static bool read_look(struct result_reading *reading, const json_t *value)
{
	struct verdict *main = reading->verdict;

	if (!vec_reserve(&main->looks))
		return result_no_memory(reading);
	struct verdict *own = calloc(1, sizeof *own);
	if (!own)
		return result_no_memory(reading);
	own->addresses = 1;
	own->dns_ms = own->connect_ms = own->tls_ms = -1;
	reading->look = &main->looks.items[main->looks.count++];
	*reading->look = (struct verdict_look){ .kind = LOOK_MAIN, .verdict = own };
	reading->verdict = own;
	bool good = result_object(reading, "looks", value, ROWS(look_rows));
	reading->verdict = main;
	return good;
}

bool result_looks(struct result_reading *reading, const json_t *value)
{
	return result_array(reading, value, LIMIT_LOOKS, read_look);
}
