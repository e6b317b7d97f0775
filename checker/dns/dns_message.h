/* SPDX-License-Identifier: MIT */
/*
 * dns_message - what one name server said to one question, record by record
 *
 * The bytes as they came (RFC 1035, 4), kept, and the records of their answer and authority
 * sections with their times to live, which c-ares does not give for every type.  libresolv takes a
 * message apart (ns_initparse()); whatever lies about its lengths is no message.  Nothing in it is
 * trusted: records beyond LIMIT_DNS_RECORDS are counted and not kept, texts are not printable yet.
 */
#ifndef CHECKER_DNS_DNS_MESSAGE_H
#define CHECKER_DNS_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/limits.h"

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_DS = 43,
	DNS_RRSIG = 46,
	DNS_DNSKEY = 48,
	DNS_CAA = 257,
};

/* RFC 1035, 4.1.1. */
enum dns_code {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_REFUSED = 5
};

struct dns_record {
	bool in_answer; /* else of the authority section */
	int type;
	uint32_t ttl;
	const uint8_t *data; /* of the message */
	size_t len;
	char owner[LIMIT_HOST_BYTES]; /* small letters, without the last dot */
};

struct dns_message {
	int code;                      /* enum dns_code, or another */
	bool authoritative, authentic; /* AA, AD (RFC 4035, 3.2.3) */
	uint8_t *bytes;
	size_t len;
	struct dns_record *records;
	size_t count;
	size_t dropped; /* beyond LIMIT_DNS_RECORDS */
};

/* NULL when BYTES are no answer, or memory runs out (heap.h has noted that). */
MUST_USE struct dns_message *dns_message_parse(const uint8_t *bytes, size_t len);
void dns_message_free(struct dns_message *message);
DEFINE_CLEANUP(struct dns_message *, dns_message_free);

/* Where the aliases in the answer lead from NAME (CNAME, RFC 1034, 3.6.2); NAME when there are
 * none.  A circle ends where it began. */
void dns_message_follow(
	const struct dns_message *message, const char *name, char out[static LIMIT_HOST_BYTES]);

/* The records of TYPE at OWNER in the answer, one by one: the first after PREVIOUS, or NULL. */
const struct dns_record *dns_message_next(const struct dns_message *message,
	const struct dns_record *previous, int type, const char *owner);

/* The domain name in the data of an NS, CNAME, SOA (the primary server) or MX record. */
MUST_USE bool dns_record_name(const struct dns_message *message, const struct dns_record *record,
	char out[static LIMIT_HOST_BYTES]);

/* Of an A or AAAA record. */
MUST_USE bool dns_record_address(
	const struct dns_record *record, char out[static LIMIT_ADDRESS_BYTES]);

/* The strings of a TXT record in a row (RFC 1035, 3.3.14), cut to SIZE; how long all of them are.
 */
size_t dns_record_text(const struct dns_record *record, char *out, size_t size);

struct dns_caa {
	bool critical;
	const char *tag, *value; /* not terminated */
	size_t tag_len, value_len;
};
MUST_USE bool dns_record_caa(const struct dns_record *record, struct dns_caa *ret_caa);

/* How long no record may be believed in (RFC 2308, 5), and the serial of the zone. */
MUST_USE bool dns_record_soa(const struct dns_message *message, const struct dns_record *record,
	uint32_t *ret_serial, uint32_t *ret_minimum);

/* The first SOA record of either section: its owner is the zone. */
const struct dns_record *dns_message_zone(const struct dns_message *message);

/* Has the message signatures, and when does the first one of them end (RFC 4034, 3.1.5)? */
MUST_USE bool dns_message_signed(
	const struct dns_message *message, struct instant now, struct instant *ret_end);

/* Of a DNSKEY or a DS record: which key it is (RFC 4034, appendix B; 5.1). */
unsigned dns_record_key_tag(const struct dns_record *record);

#endif
