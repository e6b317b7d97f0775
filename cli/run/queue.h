/* SPDX-License-Identifier: MIT */
/*
 * queue - results put back into the order of the input
 *
 * For --ordered: holds what came early until everything before it is out, by
 * the numbers of the targets.  A slow target holds the output back until its
 * deadline, and what comes meanwhile waits here, which is the price of an
 * order.  Results of one target are ordered by address.  For one thread at a
 * time.
 */
#ifndef CLI_RUN_QUEUE_H
#define CLI_RUN_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/limits.h"

struct error;
struct queue;
struct verdict;

/* A result that waits, with as much of it as is needed. */
struct queue_item {
	struct verdict *verdict; /* or NULL */
	char *record;            /* or NULL */
	size_t len;
	size_t number;    /* of the target */
	size_t addresses; /* how many results it will have, 0 being 1 */
	char address[LIMIT_ADDRESS_BYTES];
};

void queue_item_release(struct queue_item *item);

/* OUT gets each item, and owns what is in it from then on. */
MUST_USE struct queue *queue_new(
	void (*out)(void *arg, struct queue_item *item), void *arg, struct error *err);

/* Takes what is in ITEM over in any case; false when memory ran out, and it is lost. */
MUST_USE bool queue_add(struct queue *queue, struct queue_item *item, struct error *err);

/* Nothing more will come: hands out what still waits. */
void queue_finish(struct queue *queue);
void queue_free(struct queue *queue);
DEFINE_CLEANUP(struct queue *, queue_free);

#endif
