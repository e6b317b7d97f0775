/* SPDX-License-Identifier: MIT */
#include "cli/run/queue.h"

#include <stdlib.h>
#include <string.h>

/* A failed allocation is an error here, not the end of the program; and uthash's own hash
 * function has a switch that falls through, of which clang warns. */
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/error.h"
#include "checker/base/vec.h"
#include "rules/verdict.h"

/* What a target has brought so far. */
struct place {
	size_t number;
	size_t expected;
	VEC(struct queue_item) held;
	UT_hash_handle hh;
};

struct queue {
	struct place *places; /* of targets that are not out */
	size_t next;          /* the first of all that is not */
	void (*out)(void *arg, struct queue_item *item);
	void *arg;
};

void queue_item_release(struct queue_item *item)
{
	verdict_free(item->verdict);
	free(item->record);
	item->verdict = NULL;
	item->record = NULL;
}

struct queue *queue_new(
	void (*out)(void *arg, struct queue_item *item), void *arg, struct error *err)
{
	struct queue *queue = calloc(1, sizeof *queue);

	if (!queue) {
		(void)error_set_memory(err);
		return NULL;
	}
	queue->out = out;
	queue->arg = arg;
	return queue;
}

static struct place *place_of(struct queue *queue, const struct queue_item *item)
{
	struct place *place = NULL;

	HASH_FIND(hh, queue->places, &item->number, sizeof item->number, place);
	if (place)
		return place;
	place = calloc(1, sizeof *place);
	if (!place)
		return NULL;
	place->number = item->number;
	place->expected = item->addresses > 0 ? item->addresses : 1;
	HASH_ADD(hh, queue->places, number, sizeof place->number, place);
	if (place->hh.tbl)
		return place;
	free(place);
	return NULL;
}

static void place_free(struct queue *queue, struct place *place)
{
	HASH_DEL(queue->places, place);
	free(place->held.items);
	free(place);
}

static void emit(struct queue *queue, struct place *place)
{
	for (size_t i = 0; i < place->held.count; i++)
		queue->out(queue->arg, &place->held.items[i]);
	place_free(queue, place);
}

/* Hands out what nothing is before any more. */
static void move_on(struct queue *queue)
{
	for (;;) {
		struct place *first = NULL;

		HASH_FIND(hh, queue->places, &queue->next, sizeof queue->next, first);
		if (!first || first->held.count < first->expected)
			return;
		emit(queue, first);
		queue->next++;
	}
}

bool queue_add(struct queue *queue, struct queue_item *item, struct error *err)
{
	struct place *place = place_of(queue, item);

	if (!place || !vec_reserve(&place->held)) {
		queue_item_release(item);
		return error_set_memory(err);
	}
	struct queue_item *held = place->held.items;
	size_t at = place->held.count++;
	for (; at > 0 && strcmp(held[at - 1].address, item->address) > 0; at--)
		held[at] = held[at - 1];
	held[at] = *item;
	move_on(queue);
	return true;
}

static int compare_numbers(const struct place *a, const struct place *b)
{
	return (a->number > b->number) - (a->number < b->number);
}

void queue_finish(struct queue *queue)
{
	HASH_SORT(queue->places, compare_numbers);
	while (queue->places)
		emit(queue, queue->places);
}

void queue_free(struct queue *queue)
{
	if (!queue)
		return;
	while (queue->places) {
		for (size_t i = 0; i < queue->places->held.count; i++)
			queue_item_release(&queue->places->held.items[i]);
		place_free(queue, queue->places);
	}
	free(queue);
}
