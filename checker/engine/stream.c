/* SPDX-License-Identifier: MIT */
#include "checker/engine/stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checker/base/phrase.h"
#include "checker/engine/resolve.h"

#define OUT_MAX 65536 /* a ClientHello, an answer to a request; never more is waiting */
#define IN_MAX 65536  /* of one read */

/* --- Sockets --- */

/* The ports that connect() picks from: without the file, any that it might. */
static void read_ports(struct sockets *sockets)
{
	unsigned lowest = 0, highest = 0;
	FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");

	if (file) {
		if (fscanf(file, "%u %u", &lowest, &highest) != 2)
			lowest = highest = 0;
		(void)fclose(file);
	}
	sockets->lowest = lowest > 0 && lowest <= UINT16_MAX ? (uint16_t)lowest : 1024;
	sockets->highest = highest > 0 && highest <= UINT16_MAX ? (uint16_t)highest : UINT16_MAX;
}

void sockets_init(struct sockets *sockets, struct loop *loop, const atomic_bool *none_spare)
{
	*sockets = (struct sockets){ .loop = loop, .none_spare = none_spare };
	read_ports(sockets);
}

static size_t slot_of(int family)
{
	return family == AF_INET6 ? 1 : 0;
}

static void sockets_drop(struct sockets *sockets, size_t slot)
{
	while (sockets->idle[slot].count > 0)
		(void)close(sockets->idle[slot].fds[--sockets->idle[slot].count]);
}

void sockets_release(struct sockets *sockets)
{
	for (size_t slot = 0; slot < ARRAY_LEN(sockets->idle); slot++)
		sockets_drop(sockets, slot);
}

static int new_socket(struct sockets *sockets, int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	/* Those of the other family may be what is missing. */
	if (fd < 0 && (errno == EMFILE || errno == ENFILE) &&
		sockets->idle[1 - slot_of(family)].count > 0) {
		sockets_drop(sockets, 1 - slot_of(family));
		fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	}
	return fd;
}

/* --- One stream --- */

void stream_init(struct stream *stream, struct sockets *sockets)
{
	*stream = (struct stream){
		.sockets = sockets, .fd = -1, .out = BUF_INIT(OUT_MAX), .in = BUF_INIT(IN_MAX)
	};
}

void stream_release(struct stream *stream)
{
	stream_close(stream, false);
	buf_release(&stream->out);
	buf_release(&stream->in);
}

/* A socket that is watched; 0, or an errno. */
static int open_socket(
	struct stream *stream, int family, void (*ready)(void *arg, unsigned events), void *arg)
{
	struct sockets *sockets = stream->sockets;
	size_t slot = slot_of(family);

	stream->family = family;
	if (sockets->idle[slot].count > 0) {
		stream->fd = sockets->idle[slot].fds[--sockets->idle[slot].count];
		loop_watch_resume(&stream->watch, sockets->loop, stream->fd, ready, arg);
		return 0;
	}
	stream->fd = new_socket(sockets, family);
	if (stream->fd < 0)
		return errno;
	return loop_watch_init(&stream->watch, sockets->loop, stream->fd,
		LOOP_READ | LOOP_WRITE | LOOP_EDGE, ready, arg);
}

/*
 * Our first words acknowledge the server's SYN as well (RFC 9293, 3.10.7.3 lets data go with that
 * acknowledgement), which is a packet less and one wakening of the server.  Forgotten with each
 * connection.  Were the server to speak first, it would wait for nothing.
 */
static void keep_acknowledgement(const struct stream *stream)
{
	const int at_once = 0;

	(void)setsockopt(stream->fd, IPPROTO_TCP, TCP_QUICKACK, &at_once, sizeof at_once);
}

int stream_connect(struct stream *stream, const struct address *address, uint16_t port,
	bool we_begin, void (*ready)(void *arg, unsigned events), void *arg)
{
	struct address to = *address;
	int family = to.socket.any.sa_family;
	socklen_t len = sizeof to.socket.v4;

	to.socket.v4.sin_port = htons(port);
	if (family == AF_INET6) {
		to.socket.v6.sin6_port = htons(port);
		len = sizeof to.socket.v6;
	}
	int errnum = open_socket(stream, family, ready, arg);
	if (errnum == 0 && we_begin)
		keep_acknowledgement(stream);
	if (errnum == 0 && connect(stream->fd, &to.socket.any, len) != 0)
		errnum = errno;
	stream->connected = errnum == 0;
	if (errnum != 0 && errnum != EINPROGRESS)
		stream_close(stream, false);
	return errnum;
}

