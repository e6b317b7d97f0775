/* SPDX-License-Identifier: MIT */
#include "reports/html/html.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "reports/html/html_mold.h"

#define FORMATTED 4096 /* of one text; our sentences around bounded ones */

void html_init(struct html *html, struct buf *out)
{
	*html = (struct html){ .out = out };
}

/* Letters that mean something to HTML in text or in an attribute, in either kind of quotes. */
static const char *entity(char c)
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
		return "&#39;";
	case '`':
		return "&#96;";
	default:
		return NULL;
	}
}

static bool is_plain(char c, bool entities)
{
	return c >= 0x20 && c < 0x7f && !(entities && entity(c));
}

/* The character at TEXT that is not plain; how many bytes it had. */
static size_t put_one(struct buf *out, const char *text, size_t len, bool entities)
{
	const char *named = entities ? entity(*text) : NULL;
	uint32_t point;
	size_t bytes;

	if (named) {
		(void)buf_add_text(out, named);
		return 1;
	}
	bytes = text_utf8_next(text, len, &point);
	if (bytes == 0) {
		(void)buf_addf(out, "\\x%02X", (unsigned)(unsigned char)*text);
		return 1;
	}
	if (text_is_unsafe(point))
		(void)buf_addf(out, "\\u{%04X}", (unsigned)point);
	else
		(void)buf_add(out, text, bytes);
	return bytes;
}

void html_escape(struct buf *out, const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t end = at;

		while (end < len && is_plain(text[end], true))
			end++;
		(void)buf_add(out, text + at, end - at);
		at = end < len ? end + put_one(out, text + end, len - end, true) : end;
	}
}

void html_visible(struct buf *out, const char *text, size_t len)
{
	size_t from = out->len;

	for (size_t at = 0; at < len;) {
		size_t end = at;

		if (out->len - from > HTML_TEXT_MOST) {
			(void)buf_add_text(out, "…");
			return;
		}
		while (end < len && end - at < HTML_TEXT_MOST && is_plain(text[end], false))
			end++;
		(void)buf_add(out, text + at, end - at);
		at = end < len && !is_plain(text[end], false)
			     ? end + put_one(out, text + end, len - end, false)
			     : end;
	}
}

void html_escape_json(struct buf *out, const char *json, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t end = at;

		/* They stand in strings only, where an escape means the same. */
		while (end < len && json[end] != '<' && json[end] != '>' && json[end] != '&')
			end++;
		(void)buf_add(out, json + at, end - at);
		if (end < len)
			(void)buf_addf(out, "\\u%04x", (unsigned)json[end++]);
		at = end;
	}
}

/* What follows is content: the tag that is open is closed. */
static void close_tag(struct html *html)
{
	if (html->in_tag)
		(void)buf_add_char(html->out, '>');
	html->in_tag = false;
}

static void begin_tag(struct html *html, const char *tag, const char *classes)
{
	close_tag(html);
	(void)buf_add_char(html->out, '<');
	(void)buf_add_text(html->out, tag);
	html->in_tag = true;
	if (classes)
		html_attr(html, "class", classes);
}

void html_begin(struct html *html, const char *tag, const char *classes)
{
	assert(html->depth < HTML_DEPTH);
	begin_tag(html, tag, classes);
	html->open[html->depth++] = tag;
}

void html_void(struct html *html, const char *tag, const char *classes)
{
	begin_tag(html, tag, classes);
}

void html_attr(struct html *html, const char *name, const char *value)
{
	assert(html->in_tag);
	(void)buf_add_char(html->out, ' ');
	(void)buf_add_text(html->out, name);
	(void)buf_add_text(html->out, "=\"");
	html_escape(html->out, value, strlen(value));
	(void)buf_add_char(html->out, '"');
}

void html_attrf(struct html *html, const char *name, const char *fmt, ...)
{
	char text[FORMATTED];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	html_attr(html, name, text);
}

void html_attr_number(struct html *html, const char *name, int64_t value)
{
	assert(html->in_tag);
	(void)buf_addf(html->out, " %s=\"%" PRId64 "\"", name, value);
}

void html_flag(struct html *html, const char *name)
{
	assert(html->in_tag);
	(void)buf_add_char(html->out, ' ');
	(void)buf_add_text(html->out, name);
}

void html_end(struct html *html, const char *tag)
{
	assert(html->depth > 0 && strcmp(html->open[html->depth - 1], tag) == 0);
	close_tag(html);
	html->depth--;
	(void)buf_add_text(html->out, "</");
	(void)buf_add_text(html->out, tag);
	(void)buf_add_char(html->out, '>');
}

void html_text(struct html *html, const char *text)
{
	close_tag(html);
	html_escape(html->out, text, strlen(text));
}

void html_textf(struct html *html, const char *fmt, ...)
{
	char text[FORMATTED];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	html_text(html, text);
}

void html_put(struct html *html, const char *tag, const char *classes, const char *text)
{
	html_begin(html, tag, classes);
	html_text(html, text);
	html_end(html, tag);
}

void html_putf(struct html *html, const char *tag, const char *classes, const char *fmt, ...)
{
	char text[FORMATTED];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	html_put(html, tag, classes, text);
}

void html_slot_here(struct html *html, const char *text)
{
	const char *tag = html->open[html->depth - 1];

	if (html->slots) {
		html_flag(html, "data-s");
		close_tag(html);
		html_slots_add(html->slots, html->out->len, text);
	} else {
		html_text(html, text);
	}
	html_end(html, tag);
}

void html_slot(struct html *html, const char *tag, const char *classes, const char *text)
{
	char both[64] = "own";

	if (classes)
		(void)snprintf(both, sizeof both, "own %s", classes);
	html_begin(html, tag, both);
	html_slot_here(html, text);
}

void html_slotf(struct html *html, const char *tag, const char *classes, const char *fmt, ...)
{
	char text[FORMATTED];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	html_slot(html, tag, classes, text);
}

void html_break(struct html *html)
{
	close_tag(html);
	(void)buf_add_char(html->out, '\n');
}

bool html_done(const struct html *html)
{
	assert(html->depth == 0);
	return !html->out->failed;
}
