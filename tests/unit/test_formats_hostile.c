/* SPDX-License-Identifier: MIT */
/*
 * Whatever an input or a server wrote, a report stays a report: nothing acts on
 * the terminal, no line is added, no record breaks.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "reports/report.h"
#include "reports/text/page.h"
#include "tests/poison.h"
#include "tests/sample.h"

#define ROOM (256u << 20)

static struct sample samples[POISON_STATES];

static struct buf report_with(const char *format, const struct report_run *run)
{
	char path[] = "/tmp/chainmend-hostile-XXXXXX";
	struct buf got = BUF_INIT(ROOM);
	struct error err = { .code = ERROR_NONE };
	struct report_summary summary = { .targets = POISON_STATES };
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	struct report *report = report_open(report_format_by_name(format), path, run, &err);
	cr_assert_not_null(report, "%s", err.text);
	for (size_t i = 0; i < POISON_STATES; i++)
		cr_assert(report_add(report, &samples[i].verdict, &err), "%s", err.text);
	cr_assert(report_close(report, &summary, &err), "%s", err.text);
	report_free(report);
	cr_assert(buf_read_file(&got, path, &err), "%s", err.text);
	(void)close(fd);
	(void)unlink(path);
	return got;
}

static struct buf report_of(const char *format, unsigned columns, bool verbose)
{
	struct report_run run = { .profile = sample_profile(),
		.as_of = sample_day(),
		.columns = columns,
		.verbose = verbose };

	return report_with(format, &run);
}

/* Only characters that do nothing, in lines of at most COLUMNS (0: of any width). */
static void expect_harmless(const struct buf *got, size_t columns, const char *descr)
{
	size_t line = 0;

	for (size_t i = 0; i < got->len;) {
		uint32_t point = 0;
		size_t bytes = text_utf8_next(got->data + i, got->len - i, &point);

		cr_assert_gt(bytes, (size_t)0, "%s: no UTF-8 at %zu", descr, i);
		cr_assert(point == '\n' || !text_is_unsafe(point), "%s: U+%04X at %zu", descr,
			(unsigned)point, i);
		i += bytes;
		if (point != '\n')
			continue;
		size_t wide = page_columns(got->data + line, i - line - 1);
		cr_assert(columns == 0 || wide <= columns, "%s: %zu columns", descr, wide);
		line = i;
	}
}

Test(hostile, text_is_harmless_at_any_width)
{
	static const unsigned columns[] = { 40, 80, 200 };

	for (size_t i = 0; i < POISONS; i++) {
		char *text = poison_text(i);

		poison_fill(samples, text);
		for (size_t c = 0; c < 2 * ARRAY_LEN(columns); c++) {
			struct buf got = report_of("text", columns[c / 2], c % 2);

			expect_harmless(&got, columns[c / 2], poison_descr(i));
			buf_release(&got);
		}
		for (size_t s = 0; s < POISON_STATES; s++)
			sample_release(&samples[s]);
		free(text);
	}
}

/* What VALUE has to be for a field that held TEXT: the same, unless that was no UTF-8. */
static void expect_text(const json_t *value, const char *text, const char *descr)
{
	bool valid = true;

	cr_assert(json_is_string(value), "%s: no string", descr);
	for (size_t i = 0, len = strlen(text); i < len && valid;) {
		uint32_t point;
		size_t bytes = text_utf8_next(text + i, len - i, &point);

		valid = bytes > 0;
		i += bytes;
	}
	if (valid)
		cr_expect_str_eq(json_string_value(value), text, "%s", descr);
	else
		cr_expect_not_null(strstr(json_string_value(value), "\\x"), "%s", descr);
}

