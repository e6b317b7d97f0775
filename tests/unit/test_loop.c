/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/engine/loop.h"

static struct loop *loop;
static struct loop_timer end; /* of the test, should nothing else end it */
static char trace[64];

static void note(char c)
{
	size_t len = strlen(trace);

	if (len + 1 < sizeof trace)
		trace[len] = c;
}

static void stop(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void woken(void *arg)
{
	(void)arg;
	note('w');
	loop_stop(loop);
}

static void set_up(void)
{
	struct error err = { 0 };

	memset(trace, 0, sizeof trace);
	loop = loop_new(woken, NULL, &err);
	cr_assert_not_null(loop, "%s", err.text);
	cr_assert(loop_timer_init(&end, loop, stop, NULL));
	loop_timer_set(&end, 300000);
}

static void tear_down(void)
{
	loop_timer_release(&end);
	loop_free(loop);
}

TestSuite(loop, .init = set_up, .fini = tear_down);

/* --- Timers --- */

struct alarm {
	struct loop_timer timer;
	uint64_t wanted, came;
	char name;
};

static void on_alarm(void *arg)
{
	struct alarm *alarm = arg;

	alarm->came = clock_monotonic_us();
	note(alarm->name);
}

Test(loop, keeps_time)
{
	static const unsigned delays[] = { 30, 10, 0, 50, 20, 40, 60 };
	struct alarm alarms[ARRAY_LEN(delays)];

	for (size_t i = 0; i < ARRAY_LEN(delays); i++) {
		alarms[i].name = (char)('a' + i);
		cr_assert(loop_timer_init(&alarms[i].timer, loop, on_alarm, &alarms[i]));
		alarms[i].wanted = clock_monotonic_us() + delays[i] * 1000;
		loop_timer_at(&alarms[i].timer, alarms[i].wanted);
	}
	loop_timer_stop(&alarms[6].timer);
	loop_timer_set(&end, 100000);
	loop_run(loop);
	cr_expect_str_eq(trace, "cbeafd", "%s", trace);
	for (size_t i = 0; i < ARRAY_LEN(delays); i++) {
		cr_expect(i == 6 || alarms[i].came >= alarms[i].wanted, "%zu is early", i);
		loop_timer_release(&alarms[i].timer);
	}
}

/* A thousand, set, moved and stopped at random, come in their order. */
Test(loop, sorts_timers)
{
	enum { COUNT = 1000 };
	static struct alarm alarms[COUNT];
	uint64_t now = clock_monotonic_us(), last = 0;
	unsigned random = 1;

	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < COUNT; i++) {
			random = random * 1103515245 + 12345;
			if (round == 0)
				cr_assert(loop_timer_init(
					&alarms[i].timer, loop, on_alarm, &alarms[i]));
			alarms[i].wanted = now + (random >> 8) % 50000;
			loop_timer_at(&alarms[i].timer, alarms[i].wanted);
			if (random >> 8 & 1 && round < 2)
				loop_timer_stop(&alarms[i].timer);
		}
	}
	loop_timer_set(&end, 120000);
	loop_run(loop);
	for (size_t i = 0; i < COUNT; i++) {
		cr_expect_geq(alarms[i].came, alarms[i].wanted);
		last = alarms[i].came > last ? alarms[i].came : last;
		loop_timer_release(&alarms[i].timer);
	}
	cr_expect_leq(last, now + 120000 + 200000);
}

static void release_other(void *arg)
{
	note('x');
	loop_timer_release(arg);
}

Test(loop, frees_timers_from_within)
{
	struct loop_timer timers[2];

	cr_assert(loop_timer_init(&timers[0], loop, release_other, &timers[1]));
	cr_assert(loop_timer_init(&timers[1], loop, release_other, &timers[0]));
	loop_timer_set(&timers[0], 1000);
	loop_timer_set(&timers[1], 1000);
	loop_timer_set(&end, 20000);
	loop_run(loop);
	cr_expect_str_eq(trace, "x");
	loop_timer_release(&timers[0]);
	loop_timer_release(&timers[1]);
}

