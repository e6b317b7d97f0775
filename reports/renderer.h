/* SPDX-License-Identifier: MIT */
/*
 * renderer - what one thread makes records with, and what it has written before
 *
 * A fleet serves the same few intermediates over and over, so what a record says of a
 * certificate is kept by its fingerprint and copied.  What is kept is bounded: the newest take
 * the place of the oldest.  For one thread at a time; nothing that is rendered depends on it.
 */
#ifndef REPORTS_RENDERER_H
#define REPORTS_RENDERER_H

#include <stddef.h>

#include "checker/base/attr.h"

struct renderer;

/* NULL when memory runs out. */
MUST_USE struct renderer *renderer_new(void);
void renderer_free(struct renderer *renderer);
DEFINE_CLEANUP(struct renderer *, renderer_free);

/* The text kept for a fingerprint (as hex) and its length, until the next renderer_keep(); NULL
 * when none is. */
const char *renderer_find(
	const struct renderer *renderer, const char *fingerprint, size_t *ret_len);

/* Keeps a copy of TEXT, unless it is too long to be worth it. */
void renderer_keep(
	struct renderer *renderer, const char *fingerprint, const char *text, size_t len);

#endif
