/* SPDX-License-Identifier: MIT */
#include "checker/base/phrase.h"
#include "checker/starttls/starttls_dialogue.h"

#include <string.h>

#include "checker/base/text.h"

/* --- Lines, and what is in them --- */

/* No line of any of these protocols has a NUL or begins like that; who sends it may never send an
 * end of line.  What stands between the lines of an FTP reply is another matter. */
static bool is_text(const struct starttls *starttls)
{
	const struct buf *in = &starttls->in;
	char first = in->data[0];

	return in->data[in->len - 1] != '\0' &&
	       (starttls->code != 0 || (first >= ' ' && first <= '~') || first == '\r' ||
		       first == '\n' || first == '\t');
}

static void take_line(struct starttls *starttls)
{
	struct buf *in = &starttls->in;
	size_t len = in->len;

	if (starttls_meets_tls(starttls))
		return;
	if (!is_text(starttls)) {
		(void)starttls_fail(
			starttls, OUTCOME_STARTTLS, "sends bytes that are no text", in->data, len);
		return;
	}
	if (in->data[len - 1] != '\n')
		return;
	len--;
	if (len > 0 && in->data[len - 1] == '\r')
		len--;
	if (starttls->step == 0 && starttls->reply_lines == 0)
		text_printable(in->data, len, starttls->greeting, sizeof starttls->greeting);
	starttls_hear(starttls, in->data, len);
	/* An answer that is over counts no lines. */
	if (starttls->reply_bytes > 0)
		starttls->reply_lines++;
	buf_clear(in);
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool begins(const char *line, size_t len, const char *with)
{
	for (size_t i = 0; with[i]; i++)
		if (i == len || upper(line[i]) != with[i])
			return false;
	return true;
}

/* The upper-case WORD, and then a blank or nothing. */
static bool is_word(const char *line, size_t len, const char *word)
{
	size_t end = strlen(word);

	return begins(line, len, word) && (len == end || line[end] == ' ');
}

static bool contains(const char *line, size_t len, const char *with)
{
	for (size_t i = 0; i < len; i++)
		if (begins(line + i, len - i, with))
			return true;
	return false;
}

/* "not now", as it is said in brackets: RFC 5530, 3; RFC 3206, 4; RFC 5804, 1.3. */
static bool is_passing(const char *line, size_t len)
{
	return contains(line, len, "[UNAVAILABLE]") || contains(line, len, "[IN-USE]") ||
	       contains(line, len, "[SYS/TEMP]") || contains(line, len, "(TRYLATER");
}

/* "{123}" or "{123+}" at the end: what follows is no line (RFC 9051, 4.3; RFC 5804, 1.2). */
static bool has_literal(const char *line, size_t len)
{
	size_t at = len;

	if (at == 0 || line[--at] != '}')
		return false;
	if (at > 0 && line[at - 1] == '+')
		at--;
	size_t digits = at;
	while (at > 0 && line[at - 1] >= '0' && line[at - 1] <= '9')
		at--;
	return at < digits && at > 0 && line[at - 1] == '{';
}

/* --- Replies with a code: SMTP (RFC 5321, 4.2), FTP (RFC 959, 4.2), NNTP (RFC 3977, 3.2) --- */

/* "250-more", "250 last", "250".  0 when it is nothing of that. */
static unsigned reply_code(const char *line, size_t len, bool *ret_last)
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

/* A whole reply that was not the one that is wanted. */
static enum starttls_verdict refused(
	struct starttls *starttls, unsigned code, const char *line, size_t len, const char *words)
{
	starttls->passing = code >= 400 && code < 500;
	/* RFC 5321, 3.8; RFC 959, 5.4; RFC 3977, 3.2.1: the server has said goodbye already. */
	if (code == 421 || (code == 400 && starttls->dialogue == &starttls_nntp))
		return starttls_fail(starttls, OUTCOME_STARTTLS, words, line, len);
	return starttls_leave(starttls, words, line, len);
}

static enum starttls_verdict smtp_reply(struct starttls *starttls, const char *line, size_t len,
	unsigned expected, const char *words)
{
	bool last = false;
	unsigned code = reply_code(line, len, &last);

	if (code == 0)
		return starttls_fail(starttls, OUTCOME_STARTTLS, "not an SMTP reply", line, len);
	if (!last)
		return STARTTLS_HEAR_MORE;
	if (code == expected)
		return STARTTLS_HEARD;
	return refused(starttls, code, line, len, words);
}

static enum starttls_verdict smtp_greeting(struct starttls *starttls, const char *line, size_t len)
{
	return smtp_reply(starttls, line, len, 220, "the server does not serve us");
}

static void smtp_say_ehlo(struct starttls *starttls)
{
	(void)buf_addf(&starttls->out, "EHLO %s\r\n", starttls->helo);
}

static enum starttls_verdict smtp_ehlo(struct starttls *starttls, const char *line, size_t len)
{
	/* RFC 5321, 4.1.1.1: the first line has the server's name, each other one a keyword. */
	if (starttls->reply_lines > 0 && len > 4 && is_word(line + 4, len - 4, "STARTTLS"))
		starttls->offered = true;
	enum starttls_verdict verdict = smtp_reply(starttls, line, len, 250, "EHLO was refused");
	if (verdict == STARTTLS_HEARD && !starttls->offered)
		return starttls_leave(starttls, "the server does not offer STARTTLS", NULL, 0);
	return verdict;
}

static enum starttls_verdict smtp_go(struct starttls *starttls, const char *line, size_t len)
{
	return smtp_reply(starttls, line, len, 220, "STARTTLS was refused");
}

/* RFC 959, 4.2: between the first line and the last, which has the same code, stands anything. */
static enum starttls_verdict ftp_reply(struct starttls *starttls, const char *line, size_t len,
	unsigned expected, const char *words)
{
	bool last = false, inside = starttls->reply_lines > 0 && starttls->code != 0;
	unsigned code = reply_code(line, len, &last);

	if (inside && (code != starttls->code || !last))
		return STARTTLS_HEAR_MORE;
	if (code == 0)
		return starttls_fail(starttls, OUTCOME_STARTTLS, "not an FTP reply", line, len);
	starttls->code = last ? 0 : code;
	/* RFC 959, 5.4: "ready in some minutes", and the reply is still to come. */
	if (!last || code < 200)
		return STARTTLS_HEAR_MORE;
	return code == expected ? STARTTLS_HEARD : refused(starttls, code, line, len, words);
}

static enum starttls_verdict ftp_greeting(struct starttls *starttls, const char *line, size_t len)
{
	return ftp_reply(starttls, line, len, 220, "the server does not serve us");
}

/* RFC 4217, 12.1: 234, with nothing to be exchanged before TLS. */
static enum starttls_verdict ftp_go(struct starttls *starttls, const char *line, size_t len)
{
	return ftp_reply(starttls, line, len, 234, "AUTH TLS was refused");
}

static enum starttls_verdict nntp_reply(
	struct starttls *starttls, const char *line, size_t len, const char *words)
{
	bool last = false;
	unsigned code = reply_code(line, len, &last);

	/* RFC 3977, 3.2: a greeting and an answer to STARTTLS are one line. */
	if (code == 0 || !last)
		return starttls_fail(starttls, OUTCOME_STARTTLS, "not an NNTP reply", line, len);
	/* RFC 3977, 5.1.1: with and without the right to post.  RFC 4642, 2.2.2. */
	if (starttls->step == 0 ? code == 200 || code == 201 : code == 382)
		return STARTTLS_HEARD;
	return refused(starttls, code, line, len, words);
}

static enum starttls_verdict nntp_greeting(struct starttls *starttls, const char *line, size_t len)
{
	return nntp_reply(starttls, line, len, "the server does not serve us");
}

static enum starttls_verdict nntp_go(struct starttls *starttls, const char *line, size_t len)
{
	return nntp_reply(starttls, line, len, "STARTTLS was refused");
}

/* --- Answers in words: IMAP, POP3, Sieve --- */

static enum starttls_verdict imap_greeting(struct starttls *starttls, const char *line, size_t len)
{
	if (has_literal(line, len))
		return starttls_leave(starttls, "sends a literal for a greeting", line, len);
	if (is_word(line, len, "* OK"))
		return STARTTLS_HEARD;
	/* RFC 9051, 7.1.4: logged in already, and STARTTLS is only for those who are not. */
	if (is_word(line, len, "* PREAUTH"))
		return starttls_leave(
			starttls, "logged in without a password, so no STARTTLS", line, len);
	starttls->passing = is_passing(line, len);
	if (is_word(line, len, "* BYE"))
		return starttls_fail(
			starttls, OUTCOME_STARTTLS, "the server does not serve us", line, len);
	return starttls_fail(starttls, OUTCOME_STARTTLS, "not an IMAP greeting", line, len);
}

static enum starttls_verdict imap_go(struct starttls *starttls, const char *line, size_t len)
{
	/* Nothing that was asked for is answered with one, and what is in it could be any line. */
	if (has_literal(line, len))
		return starttls_leave(starttls, "sends a literal instead of an answer", line, len);
	if (is_word(line, len, "A OK"))
		return STARTTLS_HEARD;
	starttls->passing = is_passing(line, len);
	if (is_word(line, len, "* BYE"))
		return starttls_fail(
			starttls, OUTCOME_STARTTLS, "the server does not serve us", line, len);
	if (len >= 2 && memcmp(line, "* ", 2) == 0)
		return STARTTLS_HEAR_MORE;
	if (is_word(line, len, "A NO") || is_word(line, len, "A BAD"))
		return starttls_leave(starttls, "STARTTLS was refused", line, len);
	return starttls_fail(starttls, OUTCOME_STARTTLS, "not an IMAP answer", line, len);
}

static enum starttls_verdict pop3_reply(
	struct starttls *starttls, const char *line, size_t len, const char *words)
{
	if (is_word(line, len, "+OK"))
		return STARTTLS_HEARD;
	starttls->passing = is_passing(line, len);
	if (is_word(line, len, "-ERR"))
		return starttls_leave(starttls, words, line, len);
	return starttls_fail(starttls, OUTCOME_STARTTLS, "not a POP3 answer", line, len);
}

static enum starttls_verdict pop3_greeting(struct starttls *starttls, const char *line, size_t len)
{
	return pop3_reply(starttls, line, len, "the server does not serve us");
}

static enum starttls_verdict pop3_go(struct starttls *starttls, const char *line, size_t len)
{
	return pop3_reply(starttls, line, len, "STLS was refused");
}

/* RFC 5804, 1.2: lines of data, each of which begins with a string, then OK, NO or BYE. */
static enum starttls_verdict sieve_reply(
	struct starttls *starttls, const char *line, size_t len, const char *words)
{
	if (has_literal(line, len))
		return starttls_leave(
			starttls, "sends a literal where a string would do", line, len);
	if (is_word(line, len, "\"STARTTLS\""))
		starttls->offered = true;
	if (len > 0 && line[0] == '"')
		return STARTTLS_HEAR_MORE;
	if (is_word(line, len, "OK"))
		return STARTTLS_HEARD;
	starttls->passing = is_passing(line, len);
	if (is_word(line, len, "BYE"))
		return starttls_fail(starttls, OUTCOME_STARTTLS, words, line, len);
	if (is_word(line, len, "NO"))
		return starttls_leave(starttls, words, line, len);
	return starttls_fail(starttls, OUTCOME_STARTTLS, "not a ManageSieve answer", line, len);
}

static enum starttls_verdict sieve_greeting(struct starttls *starttls, const char *line, size_t len)
{
	enum starttls_verdict verdict = sieve_reply(
		starttls, line, len, "the server does not serve us");

	if (verdict == STARTTLS_HEARD && !starttls->offered)
		return starttls_leave(starttls, "the server does not offer STARTTLS", NULL, 0);
	return verdict;
}

static enum starttls_verdict sieve_go(struct starttls *starttls, const char *line, size_t len)
{
	return sieve_reply(starttls, line, len, "STARTTLS was refused");
}

/* --- The dialogues --- */

static const struct starttls_step smtp_steps[] = {
	{ PHRASE("the greeting"), { NULL, 0 }, NULL, smtp_greeting },
	{ PHRASE("the answer to EHLO"), { NULL, 0 }, smtp_say_ehlo, smtp_ehlo },
	{ PHRASE("the answer to STARTTLS"), STARTTLS_WORDS("STARTTLS\r\n"), NULL, smtp_go },
};

static const struct starttls_step imap_steps[] = {
	{ PHRASE("the greeting"), { NULL, 0 }, NULL, imap_greeting },
	{ PHRASE("the answer to STARTTLS"), STARTTLS_WORDS("a STARTTLS\r\n"), NULL, imap_go },
};

static const struct starttls_step pop3_steps[] = {
	{ PHRASE("the greeting"), { NULL, 0 }, NULL, pop3_greeting },
	{ PHRASE("the answer to STLS"), STARTTLS_WORDS("STLS\r\n"), NULL, pop3_go },
};

static const struct starttls_step ftp_steps[] = {
	{ PHRASE("the greeting"), { NULL, 0 }, NULL, ftp_greeting },
	{ PHRASE("the answer to AUTH TLS"), STARTTLS_WORDS("AUTH TLS\r\n"), NULL, ftp_go },
};

static const struct starttls_step sieve_steps[] = {
	{ PHRASE("the greeting"), { NULL, 0 }, NULL, sieve_greeting },
	{ PHRASE("the answer to STARTTLS"), STARTTLS_WORDS("STARTTLS\r\n"), NULL, sieve_go },
};

static const struct starttls_step nntp_steps[] = {
	{ PHRASE("the greeting"), { NULL, 0 }, NULL, nntp_greeting },
	{ PHRASE("the answer to STARTTLS"), STARTTLS_WORDS("STARTTLS\r\n"), NULL, nntp_go },
};

#define LINES(direct_, goodbye_, steps_)                                                     \
	{                                                                                    \
		.direct = (direct_), .goodbye = STARTTLS_WORDS(goodbye_), .take = take_line, \
		.steps = (steps_), .count = ARRAY_LEN(steps_),                               \
	}

const struct starttls_dialogue starttls_smtp = LINES("smtps", "QUIT\r\n", smtp_steps);
const struct starttls_dialogue starttls_imap = LINES("imaps", "a LOGOUT\r\n", imap_steps);
const struct starttls_dialogue starttls_pop3 = LINES("pop3s", "QUIT\r\n", pop3_steps);
const struct starttls_dialogue starttls_ftp = LINES("ftps", "QUIT\r\n", ftp_steps);
const struct starttls_dialogue starttls_sieve = LINES("tls", "LOGOUT\r\n", sieve_steps);
const struct starttls_dialogue starttls_nntp = LINES("tls", "QUIT\r\n", nntp_steps);
