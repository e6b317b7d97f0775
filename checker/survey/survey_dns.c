/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/dns/dns_message.h"
#include "checker/survey/survey_parts.h"
#include "checker/target/domain.h"

static struct dcv_look *look_of(struct dcv_seen *seen, size_t which)
{
	return &seen->looks.items[which];
}

/* --- TXT records --- */

static bool add_text(const struct dns_record *record, struct dcv_look *look)
{
	char bytes[LIMIT_DCV_TEXT_BYTES + 1];
	size_t len = dns_record_text(record, bytes, sizeof bytes);

	if (look->texts.count == LIMIT_DCV_TEXTS) {
		look->texts_dropped++;
		return true;
	}
	return dcv_text_add(&look->texts, bytes, len, record->ttl);
}

static void note_negative(const struct dns_message *answer, struct dcv_look *look)
{
	const struct dns_record *zone = dns_message_zone(answer);
	uint32_t serial;

	if (zone && !zone->in_answer)
		(void)!dns_record_soa(answer, zone, &serial, &look->negative_ttl);
}

bool survey_take_texts(const struct survey *survey, const struct dcv_seen *seen,
	const struct resolve_question *question, struct dcv_look *look)
{
	const struct dns_message *answer = question->answer;
	char at[LIMIT_HOST_BYTES];

	look->why = question->why;
	if (!answer)
		return true;
	look->answered = true;
	look->code = answer->code;
	look->authoritative = answer->authoritative;
	look->authentic = answer->authentic;
	look->is_signed = dns_message_signed(answer, survey->options.now, &look->signed_until);
	look->texts_dropped += answer->dropped;
	dns_message_follow(answer, look->is_resolver ? seen->name : seen->at, at);
	for (const struct dns_record *record = NULL;
		(record = dns_message_next(answer, record, DNS_TXT, at));)
		if (!add_text(record, look))
			return false;
	note_negative(answer, look);
	return true;
}

static void note_alias(const struct dns_message *answer, struct dcv_seen *seen)
{
	if (strcmp(seen->at, seen->name) == 0)
		dns_message_follow(answer, seen->name, seen->at);
	seen->no_such_name |= answer->code == DNS_NXDOMAIN;
}

static void take_texts(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	if (!survey_take_texts(survey, seen, question, look_of(seen, which)))
		(void)error_set_memory(survey->err);
	if (question->answer && question->answer->code != DNS_SERVFAIL)
		note_alias(question->answer, seen);
}

/* RFC 4035, 5.5: a resolver says SERVFAIL when signatures are wrong, and without checking has an
 * answer all the same. */
static void take_unchecked(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	(void)survey;
	if (!question->answer ||
		(question->answer->code != DNS_NOERROR && question->answer->code != DNS_NXDOMAIN))
		return;
	look_of(seen, which)->bogus = true;
	note_alias(question->answer, seen);
}

/* --- Addresses --- */

static bool knows_address(const struct dcv_seen *seen, const char *text)
{
	for (size_t i = 0; i < seen->addresses.count; i++)
		if (strcmp(seen->addresses.items[i].text, text) == 0)
			return true;
	return false;
}

static bool note_address(struct survey *survey, struct dcv_seen *seen, const char *text)
{
	if (knows_address(seen, text))
		return true;
	if (seen->addresses.count == LIMIT_DCV_ADDRESSES) {
		seen->addresses_dropped++;
		return true;
	}
	if (!vec_reserve(&seen->addresses))
		return false;
	struct dcv_address *address = &seen->addresses.items[seen->addresses.count++];
	*address = (struct dcv_address){ .is_private = survey_is_private(survey, text) };
	(void)snprintf(address->text, sizeof address->text, "%s", text);
	return true;
}

static bool add_address(struct survey *survey, struct dcv_seen *seen, struct dcv_look *look,
	const struct dns_record *record)
{
	char text[LIMIT_ADDRESS_BYTES];

	if (!dns_record_address(record, text) || look->addresses.count >= LIMIT_DCV_ADDRESSES)
		return true;
	if (!vec_reserve(&look->addresses))
		return false;
	char *copy = text_copy(text, strlen(text));
	if (!copy)
		return false;
	look->addresses.items[look->addresses.count++] = copy;
	return note_address(survey, seen, text);
}

