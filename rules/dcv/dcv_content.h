/* SPDX-License-Identifier: MIT */
/*
 * dcv_content - whether what was found is the code, and if not quite, why not
 *
 * Pure.  Neither side is ever shown to anybody: whoever knows the code can have it validated.
 */
#ifndef RULES_DCV_DCV_CONTENT_H
#define RULES_DCV_DCV_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* What the CA gave out. */
struct dcv_code {
	const struct buf *file; /* as it has to be served; NULL: not given */
	const char *text;       /* the code itself, no blanks around it; NULL: not known */
	size_t len;
};

/* The code of a file that has one line and nothing else: TEXT and LEN of CODE. */
void dcv_code_of_file(struct dcv_code *code);

/* The code as the first line of TEXT has it. */
void dcv_code_of_text(struct dcv_code *code, const struct buf *text);

enum dcv_match {
	DCV_MATCH_SAME,
	DCV_MATCH_ENDS,   /* but for blanks and line ends at its end, or how lines end */
	DCV_MATCH_WITHIN, /* the code is there, with more around it */
	DCV_MATCH_MARK,   /* but for a byte order mark in front (U+FEFF) */
	DCV_MATCH_WIDE,   /* in UTF-16 */
	DCV_MATCH_CASE,   /* but for capitals */
	DCV_MATCH_QUOTED, /* in quotation marks */
	DCV_MATCH_EMPTY,
	DCV_MATCH_PAGE, /* a page of HTML */
	DCV_MATCH_OTHER,
	DCV_MATCH_UNKNOWN, /* nothing was given to compare with */
};

/* A file as it was served. */
enum dcv_match dcv_content_file(const struct dcv_code *code, const char *bytes, size_t len);

/* A TXT record. */
enum dcv_match dcv_content_text(const struct dcv_code *code, const char *bytes, size_t len);

#endif
