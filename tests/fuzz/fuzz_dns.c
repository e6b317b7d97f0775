/* SPDX-License-Identifier: MIT */
/*
 * An answer of a name server, and everything that is read from it.
 */
#include <assert.h>
#include <string.h>

#include "checker/dns/dns_message.h"
#include "tests/fuzz/fuzz.h"

static void read_record(const struct dns_message *message, const struct dns_record *record)
{
	char text[64], name[LIMIT_HOST_BYTES], address[LIMIT_ADDRESS_BYTES];
	struct dns_caa caa;
	uint32_t serial, minimum;

	assert(record->data >= message->bytes);
	assert(record->data + record->len <= message->bytes + message->len);
	assert(strlen(record->owner) < LIMIT_HOST_BYTES);
	size_t len = dns_record_text(record, text, sizeof text);
	assert(len <= record->len && strnlen(text, sizeof text) < sizeof text);
	if (dns_record_name(message, record, name))
		assert(strlen(name) < LIMIT_HOST_BYTES);
	if (dns_record_address(record, address))
		assert(strlen(address) < LIMIT_ADDRESS_BYTES);
	if (dns_record_caa(record, &caa))
		assert(2 + caa.tag_len + caa.value_len == record->len);
	(void)!dns_record_soa(message, record, &serial, &minimum);
	assert(dns_record_key_tag(record) <= 0xffff);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	CLEANUP(dns_message_freep) struct dns_message *message = dns_message_parse(bytes, len);
	const struct instant now = { 1795000000 };
	struct instant end;
	char at[LIMIT_HOST_BYTES];

	if (!message)
		return 0;
	assert(message->count <= LIMIT_DNS_RECORDS);
	for (size_t i = 0; i < message->count; i++) {
		const struct dns_record *record = &message->records[i];

		read_record(message, record);
		dns_message_follow(message, record->owner, at);
		(void)dns_message_next(message, record, DNS_TXT, at);
	}
	(void)dns_message_zone(message);
	if (dns_message_signed(message, now, &end))
		assert(end.seconds - now.seconds <= INT32_MAX);
	return 0;
}
