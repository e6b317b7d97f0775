/* SPDX-License-Identifier: MIT */
#include "checker/starttls.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/text.h"

/* How a line of a reply went. */
enum line_verdict { LINE_MORE, LINE_DONE, LINE_FAILED };

struct dialogue_step {
	const char *waits_for;
	const char *command; /* sent before waiting; NULL: the server speaks first */
	bool named;          /* the command is followed by our own name */
	enum line_verdict (*line)(struct starttls *starttls, const char *line, size_t len);
};

struct starttls_dialogue {
	const char *name;
	const char *direct; /* the scheme with TLS from the first byte */
	const char *goodbye;
	const struct dialogue_step *steps;
	size_t count;
};

static bool begins(const char *line, const char *with)
{
	for (; *with; line++, with++) {
		char c = *line >= 'a' && *line <= 'z' ? (char)(*line - 'a' + 'A') : *line;
		if (c != *with)
			return false;
	}
	return true;
}

/* Ends the dialogue.  The message gets what the server said, if LINE is not NULL. */
static enum line_verdict fail(struct starttls *starttls, enum outcome outcome, const char *line,
	size_t len, const char *what)
{
	starttls->progress = STARTTLS_FAILED;
	starttls->outcome = outcome;
	(void)snprintf(starttls->message, sizeof starttls->message, "%s", what);
	if (line) {
		size_t used = strlen(starttls->message);

		if (sizeof starttls->message - used > 3) {
			memcpy(starttls->message + used, ": ", 3);
			used += 2;
		}
		text_printable(
			line, len, starttls->message + used, sizeof starttls->message - used);
	}
	return LINE_FAILED;
}

/* As fail(), and says goodbye: a server that waits for us should not have to. */
static enum line_verdict leave(
	struct starttls *starttls, const char *line, size_t len, const char *what)
{
	(void)buf_add_text(&starttls->out, starttls->dialogue->goodbye);
	return fail(starttls, OUTCOME_STARTTLS, line, len, what);
}

/* RFC 5321, 4.2: "250-more", "250 last", "250".  CODE 0 when it is nothing of that. */
static unsigned smtp_code(const char *line, size_t len, bool *ret_last)
{
	unsigned code = 0;

	if (len < 3 || (len > 3 && line[3] != ' ' && line[3] != '-'))
		return 0;
	for (size_t i = 0; i < 3; i++) {
		if (line[i] < '0' || line[i] > '9')
			return 0;
		code = code * 10 + (unsigned)(line[i] - '0');
	}
	*ret_last = len == 3 || line[3] == ' ';
	return code;
}

static enum line_verdict smtp_reply(struct starttls *starttls, const char *line, size_t len,
	unsigned expected, const char *refused)
{
	bool last = false;
	unsigned code = smtp_code(line, len, &last);

	if (code == 0)
		return fail(starttls, OUTCOME_STARTTLS, line, len, "not an SMTP reply");
	if (!last)
		return LINE_MORE;
	if (code == expected)
		return LINE_DONE;
	/* RFC 5321, 3.8: with 421 the server has said goodbye already. */
	if (code == 421)
		return fail(starttls, OUTCOME_STARTTLS, line, len, refused);
	return leave(starttls, line, len, refused);
}

static enum line_verdict smtp_greeting(struct starttls *starttls, const char *line, size_t len)
{
	return smtp_reply(starttls, line, len, 220, "the server does not serve us");
}

static enum line_verdict smtp_ehlo(struct starttls *starttls, const char *line, size_t len)
{
	/* RFC 5321, 4.1.1.1: the first line has the server's name, each other one a keyword. */
	if (starttls->reply_lines > 0 && len >= 12 && begins(line + 4, "STARTTLS") &&
		(len == 12 || line[12] == ' '))
		starttls->offered = true;
	enum line_verdict verdict = smtp_reply(starttls, line, len, 250, "EHLO was refused");
	if (verdict == LINE_DONE && !starttls->offered)
		return leave(starttls, NULL, 0, "the server does not offer STARTTLS");
	return verdict;
}

static enum line_verdict smtp_go(struct starttls *starttls, const char *line, size_t len)
{
	return smtp_reply(starttls, line, len, 220, "STARTTLS was refused");
}

static enum line_verdict imap_greeting(struct starttls *starttls, const char *line, size_t len)
{
	if (begins(line, "* OK"))
		return LINE_DONE;
	/* RFC 9051, 7.1.4: logged in already, and STARTTLS is only for those who are not. */
	if (begins(line, "* PREAUTH"))
		return leave(starttls, line, len, "logged in without a password, so no STARTTLS");
	if (begins(line, "* BYE"))
		return fail(starttls, OUTCOME_STARTTLS, line, len, "the server does not serve us");
	return fail(starttls, OUTCOME_STARTTLS, line, len, "not an IMAP greeting");
}

static enum line_verdict imap_go(struct starttls *starttls, const char *line, size_t len)
{
	if (begins(line, "* BYE"))
		return fail(starttls, OUTCOME_STARTTLS, line, len, "the server does not serve us");
	if (begins(line, "* "))
		return LINE_MORE;
	if (begins(line, "A OK"))
		return LINE_DONE;
	if (begins(line, "A NO") || begins(line, "A BAD"))
		return leave(starttls, line, len, "STARTTLS was refused");
	return fail(starttls, OUTCOME_STARTTLS, line, len, "not an IMAP answer");
}

static enum line_verdict pop3_reply(
	struct starttls *starttls, const char *line, size_t len, const char *refused)
{
	if (begins(line, "+OK"))
		return LINE_DONE;
	if (begins(line, "-ERR"))
		return leave(starttls, line, len, refused);
	return fail(starttls, OUTCOME_STARTTLS, line, len, "not a POP3 answer");
}

