/* SPDX-License-Identifier: MIT */
#include "checker/starttls/starttls.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/starttls/starttls_dialogue.h"

static const struct starttls_dialogue *const dialogues[PROTOCOL_COUNT] = {
	[PROTOCOL_SMTP] = &starttls_smtp,
	[PROTOCOL_SUBMISSION] = &starttls_smtp,
	[PROTOCOL_IMAP] = &starttls_imap,
	[PROTOCOL_POP3] = &starttls_pop3,
	[PROTOCOL_LDAP] = &starttls_ldap,
	[PROTOCOL_FTP] = &starttls_ftp,
	[PROTOCOL_POSTGRES] = &starttls_postgres,
	[PROTOCOL_MYSQL] = &starttls_mysql,
	[PROTOCOL_XMPP] = &starttls_xmpp,
	[PROTOCOL_SIEVE] = &starttls_sieve,
	[PROTOCOL_NNTP] = &starttls_nntp,
	[PROTOCOL_RDP] = &starttls_rdp,
};

bool starttls_speaks(enum protocol protocol)
{
	return protocol < PROTOCOL_COUNT && dialogues[protocol];
}

/* Is NAME made of letters, digits and what else is in PUNCTUATION? */
static bool is_made_of(const char *name, const char *punctuation)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789";
	size_t at = 0;

	while (name[at] != '\0' && (strchr(allowed, name[at]) || strchr(punctuation, name[at])))
		at++;
	return at > 0 && at < LIMIT_HOST_BYTES && name[at] == '\0';
}

/* RFC 5321, 4.1.1.1 wants a name others can look up; RFC 1123, 2.1 says what one is made of. */
static bool is_full_name(const char *name)
{
	return is_made_of(name, ".-") && name[0] != '.' && strchr(name, '.') &&
	       name[strlen(name) - 1] != '.';
}

void starttls_init(
	struct starttls *starttls, enum protocol protocol, const char *helo, const char *name)
{
	assert(starttls_speaks(protocol));
	*starttls = (struct starttls){
		.dialogue = dialogues[protocol],
		.helo = is_full_name(helo) ? helo : "localhost",
		.name = name && is_made_of(name, ".-_:") ? name : "localhost",
		.in = BUF_INIT(LIMIT_GREETING_BYTES),
		.out = BUF_INIT(LIMIT_GREETING_BYTES),
	};
	starttls_say(starttls);
}

void starttls_release(struct starttls *starttls)
{
	buf_release(&starttls->in);
	buf_release(&starttls->out);
}

const char *starttls_waits_for(const struct starttls *starttls)
{
	return starttls->dialogue->steps[starttls->step].waits_for;
}

void starttls_place(const struct starttls *starttls, char *out, size_t size)
{
	bool silent = starttls->step == 0 && starttls->reply_bytes == 0;

	if (silent)
		phrase_say(out, size, "before %s (TLS from the first byte would be %s://)",
			starttls_waits_for(starttls), starttls->dialogue->direct);
	else
		phrase_say(out, size, "before %s", starttls_waits_for(starttls));
}

const char *starttls_direct_scheme(const struct starttls *starttls)
{
	return starttls->dialogue->direct;
}

static void feed_byte(struct starttls *starttls, char c)
{
	if (++starttls->reply_bytes > LIMIT_GREETING_BYTES) {
		(void)starttls_fail(
			starttls, OUTCOME_LIMIT, "sent a reply that does not end", NULL, 0);
		return;
	}
	if (buf_add_char(&starttls->in, c))
		starttls->dialogue->take(starttls);
	/* Nothing half is sent, and nothing half is taken for an answer. */
	if (starttls->in.failed || starttls->out.failed)
		(void)starttls_fail(starttls, OUTCOME_INTERNAL, "out of memory", NULL, 0);
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