static void expect_record(const json_t *record, const char *text, const char *descr)
{
	const json_t *target = json_object_get(record, "target");
	const json_t *error = json_object_get(record, "error");
	const json_t *leaf = json_array_get(json_object_get(record, "chain"), 0);
	const json_t *finding = json_array_get(json_object_get(record, "findings"), 0);

	expect_text(json_object_get(target, "host"), text, descr);
	expect_text(json_object_get(json_object_get(target, "labels"), "owner"), text, descr);
	if (json_is_object(error))
		cr_expect(json_is_string(json_object_get(error, "message")), "%s", descr);
	if (leaf) {
		expect_text(json_object_get(leaf, "subject"), text, descr);
		expect_text(json_array_get(json_object_get(leaf, "san"), 0), text, descr);
	}
	if (finding)
		cr_expect(json_is_string(json_object_get(finding, "message")), "%s", descr);
}

Test(hostile, each_record_stays_one_line_of_json)
{
	for (size_t i = 0; i < POISONS; i++) {
		char *text = poison_text(i);
		size_t records = 0;

		poison_fill(samples, text);
		struct buf got = report_of("ndjson", 0, false);
		expect_harmless(&got, 0, poison_descr(i));
		for (size_t at = 0; at < got.len;) {
			size_t len = strcspn(got.data + at, "\n");
			json_error_t why;
			json_t *record = json_loadb(got.data + at, len, 0, &why);

			cr_assert_not_null(record, "%s: %s", poison_descr(i), why.text);
			expect_record(record, text, poison_descr(i));
			json_decref(record);
			records++;
			at += len + 1;
		}
		cr_expect_eq(records, POISON_STATES, "%s: %zu records", poison_descr(i), records);
		buf_release(&got);
		for (size_t s = 0; s < POISON_STATES; s++)
			sample_release(&samples[s]);
		free(text);
	}
}

Test(hostile, the_document_stays_one_value_of_json)
{
	for (size_t i = 0; i < POISONS; i++) {
		char *text = poison_text(i);
		json_error_t why;

		poison_fill(samples, text);
		struct buf got = report_of("json", 0, false);
		expect_harmless(&got, 0, poison_descr(i));
		json_t *document = json_loadb(got.data, got.len, 0, &why);
		cr_assert_not_null(document, "%s: %s", poison_descr(i), why.text);
		const json_t *results = json_object_get(document, "results");
		cr_expect_eq(
			json_array_size(results), (size_t)POISON_STATES, "%s", poison_descr(i));
		for (size_t s = 0; s < json_array_size(results); s++)
			expect_record(json_array_get(results, s), text, poison_descr(i));
		json_decref(document);
		buf_release(&got);
		for (size_t s = 0; s < POISON_STATES; s++)
			sample_release(&samples[s]);
		free(text);
	}
}

/* The end of a cell of RFC 4180 at AT, which has to be a well-formed and harmless one. */
static size_t cell_end(const struct buf *got, size_t at, const char *descr)
{
	bool quoted = at < got->len && got->data[at] == '"';
	size_t end = at + quoted;

	cr_assert(at + quoted >= got->len || !strchr("=+@\t", got->data[at + quoted]),
		"%s: a formula at %zu", descr, at);
	if (!quoted)
		return at + strcspn(got->data + at, ",\r\n\"");
	for (;; end++) {
		cr_assert_lt(end, got->len, "%s: a quote is left open", descr);
		if (got->data[end] != '"')
			continue;
		if (end + 1 >= got->len || got->data[end + 1] != '"')
			return end + 1;
		end++;
	}
}

/* How many rows GOT has, all with as many cells. */
static size_t count_rows(const struct buf *got, const char *descr)
{
	size_t columns = 0, cells = 0, rows = 0;

	for (size_t at = 0; at < got->len;) {
		at = cell_end(got, at, descr);
		cells++;
		if (at < got->len && got->data[at] == ',') {
			at++;
			continue;
		}
		cr_assert(at + 2 <= got->len && memcmp(got->data + at, "\r\n", 2) == 0,
			"%s: no line end at %zu", descr, at);
		columns = columns ? columns : cells;
		cr_expect_eq(cells, columns, "%s: %zu cells", descr, cells);
		cells = 0;
		rows++;
		at += 2;
	}
	return rows;
}

