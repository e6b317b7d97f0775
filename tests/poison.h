/* SPDX-License-Identifier: MIT */
/*
 * poison - texts that want to be more than text, in every field of a result that holds any
 *
 * For tests of what is written about results: a terminal, JSON, HTML and what else reads them must
 * find nothing but text.
 */
#ifndef TESTS_POISON_H
#define TESTS_POISON_H

#include <stddef.h>

#include "tests/sample.h"

#define POISONS 32
#define POISON_STATES 6 /* results of one kind each that print other parts of it */

const char *poison_descr(size_t number);

/* The caller frees it. */
char *poison_text(size_t number);

/* TEXT in every field that anybody but us may have written, and in those of ours too. */
void poison_sample(struct sample *sample, char *text);
void poison_fill(struct sample samples[static POISON_STATES], char *text);

#endif
