/* SPDX-License-Identifier: MIT */
/*
 * window - targets in an order that is not that of the input
 *
 * Lists are sorted by network, and a network is not to be hit by a thousand connections at once. So
 * the next target is drawn at random from the next thousands of the input.  The window fills
 * while it is drawn from, and a short input does not wait for it.
 */
#ifndef CHECKER_ENGINE_WINDOW_H
#define CHECKER_ENGINE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct target;
struct window;

/* SIZE targets at most; each comes from NEXT with ARG, a reference, until that says NULL.  SEED
 * decides the order.  NULL when memory runs out. */
MUST_USE struct window *window_new(
	size_t size, uint64_t seed, struct target *(*next)(void *arg), void *arg);
void window_free(struct window *window);
DEFINE_CLEANUP(struct window *, window_free);

/* The next one, a reference; NULL: no more. */
struct target *window_take(struct window *window);

#endif