void stream_note(struct stream *stream, unsigned events)
{
	if (events & LOOP_READ)
		stream->readable = true;
	if (events & LOOP_WRITE)
		stream->connected = true;
	if (events & LOOP_END)
		stream->ended = stream->failed = true;
}

/*
 * At a port of those that connect() picks from: with nobody listening there, TCP may connect a
 * socket to itself (RFC 9293, 3.5).
 */
static bool is_self(const struct stream *stream, const struct address *address, uint16_t port)
{
	struct sockaddr_in6 v6 = { 0 };
	struct sockaddr_in v4 = { 0 };
	bool is_v6 = address->socket.any.sa_family == AF_INET6;
	socklen_t len = is_v6 ? sizeof v6 : sizeof v4;

	if (port < stream->sockets->lowest || port > stream->sockets->highest)
		return false;
	if (getsockname(
		    stream->fd, is_v6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4, &len) != 0)
		return false;
	if (is_v6)
		return v6.sin6_port == htons(port) &&
		       memcmp(&v6.sin6_addr, &address->socket.v6.sin6_addr, sizeof v6.sin6_addr) ==
			       0;
	return v4.sin_port == htons(port) &&
	       v4.sin_addr.s_addr == address->socket.v4.sin_addr.s_addr;
}

int stream_connected(struct stream *stream, const struct address *address, uint16_t port)
{
	int errnum = 0;
	socklen_t len = sizeof errnum;

	if (!stream->connected)
		return EINPROGRESS;
	if (stream->failed && getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &errnum, &len) != 0)
		return errno;
	return errnum == 0 && is_self(stream, address, port) ? ECONNREFUSED : errnum;
}

/* How many of LEN bytes the socket took. */
static size_t send_some(struct stream *stream, const char *bytes, size_t len)
{
	ssize_t sent = stream->deaf ? -1 : send(stream->fd, bytes, len, MSG_NOSIGNAL);

	if (sent >= 0)
		return (size_t)sent;
	if (!stream->deaf && errno != EAGAIN && errno != EINTR) {
		stream->deaf = true;
		stream->reset = errno == ECONNRESET;
	}
	return 0;
}

static void flush(struct stream *stream)
{
	if (stream->out.len > 0)
		buf_drop(&stream->out, send_some(stream, stream->out.data, stream->out.len));
}

bool stream_send(struct stream *stream, struct buf *out)
{
	bool good = true;
	size_t sent = 0;

	flush(stream);
	if (out->len > 0 && stream->out.len == 0)
		sent = send_some(stream, out->data, out->len);
	if (sent < out->len && !stream->deaf)
		good = buf_add(&stream->out, out->data + sent, out->len - sent);
	/* The next one is far away, and there are thousands of them. */
	buf_release(out);
	return good;
}

ssize_t stream_receive(struct stream *stream, void *bytes, size_t size, int *ret_errnum)
{
	if (stream->in.len > 0) {
		size_t len = stream->in.len < size ? stream->in.len : size;

		memcpy(bytes, stream->in.data, len);
		buf_drop(&stream->in, len);
		return (ssize_t)len;
	}
	flush(stream);
	if (!stream->readable)
		return 0;
	ssize_t got = recv(stream->fd, bytes, size, 0);
	if (got > 0) {
		/* Less than was asked for is all there is; what comes later is another event. */
		stream->readable = (size_t)got == size || stream->ended;
		return got;
	}
	if (got < 0 && errno == EINTR)
		return 0;
	if (got < 0 && errno == EAGAIN) {
		stream->readable = false;
		return 0;
	}
	*ret_errnum = got < 0 ? errno : stream->reset ? ECONNRESET : 0;
	return -1;
}

bool stream_give_back(struct stream *stream, const void *bytes, size_t len)
{
	return buf_add(&stream->in, bytes, len);
}

void stream_go_on_later(struct stream *stream)
{
	loop_watch_again(&stream->watch);
}

/* Takes the connection from a socket; false when the socket is of no more use. */
static bool disconnect(const struct stream *stream)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	if (connect(stream->fd, &nobody, sizeof nobody) == 0)
		return true;
	(void)setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	return false;
}

/* Puts the socket by for the next connection; false when there is no need for it. */
static bool keep_socket(struct stream *stream, bool watched)
{
	struct sockets *sockets = stream->sockets;
	size_t slot = slot_of(stream->family);
	bool none = sockets->none_spare &&
		    atomic_load_explicit(sockets->none_spare, memory_order_relaxed);

	if (!disconnect(stream) || !watched || none || sockets->idle[slot].count == SOCKETS_KEPT)
		return false;
	sockets->idle[slot].fds[sockets->idle[slot].count++] = stream->fd;
	return true;
}

