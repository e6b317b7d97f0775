/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan_quote.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "reports/request/quote.h"

void plan_quote_sh(const char *text, struct buf *out)
{
	char safe[PLAN_QUOTE_TEXT];

	text_printable(text, strlen(text), safe, sizeof safe);
	quote_sh(out, safe);
}

/* One UTF-16 unit that is not ASCII, outside of the literal. */
static void put_unit(uint32_t unit, bool *open, struct buf *out)
{
	(void)buf_addf(out, "%s[char]0x%04X", *open ? "' + " : " + ", (unsigned)unit);
	*open = false;
}

static void put_point(uint32_t point, bool *open, struct buf *out)
{
	if (point < 0x80) {
		if (!*open)
			(void)buf_add_text(out, " + '");
		*open = true;
		if (point == '\'')
			(void)buf_add_char(out, '\'');
		(void)buf_add_char(out, (char)point);
	} else if (point < 0x10000) {
		put_unit(point, open, out);
	} else {
		put_unit(0xd800 + ((point - 0x10000) >> 10), open, out);
		put_unit(0xdc00 + ((point - 0x10000) & 0x3ff), open, out);
	}
}

void plan_quote_powershell(const char *text, struct buf *out)
{
	char safe[PLAN_QUOTE_TEXT];
	bool open = true, wide = false;

	text_printable(text, strlen(text), safe, sizeof safe);
	for (const char *c = safe; *c; c++)
		wide |= (unsigned char)*c >= 0x80;
	(void)buf_add_text(out, wide ? "('" : "'");
	for (size_t at = 0, len = strlen(safe); at < len;) {
		uint32_t point = 0;
		size_t bytes = text_utf8_next(safe + at, len - at, &point);

		if (bytes == 0) /* text_printable() lets none through */
			break;
		put_point(point, &open, out);
		at += bytes;
	}
	(void)buf_add_text(out, open ? "'" : "");
	(void)buf_add_text(out, wide ? ")" : "");
}

void plan_quote_yaml(const char *text, struct buf *out)
{
	char safe[PLAN_QUOTE_TEXT];

	text_printable(text, strlen(text), safe, sizeof safe);
	(void)buf_add_text(out, "!unsafe \"");
	for (const char *c = safe; *c; c++) {
		if (*c == '"' || *c == '\\')
			(void)buf_add_char(out, '\\');
		(void)buf_add_char(out, *c);
	}
	(void)buf_add_char(out, '"');
}
