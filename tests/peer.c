/* SPDX-License-Identifier: MIT */
#include "tests/peer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/forge.h"

bool peer_listen(struct peer *peer, const char *address, uint16_t port)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	bool is_v6 = strchr(address, ':') != NULL;
	struct sockaddr *to = is_v6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
	socklen_t len = is_v6 ? sizeof v6 : sizeof v4;
	int on = 1;

	forge_must(inet_pton(is_v6 ? AF_INET6 : AF_INET, address,
			   is_v6 ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr) == 1,
		"an address");
	peer->listener = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (peer->listener < 0)
		return false;
	(void)setsockopt(peer->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(peer->listener, to, len) != 0 || listen(peer->listener, 512) != 0 ||
		getsockname(peer->listener, to, &len) != 0) {
		close(peer->listener);
		return false;
	}
	peer->port = ntohs(is_v6 ? v6.sin6_port : v4.sin_port);
	return true;
}

static void serve_one(struct peer *peer)
{
	const struct timeval patience = { .tv_sec = 5 };
	int fd = accept(peer->listener, NULL, NULL);

	if (fd < 0)
		return;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	unsigned count = atomic_fetch_add(&peer->count, 1) + 1;
	if (peer->serve(peer, fd, count) && peer->kept_count < PEER_KEPT)
		peer->kept[peer->kept_count++] = fd;
	else
		close(fd);
}

static void *serve_all(void *arg)
{
	struct peer *peer = arg;

	while (!atomic_load(&peer->stop)) {
		struct pollfd ready = { .fd = peer->listener, .events = POLLIN };

		if (poll(&ready, 1, 20) == 1)
			serve_one(peer);
	}
	return NULL;
}

void peer_start(struct peer *peer)
{
	/* The client may be gone when a server of ours still speaks. */
	(void)signal(SIGPIPE, SIG_IGN);
	forge_must(pthread_create(&peer->thread, NULL, serve_all, peer) == 0, "a thread");
}

void peer_stop(struct peer *peer)
{
	atomic_store(&peer->stop, true);
	(void)pthread_join(peer->thread, NULL);
	for (size_t i = 0; i < peer->kept_count; i++)
		close(peer->kept[i]);
	close(peer->listener);
	SSL_CTX_free(peer->tls);
}

SSL_CTX *peer_tls(
	struct forge *forge, struct forge_cert *const chain[], size_t count, int min, int max)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

	forge_must(tls != NULL, "a server");
	forge_must(SSL_CTX_set_min_proto_version(tls, min) == 1 &&
			   SSL_CTX_set_max_proto_version(tls, max) == 1 &&
			   SSL_CTX_set_cipher_list(tls, "ALL:@SECLEVEL=0") == 1,
		"a server's versions");
	forge_must(SSL_CTX_use_certificate(tls, chain[0]->x509) == 1 &&
			   SSL_CTX_use_PrivateKey(tls, forge_key(forge, chain[0]->key)) == 1,
		"a server's key");
	for (size_t i = 1; i < count; i++)
		forge_must(SSL_CTX_add1_chain_cert(tls, chain[i]->x509) == 1, "a server's chain");
	return tls;
}

void peer_write(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		at += sent;
		len -= (size_t)sent;
	}
}

void peer_say(int fd, const char *text, int delay_ms)
{
	if (delay_ms < 0) {
		peer_write(fd, text, strlen(text));
		return;
	}
	for (; *text; text++) {
		peer_write(fd, text, 1);
		if (delay_ms > 0)
			(void)poll(NULL, 0, delay_ms);
	}
}

bool peer_hear(int fd, char *line, size_t size)
{
	size_t len = 0;
	char c;

	while (len + 1 < size && recv(fd, &c, 1, 0) == 1) {
		if (c == '\n') {
			line[len] = '\0';
			return true;
		}
		if (c != '\r')
			line[len++] = c;
	}
	return false;
}

void peer_swallow(int fd)
{
	char chunk[8192];

	(void)!recv(fd, chunk, sizeof chunk, 0);
}

bool peer_shake(struct peer *peer, int fd, unsigned count)
{
	SSL *ssl = SSL_new(peer->tls);

	(void)count;
	forge_must(ssl != NULL && SSL_set_fd(ssl, fd) == 1, "a session");
	(void)SSL_accept(ssl);
	SSL_free(ssl);
	/* A close right now would be a reset when the client's last words are unread. */
	peer_swallow(fd);
	return false;
}

void peer_will_reset(int fd)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void peer_raw_message(int fd, uint8_t type, const void *body, size_t len, size_t announced)
{
	const uint8_t *at = body;
	uint8_t record[5 + 4 + 8192] = { 0x16, 3, 3 };
	size_t used = 5;

	record[used++] = type;
	record[used++] = (uint8_t)(announced >> 16);
	record[used++] = (uint8_t)(announced >> 8);
	record[used++] = (uint8_t)announced;
	do {
		size_t part = len < 8192 ? len : 8192;

		if (part > 0)
			memcpy(record + used, at, part);
		used += part;
		record[3] = (uint8_t)((used - 5) >> 8);
		record[4] = (uint8_t)(used - 5);
		peer_write(fd, record, used);
		at += part;
		len -= part;
		used = 5;
	} while (len > 0);
}

void peer_raw_hello(int fd, uint16_t version, bool secure)
{
	/* Random bytes, no session, ECDHE-ECDSA-AES128-GCM-SHA256, no compression, and an
	 * empty renegotiation_info. */
	static const uint8_t tail[] = { 0, 0xc0, 0x2b, 0, 0, 5, 0xff, 1, 0, 1, 0 };
	uint8_t body[2 + 32 + sizeof tail] = { (uint8_t)(version >> 8), (uint8_t)version };
	size_t len = secure ? sizeof body : 2 + 32 + 4;

	memset(body + 2, 0x5a, 32);
	memcpy(body + 34, tail, sizeof tail);
	peer_raw_message(fd, 2, body, len, len);
}
