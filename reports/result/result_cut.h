/* SPDX-License-Identifier: MIT */
/*
 * result_cut - where values of JSON begin and end, without reading them
 *
 * Finds the end of a value by its brackets and quotes, in constant memory and going over each byte
 * once however it comes in pieces.  Whether the value is well formed is for who reads it then.
 */
#ifndef REPORTS_RESULT_RESULT_CUT_H
#define REPORTS_RESULT_RESULT_CUT_H

#include <stdbool.h>
#include <stddef.h>

struct result_cut {
	size_t at; /* as far as was looked */
	size_t depth;
	bool in_string, escaped;
};

/*
 * Goes on to the end of the value that began at TEXT; false when it does not end in LEN bytes.
 * Then `at` is behind it: behind a bracket or quote that closes it, or at what follows a number or
 * a word.
 */
bool result_cut_value(struct result_cut *cut, const char *text, size_t len);

/* What the beginning of a file turns out to be. */
enum result_shape {
	RESULT_SHAPE_OPEN,     /* that much does not say */
	RESULT_SHAPE_LINES,    /* no object with results in it */
	RESULT_SHAPE_DOCUMENT, /* one: its array of results begins at *RET_AT */
};
enum result_shape result_shape(const char *text, size_t len, size_t *ret_at);

bool result_is_blank(char c);

#endif
