/* SPDX-License-Identifier: MIT */
/*
 * bare MODE IN-FLIGHT LIST - what a client costs that does nothing with what it gets
 *
 * The reference that a scanner is measured against: one thread, one SSL_CTX, epoll, IN-FLIGHT
 * connections at a time to the addresses of LIST (addresses.h), each closed by a reset.  MODE:
 *
 *	full	OpenSSL's whole handshake as it comes; nothing is verified, judged or written
 *	hello	a ClientHello is sent, and what has come when something came is read once
 *	connect	nothing but TCP: the floor
 *
 * Prints how many connections did that, and how many failed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "tests/bench/addresses.h"

#define MOST_IN_FLIGHT 16000
#define EVENTS 256
#define PATIENCE_MS 10000
#define HELLO_BYTES 2048
#define FLIGHT_BYTES 16384

enum mode { MODE_FULL, MODE_HELLO, MODE_CONNECT };

enum progress { WAITS, DONE, FAILED };

struct conn {
	SSL *ssl; /* MODE_FULL */
	int fd;
	bool said; /* MODE_HELLO: the ClientHello is out */
};

struct client {
	enum mode mode;
	int poll;
	SSL_CTX *ctx;
	unsigned char hello[HELLO_BYTES];
	int hello_len;
	const struct addresses *addresses;
	size_t next, in_flight;
	size_t done, failed;
};

/* The bytes that OpenSSL would begin with. */
static bool make_hello(struct client *client)
{
	SSL *ssl = SSL_new(client->ctx);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	if (!ssl || !in || !out)
		return false;
	SSL_set_bio(ssl, in, out);
	(void)SSL_connect(ssl);
	client->hello_len = BIO_read(out, client->hello, sizeof client->hello);
	SSL_free(ssl);
	ERR_clear_error();
	return client->hello_len > 0;
}

/* Reset instead of an orderly end: no side keeps anything of it. */
static void conn_end(struct client *client, struct conn *conn, bool good)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	SSL_free(conn->ssl);
	close(conn->fd);
	free(conn);
	client->in_flight--;
	*(good ? &client->done : &client->failed) += 1;
}

static bool conn_begin(struct client *client, const struct sockaddr_in *to)
{
	struct conn *conn = calloc(1, sizeof *conn);
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		.data.ptr = conn,
	};

	if (!conn)
		return false;
	client->in_flight++;
	conn->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (client->mode == MODE_FULL)
		conn->ssl = SSL_new(client->ctx);
	bool good = conn->fd >= 0 && (client->mode != MODE_FULL || conn->ssl) &&
		    (connect(conn->fd, (const struct sockaddr *)to, sizeof *to) == 0 ||
			    errno == EINPROGRESS) &&
		    epoll_ctl(client->poll, EPOLL_CTL_ADD, conn->fd, &event) == 0;
	if (good && conn->ssl) {
		good = SSL_set_fd(conn->ssl, conn->fd) == 1;
		SSL_set_connect_state(conn->ssl);
	}
	if (!good)
		conn_end(client, conn, false);
	return true;
}

static enum progress shake_hands(struct conn *conn)
{
	int said = SSL_do_handshake(conn->ssl);

	if (said == 1)
		return DONE;
	int why = SSL_get_error(conn->ssl, said);

	ERR_clear_error();
	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? WAITS : FAILED;
}

static enum progress say_hello(struct client *client, struct conn *conn, uint32_t events)
{
	char flight[FLIGHT_BYTES];

	if (!conn->said) {
		conn->said = send(conn->fd, client->hello, (size_t)client->hello_len,
				     MSG_NOSIGNAL) == client->hello_len;
		if (!conn->said)
			return FAILED;
	}
	if (!(events & EPOLLIN))
		return WAITS;
	return recv(conn->fd, flight, sizeof flight, 0) > 0 ? DONE : FAILED;
}

static enum progress step(struct client *client, struct conn *conn, uint32_t events)
{
	if (events & (EPOLLERR | EPOLLHUP))
		return FAILED;
	switch (client->mode) {
	case MODE_FULL:
		return shake_hands(conn);
	case MODE_HELLO:
		return say_hello(client, conn, events);
	case MODE_CONNECT:
		break;
	}
	return events & EPOLLOUT ? DONE : WAITS;
}

/* False when nothing happens any more. */
static bool client_run(struct client *client, size_t most)
{
	struct epoll_event events[EVENTS];

	while (client->in_flight || client->next < client->addresses->all.count) {
		while (client->in_flight < most && client->next < client->addresses->all.count)
			if (!conn_begin(client, &client->addresses->all.items[client->next++]))
				return false;
		int count = epoll_wait(client->poll, events, EVENTS, PATIENCE_MS);

		if (count <= 0)
			return client->in_flight == 0;
		for (int i = 0; i < count; i++) {
			enum progress progress = step(client, events[i].data.ptr, events[i].events);

			if (progress != WAITS)
				conn_end(client, events[i].data.ptr, progress == DONE);
		}
	}
	return true;
}

static bool mode_by_name(const char *name, enum mode *ret_mode)
{
	static const char *const names[] = {
		[MODE_FULL] = "full",
		[MODE_HELLO] = "hello",
		[MODE_CONNECT] = "connect",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*ret_mode = (enum mode)i;
			return true;
		}
	}
	return false;
}

int main(int argc, char *argv[])
{
	struct error err = { .code = ERROR_NONE };
	struct addresses addresses;
	struct client client = { .addresses = &addresses };
	uint64_t most = 0;

	if (argc != 4 || !mode_by_name(argv[1], &client.mode) ||
		!text_to_uint(argv[2], MOST_IN_FLIGHT, &most) || most == 0) {
		fputs("usage: bare full|hello|connect IN-FLIGHT LIST\n", stderr);
		return 2;
	}
	if (!addresses_read(&addresses, argv[3], &err)) {
		fprintf(stderr, "bare: %s\n", err.text);
		return 2;
	}
	client.poll = epoll_create1(EPOLL_CLOEXEC);
	client.ctx = SSL_CTX_new(TLS_client_method());
	if (client.poll < 0 || !client.ctx || !make_hello(&client)) {
		fputs("bare: cannot begin\n", stderr);
		return 2;
	}
	bool whole = client_run(&client, (size_t)most);

	printf("%zu done, %zu failed\n", client.done, client.failed + client.in_flight);
	SSL_CTX_free(client.ctx);
	close(client.poll);
	addresses_release(&addresses);
	return whole && client.failed == 0 ? 0 : 1;
}
