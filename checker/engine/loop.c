/* SPDX-License-Identifier: MIT */
#include "checker/engine/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"

#define HARVEST 256 /* events taken from the kernel at once */

/*
 * When so many are watched and so few were ready, a pause lets more of them become so: going to
 * sleep and waking costs as much as an event, and one kind of work after the other stays in the
 * processor's cache.  Nobody notices the delay who waits for thousands.
 */
#define PAUSE_WATCHED 48
#define PAUSE_CROWD 64
#define PAUSE_US 8000

/* What is known of a descriptor, by its number. */
struct seat {
	struct loop_watch *watch; /* NULL: nobody's */
	uint64_t since;           /* the turn in which it got this watch */
	bool again;
};

/* A timer that is set.  Its moment stands here as well: those are compared all the time, and the
 * timers themselves are far apart. */
struct due {
	uint64_t at;
	struct loop_timer *timer;
};

struct loop {
	int epoll, wake;
	bool stopped;
	void (*woken)(void *arg);
	void *arg;
	uint64_t turn;
	size_t watched;

	struct seat *seats;
	size_t seat_count;
	int *again; /* descriptors to be served once more; room for each of them twice */
	size_t again_count;

	struct due *heap;         /* the one due first is number 1 */
	size_t set, timers, room; /* set now; all there are; places in the heap */
};

struct loop *loop_new(void (*woken)(void *arg), void *arg, struct error *err)
{
	struct loop *loop = calloc(1, sizeof *loop);
	struct epoll_event event = { .events = EPOLLIN };

	if (!loop) {
		(void)error_set_memory(err);
		return NULL;
	}
	loop->woken = woken;
	loop->arg = arg;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	event.data.fd = loop->wake;
	if (loop->epoll >= 0 && loop->wake >= 0 &&
		epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->wake, &event) == 0)
		return loop;
	(void)error_set_errno(err, errno, "no event loop");
	loop_free(loop);
	return NULL;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	assert(loop->watched == 0 && loop->timers == 0);
	if (loop->wake >= 0)
		(void)close(loop->wake);
	if (loop->epoll >= 0)
		(void)close(loop->epoll);
	free(loop->seats);
	free(loop->again);
	free(loop->heap);
	free(loop);
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

void loop_wake(struct loop *loop)
{
	const uint64_t one = 1;
	int before = errno;

	/* The counter is full after 2^64 of them, and then it is awake all right. */
	(void)!write(loop->wake, &one, sizeof one);
	errno = before;
}

/* --- Descriptors --- */

static uint32_t wanted(unsigned events)
{
	return (events & LOOP_READ ? (uint32_t)EPOLLIN | EPOLLRDHUP : 0) |
	       (events & LOOP_WRITE ? (uint32_t)EPOLLOUT : 0) |
	       (events & LOOP_EDGE ? (uint32_t)EPOLLET : 0);
}

static bool make_seat(struct loop *loop, int fd)
{
	size_t count = loop->seat_count ? loop->seat_count : 64;

	if ((size_t)fd < loop->seat_count)
		return true;
	while (count <= (size_t)fd)
		count *= 2;
	int *again = realloc(loop->again, 2 * count * sizeof *again);
	if (!again)
		return false;
	loop->again = again;
	struct seat *seats = realloc(loop->seats, count * sizeof *seats);
	if (!seats)
		return false;
	for (size_t i = loop->seat_count; i < count; i++)
		seats[i] = (struct seat){ .watch = NULL };
	loop->seats = seats;
	loop->seat_count = count;
	return true;
}

static void take_seat(struct loop_watch *watch)
{
	struct loop *loop = watch->loop;
	struct seat *seat = &loop->seats[watch->fd];

	/* What was harvested in this turn is about whoever had the descriptor before. */
	seat->since = loop->turn;
	seat->watch = watch;
	loop->watched++;
}

