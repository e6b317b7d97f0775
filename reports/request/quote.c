/* SPDX-License-Identifier: MIT */
#include "reports/request/quote.h"

#include <stdint.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"

bool quote_is_plain(const char *text)
{
	size_t len = strlen(text), step;

	for (; len > 0; text += step, len -= step) {
		uint32_t point;

		step = text_utf8_next(text, len, &point);
		if (step == 0 || text_is_unsafe(point))
			return false;
	}
	return true;
}

/* The next character that may be written; false at the end. */
static bool next(const char **text, const char **ret_at, size_t *ret_len, uint32_t *ret_point)
{
	size_t left = strlen(*text);

	while (left > 0) {
		size_t step = text_utf8_next(*text, left, ret_point);

		*ret_at = *text;
		*ret_len = step;
		*text += step ? step : 1;
		left -= step ? step : 1;
		if (step > 0 && !text_is_unsafe(*ret_point))
			return true;
	}
	return false;
}

/* Writes TEXT with BEFORE in front of each character that is in SPECIAL (ASCII). */
static void put_escaped(struct buf *out, const char *text, const char *special, char before)
{
	const char *at;
	size_t len;
	uint32_t point;

	while (next(&text, &at, &len, &point)) {
		if (len == 1 && strchr(special, *at))
			(void)buf_add_char(out, before ? before : *at);
		(void)buf_add(out, at, len);
	}
}

void quote_sh(struct buf *out, const char *text)
{
	const char *at;
	size_t len;
	uint32_t point;

	(void)buf_add_char(out, '\'');
	while (next(&text, &at, &len, &point)) {
		if (*at == '\'')
			(void)buf_add_text(out, "'\\''");
		else
			(void)buf_add(out, at, len);
	}
	(void)buf_add_char(out, '\'');
}

void quote_powershell(struct buf *out, const char *text)
{
	const char *at;
	size_t len;
	uint32_t point;

	(void)buf_add_char(out, '\'');
	while (next(&text, &at, &len, &point)) {
		if (point == '\'' || (point >= 0x2018 && point <= 0x201b))
			(void)buf_add(out, at, len);
		(void)buf_add(out, at, len);
	}
	(void)buf_add_char(out, '\'');
}

void quote_openssl(struct buf *out, const char *text)
{
	(void)buf_add_char(out, '"');
	put_escaped(out, text, "\"\\", '\\');
	(void)buf_add_char(out, '"');
}

void quote_inf(struct buf *out, const char *text)
{
	(void)buf_add_char(out, '"');
	put_escaped(out, text, "\"%", 0);
	(void)buf_add_char(out, '"');
}

static bool has_blank_end(const char *text)
{
	size_t len = strlen(text);

	return len == 0 || text[0] == ' ' || text[len - 1] == ' ';
}

void quote_x500(struct buf *out, const char *text)
{
	if (!strpbrk(text, ",+=\"<>#;") && !has_blank_end(text)) {
		put_escaped(out, text, "", 0);
		return;
	}
	(void)buf_add_char(out, '"');
	put_escaped(out, text, "\"", 0);
	(void)buf_add_char(out, '"');
}

void quote_rfc2253(struct buf *out, const char *text)
{
	const char *end = text + strlen(text);

	if (*text == ' ' || *text == '#')
		(void)buf_add_char(out, '\\');
	if (end - text < 2 || end[-1] != ' ') {
		put_escaped(out, text, ",+\"\\<>;=", '\\');
		return;
	}
	struct buf head = BUF_INIT(4096);

	(void)buf_add(&head, text, (size_t)(end - text) - 1);
	put_escaped(out, buf_text(&head), ",+\"\\<>;=", '\\');
	out->failed |= head.failed;
	buf_release(&head);
	(void)buf_add_text(out, "\\ ");
}
