/* SPDX-License-Identifier: MIT */
/*
 * serve_farm DIR PORT PROCESSES - TLS servers on every address of 127.0.0.0/8
 *
 * DIR is what make_farm wrote, a folder a kind.  The ports from PORT on are, in this order:
 *
 *	EC in TLS 1.2 and 1.3; RSA the same; RSA in TLS 1.2 only; EC in TLS 1.2 only; EC under P-384
 *
 * Says "ready" on standard output when all of them listen, and serves until its standard input
 * ends: whoever started it need only die.  The listeners are bound to the wildcard address, since
 * one socket has to answer for all of 127.0.0.0/8; a connection to any other address is closed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "tests/bench/doors.h"
#include "tests/bench/guests.h"

#define MOST_PROCESSES 64
#define BACKLOG 16384
#define EVENTS 256
#define SWEEP_MS 1000
#define ACCEPTED_AT_ONCE 16

struct options {
	const char *dir;
	uint16_t port;
	size_t processes;
};

/* Opened once, before the processes: each of them accepts from all. */
struct house {
	struct doors *doors;
	int listeners[DOORS]; /* -1: that door is not there */
};

static int listen_at(uint16_t port)
{
	const int on = 1;
	const struct sockaddr_in any = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	/* Options of a listener go over to what it accepts. */
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
		bind(fd, (const struct sockaddr *)&any, sizeof any) == 0 &&
		listen(fd, BACKLOG) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool is_loopback(int fd)
{
	struct sockaddr_in local;
	socklen_t len = sizeof local;

	return getsockname(fd, (struct sockaddr *)&local, &len) == 0 &&
	       ntohl(local.sin_addr.s_addr) >> 24 == 127;
}

/* Not all that wait: the other processes are to have some. */
static void accept_some(struct guests *guests, int listener, size_t number)
{
	for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			return;
		if (is_loopback(fd) && fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
			guests_let_in(guests, fd, number);
		else
			close(fd);
	}
}

/* What epoll gives back points to a listener of the house, or is a guest. */
static void attend(const struct house *house, struct guests *guests, int poll)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(poll, events, EVENTS, SWEEP_MS);

	for (int i = 0; i < count; i++) {
		void *which = events[i].data.ptr;
		size_t door = 0;

		while (door < DOORS && which != &house->listeners[door])
			door++;
		if (door < DOORS)
			accept_some(guests, house->listeners[door], door);
		else
			guests_attend(guests, which);
	}
	guests_show_out(guests);
}

/* One server process, until it is killed. */
static int serve(struct house *house)
{
	int poll = epoll_create1(EPOLL_CLOEXEC);
	struct guests *guests = poll >= 0 ? guests_new(house->doors, poll) : NULL;

	if (!guests)
		return 1;
	for (size_t i = 0; i < DOORS; i++) {
		struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE,
			.data.ptr = &house->listeners[i] };

		if (house->listeners[i] >= 0 &&
			epoll_ctl(poll, EPOLL_CTL_ADD, house->listeners[i], &event) < 0)
			return 1;
	}
	for (;;)
		attend(house, guests, poll);
}

static bool house_open(struct house *house, const struct options *options)
{
	struct error err = { .code = ERROR_NONE };

	house->doors = doors_new(options->dir, &err);
	if (!house->doors) {
		fprintf(stderr, "serve_farm: %s\n", err.text);
		return false;
	}
	for (size_t i = 0; i < DOORS; i++) {
		unsigned port = (unsigned)(options->port + i);

		house->listeners[i] = -1;
		if (!doors_has(house->doors, i))
			continue;
		house->listeners[i] = listen_at((uint16_t)port);
		if (house->listeners[i] < 0) {
			fprintf(stderr, "serve_farm: port %u: %s\n", port, strerror(errno));
			return false;
		}
	}
	return true;
}

static bool begin_all(struct house *house, size_t count, pid_t pids[static MOST_PROCESSES])
{
	for (size_t i = 0; i < count; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			return false;
		if (pids[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(STDIN_FILENO);
			_exit(serve(house));
		}
	}
	return true;
}

static bool read_options(struct options *options, int argc, char *argv[])
{
	uint64_t port, processes;

	if (argc != 4 || !text_to_uint(argv[2], 65535 - DOORS, &port) || port == 0 ||
		!text_to_uint(argv[3], MOST_PROCESSES, &processes) || processes == 0)
		return false;
	*options = (struct options){ argv[1], (uint16_t)port, (size_t)processes };
	return true;
}

int main(int argc, char *argv[])
{
	struct options options;
	struct house house;
	pid_t pids[MOST_PROCESSES] = { 0 };
	char byte;

	if (!read_options(&options, argc, argv)) {
		fputs("usage: serve_farm DIR PORT PROCESSES\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	bool ready = house_open(&house, &options) && begin_all(&house, options.processes, pids);

	if (ready) {
		puts("ready");
		fflush(stdout);
		while (read(STDIN_FILENO, &byte, 1) > 0)
			;
	}
	for (size_t i = 0; i < options.processes; i++) {
		if (pids[i] <= 0)
			continue;
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	doors_free(house.doors);
	return ready ? 0 : 1;
}
