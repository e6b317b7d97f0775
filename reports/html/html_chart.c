/* SPDX-License-Identifier: MIT */
#include "reports/html/html_chart.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/vec.h"
#include "reports/digest.h"
#include "reports/html/html.h"
#include "reports/html/html_words.h"
#include "reports/report.h"

#define BAR_WIDTH 1000
#define BAR_HEIGHT 28
#define BAR_LEAST 6 /* a single result among many still shows */

#define DAYS_SHOWN 12

#define MONTHS 13            /* this one and a year */
#define COLUMNS (MONTHS + 2) /* and those that are over, and those later */
#define COLUMN_WIDTH 64
#define MARGIN 24 /* for words that are wider than their column */
#define CHART_HEIGHT 170
#define LABELS_HEIGHT 44

static void count_statuses(const struct digest *digest, size_t counts[static STATUS_COUNT])
{
	for (size_t i = 0; i < STATUS_COUNT; i++)
		counts[i] = 0;
	for (size_t i = 0; i < digest->entries.count; i++)
		counts[digest->entries.items[i].status]++;
}

static void put_rect(struct html *html, const char *classes, int x, int y, int width, int height)
{
	html_begin(html, "rect", classes);
	html_attrf(html, "x", "%d", x);
	html_attrf(html, "y", "%d", y);
	html_attrf(html, "width", "%d", width);
	html_attrf(html, "height", "%d", height);
	html_end(html, "rect");
}

/* Widths in proportion, none of what is there too small to see. */
static void share_out(
	const size_t counts[static STATUS_COUNT], size_t total, int widths[static STATUS_COUNT])
{
	int left = BAR_WIDTH;
	size_t largest = 0;

	for (size_t i = 0; i < STATUS_COUNT; i++) {
		widths[i] = counts[i] ? (int)((double)counts[i] * BAR_WIDTH / (double)total) : 0;
		if (counts[i] && widths[i] < BAR_LEAST)
			widths[i] = BAR_LEAST;
		left -= widths[i];
		if (widths[i] > widths[largest])
			largest = i;
	}
	widths[largest] += left;
}

static void put_bar(struct html *html, const size_t counts[static STATUS_COUNT], size_t total,
	enum language language)
{
	int widths[STATUS_COUNT], x = 0;

	share_out(counts, total, widths);
	html_begin(html, "svg", "bar");
	html_attr(html, "role", "img");
	html_attrf(html, "viewBox", "0 0 %d %d", BAR_WIDTH, BAR_HEIGHT);
	html_attr(html, "preserveAspectRatio", "none");
	html_put(html, "title", NULL,
		lang_text(language, "Results by status; the counts stand below."));
	for (size_t i = 0; i < HTML_STATUSES; i++) {
		enum status status = html_words_ranked(i);
		char classes[64];

		(void)snprintf(classes, sizeof classes, "fill %s", html_words_class(status));
		if (counts[status])
			put_rect(html, classes, x, 0, widths[status], BAR_HEIGHT);
		x += widths[status];
	}
	html_end(html, "svg");
}

void html_chart_standing(struct html *html, const struct digest *digest)
{
	enum language language = digest->run->language;
	size_t counts[STATUS_COUNT], total = digest->entries.count;

	count_statuses(digest, counts);
	if (total > 0)
		put_bar(html, counts, total, language);
	html_begin(html, "dl", "tiles");
	for (size_t i = 0; i < HTML_STATUSES; i++) {
		enum status status = html_words_ranked(i);
		char classes[64];

		(void)snprintf(classes, sizeof classes, "tile %s%s", html_words_class(status),
			counts[status] ? "" : " none");
		html_begin(html, "div", classes);
		html_attr(html, "data-status", html_words_class(status));
		html_begin(html, "dt", NULL);
		html_putf(html, "span", "sign", "%s", html_words_sign(status));
		html_text(html, html_words_status(language, status));
		html_end(html, "dt");
		html_begin(html, "dd", NULL);
		html_putf(html, "span", "count", "%zu", counts[status]);
		if (total > 0)
			html_putf(html, "span", "share", "%.1f%%",
				(double)counts[status] * 100 / (double)total);
		html_end(html, "dd");
		html_end(html, "div");
	}
	html_end(html, "dl");
}

struct due {
	int64_t day;
	size_t services;
	const struct digest_entry *last; /* counted already */
};

