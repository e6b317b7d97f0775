/* SPDX-License-Identifier: MIT */
/*
 * lab - a fleet of TLS services on loopback, in every state of the migration
 *
 *	lab --dir DIR [--day YYYY-MM-DD] [--base-port N] [--except NAME,...] [--seconds N]
 *
 * Makes a PKI with the real names as of that day, writes into DIR what a scan
 * needs and what it has to find (ledger.h), serves every state of fleet.def,
 * and prints "ready" on standard output once all of them listen.  It ends on
 * SIGTERM or SIGINT, when its standard input closes, or after --seconds (900):
 * it cannot be left behind.  The states named by --except are written down but
 * not served: a real server may take their place.
 *
 * Everything is on loopback: the web server on --base-port (24400), the states
 * on the ports after it.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "tests/lab/fleet.h"
#include "tests/lab/ledger.h"
#include "tests/lab/service.h"
#include "tests/lab/stock.h"
#include "tests/lab/web.h"

#define BASE_PORT 24400
#define LIFE_SECONDS 900
#define TALKS 256 /* conversations at once */
#define GRACE_MS 3000

struct options {
	const char *dir, *except;
	struct instant day;
	unsigned base_port, seconds;
};

struct lab;

struct talk {
	struct lab *lab;
	const struct service *service; /* NULL: the web server */
	int fd;
	bool busy;
};

struct lab {
	struct stock stock;
	struct web web;
	struct service *services;
	int web_listener;
	pthread_mutex_t lock;
	struct talk talks[TALKS];
	size_t busy;
};

static int fail(const char *text, const char *detail)
{
	fprintf(stderr, "lab: %s%s\n", text, detail);
	return 2;
}

static bool read_number(const char *text, uint64_t max, unsigned *ret_number)
{
	uint64_t number;

	if (!text_to_uint(text, max, &number) || !number)
		return false;
	*ret_number = (unsigned)number;
	return true;
}

static bool read_option(struct options *options, const char *name, const char *value)
{
	if (!strcmp(name, "--dir"))
		options->dir = value;
	else if (!strcmp(name, "--except"))
		options->except = value;
	else if (!strcmp(name, "--day"))
		return instant_parse(value, &options->day);
	else if (!strcmp(name, "--base-port"))
		return read_number(value, 65000, &options->base_port);
	else if (!strcmp(name, "--seconds"))
		return read_number(value, 86400, &options->seconds);
	else
		return false;
	return true;
}

/* The days on which all of the table holds: new intermediates in use, the cross still good. */
static bool day_is_possible(struct instant day)
{
	return day.seconds >= forge_day("2025-06-01").seconds &&
	       day.seconds < forge_day("2029-01-31").seconds;
}

static bool read_options(struct options *options, int argc, char *argv[])
{
	*options = (struct options){
		.day = instant_day(clock_now()),
		.base_port = BASE_PORT,
		.seconds = LIFE_SECONDS,
	};
	for (int i = 1; i < argc; i += 2)
		if (i + 1 == argc || !read_option(options, argv[i], argv[i + 1]))
			return false;
	return options->dir != NULL;
}

static void *talk_run(void *arg)
{
	struct talk *talk = arg;
	struct lab *lab = talk->lab;

	if (talk->service)
		service_talk(talk->service, talk->fd);
	else
		web_talk(&lab->web, talk->fd);
	pthread_mutex_lock(&lab->lock);
	close(talk->fd);
	talk->busy = false;
	lab->busy--;
	pthread_mutex_unlock(&lab->lock);
	return NULL;
}

/* A free place, or NULL: then the peer waits in the listener's queue. */
static struct talk *talk_claim(struct lab *lab)
{
	struct talk *claimed = NULL;

	pthread_mutex_lock(&lab->lock);
	for (size_t i = 0; i < TALKS && !claimed; i++)
		if (!lab->talks[i].busy)
			claimed = &lab->talks[i];
	if (claimed) {
		claimed->busy = true;
		claimed->fd = -1;
		lab->busy++;
	}
	pthread_mutex_unlock(&lab->lock);
	return claimed;
}

static void talk_give_back(struct lab *lab, struct talk *talk)
{
	pthread_mutex_lock(&lab->lock);
	talk->busy = false;
	lab->busy--;
	pthread_mutex_unlock(&lab->lock);
}

static void talk_begin(struct lab *lab, int listener, const struct service *service)
{
	const struct timeval patience = { .tv_sec = SERVICE_SECONDS };
	struct talk *talk = talk_claim(lab);
	pthread_t thread;

	if (!talk)
		return;
	int fd = accept(listener, NULL, NULL);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
		talk->lab = lab;
		talk->service = service;
		talk->fd = fd;
		if (!pthread_create(&thread, NULL, talk_run, talk)) {
			pthread_detach(thread);
			return;
		}
		close(fd);
	}
	talk_give_back(lab, talk);
}

