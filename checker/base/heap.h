/* SPDX-License-Identifier: MIT */
/*
 * heap - whether this process was ever refused memory where nobody could say so
 *
 * What this source asks for itself it sees refused, and says so where it happens.  Libraries do
 * not: OpenSSL says "does not verify" or "unknown algorithm" as well when it was refused a few
 * bytes, keeps what it could not finish for the next who asks, and c-ares knows no such name then.
 * No list of places where that is told apart from a true answer would ever be whole.  So the
 * libraries get their memory here (libraries.h), a refusal is noted for good before they learn of
 * it, and nothing that was found out after it is believed: no record leaves and no report appears
 * once heap_ran_out() (run.c).  Since that is asked last, it does not matter which thread was
 * refused, nor what has kept the consequences.
 *
 * Any thread, at any time.
 */
#ifndef CHECKER_BASE_HEAP_H
#define CHECKER_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

/* malloc() and realloc() for libraries, and for those here who are asked in places where a reason
 * is easily lost; NULL, but for no bytes, is noted. */
MUST_USE void *heap_take(size_t size);
MUST_USE void *heap_retake(void *old, size_t size);

/* Memory was refused, and whoever saw it has no way to say so. */
void heap_note(void);

bool heap_ran_out(void);

#endif
