/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/base/text.h"
#include "checker/base/vec.h"
#include "reports/result/result.h"
#include "reports/result/result_reading.h"

/* Ids of some profiles, and runs in one file: far above what there is, far below what hurts. */
#define POOL_IDS 1024
#define POOL_RUNS 1024

struct result_pool {
	VEC(char *) ids;
	VEC(struct verdict_run *) runs;
};

struct result_pool *result_pool_new(void)
{
	return calloc(1, sizeof(struct result_pool));
}

void result_pool_free(struct result_pool *pool)
{
	if (!pool)
		return;
	for (size_t i = 0; i < pool->ids.count; i++)
		free(pool->ids.items[i]);
	for (size_t i = 0; i < pool->runs.count; i++)
		free(pool->runs.items[i]);
	free(pool->ids.items);
	free(pool->runs.items);
	free(pool);
}

const char *result_pool_id(struct result_pool *pool, const char *id)
{
	for (size_t i = 0; i < pool->ids.count; i++)
		if (strcmp(pool->ids.items[i], id) == 0)
			return pool->ids.items[i];
	if (pool->ids.count == POOL_IDS || !vec_reserve(&pool->ids))
		return NULL;
	char *copy = text_copy(id, strlen(id));
	if (copy)
		pool->ids.items[pool->ids.count++] = copy;
	return copy;
}

/* Ids of the pool are the same when their addresses are. */
static bool is_same(const struct verdict_run *a, const struct verdict_run *b)
{
	return a->profile == b->profile && a->profile_sha256 == b->profile_sha256 &&
	       a->targets == b->targets && a->duplicates == b->duplicates &&
	       strcmp(a->version, b->version) == 0;
}

const struct verdict_run *result_pool_run(struct result_pool *pool, const struct verdict_run *run)
{
	for (size_t i = pool->runs.count; i-- > 0;)
		if (is_same(pool->runs.items[i], run))
			return pool->runs.items[i];
	if (pool->runs.count == POOL_RUNS || !vec_reserve(&pool->runs))
		return NULL;
	struct verdict_run *copy = malloc(sizeof *copy);
	if (!copy)
		return NULL;
	*copy = *run;
	pool->runs.items[pool->runs.count++] = copy;
	return copy;
}
