/* SPDX-License-Identifier: MIT */
/*
 * result - a result record read back into the verdict it was made of
 *
 * The other direction of format_ndjson.c: what that writes of a verdict, this reads, so that a
 * report made of records is the report that the scan would have written, byte for byte.  The
 * contract is docs/formats.md, "Results".
 *
 * A record may come from anybody: nesting and numbers are bounded, texts of certificates are made
 * printable again.  Keys that this version does not know are skipped, and one that is optional may
 * be missing: older and newer versions wrote it.  A word it does not know where it has to choose
 * one (a rule, a status) is an error, because leaving a finding out would be a lie.
 *
 * To read another key: a function `bool read_KEY(struct result_reading *, const json_t *value)` and
 * its row in the table of the object it stands in; result.c has the outer ones, result_parts.c
 * those of chain, paths and findings, result_reading.h the words to say what a value has to be.
 * A key whose value is null or missing: see there, too.
 *
 * A verdict that was read back has certificates without bytes (cert_new_described()), its target
 * is as it was, `as_of` is a day.  Ids of the profile and `run` are in a result_pool and live as
 * long as that; all else is the verdict's.
 */
#ifndef REPORTS_RESULT_RESULT_H
#define REPORTS_RESULT_RESULT_H

#include <stddef.h>

#include "checker/base/attr.h"

struct error;
struct result_pool;
struct verdict;

/* What many verdicts borrow: ids, and the runs they are of.  For one thread at a time. */
MUST_USE struct result_pool *result_pool_new(void);
void result_pool_free(struct result_pool *pool);
DEFINE_CLEANUP(struct result_pool *, result_pool_free);

/* One JSON object.  NULL with the reason alone in ERR: who knows file and line says them. */
MUST_USE struct verdict *result_read(
	struct result_pool *pool, const char *text, size_t len, struct error *err);

#endif
