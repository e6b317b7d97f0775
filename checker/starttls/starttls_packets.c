/* SPDX-License-Identifier: MIT */
#include "checker/base/phrase.h"
#include "checker/starttls/starttls_dialogue.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* --- Packets: `hear` sees all that came of an answer, each time a byte more --- */

static void take_packet(struct starttls *starttls)
{
	size_t step = starttls->step;

	if (starttls_meets_tls(starttls))
		return;
	starttls_hear(starttls, starttls->in.data, starttls->in.len);
	if (starttls->step != step)
		buf_clear(&starttls->in);
}

static enum starttls_verdict broken(struct starttls *starttls, const char *what)
{
	return starttls_fail(starttls, OUTCOME_STARTTLS, what, NULL, 0);
}

/* Whoever announces that much need not be waited for. */
static enum starttls_verdict too_long(struct starttls *starttls)
{
	return starttls_fail(
		starttls, OUTCOME_LIMIT, "announces a reply that is too long", NULL, 0);
}

/* --- LDAP: RFC 4511, 4.14, in the BER of 5.1 --- */

enum {
	BER_INTEGER = 0x02,
	BER_ENUMERATED = 0x0a,
	BER_SEQUENCE = 0x30,
	LDAP_EXTENDED_RESPONSE = 0x78, /* [APPLICATION 24] */
};

struct ber {
	const uint8_t *at;
	size_t left;
};

enum ber_header { BER_SHORT, BER_BROKEN, BER_WHOLE };

/* A tag and a definite length, which may be more than is there. */
static enum ber_header ber_header(struct ber *in, uint8_t *ret_tag, uint64_t *ret_len)
{
	if (in->left < 2)
		return BER_SHORT;
	size_t octets = in->at[1] & 0x80 ? in->at[1] & 0x7fu : 0;
	uint64_t len = in->at[1];
	if (octets > 0) {
		len = 0;
		if (octets > 8)
			return BER_BROKEN;
		if (in->left < 2 + octets)
			return BER_SHORT;
		for (size_t i = 0; i < octets; i++)
			len = len << 8 | in->at[2 + i];
	} else if (in->at[1] == 0x80) {
		return BER_BROKEN; /* RFC 4511, 5.1: no indefinite lengths */
	}
	*ret_tag = in->at[0];
	*ret_len = len;
	in->at += 2 + octets;
	in->left -= 2 + octets;
	return BER_WHOLE;
}

/* A whole element of that tag, its content into *RET. */
static bool ber_take(struct ber *in, uint8_t tag, struct ber *ret)
{
	uint8_t found;
	uint64_t len;

	if (ber_header(in, &found, &len) != BER_WHOLE || found != tag || len > in->left)
		return false;
	*ret = (struct ber){ in->at, (size_t)len };
	in->at += len;
	in->left -= (size_t)len;
	return true;
}

static bool ber_take_number(struct ber *in, uint8_t tag, unsigned *ret_number)
{
	struct ber content;
	unsigned number = 0;

	if (!ber_take(in, tag, &content) || content.left == 0 || content.left > 4 ||
		(content.at[0] & 0x80))
		return false;
	for (size_t i = 0; i < content.left; i++)
		number = number << 8 | content.at[i];
	*ret_number = number;
	return true;
}

/* RFC 4511, A.1 */
static enum starttls_verdict ldap_result(struct starttls *starttls, unsigned result)
{
	static const struct {
		unsigned result;
		bool passing;
		const char *words;
	} table[] = {
		{ 1, false, PHRASE("operationsError, TLS is begun already or not set up") },
		{ 2, false, PHRASE("protocolError, StartTLS is not known there") },
		{ 8, false, PHRASE("strongerAuthRequired") },
		{ 10, false, PHRASE("referral, another server does it") },
		{ 12, false, PHRASE("unavailableCriticalExtension") },
		{ 13, false, PHRASE("confidentialityRequired") },
		{ 50, false, PHRASE("insufficientAccessRights") },
		{ 51, true, PHRASE("busy") },
		{ 52, true, PHRASE("unavailable, as without a certificate") },
		{ 53, false, PHRASE("unwillingToPerform") },
		{ 80, false, PHRASE("other") },
	};
	char what[120];
	const char *words = PHRASE("a result without a name");

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (table[i].result == result) {
			words = table[i].words;
			starttls->passing = table[i].passing;
		}
	}
	phrase_say(what, sizeof what, "StartTLS was refused: %s (%u)", words, result);
	return starttls_leave(starttls, what, NULL, 0);
}

