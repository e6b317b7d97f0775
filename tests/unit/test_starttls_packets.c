/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/talk.h"

#define LDAP_ASK                               \
	"\x30\x1d\x02\x01\x01\x77\x18\x80\x16" \
	"1.3.6.1.4.1.1466.20037"
#define LDAP_BYE "\x30\x05\x02\x01\x02\x42\0"
#define LDAP_OK "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0"

static const struct talk ldap[] = {
	TALK_READY("LDAP, as it should be", PROTOCOL_LDAP, LDAP_OK, LDAP_ASK),
	TALK_READY("LDAP, with the request's name and a long length, as OpenLDAP", PROTOCOL_LDAP,
		"\x30\x84\0\0\0\x24\x02\x01\x01\x78\x1f\x0a\x01\0\x04\0\x04\0\x8a\x16"
		"1.3.6.1.4.1.1466.20037",
		LDAP_ASK),
	TALK_READY("LDAP, bytes behind the go-ahead", PROTOCOL_LDAP, LDAP_OK "\x30\x05", LDAP_ASK),
	TALK_FAILED("LDAP, not known", PROTOCOL_LDAP,
		"\x30\x11\x02\x01\x01\x78\x0c\x0a\x01\x02\x04\0\x04\x05"
		"never",
		LDAP_ASK LDAP_BYE, "refused: protocolError, StartTLS is not known there (2)"),
	TALK_LATER("LDAP, busy", PROTOCOL_LDAP,
		"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x33\x04\0\x04\0", LDAP_ASK LDAP_BYE,
		"refused: busy (51)"),
	TALK_FAILED("LDAP, a result without a name", PROTOCOL_LDAP,
		"\x30\x0d\x02\x01\x01\x78\x08\x0a\x02\x01\x02\x04\0\x04\0", LDAP_ASK LDAP_BYE,
		"(258)"),
	TALK_FAILED("LDAP, hangs up", PROTOCOL_LDAP,
		"\x30\x13\x02\x01\0\x78\x0e\x0a\x01\x34\x04\0\x04\x07"
		"go away",
		LDAP_ASK, "the server hung up: go away"),
	TALK_FAILED("LDAP, the answer to something else", PROTOCOL_LDAP,
		"\x30\x0c\x02\x01\x07\x78\x07\x0a\x01\0\x04\0\x04\0", LDAP_ASK, "something else"),
	TALK_FAILED("LDAP, another kind of answer", PROTOCOL_LDAP,
		"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\0\x04\0\x04\0", LDAP_ASK,
		"not an answer to StartTLS"),
	TALK_FAILED("LDAP, an answer that is longer than its message", PROTOCOL_LDAP,
		"\x30\x0c\x02\x01\x01\x78\x17\x0a\x01\0\x04\0\x04\0", LDAP_ASK,
		"not an answer to StartTLS"),
	TALK_FAILED("LDAP, nothing in it", PROTOCOL_LDAP, "\x30\0", LDAP_ASK,
		"not an answer to StartTLS"),
	TALK_FAILED("LDAP, an indefinite length", PROTOCOL_LDAP, "\x30\x80", LDAP_ASK,
		"not an LDAP answer"),
	TALK_FAILED("LDAP, a length of too many bytes", PROTOCOL_LDAP, "\x30\xff", LDAP_ASK,
		"not an LDAP answer"),
	TALK("LDAP, 4 GiB announced", PROTOCOL_LDAP, "\x30\x84\xff\xff\xff\xff", LDAP_ASK,
		STARTTLS_FAILED, OUTCOME_LIMIT, "announces a reply that is too long"),
	TALK("LDAP, 2^64 - 1 bytes announced", PROTOCOL_LDAP,
		"\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff", LDAP_ASK, STARTTLS_FAILED,
		OUTCOME_LIMIT, "too long"),
	TALK("LDAP, still waiting", PROTOCOL_LDAP,
		"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04", LDAP_ASK, STARTTLS_MORE,
		OUTCOME_SERVED, ""),
	TALK_FAILED(
		"no LDAP but SMTP", PROTOCOL_LDAP, "220 mx\r\n", LDAP_ASK, "not an LDAP answer"),
	TALK_FAILED("TLS for LDAP", PROTOCOL_LDAP, "\x15\x03\x01\0\x02", LDAP_ASK,
		"TLS from the first byte; use ldaps://"),
	TALK_FAILED(
		"half of TLS for LDAP", PROTOCOL_LDAP, "\x15\x30", LDAP_ASK, "not an LDAP answer"),
};

#define PG_ASK "\0\0\0\x08\x04\xd2\x16\x2f"

