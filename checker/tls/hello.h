/* SPDX-License-Identifier: MIT */
/*
 * hello - the ClientHello of an offer (RFC 8446, 4.1.2; RFC 5246, 7.4.1.2)
 *
 * A pure function of what it is made from: the same hello can be made again when its hash is
 * needed, so it does not have to be kept.
 */
#ifndef CHECKER_TLS_HELLO_H
#define CHECKER_TLS_HELLO_H

#include "checker/tls/bytes.h"
#include "checker/tls/offer.h"

#define HELLO_RANDOM 32u
#define HELLO_BYTES 2048u /* enough without a cookie */

struct hello {
	enum handshake_offer offer;
	const char *sni; /* NULL: no server_name (RFC 6066, 3) */
	uint8_t random[HELLO_RANDOM];
	uint8_t session_id[32]; /* sent with TLS 1.3 only (RFC 8446, D.4) */
};

/* What a HelloRetryRequest asked for (RFC 8446, 4.1.4). */
struct hello_retry {
	const struct offer_group *group; /* NULL: the same shares again */
	struct bytes cookie;             /* len 0: none */
};

/*
 * The handshake message, header of four bytes included, into OUT, which has room for ROOM bytes;
 * RETRY is NULL for the first one.  Gives its length, 0 when it does not fit, neither in OUT nor
 * in a ClientHello.
 */
MUST_USE size_t hello_write(
	const struct hello *hello, const struct hello_retry *retry, uint8_t *out, size_t room);

#endif
