/* SPDX-License-Identifier: MIT */
/*
 * resolve - the addresses of a name, from the hosts file and DNS
 *
 * The only door to c-ares.  A resolver belongs to one loop.  What it found, and
 * that there is no such name, it remembers by name for as long as it lives
 * (LIMIT_NAMES_KEPT of them); a failure that may pass it asks about again.
 *
 * The hosts file is the one that the variable CARES_HOSTS names, else the system's.
 * A name with a dot is complete; search domains are only tried for one
 * without.  Questions have no deadline of their own but c-ares's short tries:
 * who asks cancels when its own time is over.
 */
#ifndef CHECKER_ENGINE_RESOLVE_H
#define CHECKER_ENGINE_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include "checker/base/attr.h"
#include "checker/limits.h"

struct error;
struct loop;
struct resolve;
struct resolve_query;

/* Where to connect to, without the port. */
struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} socket;
	char text[LIMIT_ADDRESS_BYTES];
};

/* An address literal, IPv6 with its scope; false when TEXT is none. */
MUST_USE bool address_parse(const char *text, struct address *ret_address);

enum resolve_status {
	RESOLVE_FOUND,
	RESOLVE_NONE,   /* no such name, or no address */
	RESOLVE_FAILED, /* nobody could say; may be asked again */
};

struct resolve_answer {
	enum resolve_status status;
	const struct address *addresses; /* without duplicates, at most LIMIT_ADDRESSES */
	size_t count;
	size_t dropped;  /* further ones, that are not among them */
	const char *why; /* in plain words, NULL when found */
};

/* SERVERS as c-ares has them, "192.0.2.53,[2001:db8::53]:5353"; NULL: the system's. */
MUST_USE struct resolve *resolve_new(struct loop *loop, const char *servers, struct error *err);
void resolve_free(struct resolve *resolve);
DEFINE_CLEANUP(struct resolve *, resolve_free);

/*
 * Asks for the addresses of NAME.  ANSWERED is called from the loop, never from
 * in here; the query is gone then, and the answer goes when it returns.  NULL
 * when memory runs out.
 */
MUST_USE struct resolve_query *resolve_name(struct resolve *resolve, const char *name,
	void (*answered)(void *arg, const struct resolve_answer *answer), void *arg);

/* Asks DNS about one TYPE of records at NAME.  ANSWERED is c-ares's callback, called just once,
 * perhaps from in here, and at the end of the resolver at the latest.  For resolve_caa. */
void resolve_ask(struct resolve *resolve, const char *name, int type,
	void (*answered)(void *arg, int status, int timeouts, unsigned char *answer, int len),
	void *arg);

/* Nobody is called for this query any more. */
void resolve_cancel(struct resolve_query *query);

#endif
