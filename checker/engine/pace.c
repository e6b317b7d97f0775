/* SPDX-License-Identifier: MIT */
#include "checker/engine/pace.h"

#include <pthread.h>
#include <stdlib.h>

#include "checker/base/clock.h"

/* How early a place may be taken: timers count whole milliseconds. */
#define EARLY_US 5000

struct pace {
	pthread_mutex_t lock;
	double interval_us;
	double next_us; /* the next free place, in microseconds since `origin` */
	uint64_t origin;
};

struct pace *pace_new(double rate)
{
	struct pace *pace = calloc(1, sizeof *pace);

	if (!pace)
		return NULL;
	(void)pthread_mutex_init(&pace->lock, NULL);
	pace->interval_us = 1e6 / rate;
	pace->origin = clock_monotonic_us();
	return pace;
}

void pace_free(struct pace *pace)
{
	if (!pace)
		return;
	(void)pthread_mutex_destroy(&pace->lock);
	free(pace);
}

/* Places that nobody took are lost: a pause is not followed by a burst. */
static double catch_up(struct pace *pace)
{
	double now = (double)(clock_monotonic_us() - pace->origin);

	if (pace->next_us < now)
		pace->next_us = now;
	return pace->next_us - now;
}

uint64_t pace_take(struct pace *pace)
{
	if (!pace)
		return 0;
	(void)pthread_mutex_lock(&pace->lock);
	double wait = catch_up(pace);
	if (wait <= EARLY_US)
		pace->next_us += pace->interval_us;
	(void)pthread_mutex_unlock(&pace->lock);
	/* A day at most: slower paces than that are asked about again. */
	if (wait > 86400e6)
		wait = 86400e6;
	return wait <= EARLY_US ? 0 : (uint64_t)(wait - EARLY_US) + 1;
}

void pace_spend(struct pace *pace)
{
	if (!pace)
		return;
	(void)pthread_mutex_lock(&pace->lock);
	(void)catch_up(pace);
	pace->next_us += pace->interval_us;
	(void)pthread_mutex_unlock(&pace->lock);
}
