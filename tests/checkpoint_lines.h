/* SPDX-License-Identifier: MIT */
/*
 * checkpoint_lines - lines of a checkpoint, and services to write into one
 *
 * For the tests of journal.h and checkpoint.h.
 */
#ifndef TESTS_CHECKPOINT_LINES_H
#define TESTS_CHECKPOINT_LINES_H

#include "checker/base/buf.h"
#include "checker/target/target.h"
#include "cli/run/journal.h"
#include "rules/verdict.h"

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEAD(delivered, count)                                                   \
	"{\"schema\":\"chainmend.checkpoint/1\",\"delivered\":\"" delivered      \
	"\",\"targets\":\"" HASH "\",\"profile\":\"" HASH "\",\"trust\":\"" HASH \
	"\",\"options\":\"as-of now\",\"as_of\":\"2026-06-15T08:00:00Z\",\"count\":" count "}"
#define BEGIN HEAD("00000000", "9")
#define GROUP(done, at)                                         \
	"{\"done\":[" done "],\"statuses\":[\"ok\"],\"at\":" at \
	",\"lengths\":[8],\"records\":[{\"a\":12}]}"
#define TO_FILE \
	"{\"output\":\"file\",\"device\":1,\"inode\":18446744073709551615,\"path\":\"2f61\"}"
#define TO_STREAM "{\"output\":\"stream\"}"
#define TO_REPLACED "{\"output\":\"replaced\"}"

struct made {
	struct target targets[3];
	struct verdict verdicts[3];
	struct verdict *pointers[3];
	size_t ends[3];
	struct buf records;
};

/* COUNT addresses of the targets from number FIRST on. */
static inline void make(
	struct made *made, size_t first, size_t count, struct journal_group *ret_group)
{
	made->records = (struct buf)BUF_INIT(65536);
	for (size_t i = 0; i < count; i++) {
		made->targets[i] = (struct target){ .refs = 1, .number = first + i };
		made->verdicts[i] = (struct verdict){
			.target = &made->targets[i], .status = STATUS_WARNING, .addresses = 1
		};
		made->pointers[i] = &made->verdicts[i];
		(void)buf_addf(&made->records, "{\"target\":%zu,\"text\":\"],\\\"\"}\n", first + i);
		made->ends[i] = made->records.len;
	}
	*ret_group = (struct journal_group){ .verdicts = made->pointers,
		.ends = made->ends,
		.count = count,
		.records = buf_text(&made->records) };
}

#endif