Test(hostile, each_row_of_csv_has_its_cells)
{
	for (size_t i = 0; i < 2 * POISONS; i++) {
		char *text = poison_text(i / 2);
		const char *descr = poison_descr(i / 2);
		struct report_run run = { .profile = sample_profile(),
			.as_of = sample_day(),
			.csv = i % 2 == 0 ? CSV_FINDINGS : CSV_HOSTS };

		poison_fill(samples, text);
		struct buf got = report_with("csv", &run);
		size_t rows = count_rows(&got, descr);
		if (run.csv == CSV_HOSTS)
			cr_expect_eq(rows, (size_t)POISON_STATES + 1, "%s: %zu", descr, rows);
		else
			cr_expect_gt(rows, (size_t)POISON_STATES, "%s", descr);
		buf_release(&got);
		for (size_t s = 0; s < POISON_STATES; s++)
			sample_release(&samples[s]);
		free(text);
	}
}

/* The end of the labels of a sample; where nothing like that stands, AT itself. */
static const char *labels_end(const char *at)
{
	const char *c = at;

	while (*c == '{' || *c == ',') {
		c += 1 + strspn(c + 1, "abcdefghijklmnopqrstuvwxyz_");
		if (strncmp(c, "=\"", 2) != 0)
			return at;
		for (c += 2; *c && *c != '"' && *c != '\n'; c++)
			c += *c == '\\' && c[1];
		if (*c++ != '"')
			return at;
	}
	return *c == '}' ? c + 1 : at;
}

/* Each line is a comment of ours or one sample (the text format of Prometheus). */
static void expect_samples(const char *text, const char *descr)
{
	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		if (strncmp(line, "# HELP chainmend_", 17) == 0 ||
			strncmp(line, "# TYPE chainmend_", 17) == 0)
			continue;
		const char *at = line + strspn(line, "abcdefghijklmnopqrstuvwxyz_");
		if (*at == '{')
			at = labels_end(at);
		cr_expect_eq(strncmp(line, "chainmend_", 10), 0, "%s: %.200s", descr, line);
		cr_expect(*at == ' ' && at[1 + strspn(at + 1, "-0123456789")] == '\n', "%s: %.200s",
			descr, line);
	}
}

/* What others wrote is text to each of these, however it would read there. */
static void expect_quiet(const char *format, const struct buf *got, const char *descr)
{
	static const char *const tags[] = { "<script", "<img", "<iframe", "<svg", "<link" };
	const char *text = buf_text(got);

	for (size_t i = 0; i < ARRAY_LEN(tags) && strcmp(format, "junit") == 0; i++)
		cr_expect_null(strstr(text, tags[i]), "%s: %s", descr, tags[i]);
	if (strcmp(format, "nagios") == 0) {
		const char *figures = strchr(text, '|');

		cr_assert_not_null(figures, "%s", descr);
		cr_expect_null(strchr(figures + 1, '|'), "%s: more figures", descr);
	}
	if (strcmp(format, "prometheus") == 0)
		expect_samples(text, descr);
	if (strcmp(format, "sarif") == 0) {
		json_error_t why;
		json_t *whole = json_loadb(text, got->len, 0, &why);

		cr_assert_not_null(whole, "%s: %s", descr, why.text);
		const json_t *run = json_array_get(json_object_get(whole, "runs"), 0);
		cr_expect_eq(json_array_size(json_object_get(run, "results")), (size_t)8, "%s: %zu",
			descr, json_array_size(json_object_get(run, "results")));
		json_decref(whole);
	}
}

Test(hostile, formats_of_machines_and_tickets_are_harmless)
{
	static const char *const formats[] = { "junit", "sarif", "prometheus", "nagios",
		"markdown" };

	for (size_t i = 0; i < POISONS; i++) {
		char *text = poison_text(i);

		poison_fill(samples, text);
		for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
			struct buf got = report_of(formats[f], 0, false);

			expect_harmless(&got, 0, poison_descr(i));
			expect_quiet(formats[f], &got, poison_descr(i));
			buf_release(&got);
		}
		for (size_t s = 0; s < POISON_STATES; s++)
			sample_release(&samples[s]);
		free(text);
	}
}
