/* SPDX-License-Identifier: MIT */
/*
 * starttls - the plain dialogues that lead to TLS
 *
 * A machine that is fed what the server says and says what to send; it owns no
 * socket and looks at no clock.  How the bytes are cut into reads makes no
 * difference to it.  SMTP and submission: RFC 3207; IMAP: RFC 9051, 6.2.1; POP3: RFC 2595, 4.
 *
 * It asks for STARTTLS and nothing else, never twice, and says goodbye where
 * it can when it does not come to TLS.
 */
#ifndef CHECKER_STARTTLS_H
#define CHECKER_STARTTLS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/target.h"

struct starttls_dialogue;

enum starttls_progress {
	STARTTLS_MORE,   /* needs more of what the server says */
	STARTTLS_READY,  /* the next byte belongs to TLS, on both sides */
	STARTTLS_FAILED, /* see outcome and message; `out` may hold a goodbye */
};

struct starttls {
	const struct starttls_dialogue *dialogue;
	size_t step;
	const char *helo;
	enum starttls_progress progress;
	struct buf line; /* that has no end yet */
	size_t reply_bytes;
	size_t reply_lines;
	bool offered;   /* the server listed STARTTLS */
	struct buf out; /* to be sent; the caller takes it away */
	enum outcome outcome;
	char message[160]; /* printable */
};

/* Is there a dialogue for this protocol? */
bool starttls_speaks(enum protocol protocol);

/*
 * A dialogue for PROTOCOL, which has to be one that starttls_speaks().  HELO is
 * how this machine calls itself in EHLO (borrowed): its name if that is a full
 * one; anything that is not made of letters, digits, dots and dashes with a dot in
 * it becomes "localhost", which servers that only offer TLS do not mind.
 */
void starttls_init(struct starttls *starttls, enum protocol protocol, const char *helo);
void starttls_release(struct starttls *starttls);

/* What the server said next. */
enum starttls_progress starttls_feed(struct starttls *starttls, const void *bytes, size_t len);

/* What it waits for, for messages: "the greeting". */
const char *starttls_waits_for(const struct starttls *starttls);

/* The scheme of the same service with TLS from the first byte: "smtps". */
const char *starttls_direct_scheme(const struct starttls *starttls);

#endif
