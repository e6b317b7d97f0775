/* SPDX-License-Identifier: MIT */
/* A checkpoint: results of an earlier run, read back. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "cli/run/journal.h"
#include "tests/fuzz/fuzz.h"

/* The records of a line that was taken: whole lines, inside of it. */
static void look_into(const char *line, size_t len)
{
	char *copy = malloc(len + 1), *records;
	size_t records_len;

	assert(copy);
	memcpy(copy, line, len);
	copy[len] = '\0';
	journal_records(copy, len, &records, &records_len);
	if (records) {
		assert(records > copy && records + records_len <= copy + len);
		assert(records_len > 2 && records[0] == '{');
		assert(memcmp(records + records_len - 2, "}\n", 2) == 0);
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct journal journal = { .has_head = false };
	struct error err = { .code = ERROR_NONE };
	const char *text = (const char *)data, *end;
	uint64_t offset = 0, done = 0;

	while (size > offset && (end = memchr(text + offset, '\n', size - offset))) {
		size_t len = (size_t)(end - text) - offset;

		if (!journal_take(&journal, text + offset, len, offset, &err))
			break;
		look_into(text + offset, len);
		offset += len + 1;
	}
	for (uint64_t i = 0; journal.has_head && i < journal.head.count; i++)
		done += journal_is_done(&journal, i);
	/* Of a line that was refused half has been taken: the whole checkpoint is refused then. */
	assert(err.code != ERROR_NONE ? err.text[0] != '\0' : done == journal.done_count);
	assert(journal.last.line <= offset && journal.first_line <= offset);
	journal_release(&journal);
	return 0;
}
