/* SPDX-License-Identifier: MIT */
/*
 * wire - the few things of TLS that are read here and not by OpenSSL
 *
 * What the first bytes of an answer are, and the list in a Certificate
 * message.  Pure: bytes in, answer out, no byte is read that is not there.
 */
#ifndef CHECKER_TLS_WIRE_H
#define CHECKER_TLS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

enum wire_kind {
	WIRE_SHORT, /* too few bytes to tell */
	WIRE_TLS,   /* a TLS record, SSL 3.0 included */
	WIRE_SSL2,  /* a ServerHello of SSL 2.0 */
	WIRE_OTHER,
};

/* So many bytes are enough for an answer other than WIRE_SHORT. */
#define WIRE_OPENING 7

/*
 * What begins with these bytes.  *RET_WORDS says it for WIRE_OTHER, ready to
 * follow the name of a server: "answers plain HTTP", a phrase.  With LAST no more bytes come.
 */
enum wire_kind wire_kind(const uint8_t *bytes, size_t len, bool last, const char **ret_words);

/*
 * Calls EACH for every certificate of a Certificate message's BODY (RFC 5246,
 * 7.4.2; RFC 8446, 4.4.2) up to the first length that lies.  False when EACH
 * said so, which ends it.
 */
MUST_USE bool wire_certificates(const uint8_t *body, size_t len, bool tls13,
	bool (*each)(void *arg, const uint8_t *der, size_t len), void *arg);

#endif
