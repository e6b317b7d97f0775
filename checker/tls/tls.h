/* SPDX-License-Identifier: MIT */
/*
 * tls - OpenSSL's whole handshake, for the sake of its certificates
 *
 * The second way to read a server (handshake.h), and the slower one: for proof that only the
 * end of a handshake gives, for what the reader of the first flight does not know, and as what
 * that reader is compared with.
 *
 * The chain is taken from the Certificate message itself, before OpenSSL looks at it, so it is
 * there even when a certificate in it is malformed, and whatever the server does afterwards.
 * Nothing is verified here but the possession of the key: judging is for later, and for others.
 */
#ifndef CHECKER_TLS_TLS_H
#define CHECKER_TLS_TLS_H

#include "checker/base/attr.h"
#include "checker/tls/handshake.h"

struct tls;

/*
 * For one thread.  Its OpenSSL library context is its own, so threads do not wait for each
 * other and the machine's configuration of OpenSSL (security level, oldest version) does not
 * hide old servers.  It costs little before the first handshake.  NULL when memory runs out.
 */
MUST_USE struct tls *tls_new(void);
void tls_free(struct tls *tls);
DEFINE_CLEANUP(struct tls *, tls_free);

/*
 * A handshake that writes what it sees into OBSERVATION (borrowed).  SNI may be NULL (RFC 6066,
 * 3: no server_name is sent).  TLS outlives it.  NULL when memory runs out.
 *
 * At its end `complete` is set, `proven` says what the server's signature or its Finished showed,
 * and a close_notify is in `out`.
 */
MUST_USE struct handshake *tls_handshake_new(struct tls *tls, enum handshake_offer offer,
	const char *sni, struct observation *observation);

/*
 * Behind the handshake a server of HTTP is asked for its head, and of others the greeting is waited
 * for: `banner` and `platform` of the observation say what came.  Before the first feed.
 */
void tls_handshake_ask(struct handshake *handshake);

#endif
