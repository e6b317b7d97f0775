/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/limits.h"
#include "checker/starttls/starttls.h"
#include "tests/talk.h"

static const struct talk talks[] = {
	TALK_READY("SMTP, as it should be", PROTOCOL_SMTP,
		"220 mx.example.hk ESMTP\r\n250-mx.example.hk\r\n250-PIPELINING\r\n250-STARTTLS\r\n"
		"250 8BITMIME\r\n220 2.0.0 Ready\r\n",
		"EHLO scan.example.hk\r\nSTARTTLS\r\n"),
	TALK_READY("SMTP, a greeting of several lines", PROTOCOL_SUBMISSION,
		"220-mx.example.hk\r\n220-no spam\r\n220 please\r\n250-mx\r\n250 STARTTLS\r\n"
		"220 go\r\n",
		"EHLO scan.example.hk\r\nSTARTTLS\r\n"),
	TALK_READY("SMTP, a go-ahead of several lines, bare line ends, bare codes", PROTOCOL_SMTP,
		"220\n250-mx\n250 starttls\n220-go\n220\n", "EHLO scan.example.hk\r\nSTARTTLS\r\n"),
	TALK_FAILED("SMTP, nothing offered", PROTOCOL_SMTP, "220 mx\r\n250-mx\r\n250 SIZE 1000\r\n",
		"EHLO scan.example.hk\r\nQUIT\r\n", "does not offer STARTTLS"),
	TALK_FAILED("SMTP, nothing at all offered", PROTOCOL_SMTP, "220 mx\r\n250 mx\r\n",
		"EHLO scan.example.hk\r\nQUIT\r\n", "does not offer STARTTLS"),
	TALK_FAILED("SMTP, a server of that name that does not offer it", PROTOCOL_SMTP,
		"220 mx\r\n250-STARTTLS\r\n250-XSTARTTLS\r\n250 STARTTLSNOT\r\n",
		"EHLO scan.example.hk\r\nQUIT\r\n", "does not offer STARTTLS"),
	TALK_FAILED("SMTP, EHLO refused", PROTOCOL_SMTP, "220 mx\r\n502 5.5.2 what?\r\n",
		"EHLO scan.example.hk\r\nQUIT\r\n", "EHLO was refused: 502 5.5.2 what?"),
	TALK_FAILED("SMTP, refused at the door", PROTOCOL_SMTP, "554-go\r\n554 away\r\n",
		"QUIT\r\n", "does not serve us: 554 away"),
	TALK_LATER("SMTP, busy: it has said goodbye itself", PROTOCOL_SMTP, "421 4.3.2 busy\r\n",
		"", "does not serve us: 421 4.3.2 busy"),
	TALK_LATER("SMTP, TLS not available now", PROTOCOL_SMTP,
		"220 mx\r\n250-mx\r\n250 STARTTLS\r\n454 4.7.0 not now\r\n",
		"EHLO scan.example.hk\r\nSTARTTLS\r\nQUIT\r\n",
		"STARTTLS was refused: 454 4.7.0 not now"),
	TALK_READY("SMTP, words behind the go-ahead", PROTOCOL_SMTP,
		"220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n250 injected\r\n",
		"EHLO scan.example.hk\r\nSTARTTLS\r\n"),
	TALK_FAILED("SMTP, escapes in a refusal", PROTOCOL_SMTP, "554 \x1b[31mno\xff\r\n",
		"QUIT\r\n", "554 \\u{001B}[31mno\\xFF"),
	TALK_FAILED("no SMTP but SSH", PROTOCOL_SMTP, "SSH-2.0-OpenSSH_9.2\r\n", "",
		"not an SMTP reply: SSH-2.0"),
	TALK_FAILED("no SMTP but an empty line", PROTOCOL_SMTP, "\r\n", "", "not an SMTP reply"),
	TALK_FAILED("a TLS alert for a greeting", PROTOCOL_SMTP, "\x15\x03\x01", "",
		"TLS from the first byte; use smtps://"),
	TALK_FAILED("a TLS record for a greeting", PROTOCOL_POP3, "\x16\x03\x01", "",
		"TLS from the first byte; use pop3s://"),
	TALK("still waiting", PROTOCOL_SMTP, "220-mx\r\n220 m", "", STARTTLS_MORE, OUTCOME_SERVED,
		""),
	TALK_READY("IMAP, as it should be", PROTOCOL_IMAP,
		"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\na OK begin\r\n", "a STARTTLS\r\n"),
	TALK_READY("IMAP, other lines in between", PROTOCOL_IMAP,
		"* OK ready\r\n* CAPABILITY IMAP4rev1\r\n* 1 EXISTS\r\na ok begin\r\n",
		"a STARTTLS\r\n"),
	TALK_FAILED("IMAP, NO", PROTOCOL_IMAP, "* OK ready\r\na NO not configured\r\n",
		"a STARTTLS\r\na LOGOUT\r\n", "refused: a NO not configured"),
	TALK_FAILED("IMAP, BAD", PROTOCOL_IMAP, "* OK ready\r\na BAD what?\r\n",
		"a STARTTLS\r\na LOGOUT\r\n", "refused: a BAD what?"),
	TALK_FAILED("IMAP, BYE for a greeting", PROTOCOL_IMAP, "* BYE full\r\n", "", "* BYE full"),
	TALK_FAILED("IMAP, BYE for an answer", PROTOCOL_IMAP, "* OK ready\r\n* BYE full\r\n",
		"a STARTTLS\r\n", "* BYE full"),
	TALK_FAILED("IMAP, logged in already", PROTOCOL_IMAP, "* PREAUTH hello\r\n", "a LOGOUT\r\n",
		"so no STARTTLS: * PREAUTH"),
	TALK_FAILED("IMAP, a tag that is not ours", PROTOCOL_IMAP, "* OK ready\r\nb OK begin\r\n",
		"a STARTTLS\r\n", "not an IMAP answer"),
	TALK_READY("IMAP, words behind the go-ahead", PROTOCOL_IMAP,
		"* OK ready\r\na OK begin\r\n* OK injected\r\n", "a STARTTLS\r\n"),
	TALK_READY(
		"POP3, as it should be", PROTOCOL_POP3, "+OK ready\r\n+OK begin\r\n", "STLS\r\n"),
	TALK_FAILED("POP3, refused", PROTOCOL_POP3, "+OK ready\r\n-ERR no\r\n", "STLS\r\nQUIT\r\n",
		"STLS was refused: -ERR no"),
	TALK_FAILED("POP3, refused at the door", PROTOCOL_POP3, "-ERR busy\r\n", "QUIT\r\n",
		"does not serve us: -ERR busy"),
	TALK_FAILED("no POP3 but IMAP", PROTOCOL_POP3, "* OK ready\r\n", "",
		"not a POP3 answer: * OK ready"),
	TALK_LATER("SMTP, busy at EHLO", PROTOCOL_SMTP, "220 mx\r\n451 4.3.0 later\r\n",
		"EHLO scan.example.hk\r\nQUIT\r\n", "EHLO was refused: 451"),
	TALK_LATER("SMTP, a greeting of several lines that ends badly", PROTOCOL_SMTP,
		"220-mx\r\n450 4.7.1 greylisted\r\n", "QUIT\r\n", "450 4.7.1 greylisted"),
	TALK_FAILED("SMTP, EHLO answered with bytes", PROTOCOL_SMTP, "220 mx\r\n\x7f\x01\xfe\xff",
		"EHLO scan.example.hk\r\n", "bytes that are no text: \\u{007F}"),
	TALK_FAILED("SMTP, EHLO answered with other bytes", PROTOCOL_SMTP, "220 mx\r\n\xfe",
		"EHLO scan.example.hk\r\n", "bytes that are no text: \\xFE"),
	TALK_FAILED("SMTP, half of TLS", PROTOCOL_SMTP, "\x16\x30", "", "no text: \\u{0016}0"),
	TALK_FAILED("SMTP, a NUL", PROTOCOL_SMTP, "220 m\0x\r\n", "", "no text: 220 m\\u{0000}"),
	TALK_READY("FTP, bytes between the lines", PROTOCOL_FTP,
		"220-a\r\n\xe4\xb8\xad\r\n\x1b[1m\r\n220 b\r\n234 go\r\n", "AUTH TLS\r\n"),
	TALK_FAILED("SMTP, TLS for an answer to EHLO", PROTOCOL_SMTP, "220 mx\r\n\x15\x03\x03",
		"EHLO scan.example.hk\r\n", "TLS from the first byte"),
	TALK_READY("SMTP, STARTTLS with words behind it", PROTOCOL_SMTP,
		"220 mx\r\n250-mx\r\n250 STARTTLS now\r\n220 go\r\n",
		"EHLO scan.example.hk\r\nSTARTTLS\r\n"),
	TALK_FAILED("IMAP, a literal for an answer", PROTOCOL_IMAP,
		"* OK ready\r\n* OK {4294967295}\r\na OK begin\r\n", "a STARTTLS\r\na LOGOUT\r\n",
		"sends a literal instead of an answer: * OK {4294967295}"),
	TALK_FAILED("IMAP, a literal that does not wait, in a greeting", PROTOCOL_IMAP,
		"* OK {12+}\r\n", "a LOGOUT\r\n", "a literal for a greeting"),
	TALK_READY("IMAP, braces that are no literal", PROTOCOL_IMAP,
		"* OK {x}\r\n* OK {}\r\n* OK {+}\r\n* OK 1}\r\na OK }\r\n", "a STARTTLS\r\n"),
	TALK_LATER("IMAP, not now", PROTOCOL_IMAP, "* OK ready\r\na NO [unavailable] later\r\n",
		"a STARTTLS\r\na LOGOUT\r\n", "[unavailable] later"),
	TALK_LATER("IMAP, not now at the door", PROTOCOL_IMAP, "* BYE [UNAVAILABLE] later\r\n", "",
		"* BYE"),
	TALK_FAILED("IMAP, a word that only begins so", PROTOCOL_IMAP, "* OKAY\r\n", "",
		"not an IMAP greeting"),
	TALK_LATER(
		"POP3, not now", PROTOCOL_POP3, "-ERR [SYS/TEMP] later\r\n", "QUIT\r\n", "later"),

	TALK_READY("FTP, as it should be", PROTOCOL_FTP, "220 ready\r\n234 AUTH TLS OK\r\n",
		"AUTH TLS\r\n"),
	TALK_READY("FTP, anything between the first line and the last", PROTOCOL_FTP,
		"220-Welcome\r\n\r\n  221 visitors\r\n221 not the end\r\n220-nor this\r\n"
		"220 this is\r\n234-AUTH\r\n TLS\r\n234 OK\r\n",
		"AUTH TLS\r\n"),
	TALK_READY("FTP, ready in some minutes", PROTOCOL_FTP,
		"120 in 2 minutes\r\n220 ready\r\n234 OK\r\n", "AUTH TLS\r\n"),
	TALK_READY("FTP, words behind the go-ahead", PROTOCOL_FTP, "220 a\r\n234 go\r\n230 in\r\n",
		"AUTH TLS\r\n"),
	TALK_FAILED("FTP, no TLS", PROTOCOL_FTP, "220 a\r\n502 what?\r\n", "AUTH TLS\r\nQUIT\r\n",
		"AUTH TLS was refused: 502 what?"),
	TALK_FAILED("FTP, login first", PROTOCOL_FTP, "220 a\r\n530 Please login\r\n",
		"AUTH TLS\r\nQUIT\r\n", "530 Please login"),
	TALK_FAILED("FTP, more to exchange before TLS", PROTOCOL_FTP, "220 a\r\n334 ADAT=\r\n",
		"AUTH TLS\r\nQUIT\r\n", "334 ADAT"),
	TALK_LATER("FTP, not now", PROTOCOL_FTP, "220 a\r\n431 later\r\n", "AUTH TLS\r\nQUIT\r\n",
		"431 later"),
	TALK_LATER("FTP, too many: it has said goodbye itself", PROTOCOL_FTP, "421 too many\r\n",
		"", "421 too many"),
	TALK_FAILED("no FTP but SSH", PROTOCOL_FTP, "SSH-2.0-OpenSSH_9.2\r\n", "",
		"not an FTP reply: SSH-2.0"),
	TALK_FAILED("TLS for FTP", PROTOCOL_FTP, "\x15\x03\x01", "",
		"TLS from the first byte; use ftps://"),

	TALK_READY("Sieve, as it should be", PROTOCOL_SIEVE,
		"\"IMPLEMENTATION\" \"x\"\r\n\"SASL\" \"\"\r\n\"STARTTLS\"\r\n"
		"OK \"ready\"\r\nOK \"begin\"\r\n",
		"STARTTLS\r\n"),
	TALK_READY("Sieve, another case, bare OK", PROTOCOL_SIEVE, "\"StartTLS\"\r\nok\r\nOk\r\n",
		"STARTTLS\r\n"),
	TALK_FAILED("Sieve, nothing offered", PROTOCOL_SIEVE, "\"SASL\" \"STARTTLS\"\r\nOK\r\n",
		"LOGOUT\r\n", "does not offer STARTTLS"),
	TALK_FAILED("Sieve, refused", PROTOCOL_SIEVE, "\"STARTTLS\"\r\nOK\r\nNO \"never\"\r\n",
		"STARTTLS\r\nLOGOUT\r\n", "NO \"never\""),
	TALK_LATER("Sieve, not now", PROTOCOL_SIEVE, "BYE (TRYLATER) \"later\"\r\n", "", "later"),
	TALK_FAILED("Sieve, a literal", PROTOCOL_SIEVE, "\"STARTTLS\"\r\nOK {4294967295}\r\n",
		"LOGOUT\r\n", "a literal"),
	TALK_FAILED("no Sieve but IMAP", PROTOCOL_SIEVE, "* OK ready\r\n", "",
		"not a ManageSieve answer: * OK"),

	TALK_READY("NNTP, as it should be", PROTOCOL_NNTP, "201 no posting\r\n382 go\r\n",
		"STARTTLS\r\n"),
	TALK_READY("NNTP, with the right to post", PROTOCOL_NNTP, "200 news\r\n382 go\r\n111 x\r\n",
		"STARTTLS\r\n"),
	TALK_FAILED("NNTP, no TLS", PROTOCOL_NNTP, "200 news\r\n580 no\r\n", "STARTTLS\r\nQUIT\r\n",
		"STARTTLS was refused: 580 no"),
	TALK_FAILED("NNTP, never heard of it", PROTOCOL_NNTP, "200 news\r\n500 what?\r\n",
		"STARTTLS\r\nQUIT\r\n", "500 what?"),
	TALK_FAILED("NNTP, not for us", PROTOCOL_NNTP, "502 no\r\n", "QUIT\r\n",
		"does not serve us: 502"),
	TALK_LATER("NNTP, not now: it has said goodbye itself", PROTOCOL_NNTP, "400 later\r\n", "",
		"400 later"),
	TALK_FAILED(
		"NNTP, the code of FTP", PROTOCOL_NNTP, "220 ready\r\n", "QUIT\r\n", "220 ready"),
	TALK_FAILED("NNTP, a reply of several lines", PROTOCOL_NNTP, "200-news\r\n", "",
		"not an NNTP reply"),
};

