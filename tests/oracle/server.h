/* SPDX-License-Identifier: MIT */
/*
 * server - OpenSSL's side of one case: no socket, bytes in and bytes out
 *
 * A server is set up as its scenario says; each connection to it is a session.  Between the two
 * sides stands what a network does to bytes: records in clear are cut anew where the scenario says
 * so (RFC 8446, 5.1), and all are handed out in the pieces that it wants.  For one thread.
 * Test code only; a failure aborts.
 */
#ifndef TESTS_ORACLE_SERVER_H
#define TESTS_ORACLE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "checker/base/buf.h"
#include "tests/oracle/keyring.h"
#include "tests/oracle/scenario.h"

struct server {
	const struct keyring *ring;
	const struct scenario *scenario;
	SSL_CTX *ctx, *switched; /* the latter for those that ask for the name */
	uint8_t *staple;
};

void server_open(
	struct server *server, const struct keyring *ring, const struct scenario *scenario);
void server_close(struct server *server);

/* How a session stands, seen from the server. */
enum session_end {
	SESSION_WAITS,   /* in the handshake, or after it */
	SESSION_CLOSED,  /* the client said close_notify */
	SESSION_ALERTED, /* the client ended it with a fatal alert */
	SESSION_REFUSED, /* the server did */
};

struct session {
	const struct server *server;
	SSL *ssl;
	BIO *in, *out;   /* of SSL */
	struct buf wire; /* to the client */
	size_t taken;    /* of it */
	uint64_t random;
	bool sealed; /* from here on records are not in clear */
	bool stateless, accepted;
	enum session_end end;
	char why[120]; /* for SESSION_REFUSED and SESSION_ALERTED */
};

void session_open(struct session *session, const struct server *server);
void session_close(struct session *session);

/* What the client sends. */
void session_take(struct session *session, const void *bytes, size_t len);

/* What the client reads next, 0 when there is nothing. */
size_t session_give(struct session *session, uint8_t *bytes, size_t size);

/* The chain that was chosen: calls EACH for every certificate. */
void session_chain(const struct session *session,
	void (*each)(void *arg, const uint8_t *der, size_t len), void *arg);

#endif
