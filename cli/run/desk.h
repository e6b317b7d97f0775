/* SPDX-License-Identifier: MIT */
/*
 * desk - where one thread makes records, and a room of them
 *
 * A thread takes a desk, makes the records of a service at it, and gives it back
 * when they are written: what the desk has learnt (renderer.h) and its memory
 * serve whoever takes it next.  There are as many as threads work at once.
 */
#ifndef CLI_RUN_DESK_H
#define CLI_RUN_DESK_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/base/vec.h"

struct renderer;
struct report_format;
struct verdict;

struct desk {
	struct desk *next;
	struct renderer *renderer;
	struct buf records; /* of one service, one after the other */
	VEC(size_t) ends;   /* of each of them */
};

struct desk_room;

MUST_USE struct desk_room *desk_room_new(void);
void desk_room_free(struct desk_room *room);
DEFINE_CLEANUP(struct desk_room *, desk_room_free);

/* A desk for the calling thread; NULL when memory runs out.  From any thread, as is giving back. */
MUST_USE struct desk *desk_take(struct desk_room *room);
void desk_give(struct desk_room *room, struct desk *desk);

/* Makes the records of VERDICTS in FORMAT, or none when that is NULL. */
MUST_USE bool desk_render(struct desk *desk, const struct report_format *format,
	struct verdict *const *verdicts, size_t count);

/* Record number I, as long as *RET_LEN. */
const char *desk_record(const struct desk *desk, size_t i, size_t *ret_len);

#endif
