/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/target.h"
#include "checker/target_parse.h"

/* The lines of a file, one after the other. */
struct lines {
	const char *bytes;
	size_t len;
	size_t at;
	size_t number; /* of the line before `at` */
};

enum format {
	FORMAT_TEXT,
	FORMAT_CSV,
	FORMAT_NDJSON,
	FORMAT_INVENTORY,
};

/* The next line without its end, LF or CR LF; false behind the last. */
static bool lines_next(struct lines *lines, struct target_piece *ret_line)
{
	if (lines->at >= lines->len)
		return false;

	const char *text = lines->bytes + lines->at;
	size_t left = lines->len - lines->at;
	const char *end = memchr(text, '\n', left);
	size_t len = end ? (size_t)(end - text) : left;
	lines->at += end ? len + 1 : len;
	lines->number++;
	if (len > 0 && text[len - 1] == '\r')
		len--;
	*ret_line = (struct target_piece){ .text = text, .len = len, .line = lines->number };
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t skip_blanks(const char *text, size_t at, size_t len)
{
	while (at < len && is_blank(text[at]))
		at++;
	return at;
}

/* Not blank and not a comment. */
static bool says_something(const struct target_piece *line)
{
	size_t at = skip_blanks(line->text, 0, line->len);

	return at < line->len && line->text[at] != '#';
}

bool target_piece_check(const struct target_piece *piece, struct target_fault *fault)
{
	if (piece->len > LIMIT_LINE_BYTES)
		return target_fault_set(
			fault, 0, "the line is longer than %u bytes", LIMIT_LINE_BYTES);
	for (size_t at = 0, step; at < piece->len; at += step) {
		uint32_t point;

		step = text_utf8_next(piece->text + at, piece->len - at, &point);
		if (step == 0)
			return target_fault_set(fault, at, "not valid UTF-8");
		if (point == 0)
			return target_fault_set(fault, at, "a NUL byte");
	}
	return true;
}

/* A target, then perhaps a comment. */
static bool text_line(
	struct target_reader *reader, const struct target_piece *line, struct target_fault *fault)
{
	struct target_draft draft;
	size_t from = skip_blanks(line->text, 0, line->len), to = from;

	if (!target_piece_check(line, fault))
		return false;
	while (to < line->len && !is_blank(line->text[to]))
		to++;
	size_t rest = skip_blanks(line->text, to, line->len);
	if (!target_parse(line->text + from, to - from, &draft, fault)) {
		fault->at += from;
		return false;
	}
	if (rest < line->len && line->text[rest] != '#')
		return target_fault_set(fault, rest,
			"only a comment, which begins with \"#\", can follow a target");
	return target_reader_add(reader, &draft, NULL, line->line, fault);
}

static bool read_text(struct target_reader *reader, struct lines lines)
{
	struct target_piece line;

	while (lines_next(&lines, &line)) {
		struct target_fault fault = TARGET_FAULT_INIT;

		if (says_something(&line) && !text_line(reader, &line, &fault) &&
			!target_reader_reject(reader, &line, &fault))
			return false;
	}
	return true;
}

static bool read_ndjson(struct target_reader *reader, struct lines lines)
{
	struct target_piece line;

	while (lines_next(&lines, &line))
		if (says_something(&line) && !target_json_line(reader, &line))
			return false;
	return true;
}

/* LINES stand behind FIRST, a line that begins with "{". */
static enum format json_format(const struct target_piece *first, struct lines lines)
{
	struct target_piece next = { .text = NULL, .len = 0, .line = 0 };
	bool more = false;

	while (!more && lines_next(&lines, &next))
		more = says_something(&next);
	switch (target_json_shape(first->text, first->len)) {
	case TARGET_JSON_INVENTORY:
		return more ? FORMAT_NDJSON : FORMAT_INVENTORY;
	case TARGET_JSON_OPEN:
		/* Records that are cut off are followed by records, a document is not. */
		if (more && next.text[skip_blanks(next.text, 0, next.len)] != '{')
			return FORMAT_INVENTORY;
		return FORMAT_NDJSON;
	case TARGET_JSON_RECORD:
	case TARGET_JSON_BAD:
		break;
	}
	return FORMAT_NDJSON;
}

/* From the first line that says something; LINES stand before it afterwards. */
static enum format format_of(struct lines *lines)
{
	struct lines ahead = *lines;
	struct target_piece line;

	while (lines_next(&ahead, &line)) {
		if (says_something(&line)) {
			if (line.text[skip_blanks(line.text, 0, line.len)] == '{')
				return json_format(&line, ahead);
			return target_csv_is(line.text, lines->len - lines->at) ? FORMAT_CSV
										: FORMAT_TEXT;
		}
		*lines = ahead;
	}
	return FORMAT_TEXT;
}

/* The byte order marks of UTF-16; Windows tools write such files unasked. */
static bool is_utf16(const char *bytes, size_t len)
{
	return len >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0);
}

static bool read_lines(struct target_reader *reader, struct lines lines)
{
	enum format format = format_of(&lines);
	struct target_piece rest = { .text = lines.bytes + lines.at,
		.len = lines.len - lines.at,
		.line = lines.number + 1 };

	switch (format) {
	case FORMAT_CSV:
		return target_csv_read(reader, &rest);
	case FORMAT_NDJSON:
		return read_ndjson(reader, lines);
	case FORMAT_INVENTORY:
		return target_inventory_read(reader, &rest);
	case FORMAT_TEXT:
		break;
	}
	return read_text(reader, lines);
}

bool target_list_add_bytes(struct target_list *list, const char *name, const char *bytes,
	size_t len, const struct target_options *options, struct error *err)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct target_reader reader;

	if (is_utf16(bytes, len))
		return error_set(
			err, ERROR_SYNTAX, "%s:1:1: the file is UTF-16; save it as UTF-8", name);
	if (!target_reader_init(&reader, list, name, options, err))
		return false;

	bool marked = len >= 3 && memcmp(bytes, mark, 3) == 0;
	struct lines lines = { .bytes = bytes, .len = len, .at = marked ? 3 : 0, .number = 0 };
	return read_lines(&reader, lines);
}

bool target_list_add_file(struct target_list *list, const char *path,
	const struct target_options *options, struct error *err)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(LIMIT_INPUT_BYTES);

	return buf_read_file(&buf, path, err) &&
	       target_list_add_bytes(list, path, buf_text(&buf), buf.len, options, err);
}

bool target_list_add_argument(struct target_list *list, const char *text, size_t position,
	const struct target_options *options, struct error *err)
{
	struct target_fault fault = TARGET_FAULT_INIT;
	struct target_piece piece = { .text = text, .len = strlen(text), .line = position };
	struct target_reader reader;
	struct target_draft draft;

	if (!target_reader_init(&reader, list, "command line", options, err))
		return false;
	reader.is_argument = true;
	if (target_piece_check(&piece, &fault) &&
		target_parse(piece.text, piece.len, &draft, &fault) &&
		target_reader_add(&reader, &draft, NULL, position, &fault))
		return true;
	return target_reader_reject(&reader, &piece, &fault);
}