int loop_watch_init(struct loop_watch *watch, struct loop *loop, int fd, unsigned events,
	void (*ready)(void *arg, unsigned events), void *arg)
{
	struct epoll_event event = { .events = wanted(events), .data.fd = fd };

	if (!make_seat(loop, fd))
		return ENOMEM;
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		return errno;
	*watch = (struct loop_watch){ loop, fd, ready, arg };
	take_seat(watch);
	return 0;
}

int loop_watch_set(struct loop_watch *watch, unsigned events)
{
	struct epoll_event event = { .events = wanted(events), .data.fd = watch->fd };

	return epoll_ctl(watch->loop->epoll, EPOLL_CTL_MOD, watch->fd, &event) == 0 ? 0 : errno;
}

void loop_watch_leave(struct loop_watch *watch)
{
	struct loop *loop = watch->loop;

	if (!loop)
		return;
	loop->seats[watch->fd].watch = NULL;
	loop->watched--;
	watch->loop = NULL;
}

void loop_watch_resume(struct loop_watch *watch, struct loop *loop, int fd,
	void (*ready)(void *arg, unsigned events), void *arg)
{
	*watch = (struct loop_watch){ loop, fd, ready, arg };
	take_seat(watch);
}

void loop_watch_release(struct loop_watch *watch)
{
	struct epoll_event none = { .events = 0 };

	if (!watch->loop)
		return;
	(void)epoll_ctl(watch->loop->epoll, EPOLL_CTL_DEL, watch->fd, &none);
	loop_watch_leave(watch);
}

void loop_watch_again(struct loop_watch *watch)
{
	struct loop *loop = watch->loop;
	struct seat *seat = &loop->seats[watch->fd];

	if (!seat->again)
		loop->again[loop->again_count++] = watch->fd;
	seat->again = true;
}

/* --- Timers: a heap, each with four children, as many as a line of the cache has --- */

bool loop_timer_init(struct loop_timer *timer, struct loop *loop, void (*due)(void *arg), void *arg)
{
	if (loop->timers + 2 > loop->room) {
		size_t room = loop->room ? 2 * loop->room : 64;
		struct due *heap = realloc(loop->heap, room * sizeof *heap);

		if (!heap)
			return false;
		loop->heap = heap;
		loop->room = room;
	}
	*timer = (struct loop_timer){ .loop = loop, .due = due, .arg = arg };
	loop->timers++;
	return true;
}

static void settle(struct loop *loop, struct due due, size_t place)
{
	loop->heap[place] = due;
	due.timer->place = place;
}

/* The one due first of the children of PLACE; 0: it has none. */
static size_t first_child(const struct loop *loop, size_t place)
{
	size_t first = 4 * place - 2, last = first + 3, found = first;

	if (first > loop->set)
		return 0;
	for (size_t i = first + 1; i <= last && i <= loop->set; i++)
		if (loop->heap[i].at < loop->heap[found].at)
			found = i;
	return found;
}

/* Puts DUE, which has no place, where PLACE is free. */
static void sift(struct loop *loop, struct due due, size_t place)
{
	size_t child;

	while (place > 1 && loop->heap[(place + 2) / 4].at > due.at) {
		settle(loop, loop->heap[(place + 2) / 4], place);
		place = (place + 2) / 4;
	}
	while ((child = first_child(loop, place)) != 0 && loop->heap[child].at < due.at) {
		settle(loop, loop->heap[child], place);
		place = child;
	}
	settle(loop, due, place);
}

void loop_timer_at(struct loop_timer *timer, uint64_t at_us)
{
	struct loop *loop = timer->loop;

	timer->at = at_us;
	if (timer->place == 0)
		timer->place = ++loop->set;
	sift(loop, (struct due){ at_us, timer }, timer->place);
}

void loop_timer_set(struct loop_timer *timer, uint64_t delay_us)
{
	loop_timer_at(timer, clock_monotonic_us() + delay_us);
}

