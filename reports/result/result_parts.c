/* SPDX-License-Identifier: MIT */
/*
 * result_parts - chain, paths and findings of a record
 */
#include "reports/result/result_reading.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/limits.h"

/* More than all rules can find of one service. */
#define FINDINGS_MOST 1024

/* Extended key usages of one certificate, as many as names. */
#define PURPOSES_MOST LIMIT_SANS

#define ROWS(rows) (rows), ARRAY_LEN(rows)

/* --- chain --- */

static bool read_sha256(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->cert.sha256);
}

/* What can be decoded has a subject, be it an empty one. */
static bool read_subject(struct result_reading *reading, const json_t *value)
{
	reading->cert.readable = true;
	return result_text(reading, value, &reading->cert.subject);
}

static bool read_issuer(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->cert.issuer);
}

static bool read_common_name(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->cert.common_name);
}

static bool read_issuer_common_name(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->cert.issuer_common_name);
}

static bool read_serial(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->cert.serial);
}

static bool read_not_before(struct result_reading *reading, const json_t *value)
{
	return result_time(reading, value, &reading->cert.not_before);
}

static bool read_not_after(struct result_reading *reading, const json_t *value)
{
	return result_time(reading, value, &reading->cert.not_after);
}

static bool read_key(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->cert.key);
}

static bool read_spki(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->cert.spki_sha256);
}

static bool read_signature(struct result_reading *reading, const json_t *value)
{
	return result_text(reading, value, &reading->cert.signature);
}

static bool read_eku(struct result_reading *reading, const json_t *value)
{
	return result_texts(
		reading, value, PURPOSES_MOST, &reading->cert.eku, &reading->cert.eku_count);
}

static bool read_san(struct result_reading *reading, const json_t *value)
{
	return result_texts(
		reading, value, LIMIT_SANS, &reading->cert.san, &reading->cert.san_count);
}

static bool read_san_dropped(struct result_reading *reading, const json_t *value)
{
	return result_count(reading, value, UINT32_MAX, &reading->cert.san_dropped);
}

static const char *role_word(unsigned number)
{
	return role_name((enum role)number);
}

static bool read_role(struct result_reading *reading, const json_t *value)
{
	unsigned role;

	if (!result_choice(reading, value, role_word, ROLE_OTHER + 1, &role))
		return false;
	reading->link->role = (enum role)role;
	return true;
}

static bool read_known_as(struct result_reading *reading, const json_t *value)
{
	return result_shared_id(reading, value, &reading->link->known_as);
}

static bool read_issued_by_one(struct result_reading *reading, const json_t *value)
{
	size_t place;

	if (!result_count(reading, value, LIMIT_CHAIN - 1, &place))
		return false;
	reading->link->issuers |= UINT32_C(1) << place;
	return true;
}

static bool read_issued_by(struct result_reading *reading, const json_t *value)
{
	return result_array(reading, value, LIMIT_CHAIN, read_issued_by_one);
}

static const struct result_row certificate_rows[] = {
	{ "sha256", RESULT_REQUIRED, read_sha256 },
	{ "subject", RESULT_OPTIONAL, read_subject },
	{ "issuer", RESULT_OPTIONAL, read_issuer },
	{ "common_name", RESULT_OPTIONAL, read_common_name },
	{ "issuer_common_name", RESULT_OPTIONAL, read_issuer_common_name },
	{ "serial", RESULT_OPTIONAL, read_serial },
	{ "not_before", RESULT_OPTIONAL, read_not_before },
	{ "not_after", RESULT_OPTIONAL, read_not_after },
	{ "key", RESULT_OPTIONAL, read_key },
	{ "spki_sha256", RESULT_OPTIONAL, read_spki },
	{ "signature", RESULT_OPTIONAL, read_signature },
	{ "eku", RESULT_OPTIONAL, read_eku },
	{ "san", RESULT_OPTIONAL, read_san },
	{ "san_dropped", RESULT_OPTIONAL, read_san_dropped },
	{ "role", RESULT_REQUIRED, read_role },
	{ "known_as", RESULT_OPTIONAL, read_known_as },
	{ "issued_by", RESULT_OPTIONAL, read_issued_by },
};