static const struct talk postgres[] = {
	TALK_READY("PostgreSQL, as it should be", PROTOCOL_POSTGRES, "S", PG_ASK),
	TALK_READY(
		"PostgreSQL, bytes behind the go-ahead", PROTOCOL_POSTGRES, "SR\0\0\0\x08", PG_ASK),
	TALK_FAILED("PostgreSQL, no TLS", PROTOCOL_POSTGRES, "N", PG_ASK, "does not offer TLS"),
	TALK_LATER("PostgreSQL, an error", PROTOCOL_POSTGRES, "E\0\0\0\x7fSFATAL\0", PG_ASK,
		"answers the request for TLS with an error"),
	TALK_FAILED("no PostgreSQL but SSH", PROTOCOL_POSTGRES, "H", PG_ASK,
		"not a PostgreSQL answer: H"),
	TALK_FAILED("TLS for PostgreSQL", PROTOCOL_POSTGRES, "\x15\x03\x01", PG_ASK,
		"TLS from the first byte"),
};

#define MYSQL_ASK                              \
	"\x20\0\0\x01\0\x8a\0\0\0\0\0\x01\x21" \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const struct talk mysql[] = {
	TALK_READY("MySQL, as it should be", PROTOCOL_MYSQL,
		"\x16\0\0\0\x0a"
		"8.0\0"
		"\x07\0\0\0"
		"12345678\0"
		"\xff\xff\x21\2",
		MYSQL_ASK),
	TALK_READY("MariaDB, of which nothing but what it can do counts", PROTOCOL_MYSQL,
		"\x25\0\0\0\x0a"
		"5.5.5-10.11-MariaDB\0"
		"\x07\0\0\0"
		"12345678\0"
		"\0\x08\x21",
		MYSQL_ASK),
	TALK_READY("MySQL, bytes behind the greeting", PROTOCOL_MYSQL,
		"\x14\0\0\0\x0a"
		"8.0\0"
		"\x07\0\0\0"
		"12345678\0"
		"\xff\xff"
		"x",
		MYSQL_ASK),
	TALK_FAILED("MySQL, no TLS", PROTOCOL_MYSQL,
		"\x14\0\0\0\x0a"
		"8.0\0"
		"\x07\0\0\0"
		"12345678\0"
		"\xff\xf7",
		"", "not offer TLS"),
	TALK_FAILED("MySQL, cut short", PROTOCOL_MYSQL,
		"\x13\0\0\0\x0a"
		"8.0\0"
		"\x07\0\0\0"
		"12345678\0"
		"\xff",
		"", "cut short"),
	TALK_FAILED("MySQL, a version without an end", PROTOCOL_MYSQL,
		"\x04\0\0\0\x0a"
		"8.0",
		"", "cut short"),
	TALK_FAILED(
		"MySQL, nothing but a version", PROTOCOL_MYSQL, "\x01\0\0\0\x0a", "", "cut short"),
	TALK_FAILED("MySQL, a version that only MySQL 3 had", PROTOCOL_MYSQL,
		"\x40\0\0\0\x09"
		"3.20",
		"", "a greeting of version 9, and only 10 is known"),
	TALK_FAILED("MySQL, not for us", PROTOCOL_MYSQL,
		"\x0a\0\0\0\xff\x6a\x04"
		"Host no",
		"", "does not serve us: error 1130: Host no"),
	TALK_FAILED("MySQL, not for us, with an SQLSTATE", PROTOCOL_MYSQL,
		"\x0b\0\0\0\xff\x6a\x04#HY000no", "", "error 1130: no"),
	TALK_LATER("MySQL, too many", PROTOCOL_MYSQL,
		"\x0b\0\0\0\xff\x10\x04"
		"Too many",
		"", "error 1040: Too many"),
	TALK_FAILED("MySQL, half an error", PROTOCOL_MYSQL, "\x02\0\0\0\xff\x6a", "", "cut short"),
	TALK_FAILED("MySQL, no packet", PROTOCOL_MYSQL, "\0\0\0\0", "", "not a MySQL greeting"),
	TALK_FAILED("MySQL, not the first packet", PROTOCOL_MYSQL, "\x14\0\0\x01", "",
		"not a MySQL greeting"),
	TALK("MySQL, 16 MiB announced", PROTOCOL_MYSQL, "\xff\xff\xff\0\x0a", "", STARTTLS_FAILED,
		OUTCOME_LIMIT, "too long"),
	TALK("MySQL, still waiting", PROTOCOL_MYSQL,
		"\x14\0\0\0\x0a"
		"8.0",
		"", STARTTLS_MORE, OUTCOME_SERVED, ""),
	TALK_FAILED("no MySQL but SSH", PROTOCOL_MYSQL, "SSH-2.0-OpenSSH_9.2\r\n", "",
		"not a MySQL greeting: SSH-"),
	TALK_FAILED("TLS for MySQL", PROTOCOL_MYSQL, "\x15\x03\x01", "", "TLS from the first byte"),
};

