/* SPDX-License-Identifier: MIT */
/*
 * handshake - what a connection needs of whoever reads a TLS server
 *
 * Two implementations: `flight`, our reader of the server's first flight, and `tls`,
 * OpenSSL's whole handshake.  Neither owns a socket or looks at a clock: bytes of the
 * server go in, bytes for it come out, and what was seen stands in the observation.
 */
#ifndef CHECKER_TLS_HANDSHAKE_H
#define CHECKER_TLS_HANDSHAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/observation.h"

enum handshake_offer {
	HANDSHAKE_OFFER_MODERN, /* every version from TLS 1.3 down to 1.0, algorithms of today */
	HANDSHAKE_OFFER_LEGACY, /* TLS 1.2 to 1.0, and whatever else servers of old insist on */
	HANDSHAKE_OFFER_RSA,    /* the modern one, but for leafs with RSA keys only */
	HANDSHAKE_OFFER_ECDSA,  /* ... with elliptic-curve keys only */
	HANDSHAKE_OFFER_TLS12,  /* the modern one without TLS 1.3 */
	HANDSHAKE_OFFER_COUNT,
};

enum handshake_progress {
	HANDSHAKE_MORE, /* needs more bytes of the server */
	HANDSHAKE_DONE, /* everything that this way of reading gets is in the observation */
	HANDSHAKE_FAILED,
};

struct handshake_failure {
	enum outcome outcome; /* OUTCOME_SERVED: it only wanted a certificate of ours */
	char message[160];    /* English */
	char said[200];       /* the same as a phrase */
	bool try_legacy;      /* an old server may fail like this */
	bool passing;         /* and any server may, once */
	bool try_without_sni; /* it said that it does not know the name */
};

struct handshake;

struct handshake_method {
	const char *name;
	/* What the server sent next, at most LIMIT_CHUNK_BYTES; nothing for the first call,
	 * which makes the ClientHello. */
	enum handshake_progress (*feed)(
		struct handshake *handshake, const uint8_t *bytes, size_t len);
	/* Notes version, cipher and stapled answer in the observation, as far as they are known. */
	void (*note)(struct handshake *handshake);
	void (*free)(struct handshake *handshake);
};

/* The part that both share; first member of each. */
struct handshake {
	const struct handshake_method *method;
	struct observation *observation;  /* borrowed */
	struct buf out;                   /* to be sent; the caller takes it away */
	struct handshake_failure failure; /* after HANDSHAKE_FAILED */
	bool declined; /* the chain is there, and the server was told that we have no certificate */
	bool unproven; /* the chain is there, and only a complete handshake can prove the key */
};

static inline enum handshake_progress handshake_feed(
	struct handshake *handshake, const uint8_t *bytes, size_t len)
{
	return handshake->method->feed(handshake, bytes, len);
}

static inline void handshake_note(struct handshake *handshake)
{
	handshake->method->note(handshake);
}

static inline void handshake_free(struct handshake *handshake)
{
	if (handshake)
		handshake->method->free(handshake);
}

#endif