static bool read_certificate(struct result_reading *reading, const json_t *value)
{
	struct verdict *verdict = reading->verdict;
	struct verdict_certificate link = { .role = ROLE_OTHER };

	reading->cert = (struct cert_description){ .readable = false };
	reading->link = &link;
	if (!result_object(reading, "chain", value, ROWS(certificate_rows)))
		return false;
	if (!vec_reserve(&verdict->chain))
		return result_no_memory(reading);
	link.cert = cert_new_described(&reading->cert, reading->err);
	if (!link.cert)
		return false;
	verdict->chain.items[verdict->chain.count++] = link;
	return true;
}

bool result_chain(struct result_reading *reading, const json_t *value)
{
	return result_array(reading, value, LIMIT_CHAIN, read_certificate);
}

bool result_chain_dropped(struct result_reading *reading, const json_t *value)
{
	return result_count(reading, value, UINT32_MAX, &reading->verdict->chain_dropped);
}

/* --- paths --- */

static bool read_store(struct result_reading *reading, const json_t *value)
{
	return result_shared_id(reading, value, &reading->path->store);
}

static bool read_trusted(struct result_reading *reading, const json_t *value)
{
	bool trusted = false;

	if (json_is_null(value)) {
		reading->path->trusted = ANSWER_UNKNOWN;
		return true;
	}
	if (!result_bool(reading, value, &trusted))
		return false;
	reading->path->trusted = trusted ? ANSWER_YES : ANSWER_NO;
	return true;
}

static const char *completion_word(unsigned number)
{
	return completion_name((enum completion)number);
}

static bool read_completed_by(struct result_reading *reading, const json_t *value)
{
	unsigned completion;

	if (!result_choice(reading, value, completion_word, COMPLETION_NOTHING + 1, &completion))
		return false;
	reading->path->completed_by = (enum completion)completion;
	return true;
}

static bool read_reason(struct result_reading *reading, const json_t *value)
{
	return result_words(reading, value, reading->path->reason, sizeof reading->path->reason);
}

static bool read_until(struct result_reading *reading, const json_t *value)
{
	reading->path->has_until = result_time(reading, value, &reading->path->until);
	return reading->path->has_until;
}

static bool read_path_certificate(struct result_reading *reading, const json_t *value)
{
	char print[FINGERPRINT_TEXT];

	if (!result_id(reading, value, print, sizeof print))
		return false;
	char *kept = arena_text(reading->texts, print, strlen(print));
	if (!kept)
		return result_no_memory(reading);
	reading->path->certs[reading->path->len++] = kept;
	return true;
}

static bool read_path_certificates(struct result_reading *reading, const json_t *value)
{
	return result_array(reading, value, LIMIT_PATH_DEPTH, read_path_certificate);
}

static const struct result_row path_rows[] = {
	{ "trust_store", RESULT_REQUIRED, read_store },
	{ "trusted", RESULT_REQUIRED | RESULT_NULLS, read_trusted },
	{ "completed_by", RESULT_REQUIRED, read_completed_by },
	{ "reason", RESULT_OPTIONAL, read_reason },
	{ "until", RESULT_OPTIONAL, read_until },
	{ "certificates", RESULT_OPTIONAL, read_path_certificates },
};

static bool read_path(struct result_reading *reading, const json_t *value)
{
	struct verdict *verdict = reading->verdict;

	struct verdict_path *path = &verdict->paths[verdict->path_count++];
	reading->path = path;
	return result_object(reading, "paths", value, ROWS(path_rows)) &&
	       result_phrase(reading, value, path->reason, path->said, sizeof path->said);
}

bool result_paths(struct result_reading *reading, const json_t *value)
{
	struct verdict *verdict = reading->verdict;

	verdict->paths = calloc(LIMIT_TRUST_STORES, sizeof *verdict->paths);
	if (!verdict->paths)
		return result_no_memory(reading);
	return result_array(reading, value, LIMIT_TRUST_STORES, read_path);
}

/* --- findings --- */

static const char *rule_word(unsigned number)
{
	return rule_at((enum rule_id)number)->id;
}

static bool read_rule(struct result_reading *reading, const json_t *value)
{
	unsigned rule;

	if (!result_choice(reading, value, rule_word, RULE_COUNT, &rule))
		return false;
	reading->finding->rule = (enum rule_id)rule;
	return true;
}

static const char *severity_word(unsigned number)
{
	return severity_name((enum severity)number);
}

