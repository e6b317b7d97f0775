/* SPDX-License-Identifier: MIT */
#include "reports/xlsx/book.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "reports/output.h"

#define SHEETS 8
#define ROWS_MOST 1048576u /* of one sheet, its heading counted */
#define CELL_BYTES 32768   /* characters at most, so bytes are on the safe side */
#define COPY_BYTES 65536

struct sheet {
	struct book *book;
	lxw_worksheet *worksheet;
	lxw_row_t row;
	lxw_col_t column;
	lxw_col_t columns;
	size_t dropped;
};

struct book {
	lxw_workbook *workbook;
	char path[256]; /* of the temporary file; "" when there is none */
	char folder[200];
	lxw_format *styles[BOOK_STYLE_COUNT];
	lxw_format *heading;
	struct sheet sheets[SHEETS];
	size_t count;
	char *cell; /* room for one */
	bool failed;
};

/* Colours that keep their contrast on white: dark on a pale ground. */
static const struct {
	bool bold, wrapped;
	lxw_color_t ink, ground; /* 0: as it is */
	const char *number;
} looks[BOOK_STYLE_COUNT] = {
	[BOOK_BOLD] = { .bold = true },
	[BOOK_WRAPPED] = { .wrapped = true },
	[BOOK_CRITICAL] = { .bold = true, .ink = 0x8f1212, .ground = 0xfbdcdc },
	[BOOK_WARNING] = { .ink = 0x6b4300, .ground = 0xfdeccd },
	[BOOK_UNREACHABLE] = { .ink = 0x5a2478, .ground = 0xeeddf6 },
	[BOOK_GOOD] = { .ink = 0x1a5c2a, .ground = 0xdcf2e1 },
	[BOOK_DATE] = { .number = "yyyy-mm-dd" },
};

static bool make_styles(struct book *book)
{
	for (size_t i = 0; i < BOOK_STYLE_COUNT; i++) {
		lxw_format *format = workbook_add_format(book->workbook);

		if (!format)
			return false;
		format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
		if (looks[i].bold)
			format_set_bold(format);
		if (looks[i].wrapped)
			format_set_text_wrap(format);
		if (looks[i].ink)
			format_set_font_color(format, looks[i].ink);
		if (looks[i].ground)
			format_set_bg_color(format, looks[i].ground);
		if (looks[i].number)
			format_set_num_format(format, looks[i].number);
		book->styles[i] = format;
	}
	book->heading = workbook_add_format(book->workbook);
	if (!book->heading)
		return false;
	format_set_bold(book->heading);
	format_set_bg_color(book->heading, 0xe4e7ec);
	format_set_bottom(book->heading, LXW_BORDER_THIN);
	return true;
}

/* An empty file that nobody else can read, for the library to write into. */
static bool reserve(struct book *book, struct error *err)
{
	const char *folder = getenv("TMPDIR");

	(void)snprintf(
		book->folder, sizeof book->folder, "%s", folder && *folder ? folder : "/tmp");
	(void)snprintf(book->path, sizeof book->path, "%s/chainmend-XXXXXX", book->folder);
	int fd = mkstemp(book->path);
	if (fd < 0) {
		(void)error_set_errno(err, errno, "%s", book->path);
		book->path[0] = '\0';
		return false;
	}
	return close(fd) == 0 || error_set_errno(err, errno, "%s", book->path);
}

struct book *book_new(struct instant created, struct error *err)
{
	struct book *book = calloc(1, sizeof *book);

	if (!book || !(book->cell = malloc(CELL_BYTES))) {
		free(book);
		(void)error_set_memory(err);
		return NULL;
	}
	if (!reserve(book, err)) {
		book_free(book);
		return NULL;
	}
	lxw_workbook_options options = {
		.constant_memory = LXW_TRUE, .tmpdir = book->folder, .use_zip64 = LXW_TRUE
	};
	lxw_doc_properties properties = { .created = (time_t)created.seconds };
	book->workbook = workbook_new_opt(book->path, &options);
	if (!book->workbook ||
		workbook_set_properties(book->workbook, &properties) != LXW_NO_ERROR ||
		!make_styles(book)) {
		book_free(book);
		(void)error_set_memory(err);
		return NULL;
	}
	return book;
}

/* The library frees a workbook only by writing it, into a file that goes away at once. */
void book_free(struct book *book)
{
	if (!book)
		return;
	if (book->workbook)
		(void)workbook_close(book->workbook);
	if (book->path[0])
		(void)unlink(book->path);
	free(book->cell);
	free(book);
}

