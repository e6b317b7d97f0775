/* SPDX-License-Identifier: MIT */
/*
 * page - text for people: paragraphs that fit a width, colour where it is wanted
 *
 * A paragraph is begun with its indents, filled with spans and ended.  It breaks
 * at blanks and beside East Asian characters (which are two columns wide and
 * have no blanks between them); a word that is wider than a line is cut into
 * lines.  No line is wider than the page.
 *
 * Everything put on a page has to be printable already (text_printable()).
 * Colour codes are made here and nowhere else.
 */
#ifndef REPORTS_TEXT_PAGE_H
#define REPORTS_TEXT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/lang.h"

struct buf;

enum page_style {
	PAGE_PLAIN,
	PAGE_BOLD,
	PAGE_DIM,
	PAGE_RED,
	PAGE_YELLOW,
	PAGE_GREEN,
	PAGE_MAGENTA,
	PAGE_CYAN,
	PAGE_STYLE_COUNT,
};

#define PAGE_COLUMNS_LEAST 40
#define PAGE_COLUMNS_MOST 160 /* longer lines are hard to read */

struct page {
	struct buf *out;
	size_t columns;
	bool color;
	enum language language;
	/* Of the paragraph that is open: */
	size_t indent;         /* of its further lines */
	size_t at;             /* columns used of this line */
	bool fresh;            /* nothing but the indent stands on this line */
	bool blank;            /* a blank goes before the next word */
	char last[5];          /* the character that stands last on the line */
	enum page_style style; /* that the terminal is in */
};

/* COLUMNS as a terminal has them, 0 for none; taken to what is readable.  It speaks English until
 * `language` is set. */
void page_init(struct page *page, struct buf *out, size_t columns, bool color);

void page_start(struct page *page, size_t indent, size_t further);
void page_put(struct page *page, enum page_style style, const char *text);
void page_putf(struct page *page, enum page_style style, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* FMT is a text of ours, said in the language of the page; a %s may be a phrase (phrase.h). */
void page_say(struct page *page, enum page_style style, const char *fmt, ...) PRINTF_LIKE(3, 4);
void page_end(struct page *page);

/* A paragraph of one span. */
void page_paragraph(struct page *page, size_t indent, enum page_style style, const char *text);

void page_gap(struct page *page);

/* As it stands, styled, whatever its width: for those that measure themselves. */
void page_raw(struct page *page, enum page_style style, const char *text, size_t len);
void page_fill(struct page *page, char c, size_t count);

/*
 * How much of TEXT (not empty, no blank in front) goes on a line of COLUMNS, in
 * bytes, at least one character; *RET_NEXT is where the next line begins.
 */
size_t page_line(const char *text, size_t columns, size_t *ret_next);

/* As text_columns(), of the first LEN bytes. */
size_t page_columns(const char *text, size_t len);

#endif