static enum line_verdict pop3_greeting(struct starttls *starttls, const char *line, size_t len)
{
	return pop3_reply(starttls, line, len, "the server does not serve us");
}

static enum line_verdict pop3_go(struct starttls *starttls, const char *line, size_t len)
{
	return pop3_reply(starttls, line, len, "STLS was refused");
}

static const struct dialogue_step smtp_steps[] = {
	{ "the greeting", NULL, false, smtp_greeting },
	{ "the answer to EHLO", "EHLO ", true, smtp_ehlo },
	{ "the answer to STARTTLS", "STARTTLS\r\n", false, smtp_go },
};

static const struct dialogue_step imap_steps[] = {
	{ "the greeting", NULL, false, imap_greeting },
	{ "the answer to STARTTLS", "a STARTTLS\r\n", false, imap_go },
};

static const struct dialogue_step pop3_steps[] = {
	{ "the greeting", NULL, false, pop3_greeting },
	{ "the answer to STLS", "STLS\r\n", false, pop3_go },
};

static const struct starttls_dialogue smtp = { "SMTP", "smtps", "QUIT\r\n", smtp_steps,
	ARRAY_LEN(smtp_steps) };
static const struct starttls_dialogue imap = { "IMAP", "imaps", "a LOGOUT\r\n", imap_steps,
	ARRAY_LEN(imap_steps) };
static const struct starttls_dialogue pop3 = { "POP3", "pop3s", "QUIT\r\n", pop3_steps,
	ARRAY_LEN(pop3_steps) };

static const struct starttls_dialogue *const dialogues[PROTOCOL_COUNT] = {
	[PROTOCOL_SMTP] = &smtp,
	[PROTOCOL_SUBMISSION] = &smtp,
	[PROTOCOL_IMAP] = &imap,
	[PROTOCOL_POP3] = &pop3,
};

bool starttls_speaks(enum protocol protocol)
{
	return protocol < PROTOCOL_COUNT && dialogues[protocol];
}

/* RFC 5321, 4.1.1.1 wants a name others can look up; RFC 1123, 2.1 says what one is made of. */
static bool is_full_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-";

	return strlen(name) < LIMIT_HOST_BYTES && name[strspn(name, allowed)] == '\0' &&
	       name[0] != '.' && strchr(name, '.') && name[strlen(name) - 1] != '.';
}

void starttls_init(struct starttls *starttls, enum protocol protocol, const char *helo)
{
	assert(starttls_speaks(protocol));
	*starttls = (struct starttls){
		.dialogue = dialogues[protocol],
		.helo = is_full_name(helo) ? helo : "localhost",
		.line = BUF_INIT(LIMIT_GREETING_BYTES),
		.out = BUF_INIT(LIMIT_GREETING_BYTES),
	};
}

void starttls_release(struct starttls *starttls)
{
	buf_release(&starttls->line);
	buf_release(&starttls->out);
}

const char *starttls_waits_for(const struct starttls *starttls)
{
	return starttls->dialogue->steps[starttls->step].waits_for;
}

const char *starttls_direct_scheme(const struct starttls *starttls)
{
	return starttls->dialogue->direct;
}

/* The reply is whole: sends the next command, or is through. */
static void advance(struct starttls *starttls)
{
	starttls->reply_bytes = 0;
	starttls->reply_lines = 0;
	if (starttls->step + 1 == starttls->dialogue->count) {
		starttls->progress = STARTTLS_READY;
		return;
	}
	starttls->step++;
	const struct dialogue_step *step = &starttls->dialogue->steps[starttls->step];
	(void)buf_add_text(&starttls->out, step->command);
	if (step->named)
		(void)buf_addf(&starttls->out, "%s\r\n", starttls->helo);
}

static void end_line(struct starttls *starttls)
{
	const struct dialogue_step *step = &starttls->dialogue->steps[starttls->step];
	size_t len = starttls->line.len;

	if (len > 0 && starttls->line.data[len - 1] == '\r')
		len--;
	enum line_verdict verdict = step->line(starttls, buf_text(&starttls->line), len);
	starttls->reply_lines++;
	buf_clear(&starttls->line);
	if (verdict == LINE_DONE)
		advance(starttls);
}

/* A handshake or alert record (RFC 8446, 5.1) can be no reply of these protocols. */
static bool is_tls(const struct buf *line)
{
	return line->len == 2 && (line->data[0] == 0x16 || line->data[0] == 0x15) &&
	       line->data[1] == 3;
}

static void feed_byte(struct starttls *starttls, char c)
{
	if (++starttls->reply_bytes > LIMIT_GREETING_BYTES) {
		(void)fail(starttls, OUTCOME_LIMIT, NULL, 0, "sent a reply that does not end");
		return;
	}
	if (c == '\n') {
		end_line(starttls);
		return;
	}
	if (!buf_add_char(&starttls->line, c)) {
		(void)fail(starttls, OUTCOME_INTERNAL, NULL, 0, "out of memory");
		return;
	}
	if (is_tls(&starttls->line)) {
		(void)fail(starttls, OUTCOME_STARTTLS, NULL, 0, "");
		(void)snprintf(starttls->message, sizeof starttls->message,
			"speaks TLS from the first byte; use %s://", starttls->dialogue->direct);
	}
}

enum starttls_progress starttls_feed(struct starttls *starttls, const void *bytes, size_t len)
{
	const char *text = bytes;

	/* What comes in clear behind the go-ahead may be anyone's: it is discarded, or TLS would
	 * begin with it (RFC 3207, 6). */
	for (size_t i = 0; i < len && starttls->progress == STARTTLS_MORE; i++)
		feed_byte(starttls, text[i]);
	return starttls->progress;
}
