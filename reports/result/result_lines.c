/* SPDX-License-Identifier: MIT */
/*
 * result_lines - the lines of issuers of a record
 */
#include "reports/result/result_reading.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/limits.h"

#define ROWS(rows) (rows), ARRAY_LEN(rows)

static bool read_sha256(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->cert.sha256);
}

static bool read_subject(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->cert.subject);
}

static bool read_common_name(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->cert.common_name);
}

static bool read_not_after(struct result_reading *reading, const json_t *value)
{
	return result_time(reading, value, &reading->cert.not_after);
}

static bool read_served(struct result_reading *reading, const json_t *value)
{
	return result_bool(reading, value, &reading->line->served[reading->line->len]);
}

static const struct result_row certificate_rows[] = {
	{ "sha256", RESULT_REQUIRED, read_sha256 },
	{ "subject", RESULT_REQUIRED, read_subject },
	{ "common_name", RESULT_OPTIONAL, read_common_name },
	{ "not_after", RESULT_REQUIRED, read_not_after },
	{ "served", RESULT_REQUIRED, read_served },
};

/* The verdict's, as long as it lives; lines share most of theirs. */
static const struct cert *hold(struct result_reading *reading)
{
	struct verdict *verdict = reading->verdict;
	CLEANUP(cert_unrefp)
	const struct cert *cert = cert_new_described(&reading->cert, reading->err);

	if (!cert)
		return NULL;
	for (size_t i = 0; i < verdict->held.count; i++) {
		const struct cert *held = verdict->held.items[i];
		if (strcmp(held->sha256_text, cert->sha256_text) == 0 &&
			strcmp(held->subject, cert->subject) == 0)
			return held;
	}
	if (!vec_reserve(&verdict->held)) {
		(void)result_no_memory(reading);
		return NULL;
	}
	verdict->held.items[verdict->held.count] = TAKE(cert);
	return verdict->held.items[verdict->held.count++];
}

static bool read_certificate(struct result_reading *reading, const json_t *value)
{
	struct trust_line *line = reading->line;

	reading->cert = (struct cert_description){ .readable = true };
	if (!result_object(reading, "lines.certificates", value, ROWS(certificate_rows)))
		return false;
	line->certs[line->len] = hold(reading);
	return line->certs[line->len++];
}

static bool read_certificates(struct result_reading *reading, const json_t *value)
{
	return result_array(reading, value, LIMIT_PATH_DEPTH, read_certificate);
}

/* Stores by their ids, as `paths` names them; a bit each. */
static bool add_stores(struct result_reading *reading, const json_t *value, uint32_t *stores)
{
	const struct verdict *verdict = reading->verdict;
	const char *const *ids = NULL;
	size_t count = 0;

	if (!result_texts(reading, value, LIMIT_TRUST_STORES, &ids, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t s = 0;

		while (s < verdict->path_count && strcmp(verdict->paths[s].store, ids[i]) != 0)
			s++;
		if (s == verdict->path_count)
			return result_fault(reading, PHRASE("a list of stores that \"paths\" has"));
		*stores |= UINT32_C(1) << s;
	}
	return true;
}

static bool read_stores(struct result_reading *reading, const json_t *value)
{
	return add_stores(reading, value, &reading->line->stores);
}

static bool read_left(struct result_reading *reading, const json_t *value)
{
	return add_stores(reading, value, &reading->line->left);
}

static bool read_trusted(struct result_reading *reading, const json_t *value)
{
	return result_bool(reading, value, &reading->line->trusted);
}

static const char *fault_word(unsigned number)
{
	return path_fault_name((enum path_fault)number);
}

static bool read_fault(struct result_reading *reading, const json_t *value)
{
	unsigned fault;

	if (!result_choice(reading, value, fault_word, PATH_FAULT_COUNT, &fault))
		return false;
	reading->line->fault = (enum path_fault)fault;
	return true;
}

static bool read_reason(struct result_reading *reading, const json_t *value)
{
	return result_words(reading, value, reading->line->reason, sizeof reading->line->reason);
}

/* Behind `certificates` in the table. */
static bool read_at(struct result_reading *reading, const json_t *value)
{
	size_t at;

	if (!result_count(reading, value, LIMIT_PATH_DEPTH, &at))
		return false;
	if (at >= reading->line->len)
		return result_fault(reading, PHRASE("a place in \"certificates\""));
	reading->line->culprit = reading->line->certs[at];
	return true;
}

static bool read_until(struct result_reading *reading, const json_t *value)
{
	return result_time(reading, value, &reading->line->until);
}

static const struct result_row line_rows[] = {
	{ "certificates", RESULT_REQUIRED, read_certificates },
	{ "trust_stores", RESULT_REQUIRED, read_stores },
	{ "left_stores", RESULT_OPTIONAL, read_left },
	{ "trusted", RESULT_REQUIRED, read_trusted },
	{ "fault", RESULT_OPTIONAL, read_fault },
	{ "reason", RESULT_OPTIONAL, read_reason },
	{ "at", RESULT_OPTIONAL, read_at },
	{ "until", RESULT_REQUIRED, read_until },
};

static bool read_line(struct result_reading *reading, const json_t *value)
{
	struct trust_lines *lines = &reading->verdict->lines;
	struct trust_line *line = &lines->items[lines->count++];
	char message[sizeof line->reason];

	reading->line = line;
	if (!result_object(reading, "lines", value, ROWS(line_rows)))
		return false;
	memcpy(message, line->reason, sizeof message);
	return result_phrase(reading, value, message, line->reason, sizeof line->reason);
}

bool result_lines(struct result_reading *reading, const json_t *value)
{
	struct trust_lines *lines = &reading->verdict->lines;

	lines->items = calloc(LIMIT_LINES, sizeof *lines->items);
	if (!lines->items)
		return result_no_memory(reading);
	return result_array(reading, value, LIMIT_LINES, read_line);
}
