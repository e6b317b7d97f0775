/* SPDX-License-Identifier: MIT */
/*
 * results - saved results, read back one by one
 *
 * A file is NDJSON, a record a line, or one document as `--format json` writes it, however that is
 * laid out; "-" is standard input.  Which it is comes out of its beginning.  One record is in
 * memory at a time (limits.h bounds it), so a file may be longer than memory, and what can be read
 * only once is fine.
 *
 * Whatever is wrong is an error "FILE:LINE: reason": a record that is none, a file that ends in
 * the middle of one, a document whose end does not come.  Nothing is skipped but empty lines.
 * For one thread at a time.
 */
#ifndef REPORTS_RESULT_RESULTS_H
#define REPORTS_RESULT_RESULTS_H

#include <stddef.h>

#include "checker/base/attr.h"

struct error;
struct results;
struct verdict;

/* Reads the COUNT files at PATHS, which outlive it, one after the other. */
MUST_USE struct results *results_new(const char *const *paths, size_t count, struct error *err);
void results_free(struct results *results);
DEFINE_CLEANUP(struct results *, results_free);

/*
 * The next one, the caller's; NULL behind the last, and with ERR set when reading failed.  What
 * it borrows (verdict.h: ids, run) lives as long as RESULTS.
 */
MUST_USE struct verdict *results_next(struct results *results, struct error *err);

/* As if BYTES were the only file, called NAME; they outlive it. */
MUST_USE struct results *results_new_of_bytes(
	const char *name, const char *bytes, size_t len, struct error *err);

#endif
