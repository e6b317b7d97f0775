/* SPDX-License-Identifier: MIT */
/*
 * target_stream - the targets of a run, one after the other, never all at once
 *
 * Input is read at least twice: once to find every fault before anything is scanned, to count,
 * and to learn which services are named more than once; then to hand the targets out.  What is
 * kept of a target that is named once is nothing.  Standard input, which cannot be read twice, is
 * kept in a file without a name.  A range of addresses is counted out as it is needed.
 *
 * The same service asked for twice is one target: the first mention stays, labels of later ones
 * that it lacks are added.  Such a target, and those that share host, port and protocol with
 * another, are kept from the first reading on; all others cost four bytes while it lasts.
 *
 * Texts and paths are borrowed until the stream is freed.  Not for several threads at once.
 */
#ifndef CHECKER_TARGET_TARGET_STREAM_H
#define CHECKER_TARGET_TARGET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/target/target.h"

struct error;
struct target_stream;

MUST_USE struct target_stream *target_stream_new(
	const struct target_options *options, struct error *err);
void target_stream_free(struct target_stream *stream);
DEFINE_CLEANUP(struct target_stream *, target_stream_free);

/* As target_list_add_argument() and target_list_add_file(): only noted, or opened, for now. */
MUST_USE bool target_stream_add_argument(
	struct target_stream *stream, const char *text, size_t position, struct error *err);
MUST_USE bool target_stream_add_file(
	struct target_stream *stream, const char *path, struct error *err);

/* Reads everything once: ERR is "FILE:LINE:COLUMN: reason" for the first fault. */
MUST_USE bool target_stream_prepare(struct target_stream *stream, struct error *err);

size_t target_stream_count(const struct target_stream *stream);
size_t target_stream_duplicates(const struct target_stream *stream);

/* SHA-256 of all that the targets are, labels included, in their order; not of where they stand. */
void target_stream_hash(const struct target_stream *stream, uint8_t ret_hash[static 32]);

/* The next target, with its number and mates; the caller's reference.  NULL at the end, or with
 * ERR set when the input is not what it was when it was read first. */
MUST_USE struct target *target_stream_next(struct target_stream *stream, struct error *err);

/* As target_stream_add_file() with bytes that are there already; for tests. */
MUST_USE bool target_stream_add_bytes(struct target_stream *stream, const char *name,
	const char *bytes, size_t len, struct error *err);

#endif
