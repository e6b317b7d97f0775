/* SPDX-License-Identifier: MIT */
/*
 * result_reading - objects of a record as tables of their keys, and what values may be
 *
 * An object is read by going through its table: each row has a key and the function that takes its
 * value.  A required one has to be there and may not be null, unless its row takes nulls itself.
 * Any other that is missing or null is passed over: what it would have set stays as it was.
 *
 * For result*.c only; jansson is not known outside them.
 */
#ifndef REPORTS_RESULT_RESULT_READING_H
#define REPORTS_RESULT_RESULT_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "checker/base/arena.h"
#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/target/target.h"
#include "rules/verdict.h"

struct error;
struct result_pool;

/* One record on its way; the drafts are of what stands open. */
struct result_reading {
	struct verdict *verdict;
	struct arena *texts; /* the verdict's */
	struct result_pool *pool;
	struct error *err;
	const char *object, *key; /* what is being read, for messages */
	size_t place;             /* in an array, from 0 */
	struct target_description target;
	struct cert_description cert;
	struct verdict_certificate *link;
	struct verdict_path *path;
	struct finding *finding;
	struct verdict_revocation *revocation;
	struct verdict_look *look;
	struct trust_line *line;
	struct verdict_run run;
	char run_profile[ACTION_CERTIFICATE], run_sum[FINGERPRINT_TEXT];
};

enum result_need { RESULT_OPTIONAL = 0, RESULT_REQUIRED = 1, RESULT_NULLS = 2 };

struct result_row {
	const char *key;
	unsigned need;
	bool (*read)(struct result_reading *reading, const json_t *value);
};

/* Reads VALUE, which messages call NAME, by ROWS.  All of these: false with the error set. */
MUST_USE bool result_object(struct result_reading *reading, const char *name, const json_t *value,
	const struct result_row *rows, size_t count);

/* Calls READ for each of at most MOST elements, with its place. */
MUST_USE bool result_array(struct result_reading *reading, const json_t *value, size_t most,
	bool (*read)(struct result_reading *reading, const json_t *element));

/* Says that the value is not WHAT, a phrase.  Returns false. */
bool result_fault(struct result_reading *reading, const char *what);
bool result_no_memory(struct result_reading *reading);

/* Borrowed from VALUE, which has to be a text. */
MUST_USE bool result_text(
	struct result_reading *reading, const json_t *value, const char **ret_text);

/* A text for people, made printable and cut to SIZE. */
MUST_USE bool result_words(
	struct result_reading *reading, const json_t *value, char *out, size_t size);

/*
 * What OBJECT says in words beside its English MESSAGE, as a phrase (phrase.h), from its
 * "template" and "arguments"; the message itself where there are none.
 */
MUST_USE bool result_phrase(struct result_reading *reading, const json_t *object,
	const char *message, char *out, size_t size);

/* An id or a fingerprint: one that does not fit is an error. */
MUST_USE bool result_id(
	struct result_reading *reading, const json_t *value, char *out, size_t size);

/* A text for people of at most MOST bytes, made printable; the verdict's. */
MUST_USE bool result_kept_words(
	struct result_reading *reading, const json_t *value, size_t most, const char **ret_text);

/* An id that many records have, kept by the pool. */
MUST_USE bool result_shared_id(
	struct result_reading *reading, const json_t *value, const char **ret_id);

MUST_USE bool result_bool(struct result_reading *reading, const json_t *value, bool *ret_bool);
MUST_USE bool result_count(
	struct result_reading *reading, const json_t *value, uint64_t most, size_t *ret_count);
MUST_USE bool result_measure(struct result_reading *reading, const json_t *value, double *ret_ms);
MUST_USE bool result_time(
	struct result_reading *reading, const json_t *value, struct instant *ret_instant);

/* A word that NAME gives to one of the numbers below COUNT; NULL is no word. */
MUST_USE bool result_choice(struct result_reading *reading, const json_t *value,
	const char *(*name)(unsigned number), unsigned count, unsigned *ret_number);

/* An array of texts, borrowed; the array itself is the verdict's. */
MUST_USE bool result_texts(struct result_reading *reading, const json_t *value, size_t most,
	const char *const **ret_texts, size_t *ret_count);

/* The one RUN is equal to that the pool keeps; NULL when memory runs out. */
const struct verdict_run *result_pool_run(struct result_pool *pool, const struct verdict_run *run);

/* The same text, kept by the pool; NULL when memory runs out or there are too many. */
const char *result_pool_id(struct result_pool *pool, const char *id);

/* result.c: how a connection went, of whichever verdict is being read */
MUST_USE bool result_error(struct result_reading *reading, const json_t *value);
MUST_USE bool result_tls(struct result_reading *reading, const json_t *value);

/* result_parts.c */
MUST_USE bool result_chain(struct result_reading *reading, const json_t *value);
MUST_USE bool result_paths(struct result_reading *reading, const json_t *value);
MUST_USE bool result_findings(struct result_reading *reading, const json_t *value);
MUST_USE bool result_chain_dropped(struct result_reading *reading, const json_t *value);

/* result_asked.c: what is there when it was asked for */
MUST_USE bool result_revocation(struct result_reading *reading, const json_t *value);
MUST_USE bool result_caa(struct result_reading *reading, const json_t *value);
MUST_USE bool result_looks(struct result_reading *reading, const json_t *value);

/* result_lines.c; `paths` has to be read before */
MUST_USE bool result_lines(struct result_reading *reading, const json_t *value);

#endif
