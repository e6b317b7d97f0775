/* SPDX-License-Identifier: MIT */
/*
 * flight_state - what the parts of `flight` share, and nobody else knows
 *
 * flight.c has records and alerts, flight_hello.c the two hellos, flight_steps.c the messages
 * behind them and the proof, flight_state.c all the ways to end.
 */
#ifndef CHECKER_TLS_FLIGHT_STATE_H
#define CHECKER_TLS_FLIGHT_STATE_H

#include "checker/tls/crypto.h"
#include "checker/tls/fault.h"
#include "checker/tls/handshake.h"
#include "checker/tls/hello.h"
#include "checker/tls/offer.h"
#include "checker/tls/record.h"
#include "checker/tls/schedule.h"

/* What is waited for. */
enum flight_state {
	FLIGHT_START,          /* nothing: the ClientHello was not sent yet */
	FLIGHT_SERVER_HELLO,   /* or a HelloRetryRequest */
	FLIGHT_EXTENSIONS,     /* TLS 1.3: EncryptedExtensions */
	FLIGHT_CERTIFICATE_13, /* or a CertificateRequest before it */
	FLIGHT_VERIFY,         /* CertificateVerify: the proof */
	FLIGHT_CERTIFICATE_12, /* TLS 1.2 and older */
	FLIGHT_EXCHANGE,       /* ServerKeyExchange: the proof */
	FLIGHT_REQUEST,        /* a CertificateRequest, or the end */
	FLIGHT_HELLO_DONE,     /* the end */
	FLIGHT_OVER,
};

enum message_type {
	MESSAGE_HELLO_REQUEST = 0,
	MESSAGE_SERVER_HELLO = 2,
	MESSAGE_ENCRYPTED_EXTENSIONS = 8,
	MESSAGE_CERTIFICATE = 11,
	MESSAGE_SERVER_KEY_EXCHANGE = 12,
	MESSAGE_CERTIFICATE_REQUEST = 13,
	MESSAGE_SERVER_HELLO_DONE = 14,
	MESSAGE_CERTIFICATE_VERIFY = 15,
	MESSAGE_CERTIFICATE_STATUS = 22,
};

struct flight {
	struct handshake base;
	struct crypto *crypto; /* borrowed */
	enum flight_state state;
	enum handshake_progress progress;

	struct hello hello; /* ours; its sni is `name` */
	bool retried;       /* and it was sent twice */
	const struct offer_group *retry_group;
	bool said_change_cipher; /* RFC 8446, D.4 */

	unsigned version; /* 0 before the ServerHello */
	const struct offer_suite *suite;
	uint8_t server_random[HELLO_RANDOM];
	bool status;    /* a CertificateStatus may come */
	bool requested; /* a CertificateRequest came */
	bool strange;   /* the proof is there, but not for us to check */

	struct schedule schedule; /* TLS 1.3 */
	struct record_rest records, messages;
	size_t received;
	unsigned idle;
	char name[];
};

static inline bool flight_is_13(const struct flight *flight)
{
	return flight->version >= OFFER_TLS13;
}

/* --- flight_state.c: each gives what feed() is to give --- */

/* Everything that can be had was had: says goodbye. */
enum handshake_progress flight_done(struct flight *flight);

/* The server broke a rule: says so. */
enum handshake_progress flight_fault(struct flight *flight, const struct fault *fault);
enum handshake_progress flight_fault_as(
	struct flight *flight, enum alert alert, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* It sent more than is read. */
enum handshake_progress flight_limit(struct flight *flight, const char *fmt, ...) PRINTF_LIKE(2, 3);
enum handshake_progress flight_fail(
	struct flight *flight, enum outcome outcome, const char *fmt, ...) PRINTF_LIKE(3, 4);
enum handshake_progress flight_no_memory(struct flight *flight);

/* Something came that says nothing; there is a bound to how often. */
enum handshake_progress flight_idle(struct flight *flight, const char *what);

/* A change_cipher_spec for the sake of middleboxes, once (RFC 8446, D.4); false when memory runs
 * out. */
MUST_USE bool flight_change_cipher(struct flight *flight);

/* --- flight_hello.c --- */

enum handshake_progress flight_say_hello(struct flight *flight);

/* LAST: nothing is behind it in its record. */
enum handshake_progress flight_on_server_hello(
	struct flight *flight, const struct message *message, bool last);

/* --- flight_steps.c --- */

/* How long this message may be here: 0 when it has no place. */
size_t flight_message_max(const void *flight, uint8_t type);

enum handshake_progress flight_on_message(
	struct flight *flight, const struct message *message, bool last);

/* One that is longer than that; what is there of it is in MESSAGE. */
enum handshake_progress flight_on_long_message(
	struct flight *flight, const struct message *message);

#endif
