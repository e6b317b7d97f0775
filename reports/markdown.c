/* SPDX-License-Identifier: MIT */
#include "reports/markdown.h"

#include <stdbool.h>
#include <string.h>

#include "checker/base/buf.h"

static void put_span(struct buf *out, const char *text, bool in_cell)
{
	size_t longest = 0, run = 0;

	for (const char *c = text; *c; c++) {
		run = *c == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (size_t i = 0; i <= longest; i++)
		(void)buf_add_char(out, '`');
	(void)buf_add_char(out, ' ');
	for (const char *c = text[0] ? text : "-"; *c; c++) {
		if (*c == '|' && in_cell)
			(void)buf_add_char(out, '\\');
		(void)buf_add_char(out, *c);
	}
	(void)buf_add_char(out, ' ');
	for (size_t i = 0; i <= longest; i++)
		(void)buf_add_char(out, '`');
}

void markdown_put_code(struct buf *out, const char *text)
{
	put_span(out, text, false);
}

void markdown_put_cell(struct buf *out, const char *text)
{
	put_span(out, text, true);
}

void markdown_put_text(struct buf *out, const char *text)
{
	if (strpbrk(text, "@#") || strstr(text, ":/") || strstr(text, "www.")) {
		markdown_put_code(out, text);
		return;
	}
	for (const char *c = text; *c; c++) {
		if (strchr("!\"$%&'()*+,-./:;<=>?[\\]^_`{|}~", *c) && !strchr(",.:;'()/=%\"", *c))
			(void)buf_add_char(out, '\\');
		(void)buf_add_char(out, *c);
	}
}