static bool listens(const struct options *options, const struct state *state)
{
	return state->manner != MANNER_REFUSES && fleet_has(state, options->day) &&
	       !(options->except && fleet_named(options->except, state->name));
}

static bool open_listener(int *ret_fd, const char *address, unsigned port, struct error *err)
{
	*ret_fd = service_listen(address, port);
	if (*ret_fd < 0)
		return error_set_errno(err, errno, "cannot listen on %s:%u", address, port);
	return true;
}

static bool open_all(struct lab *lab, const struct options *options, struct error *err)
{
	if (!open_listener(&lab->web_listener, "127.0.0.1", options->base_port, err))
		return false;
	for (size_t i = 0; i < fleet_count(); i++) {
		const struct state *state = fleet_state(i);

		if (listens(options, state) &&
			!open_listener(&lab->services[i].listener, fleet_address(state),
				options->base_port + fleet_port(i), err))
			return false;
	}
	return true;
}

/* Places 0 and 1 end the lab, 2 is the web server, the rest are the services, by number. */
static void serve(struct lab *lab, int signals, unsigned seconds)
{
	size_t count = fleet_count() + 3;
	struct pollfd *fds = calloc(count, sizeof *fds);
	uint64_t end = clock_monotonic_us() + (uint64_t)seconds * 1000000;
	char byte;

	if (!fds)
		abort();
	for (size_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){
			.fd = i == 0   ? signals
			      : i == 1 ? STDIN_FILENO
			      : i == 2 ? lab->web_listener
				       : lab->services[i - 3].listener,
			.events = POLLIN,
		};
	while (clock_monotonic_us() < end && poll(fds, (nfds_t)count, 500) >= 0) {
		if (fds[0].revents || (fds[1].revents && read(STDIN_FILENO, &byte, 1) <= 0))
			break;
		for (size_t i = 2; i < count; i++)
			if (fds[i].revents)
				talk_begin(lab, fds[i].fd, i == 2 ? NULL : &lab->services[i - 3]);
	}
	free(fds);
}

/* Wakes the conversations and waits for them, but not for ever. */
static bool hang_up(struct lab *lab)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int waited = 0; waited < GRACE_MS; waited += 10) {
		pthread_mutex_lock(&lab->lock);
		size_t busy = lab->busy;
		for (size_t i = 0; i < TALKS; i++)
			if (lab->talks[i].busy && lab->talks[i].fd >= 0)
				shutdown(lab->talks[i].fd, SHUT_RDWR);
		pthread_mutex_unlock(&lab->lock);
		if (!busy)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static bool prepare(struct lab *lab, const struct options *options, struct error *err)
{
	char url[64];
	struct ledger ledger = { options->dir, options->base_port, url };

	snprintf(url, sizeof url, "http://127.0.0.1:%u", options->base_port);
	stock_init(&lab->stock, options->day, url);
	web_init(&lab->web, &lab->stock);
	lab->services = calloc(fleet_count(), sizeof *lab->services);
	if (!lab->services)
		abort();
	for (size_t i = 0; i < fleet_count(); i++)
		service_init(&lab->services[i], &lab->stock, stock_item(&lab->stock, i));
	return open_all(lab, options, err) && ledger_write(&ledger, &lab->stock, err);
}

static void release(struct lab *lab)
{
	for (size_t i = 0; i < fleet_count(); i++)
		service_release(&lab->services[i]);
	free(lab->services);
	if (lab->web_listener >= 0)
		close(lab->web_listener);
	stock_release(&lab->stock);
	pthread_mutex_destroy(&lab->lock);
	free(lab);
}

int main(int argc, char *argv[])
{
	struct options options;
	struct error err = { .code = ERROR_NONE };
	sigset_t ends;

	if (!read_options(&options, argc, argv))
		return fail("usage: lab --dir DIR [--day YYYY-MM-DD] [--base-port N] "
			    "[--except NAME,...] [--seconds N]",
			"");
	if (!day_is_possible(options.day))
		return fail("the day has to be from 2025-06-01 to 2029-01-30", "");
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	int signals = signalfd(-1, &ends, SFD_CLOEXEC);
	struct lab *lab = calloc(1, sizeof *lab);
	if (!lab || signals < 0)
		return fail("out of memory or descriptors", "");
	lab->web_listener = -1;
	pthread_mutex_init(&lab->lock, NULL);
	bool ready = prepare(lab, &options, &err);
	if (ready) {
		puts("ready");
		fflush(stdout);
		serve(lab, signals, options.seconds);
	}
	close(signals);
	if (!hang_up(lab))
		_exit(1);
	release(lab);
	return ready ? 0 : fail("", err.text);
}
