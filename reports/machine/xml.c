/* SPDX-License-Identifier: MIT */
#include "reports/machine/xml.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"

#define TEXT_BYTES 8192

static const char *reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	default:
		return NULL;
	}
}

void xml_text(struct buf *out, const char *text)
{
	char shown[TEXT_BYTES];

	text_printable(text, strlen(text), shown, sizeof shown);
	for (size_t i = 0, step; shown[i]; i += step) {
		const char *stands = reference(shown[i]);
		uint32_t point = 0;

		step = text_utf8_next(shown + i, strlen(shown + i), &point);
		step = step > 0 ? step : 1;
		if (stands)
			(void)buf_add_text(out, stands);
		else if (point == 0xFFFE || point == 0xFFFF)
			(void)buf_addf(out, "\\u{%04X}", (unsigned)point);
		else
			(void)buf_add(out, shown + i, step);
	}
}

void xml_attribute(struct buf *out, const char *name, const char *text)
{
	if (!text)
		return;
	(void)buf_addf(out, " %s=\"", name);
	xml_text(out, text);
	(void)buf_add_char(out, '"');
}