/* LDAPMessage: its number, then the answer, of which the result is what counts. */
static enum starttls_verdict ldap_message(struct starttls *starttls, struct ber in)
{
	struct ber response, matched, diagnostic;
	unsigned number, result;

	if (!ber_take_number(&in, BER_INTEGER, &number) ||
		!ber_take(&in, LDAP_EXTENDED_RESPONSE, &response) ||
		!ber_take_number(&response, BER_ENUMERATED, &result) ||
		!ber_take(&response, 0x04, &matched) || !ber_take(&response, 0x04, &diagnostic))
		return broken(starttls, "not an answer to StartTLS");
	if (number == 1 && result == 0)
		return STARTTLS_HEARD;
	/* RFC 4511, 4.4.1: it hangs up, with a number that is nobody's. */
	if (number == 0)
		return starttls_fail(starttls, OUTCOME_STARTTLS, "the server hung up",
			(const char *)diagnostic.at, diagnostic.left);
	if (number != 1)
		return broken(starttls, "an answer to something else");
	return ldap_result(starttls, result);
}

static enum starttls_verdict ldap_go(struct starttls *starttls, const char *bytes, size_t len)
{
	struct ber in = { (const uint8_t *)bytes, len };
	uint8_t tag;
	uint64_t announced;

	if (in.at[0] != BER_SEQUENCE)
		return starttls_fail(starttls, OUTCOME_STARTTLS, "not an LDAP answer", bytes, len);
	switch (ber_header(&in, &tag, &announced)) {
	case BER_SHORT:
		return STARTTLS_HEAR_MORE;
	case BER_BROKEN:
		return broken(starttls, "not an LDAP answer");
	case BER_WHOLE:
		break;
	}
	if (announced > LIMIT_GREETING_BYTES - (len - in.left))
		return too_long(starttls);
	if (in.left < announced)
		return STARTTLS_HEAR_MORE;
	return ldap_message(starttls, in);
}

/* Message 1, ExtendedRequest, requestName 1.3.6.1.4.1.1466.20037 */
static const struct starttls_step ldap_steps[] = {
	{ PHRASE("the answer to StartTLS"),
		STARTTLS_WORDS("\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
			       "1.3.6.1.4.1.1466.20037"),
		NULL, ldap_go },
};

/* --- PostgreSQL: Frontend/Backend Protocol, "SSL Session Encryption" --- */

static enum starttls_verdict postgres_go(struct starttls *starttls, const char *bytes, size_t len)
{
	switch (bytes[0]) {
	case 'S':
		return STARTTLS_HEARD;
	case 'N':
		return broken(starttls, "the server does not offer TLS");
	case 'E':
		/* Its text is nothing to show: nobody vouches for it (CVE-2024-10977).  What can go
		 * wrong as early as this is that there are too many clients. */
		starttls->passing = true;
		return broken(starttls, "answers the request for TLS with an error");
	default:
		return starttls_fail(
			starttls, OUTCOME_STARTTLS, "not a PostgreSQL answer", bytes, len);
	}
}

/* A length of 8, then the code 80877103. */
static const struct starttls_step postgres_steps[] = {
	{ PHRASE("the answer to the request for TLS"), STARTTLS_WORDS("\0\0\0\x08\x04\xd2\x16\x2f"),
		NULL, postgres_go },
};

/* --- MySQL and MariaDB: "Connection Phase", protocol 10 --- */

enum {
	MYSQL_HEADER = 4, /* a length of 3 bytes, the number of the packet */
	MYSQL_ERROR = 0xff,
	MYSQL_SSL = 0x0800,
	MYSQL_TOO_MANY = 1040, /* ER_CON_COUNT_ERROR */
};

/* CLIENT_PROTOCOL_41, CLIENT_SSL and CLIENT_SECURE_CONNECTION; 16 MiB; utf8; 23 bytes of nothing.
 */
