/* SPDX-License-Identifier: MIT */
/*
 * starttls - the plain dialogues that lead to TLS
 *
 * A machine that is fed what the server says and says what to send; it owns no
 * socket and looks at no clock.  How the bytes are cut into reads makes no
 * difference to it.
 *
 *	SMTP, submission  RFC 3207         FTP       RFC 4217, 12.1
 *	IMAP              RFC 9051, 6.2.1  LDAP      RFC 4511, 4.14
 *	POP3              RFC 2595, 4      Sieve     RFC 5804, 2.2
 *	NNTP              RFC 4642, 2.2    XMPP      RFC 6120, 5.4
 *	RDP               MS-RDPBCGR, 1.3.1.1
 *	PostgreSQL, MySQL and MariaDB: as their protocol documents say
 *
 * It asks for TLS and nothing else, never twice, and says goodbye where
 * it can when it does not come to TLS.  Whatever the server says is bounded: a reply that does not
 * end is OUTCOME_LIMIT, anything else that does not lead to TLS is OUTCOME_STARTTLS.
 */
#ifndef CHECKER_STARTTLS_STARTTLS_H
#define CHECKER_STARTTLS_STARTTLS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/platform.h"
#include "checker/target/target.h"

struct starttls_dialogue;

enum starttls_progress {
	STARTTLS_MORE,   /* needs more of what the server says */
	STARTTLS_READY,  /* once `out` is sent, the next byte belongs to TLS, on both sides */
	STARTTLS_FAILED, /* see outcome and message; `out` may hold a goodbye */
};

struct starttls {
	const struct starttls_dialogue *dialogue;
	size_t step;
	const char *helo, *name;
	enum starttls_progress progress;
	struct buf in; /* a line, packet or tag that is not whole yet */
	size_t reply_bytes;
	size_t reply_lines;
	unsigned code;  /* of a reply of several lines */
	unsigned depth; /* elements of XML that are open */
	char quote;     /* that an attribute's value is in; '\0': none */
	bool offered;   /* the server listed STARTTLS */
	struct buf out; /* to be sent; the caller takes it away */
	enum outcome outcome;
	char message[160];              /* printable English */
	char said[200];                 /* the same as a phrase */
	char greeting[PLATFORM_BANNER]; /* the first line that it said, printable */
	bool passing; /* it says "not now" (RFC 5321, 4.2.1: 4yz): another try may help */
};

/* Is there a dialogue for this protocol? */
bool starttls_speaks(enum protocol protocol);

/*
 * A dialogue for PROTOCOL, which has to be one that starttls_speaks().  Where the client speaks
 * first, `out` has its words at once.
 *
 * HELO is how this machine calls itself in EHLO (borrowed): its name if that is a full
 * one; anything that is not made of letters, digits, dots and dashes with a dot in
 * it becomes "localhost", which servers that only offer TLS do not mind.
 *
 * NAME is the host that is asked for (borrowed), which XMPP has to say in clear; NULL or anything
 * that is neither a host name nor an address becomes "localhost".
 */
void starttls_init(
	struct starttls *starttls, enum protocol protocol, const char *helo, const char *name);
void starttls_release(struct starttls *starttls);

/* What the server said next. */
enum starttls_progress starttls_feed(struct starttls *starttls, const void *bytes, size_t len);

/* What it waits for, for messages: "the greeting". */
const char *starttls_waits_for(const struct starttls *starttls);

/* Where it stood when the connection was gone, for messages: "before the greeting".  A server that
 * has said nothing may have wanted TLS at once, and then OUT says how it is asked for that. */
void starttls_place(const struct starttls *starttls, char *out, size_t size);

/* The scheme of the same service with TLS from the first byte: "smtps". */
const char *starttls_direct_scheme(const struct starttls *starttls);

#endif
