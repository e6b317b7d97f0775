/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/engine/loop.h"
#include "checker/engine/resolve.h"
#include "checker/engine/stream.h"

static struct loop *loop;
static struct sockets sockets;
static int listener;
static uint16_t port;

static void woken(void *arg)
{
	(void)arg;
}

static void ready(void *arg, unsigned events)
{
	stream_note(arg, events);
}

static void stop(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void set_up(void)
{
	struct sockaddr_in own = { .sin_family = AF_INET };
	socklen_t len = sizeof own;
	struct error err = { 0 };

	loop = loop_new(woken, NULL, &err);
	cr_assert_not_null(loop, "%s", err.text);
	sockets_init(&sockets, loop, NULL);
	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(bind(listener, (struct sockaddr *)&own, sizeof own), 0);
	cr_assert_eq(listen(listener, 4), 0);
	cr_assert_eq(getsockname(listener, (struct sockaddr *)&own, &len), 0);
	port = ntohs(own.sin_port);
}

static void tear_down(void)
{
	(void)close(listener);
	sockets_release(&sockets);
	loop_free(loop);
}

TestSuite(stream, .init = set_up, .fini = tear_down);

static void turn(void)
{
	struct loop_timer end;

	cr_assert(loop_timer_init(&end, loop, stop, NULL));
	loop_timer_set(&end, 5000);
	loop_run(loop);
	loop_timer_release(&end);
}

/* Packets sent by a connection that stands. */
static unsigned packets(const struct stream *stream)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof info;

	cr_assert_eq(getsockopt(stream->fd, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	cr_assert_eq(info.tcpi_state, 1 /* established */);
	return info.tcpi_segs_out;
}

/* Who begins sends SYN and words, anybody else an acknowledgement between them: a server that
 * greets must not wait for it.  A socket that is used again has forgotten which it was. */
Test(stream, spares_a_packet)
{
	static const struct {
		const char *descr;
		bool we_begin;
		unsigned packets;
	} table[] = {
		{ "new socket, our words", true, 1 },
		{ "used again, the server's", false, 2 },
		{ "used again, ours", true, 1 },
	};
	struct address address;
	struct stream stream;

	cr_assert(address_parse("127.0.0.1", &address));
	stream_init(&stream, &sockets);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int errnum = stream_connect(
			&stream, &address, port, table[i].we_begin, ready, &stream);
		cr_assert(errnum == 0 || errnum == EINPROGRESS, "%s: %d", table[i].descr, errnum);
		turn();
		cr_assert_eq(stream_connected(&stream, &address, port), 0, "%s", table[i].descr);
		cr_expect_eq(packets(&stream), table[i].packets, "%s: %u", table[i].descr,
			packets(&stream));

		struct buf out = BUF_INIT(64);
		char heard[8] = "";
		int fd = accept(listener, NULL, NULL);
		cr_assert(buf_add(&out, "words", 5) && stream_send(&stream, &out));
		cr_expect_eq(recv(fd, heard, sizeof heard, 0), 5, "%s", table[i].descr);
		cr_expect_str_eq(heard, "words", "%s", table[i].descr);
		stream_close(&stream, false);
		(void)close(fd);
	}
	stream_release(&stream);
}
