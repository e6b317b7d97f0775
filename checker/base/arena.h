/* SPDX-License-Identifier: MIT */
/*
 * arena - many small pieces of memory that go at once
 *
 * Begins in memory of the caller's and goes on in blocks of the heap where that does not
 * suffice.  Pieces are not freed one by one.  For one thread at a time.
 */
#ifndef CHECKER_BASE_ARENA_H
#define CHECKER_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;
	uint8_t *at;
	size_t left;
};

/* ROOM bytes at MEMORY are the caller's and are used first; ROOM may be 0. */
void arena_init(struct arena *arena, void *memory, size_t room);
void arena_release(struct arena *arena);

/* SIZE bytes set to zero, aligned for any pointer; NULL when memory runs out. */
MUST_USE void *arena_take(struct arena *arena, size_t size);

/* A copy of LEN bytes and a NUL; NULL when memory runs out. */
MUST_USE char *arena_text(struct arena *arena, const char *text, size_t len);

#endif
