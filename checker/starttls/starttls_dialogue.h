/* SPDX-License-Identifier: MIT */
/*
 * starttls_dialogue - what a dialogue is: shared by the files of starttls only
 *
 * A dialogue is a list of steps: something is said, then something is waited for.  Its `take` cuts
 * what comes into lines (starttls_lines.c), packets (starttls_packets.c) or tags (starttls_xmpp.c)
 * and shows each to the step's `hear`; starttls.c has the table of dialogues and
 * feeds them.
 *
 * Nobody but these files includes this header.
 */
#ifndef CHECKER_STARTTLS_STARTTLS_DIALOGUE_H
#define CHECKER_STARTTLS_STARTTLS_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/starttls/starttls.h"

enum starttls_verdict {
	STARTTLS_HEAR_MORE, /* that was not all of the answer */
	STARTTLS_HEARD,     /* it was, and it is good */
	STARTTLS_REFUSED,   /* starttls_fail() was called */
};

struct starttls_words {
	const char *bytes;
	size_t len;
};
#define STARTTLS_WORDS(text)           \
	{                              \
		text, sizeof(text) - 1 \
	}

struct starttls_step {
	const char *waits_for;
	struct starttls_words command;            /* sent before waiting; may be empty */
	void (*speak)(struct starttls *starttls); /* adds words that depend; may be NULL */
	enum starttls_verdict (*hear)(struct starttls *starttls, const char *bytes, size_t len);
};

struct starttls_dialogue {
	const char *direct; /* the scheme with TLS from the first byte */
	struct starttls_words goodbye;
	/* `in` has one byte more. */
	void (*take)(struct starttls *starttls);
	const struct starttls_step *steps;
	size_t count;
};

extern const struct starttls_dialogue starttls_smtp, starttls_imap, starttls_pop3, starttls_ftp,
	starttls_sieve, starttls_nntp, starttls_ldap, starttls_postgres, starttls_mysql,
	starttls_rdp, starttls_xmpp;

/* Ends the dialogue.  The message is WHAT and, if SAID is not NULL, what the server said. */
enum starttls_verdict starttls_fail(struct starttls *starttls, enum outcome outcome,
	const char *what, const char *said, size_t len);

/* As starttls_fail() with OUTCOME_STARTTLS; a server that waits for us is told goodbye. */
enum starttls_verdict starttls_leave(
	struct starttls *starttls, const char *what, const char *said, size_t len);

/* Says what is said at the beginning of the current step. */
void starttls_say(struct starttls *starttls);

/* Shows the current step what was cut out of `in`, and goes on to the next one if that was it. */
void starttls_hear(struct starttls *starttls, const char *bytes, size_t len);

/*
 * A handshake or alert record (RFC 8446, 5.1) is no reply of any of these protocols.  True while it
 * may yet become one, or when it is, which ends the dialogue.
 */
bool starttls_meets_tls(struct starttls *starttls);

#endif
