/* SPDX-License-Identifier: MIT */
/*
 * loop - an event loop: descriptors that are ready, timers, a wake-up
 *
 * The only door to libuv.  One loop belongs to one thread, which alone may
 * call anything here but loop_wake().  Watches and timers may be freed at any
 * time, from their own callback too; nobody is called back after that.
 * Everything is freed before the loop is.
 */
#ifndef CHECKER_LOOP_H
#define CHECKER_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct error;
struct loop;
struct loop_timer;
struct loop_watch;

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

/*
 * Watches FD, for nothing at first.  READY gets what FD may be ready for; after an
 * error on FD that is both, and the next call on FD says which error.  FD stays
 * the caller's and is closed after its watch is freed.  NULL when the machine has no more.
 */
MUST_USE struct loop_watch *loop_watch_new(
	struct loop *loop, int fd, void (*ready)(void *arg, unsigned events), void *arg);
void loop_watch_free(struct loop_watch *watch);

/* What to watch for, level-triggered. */
MUST_USE bool loop_watch_set(struct loop_watch *watch, unsigned events);

/* NULL when memory runs out. */
MUST_USE struct loop_timer *loop_timer_new(struct loop *loop, void (*due)(void *arg), void *arg);
void loop_timer_free(struct loop_timer *timer);

/* DUE once, not earlier than DELAY_US from now; takes the place of what was set before. */
void loop_timer_set(struct loop_timer *timer, uint64_t delay_us);

#endif