struct dues {
	VEC(struct due) all;
};

static bool count_due(struct dues *dues, struct instant when, const struct digest_entry *entry)
{
	int64_t day = instant_day(when).seconds;
	struct due *due = NULL;

	for (size_t i = 0; i < dues->all.count && !due; i++)
		if (dues->all.items[i].day == day)
			due = &dues->all.items[i];
	if (!due) {
		/* Days of deadlines are few; those of certificates that end are bounded by the
		 * days a certificate may be valid. */
		if (!vec_reserve(&dues->all))
			return false;
		due = &dues->all.items[dues->all.count++];
		*due = (struct due){ .day = day };
	}
	due->services += due->last != entry;
	due->last = entry;
	return true;
}

static int compare_dues(const void *left, const void *right)
{
	const struct due *a = left, *b = right;

	return (a->day > b->day) - (a->day < b->day);
}

static void put_due(
	struct html *html, const struct due *due, size_t most, const struct report_run *run)
{
	struct instant when = { due->day };
	int width = (int)((double)due->services * 200 / (double)most);
	char text[120], classes[64];

	html_words_due(run, when, text, sizeof text);
	html_begin(html, "tr", NULL);
	html_put(html, "td", when.seconds <= run->as_of.seconds ? "due bad" : "due", text);
	html_putf(html, "td", "number", "%zu", due->services);
	html_begin(html, "td", "spark");
	html_begin(html, "svg", NULL);
	html_attr(html, "aria-hidden", "true");
	html_attr(html, "viewBox", "0 0 200 12");
	(void)snprintf(classes, sizeof classes, "fill %s",
		when.seconds <= run->as_of.seconds ? "critical" : "accent");
	put_rect(html, classes, 0, 0, width < 2 ? 2 : width, 12);
	html_end(html, "svg");
	html_end(html, "td");
	html_end(html, "tr");
}

static void put_dues(struct html *html, const struct dues *dues, const struct report_run *run)
{
	size_t most = 1, shown = dues->all.count < DAYS_SHOWN ? dues->all.count : DAYS_SHOWN;

	for (size_t i = 0; i < dues->all.count; i++)
		if (dues->all.items[i].services > most)
			most = dues->all.items[i].services;
	html_begin(html, "table", "plain deadlines");
	html_put(html, "caption", NULL, lang_text(run->language, "Deadlines"));
	html_begin(html, "thead", NULL);
	html_begin(html, "tr", NULL);
	html_put(html, "th", NULL, lang_text(run->language, "When"));
	html_put(html, "th", "number", lang_text(run->language, "Results"));
	html_put(html, "td", NULL, "");
	html_end(html, "tr");
	html_end(html, "thead");
	html_begin(html, "tbody", NULL);
	for (size_t i = 0; i < shown; i++)
		put_due(html, &dues->all.items[i], most, run);
	html_end(html, "tbody");
	html_end(html, "table");
	if (shown < dues->all.count)
		html_putf(html, "p", "hint", lang_text(run->language, "and %zu later days"),
			dues->all.count - shown);
}

bool html_chart_deadlines(struct html *html, const struct digest *digest)
{
	struct dues dues = { .all = { NULL, 0, 0 } };
	bool fitted = true;

	for (size_t i = 0; i < digest->entries.count; i++) {
		const struct digest_entry *entry = &digest->entries.items[i];

		for (size_t k = 0; k < entry->faults && fitted; k++)
			if (entry->items.items[k].has_due)
				fitted = count_due(&dues, entry->items.items[k].due, entry);
	}
	if (fitted && dues.all.count > 0) {
		qsort(dues.all.items, dues.all.count, sizeof *dues.all.items, compare_dues);
		put_dues(html, &dues, digest->run);
	}
	free(dues.all.items);
	return fitted;
}

/* Months since the year 0. */
static int64_t month_of(struct instant instant)
{
	char day[INSTANT_TEXT];
	int64_t year = 0, month = 0;

	instant_format_day(instant, day);
	if (sscanf(day, "%" SCNd64 "-%2" SCNd64, &year, &month) != 2)
		return 0;
	return year * 12 + month - 1;
}

static size_t column_of(struct instant not_after, const struct report_run *run)
{
	int64_t ahead = month_of(not_after) - month_of(run->as_of);

	if (not_after.seconds < run->as_of.seconds)
		return 0;
	return ahead < MONTHS ? (size_t)ahead + 1 : MONTHS + 1;
}