struct sheet *book_sheet(struct book *book, const char *name, const struct sheet_column *columns,
	size_t count, struct error *err)
{
	if (book->count == SHEETS) {
		(void)error_set(err, ERROR_LIMIT, "a book has at most %d sheets", SHEETS);
		return NULL;
	}
	lxw_worksheet *worksheet = workbook_add_worksheet(book->workbook, name);
	if (!worksheet) {
		(void)error_set(err, ERROR_IO, "%s: no more temporary files can be made there",
			book->folder);
		return NULL;
	}
	struct sheet *sheet = &book->sheets[book->count++];
	*sheet = (struct sheet){
		.book = book, .worksheet = worksheet, .row = 1, .columns = (lxw_col_t)count
	};
	for (size_t i = 0; i < count; i++) {
		lxw_col_t at = (lxw_col_t)i;
		(void)worksheet_set_column(worksheet, at, at, columns[i].width, NULL);
		(void)worksheet_write_string(worksheet, 0, at, columns[i].title, book->heading);
	}
	worksheet_freeze_panes(worksheet, 1, 0);
	worksheet_repeat_rows(worksheet, 0, 0);
	worksheet_set_landscape(worksheet);
	worksheet_fit_to_pages(worksheet, 1, 0);
	return sheet;
}

static bool fits(struct sheet *sheet)
{
	return sheet->row < ROWS_MOST && sheet->column < sheet->columns;
}

static void check(struct sheet *sheet, lxw_error result)
{
	if (result != LXW_NO_ERROR)
		sheet->book->failed = true;
	sheet->column++;
}

void sheet_text(struct sheet *sheet, enum book_style style, const char *text)
{
	struct book *book = sheet->book;

	if (!text || !text[0] || !fits(sheet)) {
		sheet->column++;
		return;
	}
	text_printable(text, strlen(text), book->cell, CELL_BYTES);
	check(sheet, worksheet_write_string(sheet->worksheet, sheet->row, sheet->column, book->cell,
			     book->styles[style]));
}

void sheet_number(struct sheet *sheet, double number)
{
	if (fits(sheet))
		check(sheet, worksheet_write_number(sheet->worksheet, sheet->row, sheet->column,
				     number, sheet->book->styles[BOOK_PLAIN]));
}

void sheet_day(struct sheet *sheet, struct instant day)
{
	/* Days since 1899-12-30, which is what the format counts in after February 1900. */
	int64_t days = instant_day(day).seconds / SECONDS_A_DAY;
	double serial = (double)(days + 25569);
	char text[INSTANT_TEXT];

	if (!fits(sheet))
		return;
	if (serial >= 61 && serial < 2958466) {
		check(sheet, worksheet_write_number(sheet->worksheet, sheet->row, sheet->column,
				     serial, sheet->book->styles[BOOK_DATE]));
		return;
	}
	instant_format_day(day, text);
	sheet_text(sheet, BOOK_PLAIN, text);
}

void sheet_skip(struct sheet *sheet)
{
	sheet->column++;
}

void sheet_next(struct sheet *sheet)
{
	sheet->column = 0;
	if (sheet->row < ROWS_MOST)
		sheet->row++;
	else
		sheet->dropped++;
}

size_t sheet_dropped(const struct sheet *sheet)
{
	return sheet->dropped;
}

static bool copy(const char *path, struct output *output, struct error *err)
{
	char bytes[COPY_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 || error_set_errno(err, errno, "%s", path);
	ssize_t got = 1;

	while (good && got > 0) {
		got = read(fd, bytes, sizeof bytes);
		if (got < 0 && errno == EINTR) {
			got = 1;
			continue;
		}
		good = got >= 0 ? output_write(output, bytes, (size_t)got, err)
				: error_set_errno(err, errno, "%s", path);
	}
	if (fd >= 0)
		(void)close(fd);
	return good;
}

bool book_write(struct book *book, struct output *output, struct error *err)
{
	for (size_t i = 0; i < book->count; i++) {
		struct sheet *sheet = &book->sheets[i];
		if (sheet->row > 1)
			(void)worksheet_autofilter(sheet->worksheet, 0, 0, sheet->row - 1,
				(lxw_col_t)(sheet->columns - 1));
	}
	lxw_error result = workbook_close(book->workbook);
	book->workbook = NULL;
	if (result == LXW_ERROR_MEMORY_MALLOC_FAILED || book->failed)
		return error_set_memory(err);
	if (result != LXW_NO_ERROR)
		return error_set(err, ERROR_IO, "%s: %s", book->path, lxw_strerror(result));
	return copy(book->path, output, err);
}