#define RDP_ASK "\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0"
#define RDP_SAYS(type, value) "\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0" type "\0\x08\0" value "\0\0\0"

static const struct talk rdp[] = {
	TALK_READY("RDP, TLS", PROTOCOL_RDP, RDP_SAYS("\x02", "\x01"), RDP_ASK),
	TALK_READY("RDP, CredSSP inside of TLS", PROTOCOL_RDP, RDP_SAYS("\x02", "\x02"), RDP_ASK),
	TALK_READY("RDP, bytes behind the go-ahead", PROTOCOL_RDP,
		RDP_SAYS("\x02", "\x01") "\x03\0", RDP_ASK),
	TALK_FAILED("RDP, its own security", PROTOCOL_RDP, RDP_SAYS("\x02", "\0"), RDP_ASK,
		"chose RDP's own security instead of TLS"),
	TALK_FAILED("RDP, what nobody asked for", PROTOCOL_RDP, RDP_SAYS("\x02", "\x08"), RDP_ASK,
		"was not asked for"),
	TALK_FAILED("RDP, an old server", PROTOCOL_RDP, "\x03\0\0\x0b\x06\xd0\0\0\x12\x34\0",
		RDP_ASK, "too old for TLS"),
	TALK_FAILED("RDP, TLS not allowed", PROTOCOL_RDP, RDP_SAYS("\x03", "\x02"), RDP_ASK,
		"refused: TLS is not allowed there"),
	TALK_FAILED("RDP, no certificate", PROTOCOL_RDP, RDP_SAYS("\x03", "\x03"), RDP_ASK,
		"the server has no certificate"),
	TALK_FAILED("RDP, CredSSP alone", PROTOCOL_RDP, RDP_SAYS("\x03", "\x05"), RDP_ASK,
		"only CredSSP would be taken"),
	TALK_FAILED("RDP, a code without a name", PROTOCOL_RDP, RDP_SAYS("\x03", "\x63"), RDP_ASK,
		"unknown code, 99"),
	TALK_FAILED("RDP, another answer", PROTOCOL_RDP, RDP_SAYS("\x07", "\x01"), RDP_ASK,
		"not an answer to RDP's negotiation"),
	TALK_FAILED("RDP, another length in it", PROTOCOL_RDP,
		"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x09\0\x01\0\0\0", RDP_ASK,
		"not an answer to RDP's negotiation"),
	TALK_FAILED("RDP, no confirmation", PROTOCOL_RDP, "\x03\0\0\x0b\x06\x80\0\0\x12\x34\0",
		RDP_ASK, "no connection was confirmed"),
	TALK_FAILED("RDP, a length that contradicts", PROTOCOL_RDP,
		"\x03\0\0\x0b\x0e\xd0\0\0\x12\x34\0", RDP_ASK, "no connection was confirmed"),
	TALK_FAILED("RDP, a length of nothing", PROTOCOL_RDP, "\x03\0\0\0", RDP_ASK,
		"the length is that of no answer"),
	TALK_FAILED("RDP, 64 KiB announced", PROTOCOL_RDP, "\x03\0\xff\xff", RDP_ASK,
		"the length is that of no answer"),
	TALK_FAILED("no RDP but SSH", PROTOCOL_RDP, "SSH-2.0", RDP_ASK, "not an RDP answer: S"),
	TALK_FAILED(
		"TLS for RDP", PROTOCOL_RDP, "\x16\x03\x03", RDP_ASK, "TLS from the first byte"),
};

Test(starttls_packets, speak_ldap)
{
	for (size_t i = 0; i < ARRAY_LEN(ldap); i++)
		talk_hold(&ldap[i]);
}

Test(starttls_packets, speak_postgres)
{
	for (size_t i = 0; i < ARRAY_LEN(postgres); i++)
		talk_hold(&postgres[i]);
}

Test(starttls_packets, speak_mysql)
{
	for (size_t i = 0; i < ARRAY_LEN(mysql); i++)
		talk_hold(&mysql[i]);
}

Test(starttls_packets, speak_rdp)
{
	for (size_t i = 0; i < ARRAY_LEN(rdp); i++)
		talk_hold(&rdp[i]);
}
