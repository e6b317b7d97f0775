/* SPDX-License-Identifier: MIT */
/*
 * markdown - GitHub's dialect, and nothing in it but what we wrote is markup
 *
 * Each ASCII punctuation mark of a text that could be markup is escaped (CommonMark 2.4), and a
 * text that could still become a link or call somebody stands in a code span (6.1).
 */
#ifndef REPORTS_MARKDOWN_H
#define REPORTS_MARKDOWN_H

struct buf;

/* A code span, with a fence that the text does not have. */
void markdown_put_code(struct buf *out, const char *text);

/* The same in a cell of a table, where a bar would end the cell wherever it stands. */
void markdown_put_cell(struct buf *out, const char *text);

void markdown_put_text(struct buf *out, const char *text);

#endif
