/* SPDX-License-Identifier: MIT */
#include "reports/machine/csv.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"

#define CELL_BYTES 32768 /* what spreadsheets take */

static void begin_cell(struct csv *csv)
{
	if (csv->begun)
		(void)buf_add_char(csv->out, ',');
	csv->begun = true;
}

static bool is_formula(const char *text)
{
	text += strspn(text, " ");
	return *text && strchr("=+-@\t\r\n", *text);
}

void csv_cell(struct csv *csv, const char *text)
{
	char shown[CELL_BYTES];
	bool formula = text && is_formula(text);

	begin_cell(csv);
	if (!text || !text[0])
		return;
	text_printable(text, strlen(text), shown, sizeof shown);
	bool quoted = formula || strpbrk(shown, ",\"") || shown[0] == ' ' ||
		      shown[strlen(shown) - 1] == ' ';
	if (quoted)
		(void)buf_add_char(csv->out, '"');
	if (formula)
		(void)buf_add_char(csv->out, '\'');
	for (const char *c = shown; *c; c++) {
		if (*c == '"')
			(void)buf_add_char(csv->out, '"');
		(void)buf_add_char(csv->out, *c);
	}
	if (quoted)
		(void)buf_add_char(csv->out, '"');
}

void csv_number(struct csv *csv, size_t number)
{
	begin_cell(csv);
	(void)buf_addf(csv->out, "%zu", number);
}

void csv_integer(struct csv *csv, int64_t number)
{
	begin_cell(csv);
	(void)buf_addf(csv->out, "%lld", (long long)number);
}

void csv_end_row(struct csv *csv)
{
	(void)buf_add_text(csv->out, "\r\n");
	csv->begun = false;
}