#define MYSQL_SSL_REQUEST            \
	"\x20\0\0\x01"               \
	"\x00\x8a\0\0\0\0\0\x01\x21" \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static enum starttls_verdict mysql_error(struct starttls *starttls, const uint8_t *body, size_t len)
{
	if (len < 3)
		return broken(starttls, "answers with an error that is cut short");
	unsigned code = body[1] | (unsigned)body[2] << 8;
	/* Only who knows that we speak protocol 4.1 puts "#" and an SQLSTATE before the words. */
	size_t at = len >= 9 && body[3] == '#' ? 9 : 3;
	char what[60];
	starttls->passing = code == MYSQL_TOO_MANY;
	phrase_say(what, sizeof what, "the server does not serve us: error %u", code);
	return starttls_fail(starttls, OUTCOME_STARTTLS, what, (const char *)body + at, len - at);
}

/* A version, its text, a thread's number, 8 bytes and a 0, then what the server can do. */
static enum starttls_verdict mysql_body(struct starttls *starttls, const uint8_t *body, size_t len)
{
	if (len > 0 && body[0] == MYSQL_ERROR)
		return mysql_error(starttls, body, len);
	const uint8_t *end = len > 0 ? memchr(body + 1, '\0', len - 1) : NULL;
	size_t at = end ? (size_t)(end - body) + 1 + 4 + 8 + 1 : len;
	if (at + 2 > len)
		return broken(starttls, "a MySQL greeting that is cut short");
	if (!((body[at] | (unsigned)body[at + 1] << 8) & MYSQL_SSL))
		return broken(starttls, "the server does not offer TLS");
	/* Nobody answers that: the next that the server says is TLS. */
	(void)buf_add(&starttls->out, MYSQL_SSL_REQUEST, sizeof MYSQL_SSL_REQUEST - 1);
	return STARTTLS_HEARD;
}

static enum starttls_verdict mysql_greeting(
	struct starttls *starttls, const char *bytes, size_t len)
{
	const uint8_t *at = (const uint8_t *)bytes;

	if (len < MYSQL_HEADER)
		return STARTTLS_HEAR_MORE;
	size_t announced = at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16;
	if (at[3] != 0 || announced == 0)
		return starttls_fail(
			starttls, OUTCOME_STARTTLS, "not a MySQL greeting", bytes, len);
	if (len == MYSQL_HEADER)
		return STARTTLS_HEAR_MORE;
	if (at[MYSQL_HEADER] != 10 && at[MYSQL_HEADER] != MYSQL_ERROR) {
		char what[60];

		phrase_say(what, sizeof what, "a greeting of version %u, and only 10 is known",
			(unsigned)at[MYSQL_HEADER]);
		return broken(starttls, what);
	}
	if (announced > LIMIT_GREETING_BYTES - MYSQL_HEADER)
		return too_long(starttls);
	if (len < MYSQL_HEADER + announced)
		return STARTTLS_HEAR_MORE;
	return mysql_body(starttls, at + MYSQL_HEADER, announced);
}

static const struct starttls_step mysql_steps[] = {
	{ PHRASE("the greeting"), { NULL, 0 }, NULL, mysql_greeting },
};

/* --- RDP: MS-RDPBCGR, 2.2.1.1 and 2.2.1.2, in X.224 (class 0) over TPKT (RFC 1006, 6) --- */

enum {
	RDP_HEADER = 4, /* version 3, 0, the length of all of it */
	RDP_PLAIN = 11, /* without an answer to the negotiation */
	RDP_WHOLE = 19,
	RDP_CONFIRM = 0xd0, /* X.224, 13.4 */
	RDP_RESPONSE = 2,
	RDP_FAILURE = 3,
};

/* Not for TLS alone: a server that wants CredSSP speaks it inside of TLS, and shows the same chain.
 */
#define RDP_REQUEST          \
	"\x03\0\0\x13"       \
	"\x0e\xe0\0\0\0\0\0" \
	"\x01\0\x08\0\x03\0\0\0"

