/* SPDX-License-Identifier: MIT */
/*
 * peer - servers that do as they are told, each a thread on loopback
 *
 * What they say is a function of the test's; what it needs for TLS is here.
 * Test code only; a failure aborts.
 */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct forge_cert;
struct forge;
struct ssl_ctx_st; /* SSL_CTX */
struct ssl_st;     /* SSL */

#define PEER_KEPT 512

struct peer {
	/* One connection, number COUNT from 1; it is closed after this unless true comes back. */
	bool (*serve)(struct peer *peer, int fd, unsigned count);
	const void *arg;
	struct ssl_ctx_st *tls;

	int listener;
	uint16_t port;
	pthread_t thread;
	atomic_uint count;
	atomic_bool stop;
	int kept[PEER_KEPT]; /* connections left open */
	size_t kept_count;
};

/* Listens on ADDRESS ("127.0.0.1", "::1") and PORT, 0 for any; false when that cannot be had. */
bool peer_listen(struct peer *peer, const char *address, uint16_t port);

/* Serves from then on. */
void peer_start(struct peer *peer);
void peer_stop(struct peer *peer);

/* A context that serves CHAIN, leaf first, for versions MIN to MAX; everything old is allowed. */
struct ssl_ctx_st *peer_tls(
	struct forge *forge, struct forge_cert *const chain[], size_t count, int min, int max);

/* Says TEXT, DELAY_MS after each byte, or in one piece when it is negative. */
void peer_say(int fd, const char *text, int delay_ms);
void peer_write(int fd, const void *bytes, size_t len);

/* A line of the client's into LINE, without its end; false when there is none. */
bool peer_hear(int fd, char *line, size_t size);

/* Reads something, a ClientHello, and drops it. */
void peer_swallow(int fd);

/* A whole handshake, then a second's patience for the end. */
bool peer_shake(struct peer *peer, int fd, unsigned count);

/* Ends with a reset when it is closed. */
void peer_will_reset(int fd);

/* TLS 1.2 in clear, by hand: ServerHello, with RFC 5746's extension when SECURE, and any
 * handshake message in records. */
void peer_raw_hello(int fd, uint16_t version, bool secure);
void peer_raw_message(int fd, uint8_t type, const void *body, size_t len, size_t announced);

#endif
