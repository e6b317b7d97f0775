/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/dns/dns_message.h"
#include "checker/survey/survey_parts.h"

/* What is asked here only finds the way, so nobody need check it; the records themselves are. */
#define FIND (ROUND_RECURSE | ROUND_UNCHECKED)

static bool is_within(const char *name, const char *zone)
{
	size_t len = strlen(name), zone_len = strlen(zone);

	return zone_len > 0 && zone_len <= len && text_equal_nocase(name + len - zone_len, zone) &&
	       (len == zone_len || name[len - zone_len - 1] == '.');
}

static void take_zone(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	const struct dns_record *zone = question->answer ? dns_message_zone(question->answer)
							 : NULL;

	(void)survey;
	(void)which;
	if (zone && is_within(seen->at, zone->owner))
		(void)snprintf(seen->zone, sizeof seen->zone, "%s", zone->owner);
}

/* A server of the zone, before it is known at which addresses it is. */
static void take_servers(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	(void)which;
	for (const struct dns_record *record = NULL;
		question->answer &&
		(record = dns_message_next(question->answer, record, DNS_NS, seen->zone));) {
		if (seen->looks.count - survey->options.resolver_count == LIMIT_DCV_SERVERS) {
			seen->servers_dropped++;
			continue;
		}
		struct dcv_look look = { .is_resolver = false };
		if (!dns_record_name(question->answer, record, look.host))
			continue;
		if (!vec_reserve(&seen->looks)) {
			(void)error_set_memory(survey->err);
			return;
		}
		seen->looks.items[seen->looks.count++] = look;
	}
}

static void take_delegation(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	const struct dns_message *answer = question->answer;

	(void)survey;
	(void)which;
	seen->keys = DCV_KEYS_UNKNOWN;
	if (!answer || answer->code != DNS_NOERROR)
		return;
	for (const struct dns_record *record = NULL;
		(record = dns_message_next(answer, record, DNS_DS, seen->zone));)
		if (record->len >= 4 && seen->delegation_count < ARRAY_LEN(seen->delegations))
			seen->delegations[seen->delegation_count++] = (struct dcv_delegation){
				.tag = dns_record_key_tag(record), .algorithm = record->data[2]
			};
	if (seen->delegation_count == 0)
		seen->keys = DCV_KEYS_NONE;
}

static bool is_named(const struct dcv_seen *seen, const struct dns_record *key)
{
	for (size_t i = 0; i < seen->delegation_count; i++)
		if (key->len > 4 && dns_record_key_tag(key) == seen->delegations[i].tag &&
			key->data[3] == seen->delegations[i].algorithm)
			return true;
	return false;
}

/* RFC 4035, 5: one of the keys of the zone has to be one that the parent names. */
static void take_keys(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	const struct dns_message *answer = question->answer;

	(void)survey;
	(void)which;
	if (!answer || answer->code != DNS_NOERROR || answer->dropped > 0)
		return;
	seen->keys = DCV_KEYS_DIFFER;
	for (const struct dns_record *record = NULL;
		(record = dns_message_next(answer, record, DNS_DNSKEY, seen->zone));)
		if (is_named(seen, record))
			seen->keys = DCV_KEYS_MATCH;
}

/* --- The servers --- */

/* WHICH is the server; each further address of it is a look of its own. */
static void take_server_address(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	const struct dns_message *answer = question->answer;
	char text[LIMIT_ADDRESS_BYTES];

	for (const struct dns_record *record = NULL;
		answer &&
		(record = dns_message_next(answer, record, question->type, question->name));) {
		struct dcv_look look = { .is_resolver = false };
		bool is_first = seen->looks.items[which].address[0] == '\0';
		size_t asked = seen->looks.count - survey->options.resolver_count;

		if (!dns_record_address(record, text))
			continue;
		if (!is_first && asked >= LIMIT_DCV_SERVERS) {
			seen->servers_dropped++;
			continue;
		}
		(void)snprintf(look.host, sizeof look.host, "%s", seen->looks.items[which].host);
		(void)snprintf(look.address, sizeof look.address, "%s", text);
		look.is_private = survey_is_private(survey, text);
		if (is_first) {
			seen->looks.items[which] = look;
		} else if (vec_reserve(&seen->looks)) {
			seen->looks.items[seen->looks.count++] = look;
		} else {
			(void)error_set_memory(survey->err);
			return;
		}
	}
}

