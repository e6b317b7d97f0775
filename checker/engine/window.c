/* SPDX-License-Identifier: MIT */
#include "checker/engine/window.h"

#include <stdbool.h>
#include <stdlib.h>

#include "checker/target/target.h"

#define FIRST 256 /* read before the first one is drawn: less than a millisecond */
#define AHEAD 8   /* read for each one that is drawn, until the window is full */

struct window {
	struct target *(*next)(void *arg);
	void *arg;
	bool exhausted;
	uint64_t random;
	size_t size, count;
	struct target *targets[];
};

struct window *window_new(size_t size, uint64_t seed, struct target *(*next)(void *arg), void *arg)
{
	struct window *window = malloc(sizeof *window + size * sizeof(struct target *));

	if (!window)
		return NULL;
	window->next = next;
	window->arg = arg;
	window->exhausted = false;
	window->random = seed;
	window->size = size;
	window->count = 0;
	return window;
}

void window_free(struct window *window)
{
	if (!window)
		return;
	while (window->count > 0)
		target_unref(window->targets[--window->count]);
	free(window);
}

/* splitmix64: any seed will do.  Nothing here is a secret. */
static uint64_t draw(struct window *window)
{
	uint64_t value = window->random += 0x9e3779b97f4a7c15u;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
	value = (value ^ value >> 27) * 0x94d049bb133111ebu;
	return value ^ value >> 31;
}

static void fill(struct window *window)
{
	size_t want = window->count == 0 ? FIRST : AHEAD;

	for (size_t i = 0; i < want && window->count < window->size && !window->exhausted; i++) {
		struct target *target = window->next(window->arg);

		window->exhausted = !target;
		if (target)
			window->targets[window->count++] = target;
	}
}

struct target *window_take(struct window *window)
{
	fill(window);
	if (window->count == 0)
		return NULL;
	size_t at = (size_t)(draw(window) % window->count);
	struct target *target = window->targets[at];
	window->targets[at] = window->targets[--window->count];
	return target;
}
