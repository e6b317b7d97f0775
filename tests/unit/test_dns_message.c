/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/dns/dns_message.h"

/* A message as it is put together, record by record. */
struct made {
	uint8_t bytes[4096];
	size_t len;
};

static void put(struct made *made, const void *bytes, size_t len)
{
	cr_assert_leq(made->len + len, sizeof made->bytes);
	memcpy(made->bytes + made->len, bytes, len);
	made->len += len;
}

static void put16(struct made *made, unsigned value)
{
	uint8_t bytes[] = { (uint8_t)(value >> 8), (uint8_t)value };

	put(made, bytes, 2);
}

static void put32(struct made *made, uint32_t value)
{
	put16(made, value >> 16);
	put16(made, value & 0xffff);
}

static void put_name(struct made *made, const char *name)
{
	while (*name) {
		uint8_t len = (uint8_t)strcspn(name, ".");

		put(made, &len, 1);
		put(made, name, len);
		name += len + (name[len] == '.');
	}
	put(made, "", 1);
}

#define FLAGS_AA 0x8400
#define FLAGS_AD 0x81a0

static void begin(struct made *made, unsigned flags, unsigned answers, unsigned authorities)
{
	made->len = 0;
	put16(made, 7);
	put16(made, flags);
	put16(made, 0);
	put16(made, answers);
	put16(made, authorities);
	put16(made, 0);
}

static void record(
	struct made *made, const char *owner, int type, uint32_t ttl, const void *data, size_t len)
{
	put_name(made, owner);
	put16(made, (unsigned)type);
	put16(made, 1);
	put32(made, ttl);
	put16(made, (unsigned)len);
	put(made, data, len);
}

static void alias(struct made *made, const char *owner, const char *to)
{
	struct made name = { .len = 0 };

	put_name(&name, to);
	record(made, owner, DNS_CNAME, 60, name.bytes, name.len);
}

static struct dns_message *parsed(const struct made *made)
{
	struct dns_message *message = dns_message_parse(made->bytes, made->len);

	cr_assert_not_null(message);
	return message;
}

Test(dns_message, has_texts_and_their_times)
{
	struct made made;
	char text[16];

	begin(&made, FLAGS_AA, 3, 0);
	record(&made, "WWW.a.test", DNS_TXT, 3600,
		"\x02"
		"ab"
		"\x03"
		"cde",
		7);
	record(&made, "www.a.test", DNS_TXT, 0x80000001, "", 0);
	record(&made, "other.test", DNS_TXT, 1, "\x01x", 2);
	CLEANUP(dns_message_freep) struct dns_message *message = parsed(&made);
	cr_expect(message->authoritative);
	cr_expect_not(message->authentic);
	const struct dns_record *first = dns_message_next(message, NULL, DNS_TXT, "www.A.test");
	cr_assert_not_null(first);
	cr_expect_eq(first->ttl, 3600u);
	cr_expect_eq(dns_record_text(first, text, sizeof text), 5u);
	cr_expect_str_eq(text, "abcde");
	cr_expect_eq(dns_record_text(first, text, 3), 5u, "cut, and yet counted whole");
	cr_expect_str_eq(text, "ab");
	const struct dns_record *second = dns_message_next(message, first, DNS_TXT, "www.a.test");
	cr_assert_not_null(second);
	cr_expect_eq(second->ttl, 0u, "RFC 2181, 8");
	cr_expect_eq(dns_record_text(second, text, sizeof text), 0u);
	cr_expect_null(dns_message_next(message, second, DNS_TXT, "www.a.test"));
}

/* A string that says it is longer than its record ends with the record. */
Test(dns_message, has_no_text_behind_a_record)
{
	struct made made;
	char text[16];

	begin(&made, FLAGS_AA, 1, 0);
	record(&made, "a.test", DNS_TXT, 1,
		"\xff"
		"ab",
		3);
	CLEANUP(dns_message_freep) struct dns_message *message = parsed(&made);
	const struct dns_record *first = dns_message_next(message, NULL, DNS_TXT, "a.test");
	cr_expect_eq(dns_record_text(first, text, sizeof text), 2u);
	cr_expect_str_eq(text, "ab");
}

