/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/base/text.h"
#include "checker/target_parse.h"

#define COLUMNS_MAX (LIMIT_LABELS + 5) /* and those that are no labels */

/* A CSV file (RFC 4180), one record at a time. */
struct csv {
	struct target_piece rest; /* not read yet */
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

static void csv_release(struct csv *csv)
{
	for (size_t i = 0; i < csv->column_count; i++)
		free(csv->columns[i]);
}

static void csv_init(struct csv *csv, const struct target_piece *piece)
{
	memset(csv, 0, sizeof *csv);
	csv->rest = *piece;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Where the record that REST begins with ends: at a line end that is not
 * inside quotes.  Quotes open only where a cell begins.  When one is not
 * closed within the bound, the record is the first line alone.
 */
static size_t record_end(struct csv *csv)
{
	const char *text = csv->rest.text;
	size_t bound = csv->rest.len < LIMIT_LINE_BYTES ? csv->rest.len : LIMIT_LINE_BYTES, i;
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
	if (!quoted && (i < bound || bound == csv->rest.len))
		return i;
	const char *line = memchr(text, '\n', csv->rest.len);
	return line ? (size_t)(line - text) : csv->rest.len;
}

/* Makes the next record the current one; false behind the last. */
static bool csv_next(struct csv *csv)
{
	if (csv->rest.len == 0)
		return false;

	size_t end = record_end(csv), lines = 0;
	size_t whole = end < csv->rest.len ? end + 1 : end;
	for (size_t i = 0; i < whole; i++)
		lines += csv->rest.text[i] == '\n';
	csv->record = (struct target_piece){ .text = csv->rest.text,
		.len = end > 0 && csv->rest.text[end - 1] == '\r' ? end - 1 : end,
		.line = csv->rest.line };
	csv->rest.text += whole;
	csv->rest.len -= whole;
	csv->rest.line += lines;
	return true;
}

/* Copies the cell behind the quote at AT; the place behind the closing quote. */
static size_t copy_quoted(struct csv *csv, size_t at)
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
static size_t copy_plain(struct csv *csv, size_t at)
{
	const char *text = csv->record.text;
	size_t end = at, last = at;

	for (; end < csv->record.len && text[end] != ','; end++)
		last = is_blank(text[end]) ? last : end + 1;
	memcpy(csv->scratch + csv->used, text + at, last - at);
	csv->used += last - at;
	return end;
}

static size_t skip_blanks(const struct csv *csv, size_t at)
{
	while (at < csv->record.len && is_blank(csv->record.text[at]))
		at++;
	return at;
}

/* Adds the cell at AT; *RET_END is the place of the comma behind it or the end. */
static bool csv_cell(struct csv *csv, size_t at, size_t *ret_end, struct target_fault *fault)
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
static bool csv_split(struct csv *csv, struct target_fault *fault)
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
static bool csv_header(struct csv *csv, struct target_fault *fault)
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
	struct csv *csv, struct target_row *row, bool *ret_empty, struct target_fault *fault)
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

static bool csv_add(struct csv *csv, struct target_reader *reader, struct target_fault *fault)
{
	struct target_row row = { .exact = true, .mark_count = 0 };
	struct target_draft draft;
	bool empty = true;

	if (!csv_row(csv, &row, &empty, fault))
		return false;
	return empty || (target_row_parse(&row, &draft, fault) &&
				target_reader_add(reader, &draft, &row, csv->record.line, fault));
}

static bool is_comment(const struct csv *csv)
{
	size_t at = skip_blanks(csv, 0);

	return at < csv->record.len && csv->record.text[at] == '#';
}

static bool names_a_host(const struct csv *csv)
{
	for (size_t i = 0; i < csv->cell_count; i++) {
		const char *text = csv->cells[i].text;

		if (text && (text_equal_nocase(text, "host") ||
				    (csv->cell_count > 1 && text_equal_nocase(text, "address"))))
			return true;
	}
	return false;
}

bool target_csv_is(const char *bytes, size_t len)
{
	const struct target_piece piece = { .text = bytes, .len = len, .line = 1 };
	struct target_fault ignored = TARGET_FAULT_INIT;
	CLEANUP(csv_release) struct csv csv;

	csv_init(&csv, &piece);
	return csv_next(&csv) && csv_split(&csv, &ignored) && names_a_host(&csv);
}

bool target_csv_read(struct target_reader *reader, const struct target_piece *piece)
{
	static const struct target_options strict = { .skip_bad_input = false };
	struct target_fault fault = TARGET_FAULT_INIT;
	struct target_reader header = *reader;
	CLEANUP(csv_release) struct csv csv;

	/* Without its header no line of the file means anything. */
	header.options = &strict;
	csv_init(&csv, piece);
	if (csv_next(&csv) && !csv_header(&csv, &fault))
		return target_reader_reject(&header, &csv.record, &fault);
	while (csv_next(&csv)) {
		fault = (struct target_fault)TARGET_FAULT_INIT;
		if (!is_comment(&csv) && !csv_add(&csv, reader, &fault) &&
			!target_reader_reject(reader, &csv.record, &fault))
			return false;
	}
	return true;
}
