/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/base/text.h"
#include "checker/target/target_input.h"
#include "checker/target/target_reader.h"

#define COLUMNS_MAX (LIMIT_LABELS + 5) /* and those that are no labels */

struct target_csv {
	struct target_input *input;
	struct target_piece record;
	size_t unclosed; /* the place in the record of a quote that nothing closes */
	bool is_unclosed;
	size_t used;
	struct target_cell cells[COLUMNS_MAX + 1];
	size_t cell_count;
	char *columns[COLUMNS_MAX];
	size_t column_count;
	char scratch[LIMIT_LINE_BYTES + 2]; /* the cells, unquoted, each ended by NUL */
};

void target_csv_free(struct target_csv *csv)
{
	if (!csv)
		return;
	for (size_t i = 0; i < csv->column_count; i++)
		free(csv->columns[i]);
	free(csv);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Where the record that comes next ends: at a line end that is not inside
 * quotes.  Quotes open only where a cell begins.  When one is not closed
 * within the bound, *RET_LINE: the record is the first line alone.
 */
static size_t record_end(struct target_csv *csv, bool *ret_line)
{
	const char *text = csv->input->text;
	size_t len = csv->input->len, bound = len < LIMIT_LINE_BYTES ? len : LIMIT_LINE_BYTES, i;
	bool quoted = false, begins = true;

	for (i = 0; i < bound && (quoted || text[i] != '\n'); i++) {
		if (quoted && text[i] == '"') {
			quoted = i + 1 < bound && text[i + 1] == '"';
			i += quoted;
		} else if (!quoted && begins && text[i] == '"') {
			quoted = true;
			csv->unclosed = i;
		}
		begins = text[i] == ',' || (begins && is_blank(text[i]));
	}
	csv->is_unclosed = quoted;
	*ret_line = quoted || (i == bound && bound < len);
	return i;
}

/* Makes the next record the current one; false behind the last. */
static bool csv_next(struct target_csv *csv)
{
	struct target_input *input = csv->input;
	bool line;

	if (!target_input_step(input))
		return false;

	size_t end = record_end(csv, &line);
	csv->record = (struct target_piece){ .text = input->text, .line = input->line };
	if (line)
		end = target_input_use_line(input);
	else
		target_input_use(input, end < input->len ? end + 1 : end);
	csv->record.len = end > 0 && input->text[end - 1] == '\r' && !input->cut ? end - 1 : end;
	return true;
}

/* Copies the cell behind the quote at AT; the place behind the closing quote. */
static size_t copy_quoted(struct target_csv *csv, size_t at)
{
	const char *text = csv->record.text;

	for (size_t i = at + 1; i < csv->record.len; i++) {
		if (text[i] == '"' && (i + 1 == csv->record.len || text[i + 1] != '"'))
			return i + 1;
		i += text[i] == '"';
		csv->scratch[csv->used++] = text[i];
	}
	return csv->record.len;
}

/* Copies the cell at AT up to a comma, without the blanks around it. */
static size_t copy_plain(struct target_csv *csv, size_t at)
{
	const char *text = csv->record.text;
	size_t end = at, last = at;

	for (; end < csv->record.len && text[end] != ','; end++)
		last = is_blank(text[end]) ? last : end + 1;
	memcpy(csv->scratch + csv->used, text + at, last - at);
	csv->used += last - at;
	return end;
}

static size_t skip_blanks(const struct target_csv *csv, size_t at)
{
	while (at < csv->record.len && is_blank(csv->record.text[at]))
		at++;
	return at;
}

/* Adds the cell at AT; *RET_END is the place of the comma behind it or the end. */
static bool csv_cell(struct target_csv *csv, size_t at, size_t *ret_end, struct target_fault *fault)
{
	const char *text = csv->record.text;
	size_t from = skip_blanks(csv, at), end, begin = csv->used;
	bool quoted = from < csv->record.len && text[from] == '"';

	if (quoted) {
		end = skip_blanks(csv, copy_quoted(csv, from));
		if (end < csv->record.len && text[end] != ',')
			return target_fault_set(fault, end, "text behind a closing quote");
	} else {
		end = copy_plain(csv, from);
		const char *stray = memchr(csv->scratch + begin, '"', csv->used - begin);
		if (stray)
			return target_fault_set(fault,
				from + (size_t)(stray - csv->scratch) - begin,
				"a quote inside a cell that does not begin with one");
	}
	csv->scratch[csv->used++] = '\0';
	if (csv->cell_count == ARRAY_LEN(csv->cells))
		return target_fault_set(fault, from, "more than %d cells", COLUMNS_MAX);
	csv->cells[csv->cell_count++] = (struct target_cell){
		.text = csv->scratch[begin] ? csv->scratch + begin : NULL,
		.at = quoted ? from + 1 : from,
	};
	*ret_end = end;
	return true;
}

/* Cuts the current record into its cells. */
static bool csv_split(struct target_csv *csv, struct target_fault *fault)
{
	csv->used = 0;
	csv->cell_count = 0;
	if (!target_piece_check(&csv->record, fault))
		return false;
	if (csv->is_unclosed)
		return target_fault_set(fault, csv->unclosed, "a quote that nothing closes");
	for (size_t at = 0;; at++) {
		if (!csv_cell(csv, at, &at, fault))
			return false;
		if (at >= csv->record.len)
			return true;
	}
}

/* The name that a column has for us: ours in lower case, those of labels as they are. */
static char *column_name(const char *text)
{
	static const char *const ours[] = { "host", "port", "protocol", "address", "sni",
		"platform", "owner" };

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (text_equal_nocase(text, ours[i]))
			return text_copy(ours[i], strlen(ours[i]));
	return text_copy(text, strlen(text));
}

/* Reads the header line, which is the current record. */
static bool csv_header(struct target_csv *csv, struct target_fault *fault)
{
	if (!csv_split(csv, fault))
		return false;
	for (size_t i = 0; i < csv->cell_count; i++) {
		const struct target_cell *cell = &csv->cells[i];

		if (!cell->text)
			return target_fault_set(fault, cell->at, "column %zu has no name", i + 1);
		if (i >= COLUMNS_MAX)
			return target_fault_set(
				fault, cell->at, "more than %d columns", COLUMNS_MAX);
		char *name = column_name(cell->text);
		if (!name)
			return error_set_memory(&fault->why);
		csv->columns[csv->column_count++] = name;
		for (size_t other = 0; other < i; other++)
			if (strcmp(csv->columns[other], name) == 0)
				return target_fault_set(
					fault, cell->at, "a second column \"%s\"", name);
	}
	return true;
}

/* The cells under their columns; *RET_EMPTY when there is nothing in them. */
static bool csv_row(
	struct target_csv *csv, struct target_row *row, bool *ret_empty, struct target_fault *fault)
{
	bool empty = true;

	if (!csv_split(csv, fault))
		return false;
	if (csv->cell_count > csv->column_count)
		return target_fault_set(fault, csv->cells[csv->column_count].at,
			"more cells than the %zu columns of the header", csv->column_count);
	for (size_t i = 0; i < csv->cell_count; i++) {
		const struct target_cell *cell = &csv->cells[i];
		struct target_cell *known = target_row_cell(row, csv->columns[i]);

		if (!cell->text)
			continue;
		empty = false;
		if (known)
			*known = *cell;
		else if (!target_row_mark(row, csv->columns[i], cell->text, cell->at, fault))
			return false;
	}
	*ret_empty = empty;
	return true;
}

static bool csv_add(
	struct target_csv *csv, struct target_reader *reader, struct target_fault *fault)
{
	struct target_row row = { .exact = true, .mark_count = 0 };
	struct target_draft draft;
	bool empty = true;

	if (!csv_row(csv, &row, &empty, fault))
		return false;
	if (!empty && reader->sink.row)
		return reader->sink.row(reader->sink.arg, &row, fault);
	return empty || (target_row_parse(&row, &draft, fault) &&
				target_reader_add(reader, &draft, &row, csv->record.line, fault));
}

static bool is_comment(const struct target_csv *csv)
{
	size_t at = skip_blanks(csv, 0);

	return at < csv->record.len && csv->record.text[at] == '#';
}

static bool is_nothing(const struct target_csv *csv)
{
	return skip_blanks(csv, 0) == csv->record.len;
}

static bool names_a_host(const struct target_csv *csv)
{
	for (size_t i = 0; i < csv->cell_count; i++) {
		const char *text = csv->cells[i].text;

		if (text && (text_equal_nocase(text, "host") ||
				    (csv->cell_count > 1 && text_equal_nocase(text, "address"))))
			return true;
	}
	return false;
}

bool target_csv_is(struct target_input *input)
{
	struct target_fault ignored = TARGET_FAULT_INIT;
	struct target_csv *csv = calloc(1, sizeof *csv);

	if (!csv)
		return false;
	csv->input = input;
	bool is = csv_next(csv) && csv_split(csv, &ignored) && names_a_host(csv);
	target_csv_free(csv);
	return is;
}

struct target_csv *target_csv_new(struct target_input *input, struct target_reader *reader)
{
	static const struct target_options strict = { .skip_bad_input = false };
	struct target_fault fault = TARGET_FAULT_INIT;
	struct target_reader header = *reader;
	struct target_csv *csv = calloc(1, sizeof *csv);

	if (!csv) {
		(void)error_set_memory(reader->err);
		return NULL;
	}
	/* Without its header no line of the file means anything. */
	header.options = &strict;
	csv->input = input;
	bool more = csv_next(csv);
	while (more && (is_comment(csv) || is_nothing(csv)))
		more = csv_next(csv);
	if (!more || csv_header(csv, &fault) || target_reader_reject(&header, &csv->record, &fault))
		return csv;
	target_csv_free(csv);
	return NULL;
}

bool target_csv_has(const struct target_csv *csv, const char *column)
{
	for (size_t i = 0; i < csv->column_count; i++)
		if (strcmp(csv->columns[i], column) == 0)
			return true;
	return false;
}

size_t target_csv_line(const struct target_csv *csv)
{
	return csv->record.line > 0 ? csv->record.line : 1;
}

bool target_csv_step(struct target_csv *csv, struct target_reader *reader, bool *ret_more)
{
	struct target_fault fault = TARGET_FAULT_INIT;

	*ret_more = csv_next(csv);
	return !*ret_more || is_comment(csv) || csv_add(csv, reader, &fault) ||
	       target_reader_reject(reader, &csv->record, &fault);
}