static bool read_severity(struct result_reading *reading, const json_t *value)
{
	unsigned severity;

	if (!result_choice(reading, value, severity_word, SEVERITY_CRITICAL + 1, &severity))
		return false;
	reading->finding->severity = (enum severity)severity;
	return true;
}

static bool read_message(struct result_reading *reading, const json_t *value)
{
	return result_words(
		reading, value, reading->finding->message, sizeof reading->finding->message);
}

static bool read_due(struct result_reading *reading, const json_t *value)
{
	reading->finding->has_due = true;
	return result_time(reading, value, &reading->finding->due);
}

static bool read_about(struct result_reading *reading, const json_t *value)
{
	return result_id(reading, value, reading->finding->certificate,
		sizeof reading->finding->certificate);
}

static const char *look_word(unsigned number)
{
	return look_name((enum look_kind)number);
}

static bool read_look(struct result_reading *reading, const json_t *value)
{
	unsigned look;

	if (!result_choice(reading, value, look_word, LOOK_COUNT, &look))
		return false;
	reading->finding->look = (enum look_kind)look;
	return true;
}

static struct action *last_action(struct result_reading *reading)
{
	return &reading->finding->actions[reading->finding->action_count - 1];
}

static const char *action_word(unsigned number)
{
	return action_kind_name((enum action_kind)number);
}

static bool read_do(struct result_reading *reading, const json_t *value)
{
	unsigned kind;

	if (!result_choice(reading, value, action_word, ACTION_COUNT, &kind))
		return false;
	last_action(reading)->kind = (enum action_kind)kind;
	return true;
}

static bool read_action_certificate(struct result_reading *reading, const json_t *value)
{
	struct action *action = last_action(reading);

	return result_id(reading, value, action->certificate, sizeof action->certificate);
}

static const struct result_row action_rows[] = {
	{ "do", RESULT_REQUIRED, read_do },
	{ "certificate", RESULT_OPTIONAL, read_action_certificate },
};

static bool read_action(struct result_reading *reading, const json_t *value)
{
	reading->finding->action_count++;
	return result_object(reading, "actions", value, ROWS(action_rows));
}

static bool read_actions(struct result_reading *reading, const json_t *value)
{
	return result_array(reading, value, FINDING_ACTIONS, read_action);
}

static bool read_waived_reason(struct result_reading *reading, const json_t *value)
{
	struct waived *waived = &reading->finding->waived;

	return result_words(reading, value, waived->reason, sizeof waived->reason);
}

static bool read_waived_until(struct result_reading *reading, const json_t *value)
{
	return result_time(reading, value, &reading->finding->waived.until);
}

static bool read_waived_by(struct result_reading *reading, const json_t *value)
{
	struct waived *waived = &reading->finding->waived;

	return result_words(reading, value, waived->by, sizeof waived->by);
}

static const struct result_row waived_rows[] = {
	{ "reason", RESULT_REQUIRED, read_waived_reason },
	{ "until", RESULT_REQUIRED, read_waived_until },
	{ "by", RESULT_REQUIRED, read_waived_by },
};

static bool read_waived(struct result_reading *reading, const json_t *value)
{
	reading->finding->waived.is = true;
	return result_object(reading, "waived", value, ROWS(waived_rows));
}

static const struct result_row finding_rows[] = {
	{ "rule", RESULT_REQUIRED, read_rule },
	{ "severity", RESULT_REQUIRED, read_severity },
	{ "message", RESULT_REQUIRED, read_message },
	{ "due", RESULT_OPTIONAL, read_due },
	{ "certificate", RESULT_OPTIONAL, read_about },
	{ "look", RESULT_OPTIONAL, read_look },
	{ "actions", RESULT_OPTIONAL, read_actions },
	{ "waived", RESULT_OPTIONAL, read_waived },
};

static bool read_finding(struct result_reading *reading, const json_t *value)
{
	reading->finding = finding_list_add(&reading->verdict->findings, (enum rule_id)0);
	if (!reading->finding)
		return result_no_memory(reading);
	struct finding *finding = reading->finding;
	return result_object(reading, "findings", value, ROWS(finding_rows)) &&
	       result_phrase(reading, value, finding->message, finding->said, sizeof finding->said);
}

bool result_findings(struct result_reading *reading, const json_t *value)
{
	return result_array(reading, value, FINDINGS_MOST, read_finding);
}
