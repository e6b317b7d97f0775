/* SPDX-License-Identifier: MIT */
/*
 * vec - arrays that grow, without a type of their own
 *
 * A vec is three members of any struct: `items`, `count` and `room`.  VEC()
 * declares them; vec_reserve() makes room for one more.
 */
#ifndef CHECKER_BASE_VEC_H
#define CHECKER_BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "checker/base/attr.h"
#include "checker/base/heap.h"

#define VEC(type)             \
	struct {              \
		type *items;  \
		size_t count; \
		size_t room;  \
	}

static inline bool vec_grow(void **items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return true;
	size_t more = *room ? *room * 2 : 8;
	if (more < *room || more > SIZE_MAX / size)
		return false;
	void *moved = heap_retake(*items, more * size);
	if (!moved)
		return false;
	*items = moved;
	*room = more;
	return true;
}

/* Makes room for one more item; false when memory runs out, nothing is lost then. */
#define vec_reserve(vec) \
	vec_grow((void **)&(vec)->items, (vec)->count, &(vec)->room, sizeof *(vec)->items)

#endif
