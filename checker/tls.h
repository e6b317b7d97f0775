/* SPDX-License-Identifier: MIT */
/*
 * tls - one handshake, as far as it goes, for the sake of its certificates
 *
 * The OpenSSL side of a connection: bytes in, bytes out, no socket and no
 * clock.  The chain is taken from the Certificate message itself, before
 * OpenSSL looks at it, so it is there even when a certificate in it is
 * malformed, and whatever the server does afterwards.  Nothing is verified
 * here: judging is for later, and for others.
 *
 * A `struct tls` is for one thread; its OpenSSL library context is its own, so
 * threads do not wait for each other and the machine's configuration of
 * OpenSSL (security level, oldest version) does not hide old servers.
 */
#ifndef CHECKER_TLS_H
#define CHECKER_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/observation.h"

struct buf;
struct error;
struct tls;
struct tls_session;

enum tls_offer {
	TLS_OFFER_MODERN, /* TLS 1.2 and 1.3 */
	TLS_OFFER_LEGACY, /* TLS 1.0 to 1.2, every cipher and signature there is, no RFC 5746 needed
			   */
	TLS_OFFER_COUNT,
};

MUST_USE struct tls *tls_new(struct error *err);
void tls_free(struct tls *tls);
DEFINE_CLEANUP(struct tls *, tls_free);

enum tls_progress {
	TLS_MORE,     /* needs more bytes of the server */
	TLS_COMPLETE, /* the handshake is over */
	TLS_FAILED,   /* see tls_session_failure() */
};

struct tls_failure {
	enum outcome outcome; /* OUTCOME_SERVED: it only wanted a certificate of ours */
	char message[160];
	bool try_legacy;      /* an old server may fail like this */
	bool passing;         /* and any server may, once */
	bool try_without_sni; /* it said that it does not know the name */
};

/*
 * A handshake that writes what it sees into OBSERVATION (borrowed): chain,
 * whether a client certificate was asked for.  SNI may be NULL.  NULL when
 * memory runs out.
 */
MUST_USE struct tls_session *tls_session_new(
	struct tls *tls, enum tls_offer offer, const char *sni, struct observation *observation);
void tls_session_free(struct tls_session *session);

/*
 * What the server sent next, at most LIMIT_CHUNK_BYTES; nothing at all for the
 * first call, which makes the ClientHello.
 */
enum tls_progress tls_session_feed(struct tls_session *session, const uint8_t *bytes, size_t len);

/* Moves what is to be sent to the end of OUT; false when it does not fit. */
MUST_USE bool tls_session_send(struct tls_session *session, struct buf *out);

/* Adds a close_notify to what is to be sent. */
void tls_session_say_goodbye(struct tls_session *session);

/*
 * Notes version, cipher and stapled answer in the observation, as far as they
 * are known by now.
 */
void tls_session_note(struct tls_session *session);

/* The Certificate message came, and we have told the server that we have none for it. */
bool tls_session_declined(const struct tls_session *session);

const struct tls_failure *tls_session_failure(const struct tls_session *session);

#endif
