/* SPDX-License-Identifier: MIT */
/*
 * impostor - a TLS server made by hand, message by message, that may break every rule
 *
 * It answers one ClientHello of a `struct handshake`, in clear or, after impostor_keys(), with
 * the keys of TLS 1.3; what it says collects in `out` until impostor_feed().  Its randoms are
 * fixed.  Test code only; a failure aborts.
 */
#ifndef TESTS_IMPOSTOR_H
#define TESTS_IMPOSTOR_H

#include <openssl/types.h>

#include "checker/base/buf.h"
#include "checker/tls/bytes.h"
#include "checker/tls/handshake.h"
#include "checker/tls/offer.h"
#include "checker/tls/schedule.h"

struct impostor {
	struct crypto *crypto; /* borrowed */
	struct schedule schedule;
	struct buf hello; /* the last ClientHello, without its record */
	struct buf out;
	uint8_t session_id[32];
	size_t session_id_len;
};

void impostor_init(struct impostor *impostor, struct crypto *crypto);
void impostor_release(struct impostor *impostor);

/* Makes HANDSHAKE say something, and takes its ClientHello away. */
void impostor_hear(struct impostor *impostor, struct handshake *handshake);

/* Hands over what was said, STEP bytes at a time, 0 for all that is allowed. */
enum handshake_progress impostor_feed(
	struct impostor *impostor, struct handshake *handshake, size_t step);

/* A record of any type, and any bytes that are none. */
void impostor_record(struct impostor *impostor, uint8_t type, const void *bytes, size_t len);
void impostor_raw(struct impostor *impostor, const void *bytes, size_t len);

/* A handshake message in a record of its own, and in the transcript. */
void impostor_message(struct impostor *impostor, uint8_t type, struct bytes body);

struct impostor_hello {
	unsigned version; /* 0x0304: said by supported_versions */
	unsigned suite;
	unsigned group;        /* of a key share, made up; 0: none */
	bool retry;            /* a HelloRetryRequest */
	struct bytes more;     /* extensions */
	const uint8_t *random; /* NULL: the usual one */
};

void impostor_hello(struct impostor *impostor, const struct impostor_hello *hello);

/* After a ServerHello of TLS 1.3 whose share was of GROUP. */
void impostor_keys(struct impostor *impostor, unsigned group);

/* A Certificate message; each is DER. */
void impostor_certificates(
	struct impostor *impostor, const struct bytes *ders, size_t count, bool tls13);

/* CertificateVerify by KEY (of Ed25519) over what was said so far. */
void impostor_verify(struct impostor *impostor, EVP_PKEY *key);

/* ServerKeyExchange of TLS 1.2: PARAMS, signed by KEY (of Ed25519). */
void impostor_key_exchange(struct impostor *impostor, EVP_PKEY *key, struct bytes params);

#endif
