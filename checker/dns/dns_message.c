/* SPDX-License-Identifier: MIT */
#include "checker/dns/dns_message.h"

#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <arpa/nameser.h>

#include "checker/base/heap.h"
#include "checker/base/text.h"

/* Aliases of aliases: resolvers follow about as many. */
#define ALIASES_MAX 16

void dns_message_free(struct dns_message *message)
{
	if (!message)
		return;
	free(message->bytes);
	free(message->records);
	free(message);
}

/* A name as libresolv writes it, escaped, without its last dot. */
static bool tidy(char *name, size_t len, char out[static LIMIT_HOST_BYTES])
{
	if (len > 1 && name[len - 1] == '.' && name[len - 2] != '\\')
		name[--len] = '\0';
	if (len >= LIMIT_HOST_BYTES)
		return false;
	memcpy(out, name, len + 1);
	text_lower(out);
	return true;
}

static void keep(struct dns_message *message, const ns_rr *rr, bool in_answer)
{
	char owner[NS_MAXDNAME];

	if (ns_rr_class(*rr) != ns_c_in)
		return;
	if (message->count == LIMIT_DNS_RECORDS) {
		message->dropped++;
		return;
	}
	struct dns_record *record = &message->records[message->count];
	*record = (struct dns_record){ .in_answer = in_answer,
		.type = (int)ns_rr_type(*rr),
		/* RFC 2181, 8: one with the highest bit set is as good as zero. */
		.ttl = ns_rr_ttl(*rr) > INT32_MAX ? 0 : ns_rr_ttl(*rr),
		.data = ns_rr_rdata(*rr),
		.len = ns_rr_rdlen(*rr) };
	size_t len = strnlen(ns_rr_name(*rr), sizeof owner - 1);
	memcpy(owner, ns_rr_name(*rr), len);
	owner[len] = '\0';
	message->count += tidy(owner, len, record->owner);
}

static bool read_section(struct dns_message *message, ns_msg *msg, ns_sect section)
{
	ns_rr rr;

	for (int i = 0; i < ns_msg_count(*msg, section); i++) {
		if (ns_parserr(msg, section, i, &rr) != 0)
			return false;
		keep(message, &rr, section == ns_s_an);
	}
	return true;
}

static bool read_all(struct dns_message *message)
{
	ns_msg msg;

	if (ns_initparse(message->bytes, (int)message->len, &msg) != 0 ||
		!ns_msg_getflag(msg, ns_f_qr))
		return false;
	message->code = ns_msg_getflag(msg, ns_f_rcode);
	message->authoritative = ns_msg_getflag(msg, ns_f_aa);
	message->authentic = ns_msg_getflag(msg, ns_f_ad);
	return read_section(message, &msg, ns_s_an) && read_section(message, &msg, ns_s_ns);
}

struct dns_message *dns_message_parse(const uint8_t *bytes, size_t len)
{
	CLEANUP(dns_message_freep) struct dns_message *message = calloc(1, sizeof *message);

	if (len > UINT16_MAX)
		return NULL;
	if (message) {
		message->bytes = malloc(len ? len : 1);
		message->records = calloc(LIMIT_DNS_RECORDS, sizeof *message->records);
	}
	if (!message || !message->bytes || !message->records) {
		heap_note();
		return NULL;
	}
	memcpy(message->bytes, bytes, len);
	message->len = len;
	return read_all(message) ? TAKE(message) : NULL;
}

const struct dns_record *dns_message_next(const struct dns_message *message,
	const struct dns_record *previous, int type, const char *owner)
{
	size_t i = previous ? (size_t)(previous - message->records) + 1 : 0;

	for (; i < message->count; i++) {
		const struct dns_record *record = &message->records[i];
		if (record->in_answer && record->type == type &&
			text_equal_nocase(record->owner, owner))
			return record;
	}
	return NULL;
}

void dns_message_follow(
	const struct dns_message *message, const char *name, char out[static LIMIT_HOST_BYTES])
{
	char next[LIMIT_HOST_BYTES];
	size_t len = strnlen(name, LIMIT_HOST_BYTES - 1);

	memcpy(out, name, len);
	out[len] = '\0';
	for (int i = 0; i < ALIASES_MAX; i++) {
		const struct dns_record *alias = dns_message_next(message, NULL, DNS_CNAME, out);
		if (!alias || !dns_record_name(message, alias, next))
			return;
		memcpy(out, next, LIMIT_HOST_BYTES);
	}
}

