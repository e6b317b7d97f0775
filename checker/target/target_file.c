/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/target/target_input.h"
#include "checker/target/target_reader.h"

enum format {
	FORMAT_TEXT,
	FORMAT_CSV,
	FORMAT_NDJSON,
	FORMAT_INVENTORY,
};

/* What a file is, and where it begins: behind blank lines and comments. */
struct shape {
	enum format format;
	uint64_t at;
	size_t line;
};

struct target_cursor {
	struct target_input input;
	struct shape shape;
	struct target_csv *csv;
};

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

/*
 * What INPUT is, whose line FIRST begins with "{" and has been used.  A line that is too long to
 * be seen whole is no record; whether it is an inventory, find_format() sees otherwise.
 */
static enum format json_format(struct target_input *input, const struct target_piece *first)
{
	enum target_json_shape shape = target_json_shape(first->text, first->len);
	struct target_piece next = { .text = NULL, .len = 0, .line = 0 };
	bool more = false;

	while (!more && target_input_line(input, &next))
		more = says_something(&next);
	switch (shape) {
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

/* From the first line that says something. */
static struct shape look_at(struct target_input *input, bool *ret_cut)
{
	struct shape shape = { FORMAT_TEXT, target_input_offset(input), input->line };

	*ret_cut = false;
	while (target_input_step(input)) {
		struct target_piece line = { .text = input->text, .len = input->len };
		const char *end = memchr(line.text, '\n', line.len);

		if (end)
			line.len = (size_t)(end - line.text);
		shape.at = target_input_offset(input);
		shape.line = input->line;
		if (!says_something(&line)) {
			(void)target_input_use_line(input);
			continue;
		}
		if (line.text[skip_blanks(line.text, 0, line.len)] != '{') {
			shape.format = target_csv_is(input) ? FORMAT_CSV : FORMAT_TEXT;
			return shape;
		}
		(void)target_input_use_line(input);
		*ret_cut = input->cut;
		shape.format = json_format(input, &line);
		return shape;
	}
	return shape;
}

static bool look_from(const struct target_file *file, uint64_t at, struct shape *ret_shape,
	bool *ret_cut, struct error *err)
{
	CLEANUP(target_input_release) struct target_input input;

	if (!target_input_open(&input, file, at, 1, err))
		return false;
	*ret_shape = look_at(&input, ret_cut);
	return input.why.code == ERROR_NONE || error_set(err, input.why.code, "%s", input.why.text);
}

/* A document on one line is longer than a window: it is looked at whole. */
static bool look_again(
	const struct target_file *file, uint64_t at, struct shape *ret_shape, struct error *err)
{
	CLEANUP(buf_release) struct buf whole = BUF_INIT(LIMIT_INVENTORY_BYTES);
	bool cut;

	if (!target_file_load(file, 0, &whole, err))
		return false;
	const struct target_file loaded = {
		.name = file->name, .fd = -1, .bytes = buf_text(&whole), .size = whole.len
	};
	return look_from(&loaded, at, ret_shape, &cut, err);
}

static bool find_format(
	const struct target_file *file, uint64_t at, struct shape *ret_shape, struct error *err)
{
	bool cut;

	if (!look_from(file, at, ret_shape, &cut, err))
		return false;
	if (!cut || file->size > LIMIT_INVENTORY_BYTES)
		return true;
	return look_again(file, at, ret_shape, err);
}

/* The byte order marks of UTF-16; Windows tools write such files unasked. */
static bool is_utf16(const char *bytes, size_t len)
{
	return len >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0);
}

bool target_file_mark(const struct target_file *file, uint64_t *ret_len, struct error *err)
{
	static const char mark[] = "\xef\xbb\xbf";
	CLEANUP(target_input_release) struct target_input input;

	if (!target_input_open(&input, file, 0, 1, err))
		return false;
	(void)target_input_step(&input);
	if (is_utf16(input.text, input.len))
		return error_set(err, ERROR_SYNTAX, "%s:1:1: the file is UTF-16; save it as UTF-8",
			file->name);
	*ret_len = input.len >= 3 && memcmp(input.text, mark, 3) == 0 ? 3 : 0;
	return true;
}

struct target_cursor *target_cursor_new(
	const struct target_file *file, struct target_reader *reader)
{
	CLEANUP(target_cursor_freep) struct target_cursor *cursor = calloc(1, sizeof *cursor);
	uint64_t at;

	if (!cursor) {
		(void)error_set_memory(reader->err);
		return NULL;
	}
	if (!target_file_mark(file, &at, reader->err) ||
		!find_format(file, at, &cursor->shape, reader->err) ||
		!target_input_open(
			&cursor->input, file, cursor->shape.at, cursor->shape.line, reader->err))
		return NULL;
	if (cursor->shape.format == FORMAT_CSV) {
		cursor->csv = target_csv_new(&cursor->input, reader);
		if (!cursor->csv)
			return NULL;
	}
	return TAKE(cursor);
}

void target_cursor_free(struct target_cursor *cursor)
{
	if (!cursor)
		return;
	target_csv_free(cursor->csv);
	target_input_release(&cursor->input);
	free(cursor);
}

/* A line that says something, or none: *RET_MORE is false behind the last. */
static bool line_step(struct target_cursor *cursor, struct target_reader *reader, bool *ret_more)
{
	struct target_fault fault = TARGET_FAULT_INIT;
	struct target_piece line;

	*ret_more = target_input_line(&cursor->input, &line);
	if (!*ret_more || !says_something(&line))
		return true;
	if (cursor->shape.format == FORMAT_NDJSON)
		return target_json_line(reader, &line);
	return text_line(reader, &line, &fault) || target_reader_reject(reader, &line, &fault);
}

/* The whole document at once. */
static bool inventory_step(
	struct target_cursor *cursor, struct target_reader *reader, bool *ret_more)
{
	CLEANUP(buf_release) struct buf whole = BUF_INIT(LIMIT_INVENTORY_BYTES);

	*ret_more = false;
	if (!target_file_load(cursor->input.file, cursor->shape.at, &whole, reader->err))
		return false;
	struct target_piece piece = {
		.text = buf_text(&whole), .len = whole.len, .line = cursor->shape.line
	};
	return target_inventory_read(reader, &piece);
}

bool target_cursor_step(struct target_cursor *cursor, struct target_reader *reader, bool *ret_more)
{
	const struct error *why = &cursor->input.why;
	bool read = false;

	switch (cursor->shape.format) {
	case FORMAT_CSV:
		read = target_csv_step(cursor->csv, reader, ret_more);
		break;
	case FORMAT_INVENTORY:
		return inventory_step(cursor, reader, ret_more);
	case FORMAT_TEXT:
	case FORMAT_NDJSON:
		read = line_step(cursor, reader, ret_more);
		break;
	}
	if (read && why->code != ERROR_NONE)
		return error_set(reader->err, why->code, "%s", why->text);
	return read;
}