/* 2.2.1.2.2 */
static enum starttls_verdict rdp_failure(struct starttls *starttls, uint32_t code)
{
	static const char *const words[] = {
		[1] = PHRASE("only TLS would be taken (SSL_REQUIRED_BY_SERVER)"),
		[2] = PHRASE("TLS is not allowed there (SSL_NOT_ALLOWED_BY_SERVER)"),
		[3] = PHRASE("the server has no certificate (SSL_CERT_NOT_ON_SERVER)"),
		[4] = PHRASE("the flags are inconsistent (INCONSISTENT_FLAGS)"),
		[5] = PHRASE("only CredSSP would be taken (HYBRID_REQUIRED_BY_SERVER)"),
		[6] = PHRASE(
			"a client certificate is wanted (SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER)"),
	};
	char what[150];

	if (code > 0 && code < ARRAY_LEN(words))
		phrase_say(what, sizeof what, "TLS was refused: %s", words[code]);
	else
		phrase_say(what, sizeof what, "TLS was refused with an unknown code, %lu",
			(unsigned long)code);
	return broken(starttls, what);
}

static enum starttls_verdict rdp_negotiated(struct starttls *starttls, const uint8_t *answer)
{
	uint32_t value = answer[4] | (uint32_t)answer[5] << 8 | (uint32_t)answer[6] << 16 |
			 (uint32_t)answer[7] << 24;

	if (answer[2] != 8 || answer[3] != 0)
		return broken(starttls, "not an answer to RDP's negotiation");
	if (answer[0] == RDP_FAILURE)
		return rdp_failure(starttls, value);
	if (answer[0] != RDP_RESPONSE)
		return broken(starttls, "not an answer to RDP's negotiation");
	if (value == 0)
		return broken(starttls, "the server chose RDP's own security instead of TLS");
	/* PROTOCOL_SSL or PROTOCOL_HYBRID; nothing else was asked for. */
	if (value != 1 && value != 2)
		return broken(starttls, "the server chose a protocol that it was not asked for");
	return STARTTLS_HEARD;
}

static enum starttls_verdict rdp_confirm(struct starttls *starttls, const char *bytes, size_t len)
{
	const uint8_t *at = (const uint8_t *)bytes;

	if (at[0] != 3)
		return starttls_fail(starttls, OUTCOME_STARTTLS, "not an RDP answer", bytes, len);
	if (len < RDP_HEADER)
		return STARTTLS_HEAR_MORE;
	size_t announced = (size_t)at[2] << 8 | at[3];
	if (at[1] != 0 || (announced != RDP_PLAIN && announced != RDP_WHOLE))
		return broken(starttls, "not an RDP answer: the length is that of no answer");
	if (len < announced)
		return STARTTLS_HEAR_MORE;
	if (at[4] != announced - RDP_HEADER - 1 || (at[5] & 0xf0) != RDP_CONFIRM)
		return broken(starttls, "not an RDP answer: no connection was confirmed");
	if (announced == RDP_PLAIN)
		return broken(starttls, "the server is too old for TLS in RDP");
	return rdp_negotiated(starttls, at + RDP_PLAIN);
}

static const struct starttls_step rdp_steps[] = {
	{ PHRASE("the answer to the request for TLS"), STARTTLS_WORDS(RDP_REQUEST), NULL,
		rdp_confirm },
};

/* --- The dialogues --- */

const struct starttls_dialogue starttls_ldap = {
	.direct = "ldaps",
	/* Message 2, UnbindRequest (RFC 4511, 4.3) */
	.goodbye = STARTTLS_WORDS("\x30\x05\x02\x01\x02\x42\0"),
	.take = take_packet,
	.steps = ldap_steps,
	.count = ARRAY_LEN(ldap_steps),
};

const struct starttls_dialogue starttls_postgres = {
	.direct = "tls",
	.take = take_packet,
	.steps = postgres_steps,
	.count = ARRAY_LEN(postgres_steps),
};

const struct starttls_dialogue starttls_mysql = {
	.direct = "tls",
	.take = take_packet,
	.steps = mysql_steps,
	.count = ARRAY_LEN(mysql_steps),
};

const struct starttls_dialogue starttls_rdp = {
	.direct = "tls",
	.take = take_packet,
	.steps = rdp_steps,
	.count = ARRAY_LEN(rdp_steps),
};
