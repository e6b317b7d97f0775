/* SPDX-License-Identifier: MIT */
/* A target file of any kind: text, CSV, NDJSON or an inventory. */
#include <assert.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/target/target_reader.h"
#include "checker/target/target_stream.h"
#include "tests/fuzz/fuzz.h"

/* Ranges multiply; without a bound of its own an input of ten bytes makes a million targets. */
#define TARGETS_MAX 2000

static bool read_all(struct target_list *list, const uint8_t *data, size_t size, bool skip)
{
	const struct target_options options = { .skip_bad_input = skip };
	struct error err = { 0 };
	bool ok = target_list_add_bytes(list, "fuzz", (const char *)data, size, &options, &err);

	assert(ok == (err.code == ERROR_NONE));
	assert(ok || err.text[0]);
	return ok;
}

/* A stream hands out what a list holds, or fails where it does. */
static void compare(
	const struct target_list *list, bool good, const uint8_t *data, size_t size, bool skip)
{
	const struct target_options options = { .skip_bad_input = skip };
	struct error err = { 0 };
	CLEANUP(target_stream_freep)
	struct target_stream *stream = target_stream_new(&options, &err);
	size_t count = 0;

	assert(stream && target_stream_add_bytes(stream, "fuzz", (const char *)data, size, &err));
	bool prepared = target_stream_prepare(stream, &err);
	assert(prepared == good);
	for (struct target *target; prepared && (target = target_stream_next(stream, &err));
		count++) {
		const struct target *other = target_list_at(list, count);

		assert(strcmp(target->host, other->host) == 0 && target->port == other->port);
		assert(target->line == other->line && target->number == count);
		assert(target->labels.count == other->labels.count);
		assert(!target->fault == !other->fault);
		target_unref(target);
	}
	assert(!good || (err.code == ERROR_NONE && count == target_list_count(list)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int skip = 0; skip <= 1; skip++) {
		CLEANUP(target_list_freep)
		struct target_list *list = target_list_new_bounded(TARGETS_MAX);

		assert(list);
		bool ok = read_all(list, data, size, skip);
		for (size_t i = 0; i < target_list_count(list); i++) {
			const struct target *target = target_list_at(list, i);

			assert(target->host && target->host[0]);
			assert(target->fault ? skip && target->port == 0 : target->port != 0);
		}
		assert(ok || target_list_count(list) <= TARGETS_MAX);
		/* A bound of its own is the list's alone. */
		if (target_list_count(list) < TARGETS_MAX)
			compare(list, ok, data, size, skip);
	}
	return 0;
}
