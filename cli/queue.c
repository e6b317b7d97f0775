/* SPDX-License-Identifier: MIT */
#include "cli/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/vec.h"
#include "checker/target.h"
#include "rules/verdict.h"

/* What a target has brought so far. */
struct slot {
	VEC(struct verdict *) held;
	size_t expected; /* 0: not known, as nothing came yet */
};

struct place {
	const struct target *target;
	size_t number;
};

struct queue {
	struct place *places; /* by address in memory, to find a target's number */
	struct slot *slots;   /* by number */
	size_t count;
	size_t next; /* the first that is not out */
	void (*out)(void *arg, struct verdict *verdict);
	void *arg;
};

static int compare_places(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)((const struct place *)a)->target;
	uintptr_t y = (uintptr_t)((const struct place *)b)->target;

	return (x > y) - (x < y);
}

struct queue *queue_new(const struct target_list *targets,
	void (*out)(void *arg, struct verdict *verdict), void *arg, struct error *err)
{
	CLEANUP(queue_freep) struct queue *queue = calloc(1, sizeof *queue);
	size_t count = target_list_count(targets);

	if (queue) {
		queue->places = calloc(count + 1, sizeof *queue->places);
		queue->slots = calloc(count + 1, sizeof *queue->slots);
	}
	if (!queue || !queue->places || !queue->slots) {
		(void)error_set_memory(err);
		return NULL;
	}
	queue->count = count;
	queue->out = out;
	queue->arg = arg;
	for (size_t i = 0; i < count; i++)
		queue->places[i] = (struct place){ .target = target_list_at(targets, i),
			.number = i };
	qsort(queue->places, count, sizeof *queue->places, compare_places);
	return TAKE(queue);
}

static struct slot *slot_of(struct queue *queue, const struct verdict *verdict)
{
	struct place wanted = { .target = verdict->target };
	const struct place *place = bsearch(
		&wanted, queue->places, queue->count, sizeof wanted, compare_places);

	assert(place);
	return &queue->slots[place->number];
}

static void emit(struct queue *queue, struct slot *slot)
{
	for (size_t i = 0; i < slot->held.count; i++)
		queue->out(queue->arg, slot->held.items[i]);
	free(slot->held.items);
	slot->held.items = NULL;
	slot->held.count = slot->held.room = 0;
}

bool queue_add(struct queue *queue, struct verdict *verdict, struct error *err)
{
	struct slot *slot = slot_of(queue, verdict);
	size_t at = slot->held.count;

	if (!vec_reserve(&slot->held)) {
		verdict_free(verdict);
		return error_set_memory(err);
	}
	for (; at > 0 && strcmp(slot->held.items[at - 1]->address, verdict->address) > 0; at--)
		slot->held.items[at] = slot->held.items[at - 1];
	slot->held.items[at] = verdict;
	slot->held.count++;
	slot->expected = verdict->addresses > 0 ? verdict->addresses : 1;
	while (queue->next < queue->count) {
		struct slot *first = &queue->slots[queue->next];
		if (first->expected == 0 || first->held.count < first->expected)
			break;
		emit(queue, first);
		queue->next++;
	}
	return true;
}

void queue_finish(struct queue *queue)
{
	for (size_t i = 0; i < queue->count; i++)
		emit(queue, &queue->slots[i]);
	queue->next = queue->count;
}

void queue_free(struct queue *queue)
{
	if (!queue)
		return;
	for (size_t i = 0; queue->slots && i < queue->count; i++) {
		for (size_t k = 0; k < queue->slots[i].held.count; k++)
			verdict_free(queue->slots[i].held.items[k]);
		free(queue->slots[i].held.items);
	}
	free(queue->slots);
	free(queue->places);
	free(queue);
}
