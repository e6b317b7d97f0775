/* SPDX-License-Identifier: MIT */
#include "cli/process/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "checker/base/clock.h"
#include "checker/base/phrase.h"
#include "cli/process/console.h"

/* At most five times a second: more is a flicker and costs time. */
#define REDRAW_US 200000u

/* While targets are silent, so that the line does not look dead. */
#define TICK_US 1000000u

#define LINE_BYTES 160

struct progress {
	size_t targets;
	bool shown;
	bool ticks; /* there is a thread */
	pthread_t ticker;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t over;
	bool active; /* begun and not cleared */
	size_t results[STATUS_COUNT];
	size_t count;
	enum language language;
	double done; /* targets, those that are half examined counted by their addresses */
	uint64_t begun_us, drawn_us;
};

/* With the lock held. */
static void draw(struct progress *progress, uint64_t now_us)
{
	uint64_t seconds = (now_us - progress->begun_us) / 1000000;
	double elapsed = (double)(now_us - progress->begun_us) / 1e6;
	double rate = elapsed > 0 ? (double)progress->count / elapsed : 0;
	unsigned columns = console_columns(STDERR_FILENO);
	char said[LINE_BYTES], line[LINE_BYTES];

	phrase_say(said, sizeof said,
		"%zu/%zu done in %u:%02u, %zu critical, %zu unreachable, %.0f/s",
		(size_t)(progress->done + 1e-6), progress->targets, (unsigned)(seconds / 60),
		(unsigned)(seconds % 60), progress->results[STATUS_CRITICAL],
		progress->results[STATUS_UNREACHABLE], rate);
	phrase_render(said, progress->language, line, sizeof line);
	/* CR and erase to the end of the line: every terminal since the VT100 (ECMA-48, EL). A
	 * line that wraps could not be rewritten, and the last column may wrap on its own. */
	(void)fprintf(stderr, "\r%.*s\033[K", columns > 0 ? (int)columns - 1 : LINE_BYTES, line);
	(void)fflush(stderr);
	progress->drawn_us = now_us;
}

static void *tick(void *arg)
{
	struct progress *progress = arg;

	(void)pthread_mutex_lock(&progress->lock);
	while (progress->active) {
		uint64_t next_us = progress->drawn_us + TICK_US;
		struct timespec until = { .tv_sec = (time_t)(next_us / 1000000),
			.tv_nsec = (long)(next_us % 1000000 * 1000) };

		(void)pthread_cond_timedwait(&progress->over, &progress->lock, &until);
		uint64_t now_us = clock_monotonic_us();
		if (progress->active && now_us - progress->drawn_us >= TICK_US)
			draw(progress, now_us);
	}
	(void)pthread_mutex_unlock(&progress->lock);
	return NULL;
}

struct progress *progress_new(size_t targets, bool shown, enum language language)
{
	struct progress *progress = calloc(1, sizeof *progress);
	pthread_condattr_t steady;

	if (!progress)
		return NULL;
	progress->targets = targets;
	progress->shown = shown;
	progress->language = language;
	(void)pthread_mutex_init(&progress->lock, NULL);
	(void)pthread_condattr_init(&steady);
	(void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&progress->over, &steady);
	(void)pthread_condattr_destroy(&steady);
	return progress;
}

void progress_start(struct progress *progress, size_t targets, const size_t *results)
{
	progress->done = (double)targets;
	memcpy(progress->results, results, sizeof progress->results);
}

void progress_begin(struct progress *progress)
{
	if (!progress->shown)
		return;
	(void)pthread_mutex_lock(&progress->lock);
	progress->active = true;
	progress->begun_us = clock_monotonic_us();
	draw(progress, progress->begun_us);
	(void)pthread_mutex_unlock(&progress->lock);
	/* Without the thread the line is redrawn by results alone. */
	progress->ticks = pthread_create(&progress->ticker, NULL, tick, progress) == 0;
}

void progress_add(struct progress *progress, enum status status, size_t addresses)
{
	if (!progress->shown)
		return;
	(void)pthread_mutex_lock(&progress->lock);
	progress->results[status]++;
	progress->count++;
	progress->done += 1.0 / (double)(addresses > 0 ? addresses : 1);
	if (progress->active) {
		uint64_t now_us = clock_monotonic_us();
		if (now_us - progress->drawn_us >= REDRAW_US)
			draw(progress, now_us);
	}
	(void)pthread_mutex_unlock(&progress->lock);
}

static void erase(void)
{
	(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
}

void progress_aside(struct progress *progress, void (*say)(void *arg), void *arg)
{
	(void)pthread_mutex_lock(&progress->lock);
	if (progress->active)
		erase();
	say(arg);
	if (progress->active)
		draw(progress, clock_monotonic_us());
	(void)pthread_mutex_unlock(&progress->lock);
}

void progress_clear(struct progress *progress)
{
	(void)pthread_mutex_lock(&progress->lock);
	bool drawn = progress->active;
	progress->active = false;
	(void)pthread_cond_signal(&progress->over);
	(void)pthread_mutex_unlock(&progress->lock);
	if (progress->ticks)
		(void)pthread_join(progress->ticker, NULL);
	progress->ticks = false;
	if (drawn)
		erase();
}

void progress_free(struct progress *progress)
{
	if (!progress)
		return;
	progress_clear(progress);
	(void)pthread_cond_destroy(&progress->over);
	(void)pthread_mutex_destroy(&progress->lock);
	free(progress);
}