static void take_addresses(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	const struct dns_message *answer = question->answer;
	char at[LIMIT_HOST_BYTES];

	if (!answer || answer->code != DNS_NOERROR) {
		if (!answer || answer->code != DNS_NXDOMAIN)
			seen->addresses_why = question->why
						      ? question->why
						      : PHRASE("the name server failed to answer");
		return;
	}
	dns_message_follow(answer, seen->name, at);
	for (const struct dns_record *record = NULL;
		(record = dns_message_next(answer, record, question->type, at));)
		if (!add_address(survey, seen, look_of(seen, which), record))
			(void)error_set_memory(survey->err);
}

/* --- CAA (RFC 8659, 3): of the name itself, or of the nearest parent that has any --- */

static void keep_caa(struct caa *caa, const struct dns_record *record)
{
	struct dns_caa said;

	if (!dns_record_caa(record, &said))
		return;
	if (caa->count == LIMIT_CAA) {
		caa->dropped++;
		return;
	}
	struct caa_record *kept = &caa->records[caa->count++];
	kept->critical = said.critical;
	text_printable(said.tag, said.tag_len, kept->tag, sizeof kept->tag);
	text_printable(said.value, said.value_len, kept->value, sizeof kept->value);
}

/* Answers come in the order of the names, so that nothing after the first with records counts. */
static void take_caa(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	const struct dns_message *answer = question->answer;
	struct caa *caa = &seen->caa;
	char at[LIMIT_HOST_BYTES];

	(void)survey;
	(void)which;
	if (caa->status != CAA_NONE)
		return;
	(void)snprintf(caa->domain, sizeof caa->domain, "%s", question->name);
	if (!answer || (answer->code != DNS_NOERROR && answer->code != DNS_NXDOMAIN)) {
		caa->status = CAA_UNKNOWN;
		caa->why = question->why ? question->why
			   : answer->code == DNS_SERVFAIL
				   ? PHRASE("the name server failed to answer (SERVFAIL)")
				   : PHRASE("the name server refused to answer");
		return;
	}
	dns_message_follow(answer, question->name, at);
	for (const struct dns_record *record = NULL;
		(record = dns_message_next(answer, record, DNS_CAA, at));)
		keep_caa(caa, record);
	caa->dropped += answer->dropped;
	if (caa->count > 0 || caa->dropped > 0)
		caa->status = CAA_FOUND;
	else
		caa->domain[0] = '\0';
}

static void take_caa_unchecked(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	(void)survey;
	(void)which;
	seen->caa_bogus = question->answer && (question->answer->code == DNS_NOERROR ||
						      question->answer->code == DNS_NXDOMAIN);
}

static void ask_caa(struct survey *survey, struct round *round, struct dcv_seen *seen)
{
	const char *server = survey_resolver(survey, seen);

	for (const char *at = seen->name; at && *at; at = strchr(at, '.'), at = at ? at + 1 : NULL)
		round_add(round, (struct round_ask){ server, at, DNS_CAA, ROUND_RECURSE },
			(struct round_part){ seen, take_caa, 0 });
}

/* --- Mail, and names above --- */

static void take_mail(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	const struct dns_message *answer = question->answer;
	char at[LIMIT_HOST_BYTES], host[LIMIT_HOST_BYTES];

	(void)survey;
	(void)which;
	seen->mail = DCV_MAIL_UNKNOWN;
	if (!answer || (answer->code != DNS_NOERROR && answer->code != DNS_NXDOMAIN))
		return;
	dns_message_follow(answer, seen->name, at);
	const struct dns_record *record = dns_message_next(answer, NULL, DNS_MX, at);
	if (!record) {
		seen->mail = seen->addresses.count > 0 ? DCV_MAIL_ADDRESS : DCV_MAIL_NONE;
		return;
	}
	bool is_null = dns_record_name(answer, record, host) &&
		       (host[0] == '\0' || strcmp(host, ".") == 0);
	seen->mail = is_null ? DCV_MAIL_NULL : DCV_MAIL_THERE;
}

