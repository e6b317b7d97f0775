/* SPDX-License-Identifier: MIT */
#include "checker/stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checker/loop.h"
#include "checker/resolve.h"

#define OUT_MAX 65536 /* a ClientHello, an answer to a request; never more is waiting */

void stream_init(struct stream *stream)
{
	*stream = (struct stream){ .fd = -1, .out = BUF_INIT(OUT_MAX) };
}

void stream_release(struct stream *stream)
{
	stream_close(stream, false);
	buf_release(&stream->out);
}

int stream_connect(struct stream *stream, struct loop *loop, const struct address *address,
	uint16_t port, void (*ready)(void *arg, unsigned events), void *arg)
{
	struct address to = *address;
	int family = to.socket.any.sa_family;
	socklen_t len = sizeof to.socket.v4;

	to.socket.v4.sin_port = htons(port);
	if (family == AF_INET6) {
		to.socket.v6.sin6_port = htons(port);
		len = sizeof to.socket.v6;
	}
	stream->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (stream->fd < 0)
		return errno;
	stream->watch = loop_watch_new(loop, stream->fd, ready, arg);
	if (!stream->watch)
		return ENOMEM;
	if (connect(stream->fd, &to.socket.any, len) == 0 || errno == EINPROGRESS)
		return 0;
	return errno;
}

/*
 * A port of those that connect() picks from, on this machine: with nobody
 * listening there, TCP may connect a socket to itself (RFC 9293, 3.5).
 */
static bool is_self(int fd)
{
	struct sockaddr_storage here = { 0 }, there = { 0 };
	socklen_t here_len = sizeof here, there_len = sizeof there;

	return getsockname(fd, (struct sockaddr *)&here, &here_len) == 0 &&
	       getpeername(fd, (struct sockaddr *)&there, &there_len) == 0 &&
	       here_len == there_len && memcmp(&here, &there, here_len) == 0;
}

int stream_connected(struct stream *stream)
{
	int errnum = 0;
	socklen_t len = sizeof errnum;

	if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &errnum, &len) != 0)
		return errno;
	return errnum == 0 && is_self(stream->fd) ? ECONNREFUSED : errnum;
}

void stream_flush(struct stream *stream)
{
	if (stream->out.len == 0 || stream->deaf)
		return;
	ssize_t sent = send(stream->fd, stream->out.data, stream->out.len, MSG_NOSIGNAL);
	if (sent > 0)
		buf_drop(&stream->out, (size_t)sent);
	else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		stream->deaf = true;
		stream->reset = errno == ECONNRESET;
	}
}

ssize_t stream_receive(struct stream *stream, void *bytes, size_t size, int *ret_errnum)
{
	ssize_t got = recv(stream->fd, bytes, size, 0);

	if (got > 0)
		return got;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	*ret_errnum = got < 0 ? errno : stream->reset ? ECONNRESET : 0;
	return -1;
}

bool stream_watch(struct stream *stream, unsigned events)
{
	if (!stream->watch)
		return events == 0;
	if (stream->out.len > 0 && !stream->deaf)
		events |= LOOP_WRITE;
	return loop_watch_set(stream->watch, events);
}

void stream_close(struct stream *stream, bool politely)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	loop_watch_free(stream->watch);
	stream->watch = NULL;
	if (stream->fd >= 0) {
		if (!politely)
			(void)setsockopt(
				stream->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
		(void)close(stream->fd);
		stream->fd = -1;
	}
	buf_clear(&stream->out);
	stream->deaf = stream->reset = false;
}

struct trouble stream_trouble(int errnum)
{
	static const struct {
		int errnum;
		struct trouble trouble;
	} table[] = {
		{ ECONNREFUSED, { OUTCOME_REFUSED, "the connection was refused", false } },
		{ ECONNRESET, { OUTCOME_RESET, "reset while connecting", true } },
		{ ECONNABORTED, { OUTCOME_RESET, "reset while connecting", true } },
		{ EPIPE, { OUTCOME_RESET, "closed while connecting", true } },
		{ ETIMEDOUT, { OUTCOME_TIMEOUT, "no answer from the host", true } },
		{ EHOSTUNREACH, { OUTCOME_UNREACHABLE, "no route to the host", true } },
		{ EHOSTDOWN, { OUTCOME_UNREACHABLE, "the host is down", true } },
		{ ENETUNREACH, { OUTCOME_UNREACHABLE, "no route to the network", true } },
		{ ENETDOWN, { OUTCOME_UNREACHABLE, "the network is down", true } },
		{ ENONET, { OUTCOME_UNREACHABLE, "this machine is on no network", true } },
		{ EPROTO, { OUTCOME_UNREACHABLE, "the host does not speak TCP", true } },
		{ ENOPROTOOPT, { OUTCOME_UNREACHABLE, "the host does not speak TCP", true } },
		{ EACCES, { OUTCOME_UNREACHABLE, "this machine's rules forbid it", false } },
		{ EPERM, { OUTCOME_UNREACHABLE, "this machine's rules forbid it", false } },
		{ EINVAL, { OUTCOME_UNREACHABLE, "no address to connect to", false } },
		{ EADDRNOTAVAIL, { OUTCOME_UNREACHABLE, "this machine has no IPv6", false } },
		{ EAFNOSUPPORT, { OUTCOME_UNREACHABLE, "this machine has no IPv6", false } },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].errnum == errnum)
			return table[i].trouble;
	return (struct trouble){ OUTCOME_INTERNAL, "an error of the socket", false };
}

bool stream_is_shortage(int errnum, const struct address *address)
{
	/* For IPv6 it is what a machine says that has no such address of its own. */
	if (errnum == EADDRNOTAVAIL)
		return address->socket.any.sa_family != AF_INET6;
	return errnum == EMFILE || errnum == ENFILE || errnum == ENOBUFS || errnum == ENOMEM ||
	       errnum == EAGAIN;
}

const char *stream_words(int errnum, char *words, size_t size)
{
	if (strerror_r(errnum, words, size) != 0)
		(void)snprintf(words, size, "error %d", errnum);
	return words;
}