/* "2026-07"; or words for both ends. */
static void name_column(const struct report_run *run, size_t column, char *out, size_t size)
{
	int64_t month = month_of(run->as_of) + (int64_t)column - 1;

	if (column == 0)
		(void)snprintf(out, size, "%s", lang_text(run->language, "expired"));
	else if (column == MONTHS + 1)
		(void)snprintf(out, size, "%s", lang_text(run->language, "later"));
	else
		(void)snprintf(out, size, "%" PRId64 "-%02" PRId64, month / 12, month % 12 + 1);
}

static void put_number(struct html *html, const char *classes, int x, int y, const char *text)
{
	html_begin(html, "text", classes);
	html_attr_number(html, "x", x);
	html_attr_number(html, "y", y);
	html_text(html, text);
	html_end(html, "text");
}

static void put_column(
	struct html *html, size_t column, size_t count, size_t most, const struct report_run *run)
{
	int height = (int)((double)count * (CHART_HEIGHT - 24) / (double)most);
	int x = (int)column * COLUMN_WIDTH, middle = x + COLUMN_WIDTH / 2;
	char name[64], number[32];

	if (count > 0) {
		height = height < 2 ? 2 : height;
		put_rect(html, column == 0 ? "fill critical" : "fill accent", x + 10,
			CHART_HEIGHT - height, COLUMN_WIDTH - 20, height);
		(void)snprintf(number, sizeof number, "%zu", count);
		put_number(html, "count", middle, CHART_HEIGHT - height - 7, number);
	}
	name_column(run, column, name, sizeof name);
	if (column > 0 && column <= MONTHS) {
		put_number(html, "tick", middle, CHART_HEIGHT + 18, name + 5);
		bool names_year = column == 1 || strcmp(name + 5, "01") == 0;
		name[4] = '\0';
		if (names_year)
			put_number(html, "tick year", middle, CHART_HEIGHT + 36, name);
	} else {
		put_number(html, "tick", middle, CHART_HEIGHT + 18, name);
	}
}

static void put_as_table(
	struct html *html, const size_t counts[static COLUMNS], const struct report_run *run)
{
	html_begin(html, "details", "as-table");
	html_put(html, "summary", NULL, lang_text(run->language, "The same as a table"));
	html_begin(html, "table", "plain");
	html_begin(html, "tbody", NULL);
	for (size_t i = 0; i < COLUMNS; i++) {
		char name[64];

		if (counts[i] == 0)
			continue;
		name_column(run, i, name, sizeof name);
		html_begin(html, "tr", NULL);
		html_begin(html, "th", NULL);
		html_attr(html, "scope", "row");
		html_text(html, name);
		html_end(html, "th");
		html_putf(html, "td", "number", "%zu", counts[i]);
		html_end(html, "tr");
	}
	html_end(html, "tbody");
	html_end(html, "table");
	html_end(html, "details");
}

void html_chart_expiry(struct html *html, const struct digest *digest)
{
	size_t counts[COLUMNS] = { 0 }, most = 0;
	const struct report_run *run = digest->run;

	for (size_t i = 0; i < digest->entries.count; i++)
		if (digest->entries.items[i].has_leaf)
			counts[column_of(digest->entries.items[i].not_after, run)]++;
	for (size_t i = 0; i < COLUMNS; i++)
		most = counts[i] > most ? counts[i] : most;
	if (most == 0)
		return;
	html_begin(html, "figure", "expiry");
	html_put(html, "figcaption", NULL,
		lang_text(run->language, "Server certificates by the month they end in"));
	html_begin(html, "svg", "histogram");
	html_attr(html, "role", "img");
	html_attrf(html, "viewBox", "%d 0 %d %d", -MARGIN, COLUMNS * COLUMN_WIDTH + 2 * MARGIN,
		CHART_HEIGHT + LABELS_HEIGHT);
	html_put(html, "title", NULL,
		lang_text(run->language, "How many certificates end in which month; the table "
					 "below says the same."));
	put_rect(html, "axis", 0, CHART_HEIGHT, COLUMNS * COLUMN_WIDTH, 1);
	for (size_t i = 0; i < COLUMNS; i++)
		put_column(html, i, counts[i], most, run);
	html_end(html, "svg");
	put_as_table(html, counts, run);
	html_end(html, "figure");
}
