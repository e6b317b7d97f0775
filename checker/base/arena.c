/* SPDX-License-Identifier: MIT */
#include "checker/base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 1024

struct arena_block {
	struct arena_block *next;
	uint8_t bytes[];
};

void arena_init(struct arena *arena, void *memory, size_t room)
{
	*arena = (struct arena){ .blocks = NULL, .at = memory, .left = room };
}

void arena_release(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
	arena->at = NULL;
	arena->left = 0;
}

static uint8_t *take(struct arena *arena, size_t size, size_t align)
{
	size_t skip = (align - (uintptr_t)arena->at % align) % align;

	if (arena->left < skip || arena->left - skip < size) {
		size_t room = size > BLOCK_BYTES / 4 ? size : BLOCK_BYTES;
		struct arena_block *block = size > SIZE_MAX / 2 ? NULL
								: malloc(sizeof *block + room);
		if (!block)
			return NULL;
		block->next = arena->blocks;
		arena->blocks = block;
		if (room == size) /* a large piece has its own; what is open stays so */
			return block->bytes;
		arena->at = block->bytes;
		arena->left = room;
		skip = 0;
	}
	uint8_t *piece = arena->at + skip;
	arena->at = piece + size;
	arena->left -= skip + size;
	return piece;
}

void *arena_take(struct arena *arena, size_t size)
{
	uint8_t *piece = take(arena, size, sizeof(void *));

	if (piece)
		memset(piece, 0, size);
	return piece;
}

char *arena_text(struct arena *arena, const char *text, size_t len)
{
	uint8_t *piece = len < SIZE_MAX ? take(arena, len + 1, 1) : NULL;

	if (!piece)
		return NULL;
	if (len > 0)
		memcpy(piece, text, len);
	piece[len] = '\0';
	return (char *)piece;
}
