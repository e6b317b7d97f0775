/* SPDX-License-Identifier: MIT */
#include "checker/base/heap.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Libraries take functions of theirs and no argument for them, so there is nowhere else to keep it;
 * it is about the process, too.  Only ever set. */
static atomic_bool ran_out;

void heap_note(void)
{
	atomic_store(&ran_out, true);
}

bool heap_ran_out(void)
{
	return atomic_load(&ran_out);
}

void *heap_take(size_t size)
{
	void *taken = malloc(size);

	if (!taken && size > 0)
		heap_note();
	return taken;
}

void *heap_retake(void *old, size_t size)
{
	void *taken = realloc(old, size);

	if (!taken && size > 0)
		heap_note();
	return taken;
}
