/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/limits.h"
#include "checker/starttls.h"

/* SAYS is all that the server says, SENT all that it gets; WORDS are in the message. */
static const struct dialogue {
	const char *descr;
	enum protocol protocol;
	const char *says, *sent;
	enum starttls_progress progress;
	enum outcome outcome;
	const char *words;
} dialogues[] = {
	{ "SMTP, as it should be", PROTOCOL_SMTP,
		"220 mx.example.hk ESMTP\r\n250-mx.example.hk\r\n250-PIPELINING\r\n250-STARTTLS\r\n"
		"250 8BITMIME\r\n220 2.0.0 Ready\r\n",
		"EHLO scan.example.hk\r\nSTARTTLS\r\n", STARTTLS_READY, OUTCOME_SERVED, "" },
	{ "SMTP, a greeting of several lines", PROTOCOL_SUBMISSION,
		"220-mx.example.hk\r\n220-no spam\r\n220 please\r\n250-mx\r\n250 STARTTLS\r\n"
		"220 go\r\n",
		"EHLO scan.example.hk\r\nSTARTTLS\r\n", STARTTLS_READY, OUTCOME_SERVED, "" },
	{ "SMTP, a go-ahead of several lines, bare line ends, bare codes", PROTOCOL_SMTP,
		"220\n250-mx\n250 starttls\n220-go\n220\n", "EHLO scan.example.hk\r\nSTARTTLS\r\n",
		STARTTLS_READY, OUTCOME_SERVED, "" },
	{ "SMTP, nothing offered", PROTOCOL_SMTP, "220 mx\r\n250-mx\r\n250 SIZE 1000\r\n",
		"EHLO scan.example.hk\r\nQUIT\r\n", STARTTLS_FAILED, OUTCOME_STARTTLS,
		"does not offer STARTTLS" },
	{ "SMTP, nothing at all offered", PROTOCOL_SMTP, "220 mx\r\n250 mx\r\n",
		"EHLO scan.example.hk\r\nQUIT\r\n", STARTTLS_FAILED, OUTCOME_STARTTLS,
		"does not offer STARTTLS" },
	{ "SMTP, a server of that name that does not offer it", PROTOCOL_SMTP,
		"220 mx\r\n250-STARTTLS\r\n250-XSTARTTLS\r\n250 STARTTLSNOT\r\n",
		"EHLO scan.example.hk\r\nQUIT\r\n", STARTTLS_FAILED, OUTCOME_STARTTLS,
		"does not offer STARTTLS" },
	{ "SMTP, EHLO refused", PROTOCOL_SMTP, "220 mx\r\n502 5.5.2 what?\r\n",
		"EHLO scan.example.hk\r\nQUIT\r\n", STARTTLS_FAILED, OUTCOME_STARTTLS,
		"EHLO was refused: 502 5.5.2 what?" },
	{ "SMTP, refused at the door", PROTOCOL_SMTP, "554-go\r\n554 away\r\n", "QUIT\r\n",
		STARTTLS_FAILED, OUTCOME_STARTTLS, "does not serve us: 554 away" },
	{ "SMTP, busy: it has said goodbye itself", PROTOCOL_SMTP, "421 4.3.2 busy\r\n", "",
		STARTTLS_FAILED, OUTCOME_STARTTLS, "does not serve us: 421 4.3.2 busy" },
	{ "SMTP, TLS not available now", PROTOCOL_SMTP,
		"220 mx\r\n250-mx\r\n250 STARTTLS\r\n454 4.7.0 not now\r\n",
		"EHLO scan.example.hk\r\nSTARTTLS\r\nQUIT\r\n", STARTTLS_FAILED, OUTCOME_STARTTLS,
		"STARTTLS was refused: 454 4.7.0 not now" },
	{ "SMTP, words behind the go-ahead", PROTOCOL_SMTP,
		"220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n250 injected\r\n",
		"EHLO scan.example.hk\r\nSTARTTLS\r\n", STARTTLS_READY, OUTCOME_SERVED, "" },
	{ "SMTP, escapes in a refusal", PROTOCOL_SMTP, "554 \x1b[31mno\xff\r\n", "QUIT\r\n",
		STARTTLS_FAILED, OUTCOME_STARTTLS, "554 \\u{001B}[31mno\\xFF" },
	{ "no SMTP but SSH", PROTOCOL_SMTP, "SSH-2.0-OpenSSH_9.2\r\n", "", STARTTLS_FAILED,
		OUTCOME_STARTTLS, "not an SMTP reply: SSH-2.0" },
	{ "no SMTP but an empty line", PROTOCOL_SMTP, "\r\n", "", STARTTLS_FAILED, OUTCOME_STARTTLS,
		"not an SMTP reply" },
	{ "a TLS alert for a greeting", PROTOCOL_SMTP, "\x15\x03\x01", "", STARTTLS_FAILED,
		OUTCOME_STARTTLS, "TLS from the first byte; use smtps://" },
	{ "a TLS record for a greeting", PROTOCOL_POP3, "\x16\x03\x01", "", STARTTLS_FAILED,
		OUTCOME_STARTTLS, "TLS from the first byte; use pop3s://" },
	{ "still waiting", PROTOCOL_SMTP, "220-mx\r\n220 m", "", STARTTLS_MORE, OUTCOME_SERVED,
		"" },
	{ "IMAP, as it should be", PROTOCOL_IMAP,
		"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\na OK begin\r\n", "a STARTTLS\r\n",
		STARTTLS_READY, OUTCOME_SERVED, "" },
	{ "IMAP, other lines in between", PROTOCOL_IMAP,
		"* OK ready\r\n* CAPABILITY IMAP4rev1\r\n* 1 EXISTS\r\na ok begin\r\n",
		"a STARTTLS\r\n", STARTTLS_READY, OUTCOME_SERVED, "" },
	{ "IMAP, NO", PROTOCOL_IMAP, "* OK ready\r\na NO not configured\r\n",
		"a STARTTLS\r\na LOGOUT\r\n", STARTTLS_FAILED, OUTCOME_STARTTLS,
		"refused: a NO not configured" },
	{ "IMAP, BAD", PROTOCOL_IMAP, "* OK ready\r\na BAD what?\r\n", "a STARTTLS\r\na LOGOUT\r\n",
		STARTTLS_FAILED, OUTCOME_STARTTLS, "refused: a BAD what?" },
	{ "IMAP, BYE for a greeting", PROTOCOL_IMAP, "* BYE full\r\n", "", STARTTLS_FAILED,
		OUTCOME_STARTTLS, "* BYE full" },
	{ "IMAP, BYE for an answer", PROTOCOL_IMAP, "* OK ready\r\n* BYE full\r\n",
		"a STARTTLS\r\n", STARTTLS_FAILED, OUTCOME_STARTTLS, "* BYE full" },
	{ "IMAP, logged in already", PROTOCOL_IMAP, "* PREAUTH hello\r\n", "a LOGOUT\r\n",
		STARTTLS_FAILED, OUTCOME_STARTTLS, "so no STARTTLS: * PREAUTH" },
	{ "IMAP, a tag that is not ours", PROTOCOL_IMAP, "* OK ready\r\nb OK begin\r\n",
		"a STARTTLS\r\n", STARTTLS_FAILED, OUTCOME_STARTTLS, "not an IMAP answer" },
	{ "IMAP, words behind the go-ahead", PROTOCOL_IMAP,
		"* OK ready\r\na OK begin\r\n* OK injected\r\n", "a STARTTLS\r\n", STARTTLS_READY,
		OUTCOME_SERVED, "" },
	{ "POP3, as it should be", PROTOCOL_POP3, "+OK ready\r\n+OK begin\r\n", "STLS\r\n",
		STARTTLS_READY, OUTCOME_SERVED, "" },
	{ "POP3, refused", PROTOCOL_POP3, "+OK ready\r\n-ERR no\r\n", "STLS\r\nQUIT\r\n",
		STARTTLS_FAILED, OUTCOME_STARTTLS, "STLS was refused: -ERR no" },
	{ "POP3, refused at the door", PROTOCOL_POP3, "-ERR busy\r\n", "QUIT\r\n", STARTTLS_FAILED,
		OUTCOME_STARTTLS, "does not serve us: -ERR busy" },
	{ "no POP3 but IMAP", PROTOCOL_POP3, "* OK ready\r\n", "", STARTTLS_FAILED,
		OUTCOME_STARTTLS, "not a POP3 answer: * OK ready" },
};