void survey_take_other(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	struct dcv_look look = { .is_resolver = true };
	struct dcv_other other = { .is_doubled = which };

	if (!question->answer)
		return;
	(void)snprintf(other.name, sizeof other.name, "%s", question->name);
	for (const struct dns_record *record = NULL;
		(record = dns_message_next(question->answer, record, DNS_TXT, other.name));)
		if (!add_text(record, &look))
			(void)error_set_memory(survey->err);
	other.texts.items = look.texts.items;
	other.texts.count = look.texts.count;
	other.texts.room = look.texts.room;
	if (vec_reserve(&seen->others)) {
		seen->others.items[seen->others.count++] = other;
		return;
	}
	for (size_t i = 0; i < look.texts.count; i++)
		free(look.texts.items[i].bytes);
	free(look.texts.items);
	(void)error_set_memory(survey->err);
}

static void ask_parents(struct survey *survey, struct round *round, struct dcv_seen *seen)
{
	const char *top = domain_registered(seen->name);
	const char *server = survey_resolver(survey, seen);

	for (const char *at = seen->name; top && at < top;) {
		at = strchr(at, '.') + 1;
		round_add(round, (struct round_ask){ server, at, DNS_TXT, ROUND_RECURSE },
			(struct round_part){ seen, survey_take_other, 0 });
	}
}

/* --- The rounds --- */

static bool begin_looks(struct survey *survey, struct dcv_seen *seen)
{
	(void)snprintf(seen->at, sizeof seen->at, "%s", seen->name);
	for (size_t i = 0; i < survey->options.resolver_count; i++) {
		if (!vec_reserve(&seen->looks))
			return error_set_memory(survey->err);
		struct dcv_look *look = &seen->looks.items[seen->looks.count++];
		*look = (struct dcv_look){ .is_resolver = true };
		(void)snprintf(
			look->address, sizeof look->address, "%s", survey->options.resolvers[i]);
	}
	return true;
}

static bool round_of_resolvers(struct survey *survey)
{
	struct round round = { .failed = false };

	for (size_t i = 0; i < survey->count; i++)
		for (size_t r = 0; r < survey->options.resolver_count; r++) {
			struct dcv_seen *seen = &survey->seen[i];
			struct round_ask ask = { survey->options.resolvers[r], seen->name, DNS_TXT,
				ROUND_RECURSE };

			round_add(&round, ask, (struct round_part){ seen, take_texts, r });
			ask.type = DNS_A;
			round_add(&round, ask, (struct round_part){ seen, take_addresses, r });
			ask.type = DNS_AAAA;
			round_add(&round, ask, (struct round_part){ seen, take_addresses, r });
		}
	return round_run(survey, &round);
}

static void add_unchecked(struct survey *survey, struct round *round, struct dcv_seen *seen)
{
	for (size_t r = 0; r < seen->looks.count; r++)
		if (seen->looks.items[r].answered && seen->looks.items[r].code == DNS_SERVFAIL)
			round_add(round,
				(struct round_ask){ survey->options.resolvers[r], seen->name,
					DNS_TXT, ROUND_RECURSE | ROUND_UNCHECKED },
				(struct round_part){ seen, take_unchecked, r });
}

static bool round_of_names(struct survey *survey)
{
	struct round round = { .failed = false };

	for (size_t i = 0; i < survey->count; i++) {
		struct dcv_seen *seen = &survey->seen[i];

		add_unchecked(survey, &round, seen);
		ask_caa(survey, &round, seen);
		ask_parents(survey, &round, seen);
		if (survey->options.mail)
			round_add(&round,
				(struct round_ask){ survey_resolver(survey, seen), seen->name,
					DNS_MX, ROUND_RECURSE },
				(struct round_part){ seen, take_mail, 0 });
	}
	return round_run(survey, &round);
}

static bool round_of_caa(struct survey *survey)
{
	struct round round = { .failed = false };

	for (size_t i = 0; i < survey->count; i++)
		if (survey->seen[i].caa.status == CAA_UNKNOWN)
			round_add(&round,
				(struct round_ask){ survey_resolver(survey, &survey->seen[i]),
					survey->seen[i].caa.domain, DNS_CAA,
					ROUND_RECURSE | ROUND_UNCHECKED },
				(struct round_part){ &survey->seen[i], take_caa_unchecked, 0 });
	return round_run(survey, &round);
}

bool survey_dns(struct survey *survey)
{
	for (size_t i = 0; i < survey->count; i++)
		if (!begin_looks(survey, &survey->seen[i]))
			return false;
	return round_of_resolvers(survey) && round_of_names(survey) && round_of_caa(survey);
}
