/* SPDX-License-Identifier: MIT */
/*
 * flight - reads a TLS server by its first flight, and no further
 *
 * Sends one ClientHello, reads what answers it up to the message that proves possession of
 * the key (CertificateVerify, RFC 8446, 4.4.3; ServerKeyExchange, RFC 5246, 7.4.3), checks that
 * signature, says goodbye with an alert (RFC 8446, 6.1) and is done.  TLS 1.3 to 1.0; SSL 3.0 is
 * recognised and its chain read.  No application data is ever sent or read, and nothing in here
 * is a secret: see docs/adr/0006-a-reader-of-our-own.md.
 *
 * What a server sends is reassembled incrementally and bounded (limits.h), however it is cut
 * into reads, records and messages.
 */
#ifndef CHECKER_TLS_FLIGHT_H
#define CHECKER_TLS_FLIGHT_H

#include "checker/base/attr.h"
#include "checker/tls/handshake.h"

struct crypto;

/*
 * A reader that writes what it sees into OBSERVATION (borrowed).  CRYPTO belongs to the thread
 * and outlives it.  SNI may be NULL (RFC 6066, 3: no server_name is sent).  NULL when memory runs
 * out.
 */
MUST_USE struct handshake *flight_new(struct crypto *crypto, enum handshake_offer offer,
	const char *sni, struct observation *observation);

#endif