static void take_texts(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	if (!survey_take_texts(survey, seen, question, &seen->looks.items[which]))
		(void)error_set_memory(survey->err);
}

static void take_serial(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question)
{
	struct dcv_look *look = &seen->looks.items[which];
	const struct dns_record *zone = question->answer ? dns_message_next(question->answer, NULL,
								   DNS_SOA, seen->zone)
							 : NULL;
	uint32_t minimum;

	(void)survey;
	if (zone && question->answer->authoritative)
		look->has_serial = dns_record_soa(question->answer, zone, &look->serial, &minimum);
}

static void ask_server(
	struct survey *survey, struct round *round, struct dcv_seen *seen, size_t which)
{
	const struct dcv_look *look = &seen->looks.items[which];
	char server[RESOLVE_SERVER_BYTES];

	if (!look->address[0] || look->is_private ||
		!resolve_direct_server(look->address, survey->options.dns_port, server))
		return;
	round_add(round, (struct round_ask){ server, seen->at, DNS_TXT, 0 },
		(struct round_part){ seen, take_texts, which });
	round_add(round, (struct round_ask){ server, seen->zone, DNS_SOA, 0 },
		(struct round_part){ seen, take_serial, which });
}

/* --- The rounds --- */

static bool round_of_zones(struct survey *survey)
{
	struct round round = { .failed = false };

	for (size_t i = 0; i < survey->count; i++) {
		struct dcv_seen *seen = &survey->seen[i];

		round_add(&round,
			(struct round_ask){
				survey_resolver(survey, seen), seen->at, DNS_SOA, FIND },
			(struct round_part){ seen, take_zone, 0 });
	}
	return round_run(survey, &round);
}

static bool round_of_servers(struct survey *survey)
{
	struct round round = { .failed = false };

	for (size_t i = 0; i < survey->count; i++) {
		struct dcv_seen *seen = &survey->seen[i];
		struct round_ask ask = { survey_resolver(survey, seen), seen->zone, DNS_NS, FIND };

		if (!seen->zone[0])
			continue;
		round_add(&round, ask, (struct round_part){ seen, take_servers, 0 });
		ask.type = DNS_DS;
		round_add(&round, ask, (struct round_part){ seen, take_delegation, 0 });
	}
	return round_run(survey, &round);
}

/* "www.example.hk.example.hk": what becomes of a whole name where the domain is added to it. */
static void ask_doubled(struct survey *survey, struct round *round, struct dcv_seen *seen)
{
	char name[2 * LIMIT_HOST_BYTES];

	if (!seen->zone[0] || strlen(seen->at) + strlen(seen->zone) + 2 > LIMIT_HOST_BYTES)
		return;
	(void)snprintf(name, sizeof name, "%s.%s", seen->at, seen->zone);
	round_add(round, (struct round_ask){ survey_resolver(survey, seen), name, DNS_TXT, FIND },
		(struct round_part){ seen, survey_take_other, 1 });
}

static bool round_of_addresses(struct survey *survey)
{
	struct round round = { .failed = false };

	for (size_t i = 0; i < survey->count; i++) {
		struct dcv_seen *seen = &survey->seen[i];
		const char *resolver = survey_resolver(survey, seen);

		ask_doubled(survey, &round, seen);
		if (seen->delegation_count > 0)
			round_add(&round,
				(struct round_ask){ resolver, seen->zone, DNS_DNSKEY, FIND },
				(struct round_part){ seen, take_keys, 0 });
		for (size_t s = survey->options.resolver_count; s < seen->looks.count; s++) {
			struct round_ask ask = { resolver, seen->looks.items[s].host, DNS_A, FIND };

			round_add(&round, ask, (struct round_part){ seen, take_server_address, s });
			ask.type = DNS_AAAA;
			round_add(&round, ask, (struct round_part){ seen, take_server_address, s });
		}
	}
	return round_run(survey, &round);
}

bool survey_zone(struct survey *survey)
{
	struct round round = { .failed = false };

	if (!round_of_zones(survey) || !round_of_servers(survey) || !round_of_addresses(survey))
		return false;
	for (size_t i = 0; i < survey->count; i++)
		for (size_t s = survey->options.resolver_count; s < survey->seen[i].looks.count;
			s++)
			ask_server(survey, &round, &survey->seen[i], s);
	return round_run(survey, &round);
}
