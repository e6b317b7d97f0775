/* SPDX-License-Identifier: MIT */
#include "checker/loop.h"

#include <assert.h>
#include <stdlib.h>

#include <uv.h>

#include "checker/base/error.h"

struct loop {
	uv_loop_t uv;
	uv_async_t wake;
	void (*woken)(void *arg);
	void *arg;
};

struct loop_watch {
	uv_poll_t uv;
	void (*ready)(void *arg, unsigned events);
	void *arg;
	unsigned events;
};

struct loop_timer {
	uv_timer_t uv;
	void (*due)(void *arg);
	void *arg;
};

static void on_wake(uv_async_t *handle)
{
	struct loop *loop = handle->data;

	loop->woken(loop->arg);
}

struct loop *loop_new(void (*woken)(void *arg), void *arg, struct error *err)
{
	struct loop *loop = calloc(1, sizeof *loop);

	if (!loop) {
		(void)error_set_memory(err);
		return NULL;
	}
	loop->woken = woken;
	loop->arg = arg;
	loop->wake.data = loop;
	int status = uv_loop_init(&loop->uv);
	if (status == 0) {
		status = uv_async_init(&loop->uv, &loop->wake, on_wake);
		if (status == 0)
			return loop;
		(void)uv_loop_close(&loop->uv);
	}
	free(loop);
	(void)error_set(err, ERROR_IO, "no event loop: %s", uv_strerror(status));
	return NULL;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	uv_close((uv_handle_t *)&loop->wake, NULL);
	/* Closing ends in the loop, and so does the memory of what was closed. */
	(void)uv_run(&loop->uv, UV_RUN_DEFAULT);
	int status = uv_loop_close(&loop->uv);
	assert(status == 0);
	(void)status;
	free(loop);
}

void loop_run(struct loop *loop)
{
	(void)uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
	uv_stop(&loop->uv);
}

void loop_wake(struct loop *loop)
{
	(void)uv_async_send(&loop->wake);
}

static void free_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void on_ready(uv_poll_t *handle, int status, int events)
{
	struct loop_watch *watch = handle->data;
	unsigned ready = 0;

	if (status < 0) {
		/* libuv has stopped watching; whoever asks the descriptor learns why. */
		watch->events = 0;
		ready = LOOP_READ | LOOP_WRITE;
	}
	if (events & UV_READABLE)
		ready |= LOOP_READ;
	if (events & UV_WRITABLE)
		ready |= LOOP_WRITE;
	watch->ready(watch->arg, ready);
}

struct loop_watch *loop_watch_new(
	struct loop *loop, int fd, void (*ready)(void *arg, unsigned events), void *arg)
{
	struct loop_watch *watch = calloc(1, sizeof *watch);

	if (!watch)
		return NULL;
	if (uv_poll_init(&loop->uv, &watch->uv, fd) != 0) {
		free(watch);
		return NULL;
	}
	watch->uv.data = watch;
	watch->ready = ready;
	watch->arg = arg;
	return watch;
}

void loop_watch_free(struct loop_watch *watch)
{
	if (watch)
		uv_close((uv_handle_t *)&watch->uv, free_closed);
}

bool loop_watch_set(struct loop_watch *watch, unsigned events)
{
	int uv_events = (events & LOOP_READ ? UV_READABLE : 0) |
			(events & LOOP_WRITE ? UV_WRITABLE : 0);

	if (events == watch->events)
		return true;
	int status = events ? uv_poll_start(&watch->uv, uv_events, on_ready)
			    : uv_poll_stop(&watch->uv);
	watch->events = status == 0 ? events : 0;
	return status == 0;
}

static void on_due(uv_timer_t *handle)
{
	struct loop_timer *timer = handle->data;

	timer->due(timer->arg);
}

struct loop_timer *loop_timer_new(struct loop *loop, void (*due)(void *arg), void *arg)
{
	struct loop_timer *timer = calloc(1, sizeof *timer);

	if (!timer)
		return NULL;
	(void)uv_timer_init(&loop->uv, &timer->uv);
	timer->uv.data = timer;
	timer->due = due;
	timer->arg = arg;
	return timer;
}

void loop_timer_free(struct loop_timer *timer)
{
	if (timer)
		uv_close((uv_handle_t *)&timer->uv, free_closed);
}

void loop_timer_set(struct loop_timer *timer, uint64_t delay_us)
{
	/* libuv counts whole milliseconds from the start of this turn of the loop; a timer must
	 * not come before its time, or whoever waits for it would have to be asked again. */
	uv_update_time(timer->uv.loop);
	uint64_t delay_ms = delay_us > 0 ? delay_us / 1000 + 2 : 0;
	(void)uv_timer_start(&timer->uv, on_due, delay_ms, 0);
}