static bool name_at(const struct dns_message *message, const uint8_t *at,
	char out[static LIMIT_HOST_BYTES], size_t *ret_len)
{
	char name[NS_MAXDNAME];
	int len = ns_name_uncompress(
		message->bytes, message->bytes + message->len, at, name, sizeof name);

	if (len < 0 || !tidy(name, strlen(name), out))
		return false;
	*ret_len = (size_t)len;
	return true;
}

bool dns_record_name(const struct dns_message *message, const struct dns_record *record,
	char out[static LIMIT_HOST_BYTES])
{
	size_t skip = record->type == DNS_MX ? 2 : 0, len;

	return record->len > skip && name_at(message, record->data + skip, out, &len);
}

bool dns_record_address(const struct dns_record *record, char out[static LIMIT_ADDRESS_BYTES])
{
	bool six = record->type == DNS_AAAA;

	return record->len == (six ? 16u : 4u) &&
	       inet_ntop(six ? AF_INET6 : AF_INET, record->data, out, LIMIT_ADDRESS_BYTES);
}

size_t dns_record_text(const struct dns_record *record, char *out, size_t size)
{
	size_t total = 0, used = 0;

	for (size_t at = 0; at < record->len;) {
		size_t len = record->data[at++];

		if (len > record->len - at)
			len = record->len - at;
		size_t fits = len < size - 1 - used ? len : size - 1 - used;
		memcpy(out + used, record->data + at, fits);
		used += fits;
		total += len;
		at += len;
	}
	out[used] = '\0';
	return total;
}

/* RFC 8659, 4.1. */
bool dns_record_caa(const struct dns_record *record, struct dns_caa *ret_caa)
{
	if (record->len < 2 || record->data[1] == 0 || record->data[1] > record->len - 2)
		return false;
	*ret_caa = (struct dns_caa){
		.critical = (record->data[0] & 0x80) != 0,
		.tag = (const char *)record->data + 2,
		.tag_len = record->data[1],
		.value = (const char *)record->data + 2 + record->data[1],
		.value_len = record->len - 2 - record->data[1],
	};
	return true;
}

static uint32_t number_at(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

bool dns_record_soa(const struct dns_message *message, const struct dns_record *record,
	uint32_t *ret_serial, uint32_t *ret_minimum)
{
	char name[LIMIT_HOST_BYTES];
	const uint8_t *at = record->data, *end = record->data + record->len;
	size_t len;

	/* The primary server and the mailbox, then five numbers (RFC 1035, 3.3.13). */
	for (int i = 0; i < 2; i++) {
		if (at >= end || !name_at(message, at, name, &len) || len > (size_t)(end - at))
			return false;
		at += len;
	}
	if (end - at < 20)
		return false;
	*ret_serial = number_at(at);
	*ret_minimum = number_at(at + 16) < record->ttl ? number_at(at + 16) : record->ttl;
	return true;
}

const struct dns_record *dns_message_zone(const struct dns_message *message)
{
	for (size_t i = 0; i < message->count; i++)
		if (message->records[i].type == DNS_SOA)
			return &message->records[i];
	return NULL;
}

/* RFC 4034, 3.1.5: 32 bits in serial number arithmetic (RFC 1982) around now. */
static struct instant instant_of(uint32_t seconds, struct instant now)
{
	int32_t ahead = (int32_t)(seconds - (uint32_t)now.seconds);

	return (struct instant){ now.seconds + ahead };
}

bool dns_message_signed(
	const struct dns_message *message, struct instant now, struct instant *ret_end)
{
	bool found = false;

	for (size_t i = 0; i < message->count; i++) {
		const struct dns_record *record = &message->records[i];

		if (record->type != DNS_RRSIG || record->len < 18)
			continue;
		struct instant end = instant_of(number_at(record->data + 8), now);
		if (!found || end.seconds < ret_end->seconds)
			*ret_end = end;
		found = true;
	}
	return found;
}

unsigned dns_record_key_tag(const struct dns_record *record)
{
	uint32_t sum = 0;

	if (record->type == DNS_DS)
		return record->len < 2 ? 0 : (unsigned)record->data[0] << 8 | record->data[1];
	for (size_t i = 0; i < record->len; i++)
		sum += i & 1 ? record->data[i] : (uint32_t)record->data[i] << 8;
	return (sum + (sum >> 16)) & 0xffff;
}