/* --- Waking --- */

static void *wake_soon(void *arg)
{
	(void)poll(NULL, 0, 20);
	loop_wake(arg);
	loop_wake(arg);
	return NULL;
}

Test(loop, is_woken)
{
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, wake_soon, loop), 0);
	loop_run(loop);
	(void)pthread_join(thread, NULL);
	cr_expect_str_eq(trace, "w", "%s", trace);
}

/* --- Descriptors --- */

struct end_of_pair {
	int fds[2]; /* ours, the other */
	struct loop_watch watch;
	unsigned events;
	unsigned again; /* times to ask for another turn */
	char name;
};

static void on_ready(void *arg, unsigned events)
{
	struct end_of_pair *pair = arg;

	pair->events |= events;
	note(pair->name);
	if (pair->again > 0) {
		pair->again--;
		loop_watch_again(&pair->watch);
	}
}

static void open_pair(struct end_of_pair *pair, char name, unsigned events)
{
	memset(pair, 0, sizeof *pair);
	pair->name = name;
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair->fds), 0);
	for (size_t i = 0; i < 2; i++)
		cr_assert_eq(fcntl(pair->fds[i], F_SETFL, O_NONBLOCK), 0);
	cr_assert_eq(loop_watch_init(&pair->watch, loop, pair->fds[0], events, on_ready, pair), 0);
}

static void close_pair(struct end_of_pair *pair)
{
	loop_watch_release(&pair->watch);
	close(pair->fds[0]);
	close(pair->fds[1]);
}

/* What is told of bytes that nobody reads, in a tenth of a second. */
Test(loop, tells_of_a_change_once)
{
	struct end_of_pair pair;

	open_pair(&pair, 'e', LOOP_READ | LOOP_WRITE | LOOP_EDGE);
	cr_assert_eq(write(pair.fds[1], "abc", 3), 3);
	loop_timer_set(&end, 50000);
	loop_run(loop);
	cr_expect_str_eq(trace, "e", "%s", trace);
	cr_expect_eq(pair.events, LOOP_READ | LOOP_WRITE);
	close_pair(&pair);
}

Test(loop, tells_of_what_lasts)
{
	struct end_of_pair pair;

	open_pair(&pair, 'l', LOOP_WRITE);
	cr_assert_eq(write(pair.fds[1], "abc", 3), 3);
	cr_assert_eq(loop_watch_set(&pair.watch, LOOP_READ), 0);
	loop_timer_set(&end, 20000);
	loop_run(loop);
	cr_expect_geq(strlen(trace), 10);
	cr_expect_eq(pair.events, LOOP_READ);
	close_pair(&pair);
}

Test(loop, tells_of_the_end)
{
	struct end_of_pair pair;

	open_pair(&pair, 'e', LOOP_READ | LOOP_WRITE | LOOP_EDGE);
	cr_assert_eq(shutdown(pair.fds[1], SHUT_WR), 0);
	loop_timer_set(&end, 20000);
	loop_run(loop);
	cr_expect(pair.events & LOOP_END);
	cr_expect(pair.events & LOOP_READ);
	close_pair(&pair);
}

static void feed_other(void *arg, unsigned events)
{
	struct end_of_pair *other = arg;

	(void)events;
	note('o');
	cr_assert_eq(write(other->fds[1], "x", 1), 1);
}

