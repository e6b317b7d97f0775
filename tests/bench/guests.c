/* SPDX-License-Identifier: MIT */
#include "tests/bench/guests.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "checker/base/clock.h"
#include "tests/bench/doors.h"

#define REQUEST_BYTES 4096

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
			     "Content-Length: 3\r\nConnection: close\r\n\r\nok\n";

struct guest {
	struct guest *earlier, *later;
	uint64_t came_us;
	SSL *ssl;
	int fd;
	bool greeted; /* the handshake is done */
	size_t len;
	char request[REQUEST_BYTES];
};

struct guests {
	struct doors *doors;
	int poll;
	struct guest *first, *last; /* in the order they came */
};

struct guests *guests_new(struct doors *doors, int poll)
{
	struct guests *guests = calloc(1, sizeof *guests);

	if (guests)
		*guests = (struct guests){ .doors = doors, .poll = poll };
	return guests;
}

static void leave(struct guests *guests, struct guest *guest)
{
	*(guest->earlier ? &guest->earlier->later : &guests->first) = guest->later;
	*(guest->later ? &guest->later->earlier : &guests->last) = guest->earlier;
	SSL_free(guest->ssl);
	close(guest->fd);
	free(guest);
}

void guests_free(struct guests *guests)
{
	while (guests && guests->first)
		leave(guests, guests->first);
	free(guests);
}

void guests_let_in(struct guests *guests, int fd, size_t number)
{
	struct guest *guest = malloc(sizeof *guest);
	SSL *ssl = guest ? doors_greet(guests->doors, number, fd) : NULL;
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		.data.ptr = guest,
	};

	if (!ssl || epoll_ctl(guests->poll, EPOLL_CTL_ADD, fd, &event) < 0) {
		SSL_free(ssl);
		free(guest);
		close(fd);
		return;
	}
	guest->ssl = ssl;
	guest->fd = fd;
	guest->greeted = false;
	guest->len = 0;
	guest->came_us = clock_monotonic_us();
	guest->later = NULL;
	guest->earlier = guests->last;
	*(guests->last ? &guests->last->later : &guests->first) = guest;
	guests->last = guest;
}

/* Whether an answer of OpenSSL's only means that the socket has to be waited for. */
static bool waits(const struct guest *guest, int said)
{
	int why = SSL_get_error(guest->ssl, said);

	ERR_clear_error();
	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

/* True while there is more to come. */
static bool converse(struct guest *guest)
{
	if (!guest->greeted) {
		int said = SSL_do_handshake(guest->ssl);

		if (said != 1)
			return waits(guest, said);
		guest->greeted = true;
	}
	for (;;) {
		size_t room = REQUEST_BYTES - 1 - guest->len;
		int said = SSL_read(guest->ssl, guest->request + guest->len, (int)room);

		if (said <= 0)
			return room > 0 && waits(guest, said);
		guest->len += (size_t)said;
		guest->request[guest->len] = '\0';
		if (strstr(guest->request, "\r\n\r\n"))
			break;
	}
	if (SSL_write(guest->ssl, answer, (int)strlen(answer)) > 0)
		(void)SSL_shutdown(guest->ssl);
	ERR_clear_error();
	return false;
}

void guests_attend(struct guests *guests, struct guest *guest)
{
	if (!converse(guest))
		leave(guests, guest);
}

void guests_show_out(struct guests *guests)
{
	uint64_t now = clock_monotonic_us();

	while (guests->first && now - guests->first->came_us > GUEST_SECONDS * UINT64_C(1000000))
		leave(guests, guests->first);
}