void stream_close(struct stream *stream, bool politely)
{
	if (stream->fd >= 0) {
		bool watched = stream->watch.loop != NULL;

		loop_watch_leave(&stream->watch);
		if (politely || !keep_socket(stream, watched))
			(void)close(stream->fd);
	}
	stream->fd = -1;
	buf_clear(&stream->out);
	buf_clear(&stream->in);
	stream->connected = stream->readable = stream->ended = stream->failed = false;
	stream->deaf = stream->reset = false;
}

struct trouble stream_trouble(int errnum)
{
	static const struct {
		int errnum;
		struct trouble trouble;
	} table[] = {
		{ ECONNREFUSED, { OUTCOME_REFUSED, PHRASE("the connection was refused"), false } },
		{ ECONNRESET, { OUTCOME_RESET, PHRASE("reset while connecting"), true } },
		{ ECONNABORTED, { OUTCOME_RESET, PHRASE("reset while connecting"), true } },
		{ EPIPE, { OUTCOME_RESET, PHRASE("closed while connecting"), true } },
		{ ETIMEDOUT, { OUTCOME_TIMEOUT, PHRASE("no answer from the host"), true } },
		{ EHOSTUNREACH, { OUTCOME_UNREACHABLE, PHRASE("no route to the host"), true } },
		{ EHOSTDOWN, { OUTCOME_UNREACHABLE, PHRASE("the host is down"), true } },
		{ ENETUNREACH, { OUTCOME_UNREACHABLE, PHRASE("no route to the network"), true } },
		{ ENETDOWN, { OUTCOME_UNREACHABLE, PHRASE("the network is down"), true } },
		{ ENONET, { OUTCOME_UNREACHABLE, PHRASE("this machine is on no network"), true } },
		{ EPROTO, { OUTCOME_UNREACHABLE, PHRASE("the host does not speak TCP"), true } },
		{ ENOPROTOOPT,
			{ OUTCOME_UNREACHABLE, PHRASE("the host does not speak TCP"), true } },
		{ EACCES,
			{ OUTCOME_UNREACHABLE, PHRASE("this machine's rules forbid it"), false } },
		{ EPERM, { OUTCOME_UNREACHABLE, PHRASE("this machine's rules forbid it"), false } },
		{ EINVAL, { OUTCOME_UNREACHABLE, PHRASE("no address to connect to"), false } },
		{ EADDRNOTAVAIL,
			{ OUTCOME_UNREACHABLE,
				PHRASE("this machine has no such address to come from"), false } },
		{ EAFNOSUPPORT,
			{ OUTCOME_UNREACHABLE, PHRASE("this machine has no IPv6"), false } },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].errnum == errnum)
			return table[i].trouble;
	return (struct trouble){ OUTCOME_INTERNAL, PHRASE("an error of the socket"), false };
}

/*
 * No address here to come from, or no port left on one that there is?  A datagram socket has to
 * find the address too, and needs no port of TCP's.
 */
static bool has_way_to(const struct address *address)
{
	struct address to = *address;
	bool is_v6 = to.socket.any.sa_family == AF_INET6;
	int fd = socket(to.socket.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	/* Nobody can say, and it is not the remote's fault. */
	if (fd < 0)
		return true;
	to.socket.v4.sin_port = htons(9);
	bool found = connect(fd, &to.socket.any,
			     is_v6 ? sizeof to.socket.v6 : sizeof to.socket.v4) == 0;
	(void)close(fd);
	return found;
}

enum shortage stream_shortage(int errnum, const struct address *address)
{
	switch (errnum) {
	case EMFILE:
	case ENFILE:
		return SHORTAGE_FILES;
	case EAGAIN:
		return SHORTAGE_PORTS;
	case EADDRNOTAVAIL:
		return has_way_to(address) ? SHORTAGE_PORTS : SHORTAGE_NONE;
	case ENOBUFS:
	case ENOMEM:
	case ENOSPC:
		return SHORTAGE_MEMORY;
	default:
		return SHORTAGE_NONE;
	}
}

const char *stream_words(int errnum, char *words, size_t size)
{
	if (strerror_r(errnum, words, size) != 0)
		(void)snprintf(words, size, "error %d", errnum);
	return words;
}