/* Feeds what is said cut into pieces: the first FIRST bytes, then PIECE at a time. */
static void hold(const struct dialogue *dialogue, size_t first, size_t piece)
{
	struct starttls starttls;
	struct buf sent = BUF_INIT(65536);
	size_t len = strlen(dialogue->says), at = 0;

	starttls_init(&starttls, dialogue->protocol, "scan.example.hk");
	while (at < len) {
		size_t part = at == 0 && first > 0 ? first : piece;

		if (part > len - at)
			part = len - at;
		enum starttls_progress progress = starttls_feed(
			&starttls, dialogue->says + at, part);
		buf_add(&sent, buf_text(&starttls.out), starttls.out.len);
		buf_clear(&starttls.out);
		at += part;
		/* Nobody feeds a dialogue that is over: the rest belongs to TLS. */
		if (progress != STARTTLS_MORE)
			break;
	}
	/* Cut right behind the go-ahead, what follows is not known to be there. */
	bool unseen = starttls.progress == STARTTLS_READY && at < len;
	if (!unseen) {
		cr_expect_eq(starttls.progress, dialogue->progress, "%s (%zu, %zu): got %d",
			dialogue->descr, first, piece, (int)starttls.progress);
		cr_expect_eq(starttls.outcome, dialogue->outcome, "%s (%zu, %zu)", dialogue->descr,
			first, piece);
		cr_expect(strstr(starttls.message, dialogue->words), "%s (%zu, %zu): '%s'",
			dialogue->descr, first, piece, starttls.message);
		cr_expect_str_eq(buf_text(&sent), dialogue->sent, "%s (%zu, %zu): sent '%s'",
			dialogue->descr, first, piece, buf_text(&sent));
	}
	buf_release(&sent);
	starttls_release(&starttls);
}

