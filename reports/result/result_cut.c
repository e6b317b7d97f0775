/* SPDX-License-Identifier: MIT */
#include "reports/result/result_cut.h"

#include <string.h>

#define RESULTS "\"results\""

bool result_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool ends_word(char c)
{
	return result_is_blank(c) || c == ',' || c == ']' || c == '}' || c == ':';
}

/* Inside a string; true when it ended with this byte. */
static bool step_string(struct result_cut *cut, char c)
{
	if (cut->escaped)
		cut->escaped = false;
	else if (c == '\\')
		cut->escaped = true;
	else if (c == '"')
		cut->in_string = false;
	return !cut->in_string;
}

bool result_cut_value(struct result_cut *cut, const char *text, size_t len)
{
	for (; cut->at < len; cut->at++) {
		char c = text[cut->at];

		if (cut->in_string) {
			if (step_string(cut, c) && cut->depth == 0)
				return ++cut->at;
		} else if (c == '"') {
			cut->in_string = true;
		} else if (c == '{' || c == '[') {
			cut->depth++;
		} else if ((c == '}' || c == ']') && cut->depth > 0) {
			if (--cut->depth == 0)
				return ++cut->at;
		} else if (cut->depth == 0 && ends_word(c)) {
			return true;
		}
	}
	return false;
}

static size_t skip(const char *text, size_t len, size_t at, char also)
{
	while (at < len && (result_is_blank(text[at]) || text[at] == also))
		at++;
	return at;
}

enum result_shape result_shape(const char *text, size_t len, size_t *ret_at)
{
	size_t at = skip(text, len, 0, ' ');

	if (at < len && text[at] != '{')
		return RESULT_SHAPE_LINES;
	for (at++; at < len;) {
		struct result_cut key = { .at = 0 }, value = { .at = 0 };

		at = skip(text, len, at, ',');
		if (at < len && text[at] != '"')
			return RESULT_SHAPE_LINES;
		if (at >= len || !result_cut_value(&key, text + at, len - at))
			return RESULT_SHAPE_OPEN;
		size_t next = skip(text, len, at + key.at, ':');
		if (next >= len)
			return RESULT_SHAPE_OPEN;
		if (text[next] == '[' && key.at == strlen(RESULTS) &&
			memcmp(text + at, RESULTS, key.at) == 0) {
			*ret_at = next;
			return RESULT_SHAPE_DOCUMENT;
		}
		if (!result_cut_value(&value, text + next, len - next))
			return RESULT_SHAPE_OPEN;
		/* Where nothing can stand is no progress. */
		if (value.at == 0)
			return RESULT_SHAPE_LINES;
		at = next + value.at;
	}
	return RESULT_SHAPE_OPEN;
}