/* Others have a turn between those of who wants many. */
Test(loop, shares_the_time)
{
	struct end_of_pair pairs[2];
	struct loop_watch both;

	open_pair(&pairs[0], 'a', LOOP_READ | LOOP_EDGE);
	open_pair(&pairs[1], 'b', LOOP_READ | LOOP_EDGE);
	/* When the first is fed, it feeds the second. */
	cr_assert_eq(loop_watch_init(&both, loop, pairs[0].fds[1], LOOP_READ | LOOP_EDGE,
			     feed_other, &pairs[1]),
		0);
	pairs[0].again = 5;
	cr_assert_eq(write(pairs[0].fds[1], "x", 1), 1);
	cr_assert_eq(write(pairs[0].fds[0], "x", 1), 1);
	loop_timer_set(&end, 20000);
	loop_run(loop);
	size_t a = 0, before_b = 0;
	for (const char *c = trace; *c; c++) {
		a += *c == 'a';
		if (*c == 'b')
			before_b = a;
	}
	cr_expect_eq(a, 6, "%s", trace);
	cr_expect(before_b > 0 && before_b < 6, "%s", trace);
	loop_watch_release(&both);
	close_pair(&pairs[0]);
	close_pair(&pairs[1]);
}

static void take_over(void *arg, unsigned events)
{
	struct end_of_pair *pairs = arg;

	(void)events;
	note('t');
	for (size_t i = 0; i < 2; i++) {
		if (pairs[i].watch.arg != arg)
			continue;
		pairs[i].watch.arg = NULL;
		/* The other one's descriptor gets another user, while its event is under way. */
		loop_watch_leave(&pairs[1 - i].watch);
		loop_watch_resume(
			&pairs[1 - i].watch, loop, pairs[1 - i].fds[0], on_ready, &pairs[1 - i]);
		return;
	}
}

/* What was harvested for one user of a descriptor is not told to the next one. */
Test(loop, forgets_old_events)
{
	struct end_of_pair pairs[2];

	open_pair(&pairs[0], 'a', LOOP_READ | LOOP_EDGE);
	open_pair(&pairs[1], 'b', LOOP_READ | LOOP_EDGE);
	for (size_t i = 0; i < 2; i++) {
		pairs[i].watch.ready = take_over;
		pairs[i].watch.arg = pairs;
		cr_assert_eq(write(pairs[i].fds[1], "x", 1), 1);
	}
	loop_timer_set(&end, 20000);
	loop_run(loop);
	cr_expect_str_eq(trace, "t", "%s", trace);
	/* New ones are told. */
	for (size_t i = 0; i < 2; i++)
		pairs[i].watch.ready = on_ready, pairs[i].watch.arg = &pairs[i];
	for (size_t i = 0; i < 2; i++)
		cr_assert_eq(write(pairs[i].fds[1], "y", 1), 1);
	loop_timer_set(&end, 20000);
	loop_run(loop);
	for (size_t i = 0; i < 2; i++) {
		cr_expect_eq(pairs[i].events, LOOP_READ);
		close_pair(&pairs[i]);
	}
}

/* The same number, another file. */
Test(loop, takes_a_number_again)
{
	struct end_of_pair pair;

	open_pair(&pair, 'a', LOOP_READ | LOOP_EDGE);
	int fd = pair.fds[0];
	loop_watch_leave(&pair.watch);
	close(pair.fds[0]);
	close(pair.fds[1]);
	open_pair(&pair, 'b', LOOP_READ | LOOP_EDGE);
	cr_assert_eq(pair.fds[0], fd);
	cr_assert_eq(write(pair.fds[1], "x", 1), 1);
	loop_timer_set(&end, 20000);
	loop_run(loop);
	cr_expect_str_eq(trace, "b", "%s", trace);
	close_pair(&pair);
}

/* With a crowd of descriptors it pauses, and nothing is lost by it. */
Test(loop, serves_a_crowd)
{
	enum { COUNT = 200 };
	static struct end_of_pair pairs[COUNT];

	for (size_t i = 0; i < COUNT; i++)
		open_pair(&pairs[i], 'p', LOOP_READ | LOOP_EDGE);
	for (size_t i = 0; i < COUNT; i += 3)
		cr_assert_eq(write(pairs[i].fds[1], "x", 1), 1);
	loop_timer_set(&end, 50000);
	loop_run(loop);
	for (size_t i = 0; i < COUNT; i++) {
		cr_expect_eq(pairs[i].events, i % 3 == 0 ? LOOP_READ : 0u, "%zu", i);
		close_pair(&pairs[i]);
	}
}