Test(dns_message, follows_aliases)
{
	struct made made;
	char at[LIMIT_HOST_BYTES];

	begin(&made, FLAGS_AD, 4, 0);
	alias(&made, "a.test", "b.test");
	alias(&made, "b.test", "c.test");
	alias(&made, "x.test", "y.test");
	alias(&made, "y.test", "x.test");
	CLEANUP(dns_message_freep) struct dns_message *message = parsed(&made);
	cr_expect(message->authentic);
	dns_message_follow(message, "A.test", at);
	cr_expect_str_eq(at, "c.test");
	dns_message_follow(message, "c.test", at);
	cr_expect_str_eq(at, "c.test");
	dns_message_follow(message, "x.test", at); /* a circle ends, wherever */
	cr_expect(strcmp(at, "x.test") == 0 || strcmp(at, "y.test") == 0);
}

Test(dns_message, has_a_zone_and_its_serial)
{
	struct made made, soa = { .len = 0 };
	uint32_t serial, minimum;

	put_name(&soa, "ns.a.test");
	put_name(&soa, "mail.a.test");
	for (uint32_t number = 2026; number < 2031; number++)
		put32(&soa, number);
	begin(&made, FLAGS_AA, 0, 1);
	record(&made, "a.test", DNS_SOA, 300, soa.bytes, soa.len);
	CLEANUP(dns_message_freep) struct dns_message *message = parsed(&made);
	const struct dns_record *zone = dns_message_zone(message);
	cr_assert_not_null(zone);
	cr_expect_not(zone->in_answer);
	cr_expect(dns_record_soa(message, zone, &serial, &minimum));
	cr_expect_eq(serial, 2026u);
	cr_expect_eq(minimum, 300u, "RFC 2308, 5: the lesser of both");
	begin(&made, FLAGS_AA, 0, 1);
	record(&made, "a.test", DNS_SOA, 300, soa.bytes, soa.len - 1);
	CLEANUP(dns_message_freep) struct dns_message *cut = parsed(&made);
	cr_expect_not(dns_record_soa(cut, dns_message_zone(cut), &serial, &minimum));
}

Test(dns_message, has_caa_records)
{
	struct made made;
	struct dns_caa caa;

	begin(&made, FLAGS_AA, 3, 0);
	record(&made, "a.test", DNS_CAA, 1, "\x80\x05issueca.test", 14);
	record(&made, "a.test", DNS_CAA, 1, "\x00\x09issue", 7);
	record(&made, "a.test", DNS_CAA, 1, "\x00\x00x", 3);
	CLEANUP(dns_message_freep) struct dns_message *message = parsed(&made);
	const struct dns_record *one = dns_message_next(message, NULL, DNS_CAA, "a.test");
	cr_assert(dns_record_caa(one, &caa));
	cr_expect(caa.critical);
	cr_expect_eq(caa.tag_len, 5u);
	cr_expect_eq(caa.value_len, 7u);
	cr_expect_eq(memcmp(caa.value, "ca.test", 7), 0);
	one = dns_message_next(message, one, DNS_CAA, "a.test");
	cr_expect_not(dns_record_caa(one, &caa), "its tag is longer than the record");
	one = dns_message_next(message, one, DNS_CAA, "a.test");
	cr_expect_not(dns_record_caa(one, &caa), "it has no tag");
}