Test(starttls, speaks_however_it_is_cut)
{
	for (size_t i = 0; i < ARRAY_LEN(dialogues); i++) {
		size_t len = strlen(dialogues[i].says);

		hold(&dialogues[i], 0, len);
		hold(&dialogues[i], 0, 1);
		for (size_t first = 1; first < len; first++)
			hold(&dialogues[i], first, len);
	}
}

static const struct {
	const char *descr;
	enum protocol protocol;
	const char *again; /* said without an end */
} floods[] = {
	{ "a line without an end", PROTOCOL_SMTP, "2" },
	{ "a reply without an end", PROTOCOL_SMTP, "220-more\r\n" },
	{ "untagged lines without an end", PROTOCOL_IMAP, "* OK more\r\n" },
	{ "a POP3 line without an end", PROTOCOL_POP3, "+OK" },
};

Test(starttls, has_a_limit)
{
	for (size_t i = 0; i < ARRAY_LEN(floods); i++) {
		struct starttls starttls;
		size_t said = 0;

		starttls_init(&starttls, floods[i].protocol, "scan.example.hk");
		while (starttls.progress == STARTTLS_MORE && said < 2 * LIMIT_GREETING_BYTES) {
			(void)starttls_feed(&starttls, floods[i].again, strlen(floods[i].again));
			said += strlen(floods[i].again);
		}
		cr_expect_eq(starttls.progress, STARTTLS_FAILED, "%s", floods[i].descr);
		cr_expect_eq(starttls.outcome, OUTCOME_LIMIT, "%s: %s", floods[i].descr,
			starttls.message);
		cr_expect_leq(starttls.line.room, 2 * LIMIT_GREETING_BYTES, "%s", floods[i].descr);
		starttls_release(&starttls);
	}
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

		starttls_init(&starttls, PROTOCOL_SMTP, names[i].name);
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