Test(starttls, speaks_however_it_is_cut)
{
	for (size_t i = 0; i < ARRAY_LEN(talks); i++)
		talk_hold(&talks[i]);
}

static const struct {
	const char *descr;
	enum protocol protocol;
	const char *begins, *again; /* said without an end */
} floods[] = {
	{ "a line without an end", PROTOCOL_SMTP, "", "2" },
	{ "a reply without an end", PROTOCOL_SMTP, "", "220-more\r\n" },
	{ "an answer to EHLO without an end", PROTOCOL_SMTP, "220 mx\r\n", "250-SIZE\r\n" },
	{ "untagged lines without an end", PROTOCOL_IMAP, "* OK ready\r\n", "* OK more\r\n" },
	{ "a POP3 line without an end", PROTOCOL_POP3, "", "+OK" },
	{ "an FTP banner without an end", PROTOCOL_FTP, "220-a\r\n", "b\r\n" },
	{ "an FTP server that is soon ready", PROTOCOL_FTP, "", "120 soon\r\n" },
	{ "capabilities without an end", PROTOCOL_SIEVE, "", "\"STARTTLS\"\r\n" },
	{ "an NNTP line without an end", PROTOCOL_NNTP, "200 news\r\n", "3" },
};

Test(starttls, has_a_limit)
{
	for (size_t i = 0; i < ARRAY_LEN(floods); i++)
		talk_flood(floods[i].descr, floods[i].protocol, floods[i].begins, floods[i].again);
}

static const struct {
	const char *descr, *name, *ehlo;
} names[] = {
	{ "a full name", "scan-1.example.hk", "EHLO scan-1.example.hk\r\n" },
	{ "a name without a domain", "scan", "EHLO localhost\r\n" },
	{ "no name", "", "EHLO localhost\r\n" },
	{ "a line of its own", "scan.hk\r\nQUIT", "EHLO localhost\r\n" },
	{ "a dot at the end", "scan.example.hk.", "EHLO localhost\r\n" },
};

Test(starttls, names_itself)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct starttls starttls;

		starttls_init(&starttls, PROTOCOL_SMTP, names[i].name, NULL);
		cr_expect_eq(starttls_feed(&starttls, "220 mx\r\n", 8), STARTTLS_MORE);
		cr_expect_str_eq(buf_text(&starttls.out), names[i].ehlo, "%s", names[i].descr);
		starttls_release(&starttls);
	}
}

Test(starttls, knows_its_protocols)
{
	for (enum protocol protocol = 0; protocol < PROTOCOL_COUNT; protocol++)
		cr_expect_eq(starttls_speaks(protocol),
			protocol_info(protocol)->start == PROTOCOL_START_DIALOGUE, "%s",
			protocol_info(protocol)->name);
}
