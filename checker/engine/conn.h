/* SPDX-License-Identifier: MIT */
/*
 * conn - everything that is done with one address of one target
 *
 * Waits for its turn, connects, asks a proxy for a tunnel, speaks the dialogue that leads to TLS,
 * shakes hands, and does so again where another try may help (attempt.h); all of it before one
 * deadline, which does not run while it is this machine or good manners that make it wait.  A
 * table of states, each with a step, and one function that changes the state.  However it ends,
 * it ends with one call of `done`.
 *
 * In four rooms: conn.c has the states and the time, conn_talk.c what is said before TLS,
 * conn_shake.c the handshakes, conn_state.c what comes after a try and what all of them share.
 */
#ifndef CHECKER_ENGINE_CONN_H
#define CHECKER_ENGINE_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/tls/handshake.h"

struct address;
struct conn;
struct crypto;
struct gate;
struct observation;
struct pace;
struct proxy;
struct sockets;
struct tls;

/* What the connections of one thread share; outlives them. */
struct conn_context {
	struct sockets *sockets;
	struct gate *gate;
	struct crypto *crypto;
	struct tls *tls;
	struct pace *pace;         /* further tries count; NULL: no limit */
	const struct proxy *proxy; /* whose address is connected to; NULL: the target's */
	const char *helo;          /* how this machine calls itself to mail servers */
	unsigned retries;          /* after a network failure */
	double timeout_s;          /* for messages */
	bool complete;             /* OpenSSL's whole handshake, always */
	bool identify;             /* keep what servers call themselves */
	void (*done)(void *arg, struct observation *observation); /* the conn is gone then */
};

/* One way to look, and no other. */
struct conn_way {
	enum handshake_offer offer;
	bool without_sni;
	bool asks; /* behind a whole handshake, what software it is */
};

/*
 * Begins with ADDRESS, of OBSERVATION's target or of the proxy.  From here on the observation is
 * the connection's, until `done` gets it with ARG, which is never from in here.
 * DEADLINE_US is of clock_monotonic_us().  WAY may be NULL: whatever leads to a chain.
 * NULL when memory runs out; the observation is still the caller's then.
 */
MUST_USE struct conn *conn_new(const struct conn_context *context, struct observation *observation,
	const struct address *address, const struct conn_way *way, uint64_t deadline_us, void *arg);

/* Drops everything; nobody is called. */
void conn_free(struct conn *conn);

#endif
