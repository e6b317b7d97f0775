/* SPDX-License-Identifier: MIT */
/*
 * inmem - OpenSSL's server in memory, for whoever reads it as a `struct handshake`
 *
 * No socket, no thread: bytes go back and forth until one side has enough.  Test code only; a
 * failure aborts.
 */
#ifndef TESTS_INMEM_H
#define TESTS_INMEM_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "checker/tls/handshake.h"

#define INMEM_CERTS 3

/*
 * A server with a key of KIND ("RSA", "RSA-PSS", "DSA", "ED25519", "ED448" or a curve's name),
 * its certificate and two more behind it.  Versions are those of TLS1_2_VERSION and so on; every
 * algorithm there is may be used, MIN_VERSION of 0: the oldest.
 */
SSL_CTX *inmem_server(const char *kind, int min_version, int max_version);

/* The certificate that the server sends at PLACE, 0 for the leaf; OPENSSL_free() it. */
uint8_t *inmem_der(SSL_CTX *server, size_t place, size_t *ret_len);

struct inmem {
	size_t step;     /* how many bytes are fed at once; 0: all there are */
	size_t most;     /* how many bytes a record of the server has; 0: all there are */
	unsigned hellos; /* records with a ClientHello that were sent */
	int alert;       /* the last alert that the server read, -1 for none */
	size_t sent;     /* bytes of the server */
	uint8_t *flight; /* they themselves, if `keeps`; free() it */
	bool keeps;
};

/* Plays it to its end; gives the last progress. */
enum handshake_progress inmem_play(
	SSL_CTX *server, struct handshake *handshake, struct inmem *inmem);

#endif
