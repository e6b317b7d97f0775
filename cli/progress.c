/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>

#include "checker/base/clock.h"

/* At most five times a second: more is a flicker and costs time. */
#define REDRAW_US 200000u

struct progress {
	size_t targets;
	bool shown;
	bool drawn;
	size_t results[STATUS_COUNT];
	size_t count;
	double done; /* targets, those that are half examined counted by their addresses */
	uint64_t begun_us, drawn_us;
};

static void draw(struct progress *progress, uint64_t now_us)
{
	double seconds = (double)(now_us - progress->begun_us) / 1e6;
	double rate = seconds > 0 ? (double)progress->count / seconds : 0;

	/* CR and erase to the end of the line: every terminal since the VT100 (ECMA-48, EL). */
	(void)fprintf(stderr, "\r%zu/%zu done, %zu critical, %zu unreachable, %.0f/s\033[K",
		(size_t)(progress->done + 1e-6), progress->targets,
		progress->results[STATUS_CRITICAL], progress->results[STATUS_UNREACHABLE], rate);
	(void)fflush(stderr);
	progress->drawn = true;
	progress->drawn_us = now_us;
}

struct progress *progress_new(size_t targets, bool shown)
{
	struct progress *progress = calloc(1, sizeof *progress);

	if (!progress)
		return NULL;
	progress->targets = targets;
	progress->shown = shown;
	progress->begun_us = clock_monotonic_us();
	if (shown)
		draw(progress, progress->begun_us);
	return progress;
}

void progress_add(struct progress *progress, enum status status, size_t addresses)
{
	progress->results[status]++;
	progress->count++;
	progress->done += 1.0 / (double)(addresses > 0 ? addresses : 1);
	if (!progress->shown)
		return;
	uint64_t now_us = clock_monotonic_us();
	if (now_us - progress->drawn_us >= REDRAW_US)
		draw(progress, now_us);
}

void progress_clear(struct progress *progress)
{
	if (!progress || !progress->drawn)
		return;
	(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
	progress->drawn = false;
}

void progress_free(struct progress *progress)
{
	progress_clear(progress);
	free(progress);
}