Test(dns_message, has_addresses)
{
	struct made made;
	char text[LIMIT_ADDRESS_BYTES];

	begin(&made, FLAGS_AA, 3, 0);
	record(&made, "a.test", DNS_A, 1, "\xc0\x00\x02\x01", 4);
	record(&made, "a.test", DNS_AAAA, 1, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	record(&made, "b.test", DNS_A, 1, "\xc0\x00\x02", 3);
	CLEANUP(dns_message_freep) struct dns_message *message = parsed(&made);
	cr_expect(dns_record_address(dns_message_next(message, NULL, DNS_A, "a.test"), text));
	cr_expect_str_eq(text, "192.0.2.1");
	cr_expect(dns_record_address(dns_message_next(message, NULL, DNS_AAAA, "a.test"), text));
	cr_expect_str_eq(text, "2001:db8::1");
	cr_expect_not(dns_record_address(dns_message_next(message, NULL, DNS_A, "b.test"), text));
}

/* RFC 4034, 5.4: the key with the tag 60485, and the DS record of it. */
static const uint8_t example_key[] = { 0x01, 0x00, 0x03, 0x05, 0x01, 0x03, 0x99, 0x4b };

Test(dns_message, knows_keys_by_their_tags)
{
	struct made made;
	unsigned sum = 0;

	begin(&made, FLAGS_AA, 2, 0);
	record(&made, "a.test", DNS_DS, 1, "\xec\x45\x05\x01", 4);
	record(&made, "a.test", DNS_DNSKEY, 1, example_key, sizeof example_key);
	CLEANUP(dns_message_freep) struct dns_message *message = parsed(&made);
	cr_expect_eq(dns_record_key_tag(dns_message_next(message, NULL, DNS_DS, "a.test")), 60485u);
	for (size_t i = 0; i < sizeof example_key; i += 2)
		sum += (unsigned)example_key[i] << 8 | example_key[i + 1];
	cr_expect_eq(dns_record_key_tag(dns_message_next(message, NULL, DNS_DNSKEY, "a.test")),
		(sum + (sum >> 16)) & 0xffff);
}

Test(dns_message, knows_when_signatures_end)
{
	struct made made, signature = { .len = 0 };
	struct instant end, now = { 1795000000 };

	put16(&signature, DNS_TXT);
	put16(&signature, 0x0d02);
	put32(&signature, 3600);
	put32(&signature, 1795000600); /* expiration */
	put32(&signature, 1794000000);
	put16(&signature, 1);
	put_name(&signature, "a.test");
	begin(&made, FLAGS_AA, 1, 0);
	record(&made, "a.test", DNS_RRSIG, 1, signature.bytes, signature.len);
	CLEANUP(dns_message_freep) struct dns_message *message = parsed(&made);
	cr_assert(dns_message_signed(message, now, &end));
	cr_expect_eq(end.seconds - now.seconds, 600);
	/* Past 2106 the same 32 bits are another time. */
	now.seconds += (int64_t)1 << 32;
	cr_assert(dns_message_signed(message, now, &end));
	cr_expect_eq(end.seconds - now.seconds, 600);
}

Test(dns_message, keeps_no_more_than_its_bound)
{
	struct made made;

	begin(&made, FLAGS_AA, LIMIT_DNS_RECORDS + 5, 0);
	for (size_t i = 0; i < LIMIT_DNS_RECORDS + 5; i++)
		record(&made, "a", DNS_TXT, 1, "", 0);
	CLEANUP(dns_message_freep) struct dns_message *message = parsed(&made);
	cr_expect_eq(message->count, (size_t)LIMIT_DNS_RECORDS);
	cr_expect_eq(message->dropped, 5u);
}

Test(dns_message, is_none_where_it_lies)
{
	struct made made;
	uint8_t circle[] = { 0, 7, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xc0, 12, 0, 16, 0, 1, 0, 0, 0,
		1, 0, 0 };

	begin(&made, FLAGS_AA, 1, 0);
	cr_expect_null(dns_message_parse(made.bytes, made.len), "a record that is not there");
	record(&made, "a.test", DNS_TXT, 1, "\x01x", 2);
	for (size_t len = 0; len < made.len; len++)
		cr_expect_null(dns_message_parse(made.bytes, len), "cut at %zu", len);
	made.bytes[2] = 0x04;
	cr_expect_null(dns_message_parse(made.bytes, made.len), "a question");
	cr_expect_null(dns_message_parse(circle, sizeof circle), "a name that leads to itself");
}
