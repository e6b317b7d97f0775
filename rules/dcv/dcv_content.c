/* SPDX-License-Identifier: MIT */
#include "rules/dcv/dcv_content.h"

#include <string.h>

#include "checker/base/buf.h"

struct span {
	const char *at;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct span trim_end(struct span span)
{
	while (span.len > 0 && is_blank(span.at[span.len - 1]))
		span.len--;
	return span;
}

static struct span trim(struct span span)
{
	for (; span.len > 0 && is_blank(*span.at); span.len--)
		span.at++;
	return trim_end(span);
}

static bool same(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool same_nocase(struct span a, struct span b)
{
	for (size_t i = 0; i < a.len && a.len == b.len; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return a.len == b.len;
}

/* Lines that end in CR LF are as good as those that end in LF. */
static bool same_lines(struct span a, struct span b)
{
	size_t i = 0, j = 0;

	for (;; i++, j++) {
		while (i < a.len && a.at[i] == '\r')
			i++;
		while (j < b.len && b.at[j] == '\r')
			j++;
		if (i == a.len || j == b.len)
			return i == a.len && j == b.len;
		if (a.at[i] != b.at[j])
			return false;
	}
}

static bool contains(struct span span, struct span part)
{
	if (part.len == 0)
		return false;
	for (size_t i = 0; i + part.len <= span.len; i++)
		if (memcmp(span.at + i, part.at, part.len) == 0)
			return true;
	return false;
}

/* What is in SPAN of UTF-16, as far as it is ASCII, against PART. */
static bool is_wide(struct span span, struct span part)
{
	bool has_mark = span.len >= 2 && (memcmp(span.at, "\xff\xfe", 2) == 0 ||
						 memcmp(span.at, "\xfe\xff", 2) == 0);
	size_t used = 0;

	if (!has_mark && !memchr(span.at, '\0', span.len))
		return false;
	for (size_t i = has_mark ? 2 : 0; i < span.len; i++) {
		if (span.at[i] == '\0')
			continue;
		if (used == part.len)
			return is_blank(span.at[i]);
		if (span.at[i] != part.at[used++])
			return false;
	}
	return used == part.len && part.len > 0;
}

static struct span without_mark(struct span span)
{
	if (span.len >= 3 && memcmp(span.at, "\xef\xbb\xbf", 3) == 0)
		return (struct span){ span.at + 3, span.len - 3 };
	return span;
}

static bool is_page(struct span span)
{
	span = trim(without_mark(span));
	return span.len > 0 && span.at[0] == '<';
}

void dcv_code_of_text(struct dcv_code *code, const struct buf *text)
{
	struct span span = { buf_text(text), text->len };
	const char *end;

	span = trim(without_mark(span));
	end = span.len ? memchr(span.at, '\n', span.len) : NULL;
	if (end)
		span = trim((struct span){ span.at, (size_t)(end - span.at) });
	code->text = span.len ? span.at : NULL;
	code->len = span.len;
}

void dcv_code_of_file(struct dcv_code *code)
{
	struct span span = { buf_text(code->file), code->file->len };

	span = trim(without_mark(span));
	for (size_t i = 0; i < span.len; i++)
		if (is_blank(span.at[i]) || span.at[i] == '\0')
			return;
	code->text = span.len ? span.at : NULL;
	code->len = span.len;
}

static enum dcv_match differs(struct span found, struct span wanted, struct span code)
{
	struct span bare = trim(found);

	if (bare.len == 0)
		return DCV_MATCH_EMPTY;
	if (same_lines(trim(without_mark(found)), trim(without_mark(wanted))))
		return DCV_MATCH_MARK;
	if (is_wide(found, trim(without_mark(wanted))))
		return DCV_MATCH_WIDE;
	if (same_nocase(bare, trim(wanted)))
		return DCV_MATCH_CASE;
	if (bare.len >= 2 && (bare.at[0] == '"' || bare.at[0] == '\'') &&
		same(trim((struct span){ bare.at + 1, bare.len - 2 }), trim(wanted)))
		return DCV_MATCH_QUOTED;
	if (contains(found, code))
		return DCV_MATCH_WITHIN;
	return is_page(found) ? DCV_MATCH_PAGE : DCV_MATCH_OTHER;
}

enum dcv_match dcv_content_file(const struct dcv_code *code, const char *bytes, size_t len)
{
	struct span found = { bytes, len };
	struct span text = { code->text, code->text ? code->len : 0 };
	struct span wanted = text;

	if (code->file)
		wanted = (struct span){ buf_text(code->file), code->file->len };
	else if (!code->text)
		return DCV_MATCH_UNKNOWN;
	if (same(found, wanted))
		return DCV_MATCH_SAME;
	if (same_lines(trim_end(found), trim_end(wanted)) && trim(found).len > 0)
		return DCV_MATCH_ENDS;
	return differs(found, wanted, text);
}

enum dcv_match dcv_content_text(const struct dcv_code *code, const char *bytes, size_t len)
{
	struct span found = { bytes, len }, wanted = { code->text, code->len };

	if (!code->text)
		return DCV_MATCH_UNKNOWN;
	if (same(found, wanted))
		return DCV_MATCH_SAME;
	return same(trim(found), wanted) ? DCV_MATCH_ENDS : differs(found, wanted, wanted);
}