void loop_timer_stop(struct loop_timer *timer)
{
	struct loop *loop = timer->loop;
	size_t place = timer->place;

	if (place == 0)
		return;
	struct due last = loop->heap[loop->set--];
	timer->place = 0;
	if (last.timer != timer)
		sift(loop, last, place);
}

void loop_timer_release(struct loop_timer *timer)
{
	if (!timer->loop)
		return;
	loop_timer_stop(timer);
	timer->loop->timers--;
	timer->loop = NULL;
}

/* --- The loop --- */

/* How long nothing is due; UINT64_MAX: for ever. */
static uint64_t idle_us(const struct loop *loop)
{
	if (loop->again_count > 0 || loop->stopped)
		return 0;
	if (loop->set == 0)
		return UINT64_MAX;
	uint64_t now = clock_monotonic_us(), at = loop->heap[1].at;
	return at > now ? at - now : 0;
}

/* Waits for events; how many there are. */
static int harvest(struct loop *loop, struct epoll_event events[static HARVEST], int before)
{
	uint64_t idle = idle_us(loop);
	int timeout = -1;

	if (idle > PAUSE_US && loop->watched >= PAUSE_WATCHED && before < PAUSE_CROWD) {
		const struct timespec pause = { .tv_nsec = PAUSE_US * 1000 };

		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
		idle = idle_us(loop);
	}
	/* Whole milliseconds, rounded up: nothing is due before its time. */
	if (idle != UINT64_MAX)
		timeout = idle > (uint64_t)INT_MAX * 1000 ? INT_MAX : (int)((idle + 999) / 1000);
	int count = epoll_wait(loop->epoll, events, HARVEST, timeout);
	loop->turn++;
	return count > 0 ? count : 0;
}

static void dispatch(struct loop *loop, const struct epoll_event *event)
{
	unsigned ready = (event->events & EPOLLIN ? LOOP_READ : 0) |
			 (event->events & EPOLLOUT ? LOOP_WRITE : 0);
	int fd = event->data.fd;
	uint64_t drained;

	if (fd == loop->wake) {
		(void)!read(fd, &drained, sizeof drained);
		loop->woken(loop->arg);
		return;
	}
	const struct seat *seat = &loop->seats[fd];
	if (!seat->watch || seat->since == loop->turn)
		return;
	if (event->events & EPOLLRDHUP)
		ready |= LOOP_READ | LOOP_END;
	if (event->events & (EPOLLERR | EPOLLHUP))
		ready |= LOOP_READ | LOOP_WRITE | LOOP_END;
	seat->watch->ready(seat->watch->arg, ready);
}

/* Those that left something for later; what they leave now is for the next turn. */
static void serve_again(struct loop *loop)
{
	size_t count = loop->again_count;

	for (size_t i = 0; i < count && !loop->stopped; i++) {
		struct seat *seat = &loop->seats[loop->again[i]];

		seat->again = false;
		if (seat->watch && seat->since != loop->turn)
			seat->watch->ready(seat->watch->arg, LOOP_READ);
	}
	loop->again_count -= count;
	memmove(loop->again, loop->again + count, loop->again_count * sizeof *loop->again);
}

static void serve_timers(struct loop *loop)
{
	uint64_t now = loop->set > 0 ? clock_monotonic_us() : 0;

	while (!loop->stopped && loop->set > 0 && loop->heap[1].at <= now) {
		struct loop_timer *timer = loop->heap[1].timer;

		loop_timer_stop(timer);
		timer->due(timer->arg);
	}
}

void loop_run(struct loop *loop)
{
	struct epoll_event events[HARVEST];
	int count = 0;

	loop->stopped = false;
	while (!loop->stopped) {
		count = harvest(loop, events, count);
		for (int i = 0; i < count && !loop->stopped; i++)
			dispatch(loop, &events[i]);
		if (loop->again_count > 0)
			serve_again(loop);
		serve_timers(loop);
	}
}
