/* SPDX-License-Identifier: MIT */
/*
 * resolve_direct - questions to name servers that the caller chooses, and whole answers
 *
 * resolve.h asks for addresses, of whoever is at hand; here each question names its server, and
 * what comes back is the message with its code and flags, whatever it says.  Questions carry EDNS
 * with the wish for signatures (RFC 3225), so that a resolver says whether it has checked them.
 *
 * Blocks; owns its sockets, no loop.  One for each thread.  A server that has not answered some
 * questions in a row is not asked again, so that dead ones cost their time once.
 */
#ifndef CHECKER_ENGINE_RESOLVE_DIRECT_H
#define CHECKER_ENGINE_RESOLVE_DIRECT_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct dns_message;
struct error;
struct resolve_direct;

#define RESOLVE_SERVER_BYTES 80 /* "[2001:db8::53]:65535" */

struct resolve_question {
	const char *server; /* address and port: "192.0.2.53:53", "[2001:db8::53]:53" */
	const char *name;
	int type;       /* enum dns_type, or another */
	bool recurse;   /* of a resolver: RD; an authoritative server is asked without */
	bool unchecked; /* CD: the answer, even where its signatures are wrong (RFC 4035, 3.2.2) */
	/* Results: */
	struct dns_message *answer; /* the caller frees it; NULL: none */
	const char *why;            /* there is none: a phrase; static */
};

/* TIMEOUT_S for each question, all its tries together. */
MUST_USE struct resolve_direct *resolve_direct_new(double timeout_s, struct error *err);
void resolve_direct_free(struct resolve_direct *direct);
DEFINE_CLEANUP(struct resolve_direct *, resolve_direct_free);

/*
 * Asks all COUNT questions, many at the same time.  No answer is a result, not an error; false only
 * when this program cannot go on.
 */
MUST_USE bool resolve_direct_ask(struct resolve_direct *direct, struct resolve_question *questions,
	size_t count, struct error *err);

/* The resolvers of this system, at most MOST, as `server` has them; how many. */
size_t resolve_direct_system(char (*servers)[RESOLVE_SERVER_BYTES], size_t most);

/* "ADDRESS", "ADDRESS:PORT" or "[V6]:PORT" as `server` has it; PORT where none is said. */
MUST_USE bool resolve_direct_server(
	const char *text, unsigned port, char out[static RESOLVE_SERVER_BYTES]);

#endif
