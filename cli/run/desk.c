/* SPDX-License-Identifier: MIT */
#include "cli/run/desk.h"

#include <pthread.h>
#include <stdlib.h>

#include "reports/renderer.h"
#include "reports/report.h"

/* Above what the records of a service with many addresses come to. */
#define RECORDS_BYTES (1u << 30)

/* A desk as large as this gives its memory back. */
#define KEEP_BYTES (1u << 20)

struct desk_room {
	pthread_mutex_t lock;
	struct desk *free;
};

struct desk_room *desk_room_new(void)
{
	struct desk_room *room = calloc(1, sizeof *room);

	if (room)
		(void)pthread_mutex_init(&room->lock, NULL);
	return room;
}

static void desk_free(struct desk *desk)
{
	renderer_free(desk->renderer);
	buf_release(&desk->records);
	free(desk->ends.items);
	free(desk);
}

void desk_room_free(struct desk_room *room)
{
	if (!room)
		return;
	while (room->free) {
		struct desk *desk = room->free;

		room->free = desk->next;
		desk_free(desk);
	}
	(void)pthread_mutex_destroy(&room->lock);
	free(room);
}

struct desk *desk_take(struct desk_room *room)
{
	(void)pthread_mutex_lock(&room->lock);
	struct desk *desk = room->free;
	if (desk)
		room->free = desk->next;
	(void)pthread_mutex_unlock(&room->lock);
	if (desk)
		return desk;
	desk = calloc(1, sizeof *desk);
	if (!desk)
		return NULL;
	desk->records = (struct buf)BUF_INIT(RECORDS_BYTES);
	desk->renderer = renderer_new();
	if (desk->renderer)
		return desk;
	desk_free(desk);
	return NULL;
}

void desk_give(struct desk_room *room, struct desk *desk)
{
	if (desk->records.room > KEEP_BYTES)
		buf_release(&desk->records);
	(void)pthread_mutex_lock(&room->lock);
	desk->next = room->free;
	room->free = desk;
	(void)pthread_mutex_unlock(&room->lock);
}

bool desk_render(struct desk *desk, const struct report_format *format,
	struct verdict *const *verdicts, size_t count)
{
	buf_clear(&desk->records);
	desk->ends.count = 0;
	for (size_t i = 0; format && i < count; i++) {
		if (!vec_reserve(&desk->ends) ||
			!report_render(format, desk->renderer, verdicts[i], &desk->records))
			return false;
		desk->ends.items[desk->ends.count++] = desk->records.len;
	}
	return true;
}

const char *desk_record(const struct desk *desk, size_t i, size_t *ret_len)
{
	if (i >= desk->ends.count) {
		*ret_len = 0;
		return "";
	}
	size_t from = i > 0 ? desk->ends.items[i - 1] : 0;
	*ret_len = desk->ends.items[i] - from;
	return desk->records.data + from;
}
