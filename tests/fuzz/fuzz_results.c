/* SPDX-License-Identifier: MIT */
/* Saved results of any kind; what can be read is rendered, and that can be read again. */
#include <assert.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "reports/renderer.h"
#include "reports/report.h"
#include "reports/result/result.h"
#include "reports/result/results.h"
#include "rules/verdict.h"
#include "tests/fuzz/fuzz.h"

#define ROOM (64u << 20)

static void render(const struct verdict *verdict, struct buf *out)
{
	CLEANUP(renderer_freep) struct renderer *renderer = renderer_new();

	assert(renderer);
	bool rendered = report_render(report_format_by_name("ndjson"), renderer, verdict, out);
	assert(rendered);
}

/* The second reading of a record changes nothing any more. */
static void read_again(struct result_pool *pool, const struct verdict *verdict)
{
	CLEANUP(buf_release) struct buf first = BUF_INIT(ROOM), again = BUF_INIT(ROOM);
	struct error err = { .code = ERROR_NONE };

	render(verdict, &first);
	CLEANUP(verdict_freep)
	struct verdict *read = result_read(pool, buf_text(&first), first.len, &err);
	assert(read);
	render(read, &again);
	assert(again.len == first.len && memcmp(again.data, first.data, first.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(result_pool_freep) struct result_pool *pool = result_pool_new();
	CLEANUP(results_freep)
	struct results *results = results_new_of_bytes("fuzz", (const char *)data, size, &err);
	struct verdict *verdict;

	assert(pool && results);
	while ((verdict = results_next(results, &err))) {
		read_again(pool, verdict);
		verdict_free(verdict);
	}
	assert(err.code == ERROR_NONE || err.text[0]);
	return 0;
}
