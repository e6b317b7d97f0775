/* SPDX-License-Identifier: MIT */
/*
 * loop - an event loop: descriptors that are ready, timers, a wake-up
 *
 * The only door to epoll.  One loop belongs to one thread, which alone may call anything here but
 * loop_wake().  Watches and timers are memory of their users and may be released at any time, from
 * their own callback too; nobody is called back after that.  Everything is released before the
 * loop is freed.  Why it is not libuv: docs/adr/0007-an-event-loop-of-our-own.md.
 *
 * With many descriptors watched and few of them ready it sleeps some milliseconds before it asks
 * again, so that one wake-up serves many: latency of a scan is nobody's concern, its CPU time is.
 */
#ifndef CHECKER_ENGINE_LOOP_H
#define CHECKER_ENGINE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct error;
struct loop;

/* WOKEN runs in the loop's thread some time after loop_wake(), once for many of them. */
MUST_USE struct loop *loop_new(void (*woken)(void *arg), void *arg, struct error *err);
void loop_free(struct loop *loop);

/* Until loop_stop(). */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* From any thread, and from a signal handler. */
void loop_wake(struct loop *loop);

#define LOOP_READ 1u
#define LOOP_WRITE 2u
#define LOOP_END 4u  /* the peer says no more, or there was an error: read until that shows */
#define LOOP_EDGE 8u /* to watch for: told once for each change, not as long as it lasts */

struct loop_watch {
	struct loop *loop; /* NULL: watches nothing */
	int fd;
	void (*ready)(void *arg, unsigned events);
	void *arg;
};

/*
 * Watches FD for EVENTS (LOOP_READ, LOOP_WRITE, LOOP_EDGE).  READY gets what FD may be ready for;
 * after an error on FD that is everything, and the next call on FD says which error.  FD stays the
 * caller's.  0, or an errno.
 */
MUST_USE int loop_watch_init(struct loop_watch *watch, struct loop *loop, int fd, unsigned events,
	void (*ready)(void *arg, unsigned events), void *arg);
/* Other EVENTS; 0, or an errno. */
MUST_USE int loop_watch_set(struct loop_watch *watch, unsigned events);
void loop_watch_release(struct loop_watch *watch);

/* READY once more, after everybody else had a turn: for who leaves some of the bytes for later. */
void loop_watch_again(struct loop_watch *watch);

/*
 * Releases the watch for a FD that is closed next, or given to loop_watch_resume(): with no
 * system call in it.  Events of FD are nobody's until then, and old ones are never told to its
 * next user.
 */
void loop_watch_leave(struct loop_watch *watch);
void loop_watch_resume(struct loop_watch *watch, struct loop *loop, int fd,
	void (*ready)(void *arg, unsigned events), void *arg);

struct loop_timer {
	struct loop *loop; /* NULL: not there */
	void (*due)(void *arg);
	void *arg;
	uint64_t at;  /* of clock_monotonic_us() */
	size_t place; /* among the timers that are set, from 1; 0: not set */
};

/* False when memory runs out. */
MUST_USE bool loop_timer_init(
	struct loop_timer *timer, struct loop *loop, void (*due)(void *arg), void *arg);
void loop_timer_release(struct loop_timer *timer);

/* DUE once, not earlier than at AT_US of clock_monotonic_us(), or DELAY_US from now; takes the
 * place of what was set before. */
void loop_timer_at(struct loop_timer *timer, uint64_t at_us);
void loop_timer_set(struct loop_timer *timer, uint64_t delay_us);
void loop_timer_stop(struct loop_timer *timer);

#endif
