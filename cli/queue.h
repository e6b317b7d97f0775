/* SPDX-License-Identifier: MIT */
/*
 * queue - verdicts put back into the order of the input
 *
 * For --ordered: holds what came early until everything before it is out.  A
 * slow target at the beginning makes it hold nearly the whole run, which is the
 * price of an order.  Results of one target are ordered by address.  For one
 * thread at a time.
 */
#ifndef CLI_QUEUE_H
#define CLI_QUEUE_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct error;
struct queue;
struct target_list;
struct verdict;

/* OUT gets each verdict, and owns it from then on. */
MUST_USE struct queue *queue_new(const struct target_list *targets,
	void (*out)(void *arg, struct verdict *verdict), void *arg, struct error *err);

/* Takes VERDICT over in any case; false when memory ran out, and it is lost. */
MUST_USE bool queue_add(struct queue *queue, struct verdict *verdict, struct error *err);

/* Nothing more will come: hands out what still waits. */
void queue_finish(struct queue *queue);
void queue_free(struct queue *queue);
DEFINE_CLEANUP(struct queue *, queue_free);

#endif
