/* SPDX-License-Identifier: MIT */
#include "reports/history/history_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/lang.h"
#include "checker/base/text.h"
#include "checker/base/vec.h"
#include "checker/limits.h"
#include "reports/history/curve.h"
#include "reports/history/history.h"
#include "reports/text/page.h"
#include "reports/text/table.h"

#define BARS_MOST 24 /* lines of a burn-down: a screen */
#define BAR_COLUMNS 40

/* What the list of runs is made with. */
struct listing {
	struct table table;
	enum language language;
	VEC(char *) profiles; /* each once */
	bool failed;
};

static void listing_release(struct listing *listing)
{
	table_release(&listing->table);
	for (size_t i = 0; i < listing->profiles.count; i++)
		free(listing->profiles.items[i]);
	free(listing->profiles.items);
}

static void note_profile(struct listing *listing, const char *profile)
{
	for (size_t i = 0; i < listing->profiles.count; i++)
		if (strcmp(listing->profiles.items[i], profile) == 0)
			return;
	char *copy = text_copy(profile, strlen(profile));
	if (copy && vec_reserve(&listing->profiles)) {
		listing->profiles.items[listing->profiles.count++] = copy;
		return;
	}
	free(copy);
	listing->failed = true;
}

static void put_count(struct table *table, enum page_style style, size_t count)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%zu", count);
	table_cell(table, count > 0 ? style : PAGE_PLAIN, text);
}

static void list_run(void *arg, const struct history_run *run)
{
	struct listing *listing = arg;
	struct table *table = &listing->table;
	char text[64];

	note_profile(listing, run->profile);
	(void)snprintf(text, sizeof text, "%.10s %.5s", run->began, run->began + 11);
	table_cell(table, PAGE_PLAIN, text);
	text_printable(run->profile, strlen(run->profile), text, sizeof text);
	table_cell(table, PAGE_PLAIN, text);
	put_count(table, PAGE_RED, run->results[STATUS_CRITICAL]);
	put_count(table, PAGE_YELLOW, run->results[STATUS_WARNING]);
	put_count(table, PAGE_MAGENTA, run->results[STATUS_UNREACHABLE]);
	put_count(table, PAGE_GREEN, run->results[STATUS_OK]);
	put_count(table, PAGE_BOLD, run->open);
	table_cell(table, PAGE_DIM,
		!run->ended        ? "broken off"
		: run->interrupted ? "interrupted"
				   : "");
}

/* The last point of each day, and of many days some at even distances, the last one always. */
static size_t choose(const struct curve *curve, size_t chosen[static BARS_MOST])
{
	const struct curve_point *points = curve->points.items;
	size_t days = 0, seen = 0, count = 0;

	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < curve->points.count; i++) {
			if (i + 1 < curve->points.count &&
				instant_days_between(points[i].time, points[i + 1].time) == 0)
				continue;
			if (pass == 0) {
				days++;
				continue;
			}
			size_t left = days - ++seen;
			if (days <= BARS_MOST || left % ((days + BARS_MOST - 1) / BARS_MOST) == 0)
				chosen[count++] = i;
		}
	}
	return count;
}

static void draw_bar(
	struct table *table, enum language language, const struct curve_point *point, size_t most)
{
	char text[64], bar[BAR_COLUMNS + 1] = "";
	size_t columns = most > 0 ? (point->open * BAR_COLUMNS + most - 1) / most : 0;

	instant_format_day(point->time, text);
	table_cell(table, PAGE_PLAIN, text);
	put_count(table, PAGE_PLAIN, point->open);
	memset(bar, '#', columns);
	table_cell(table, PAGE_RED, bar);
	text[0] = '\0';
	if (point->unknown > 0)
		(void)snprintf(
			text, sizeof text, lang_text(language, "%zu not examined"), point->unknown);
	table_cell(table, PAGE_MAGENTA, text);
}

static void say_end(
	const struct curve *curve, const struct curve_forecast *forecast, struct page *page)
{
	char day[INSTANT_TEXT], pace[32];
	int64_t late = curve->has_deadline ? instant_days_between(curve->deadline, forecast->done)
					   : 0;

	instant_format_day(forecast->done, day);
	(void)snprintf(pace, sizeof pace, "%.1f", forecast->a_day);
	if (!curve->has_deadline)
		page_say(page, PAGE_PLAIN,
			"At the pace of the last 60 days, %s a day, none are left on %s.", pace,
			day);
	else if (late > 0)
		page_say(page, PAGE_RED,
			"At the pace of the last 60 days, %s a day, none are left on %s, %lld "
			"days after the deadline.",
			pace, day, (long long)late);
	else
		page_say(page, PAGE_GREEN,
			"At the pace of the last 60 days, %s a day, none are left on %s, %lld "
			"days before the deadline.",
			pace, day, (long long)-late);
}

static void say_forecast(const struct curve *curve, struct page *page)
{
	struct curve_forecast forecast = curve_forecast(curve);

	page_start(page, 2, 2);
	switch (forecast.course) {
	case CURVE_UNKNOWN:
		page_say(
			page, PAGE_DIM, "For a forecast it takes three runs on at least two days.");
		break;
	case CURVE_DONE:
		page_say(page, PAGE_GREEN, "Nothing is left to do.");
		break;
	case CURVE_STALLED:
		page_say(page, PAGE_RED,
			"No end can be foreseen: the number has not fallen in the last 60 days.");
		break;
	case CURVE_FALLS:
		say_end(curve, &forecast, page);
		break;
	}
	page_end(page);
}

bool history_text_curve(
	const struct curve *curve, const char *profile, struct page *page, struct error *err)
{
	CLEANUP(table_release) struct table table = { .headed = false };
	size_t chosen[BARS_MOST], count = choose(curve, chosen), most = 0;
	char day[INSTANT_TEXT], shown[128];

	for (size_t i = 0; i < count; i++)
		if (curve->points.items[chosen[i]].open > most)
			most = curve->points.items[chosen[i]].open;
	(void)table_column(&table, NULL, TABLE_WHOLE);
	(void)table_column(&table, NULL, TABLE_RIGHT);
	(void)table_column(&table, NULL, TABLE_WHOLE);
	(void)table_column(&table, NULL, TABLE_TEXT);
	for (size_t i = 0; i < count; i++)
		draw_bar(&table, page->language, &curve->points.items[chosen[i]], most);
	text_printable(profile, strlen(profile), shown, sizeof shown);
	page_gap(page);
	page_start(page, 0, 2);
	if (curve->has_deadline) {
		instant_format_day(curve->deadline, day);
		page_say(page, PAGE_BOLD, "Left to migrate under %s, due by %s", shown, day);
	} else {
		page_say(page, PAGE_BOLD, "Left to migrate under %s", shown);
	}
	page_end(page);
	if (!table_print(&table, page, 2))
		return error_set_memory(err);
	say_forecast(curve, page);
	return true;
}

static bool put_runs(const struct listing *listing, struct page *page, struct error *err)
{
	if (listing->failed || !table_print(&listing->table, page, 0))
		return error_set_memory(err);
	if (listing->profiles.count == 0)
		page_paragraph(page, 0, PAGE_PLAIN,
			lang_text(page->language, "There is no run in this history yet."));
	return true;
}

bool history_text_runs(struct history *history, struct page *page, struct error *err)
{
	static const struct {
		const char *title;
		unsigned flags;
	} columns[] = {
		{ N_("run"), TABLE_WHOLE },
		{ N_("profile"), TABLE_TEXT },
		{ N_("critical"), TABLE_RIGHT },
		{ N_("warning"), TABLE_RIGHT },
		{ N_("unreachable"), TABLE_RIGHT },
		{ N_("ok"), TABLE_RIGHT },
		{ N_("to migrate"), TABLE_RIGHT },
		{ "", TABLE_TEXT },
	};
	CLEANUP(listing_release)
	struct listing listing = { .table.headed = true, .language = page->language };

	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		(void)table_column(&listing.table,
			columns[i].title[0] ? lang_text(page->language, columns[i].title) : NULL,
			columns[i].flags);
	if (!history_runs(history, NULL, list_run, &listing, err) || !put_runs(&listing, page, err))
		return false;
	for (size_t i = 0; i < listing.profiles.count; i++) {
		CLEANUP(curve_release) struct curve curve = { .has_deadline = false };
		const char *profile = listing.profiles.items[i];

		if (!history_curve(history, profile, NULL, &curve, err) ||
			(curve.points.count > 0 && !history_text_curve(&curve, profile, page, err)))
			return false;
	}
	return true;
}

/* One host through time. */
struct biography {
	struct page *page;
	struct table table;
	char service[1024];
	char last[8192]; /* the state as it was told last */
	size_t results;
	bool failed;
};

static void end_service(struct biography *biography)
{
	if (biography->service[0] && !table_print(&biography->table, biography->page, 2))
		biography->failed = true;
	table_release(&biography->table);
	biography->table = (struct table){ .headed = true };
	biography->last[0] = '\0';
}

static void begin_service(struct biography *biography, const char *service)
{
	static const char *const titles[] = { N_("since"), N_("status"), N_("leaf ends"),
		N_("issued by"), N_("findings") };

	if (biography->service[0])
		page_gap(biography->page);
	(void)snprintf(biography->service, sizeof biography->service, "%s", service);
	page_paragraph(biography->page, 0, PAGE_BOLD, service);
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		(void)table_column(&biography->table,
			lang_text(biography->page->language, titles[i]),
			i == 0                       ? TABLE_WHOLE
			: i + 1 == ARRAY_LEN(titles) ? TABLE_ROOMY
						     : TABLE_TEXT);
}

static void describe_service(const struct history_moment *moment, struct buf *out)
{
	char host[LIMIT_HOST_BYTES], sni[LIMIT_HOST_BYTES];

	text_printable(moment->host, strlen(moment->host), host, sizeof host);
	text_printable(moment->sni, strlen(moment->sni), sni, sizeof sni);
	(void)buf_addf(out, "%s:%u %s", host, moment->port, moment->protocol);
	if (moment->address[0])
		(void)buf_addf(out, " @ %s", moment->address);
	if (sni[0] && strcmp(sni, host) != 0)
		(void)buf_addf(out, " as %s", sni);
}

static void put_state(struct table *table, const struct history_moment *moment)
{
	char text[4096];

	(void)snprintf(text, sizeof text, "%.10s", moment->time);
	table_cell(table, PAGE_PLAIN, text);
	table_cell(table, PAGE_PLAIN, moment->error ? moment->error : moment->status);
	(void)snprintf(text, sizeof text, "%.10s", moment->not_after ? moment->not_after : "");
	table_cell(table, PAGE_PLAIN, text);
	text_printable(moment->issuing ? moment->issuing : "",
		moment->issuing ? strlen(moment->issuing) : 0, text, sizeof text);
	table_cell(table, PAGE_PLAIN, text);
	text_printable(moment->rules, strlen(moment->rules), text, sizeof text);
	table_cell(table, PAGE_PLAIN, text);
}

/* Only what differs from the time before is told. */
static void tell(void *arg, const struct history_moment *moment)
{
	struct biography *biography = arg;
	CLEANUP(buf_release) struct buf service = BUF_INIT(sizeof biography->service - 1);
	CLEANUP(buf_release) struct buf state = BUF_INIT(sizeof biography->last - 1);

	biography->results++;
	describe_service(moment, &service);
	if (strcmp(buf_text(&service), biography->service) != 0) {
		end_service(biography);
		begin_service(biography, buf_text(&service));
	}
	(void)buf_addf(&state, "%s|%s|%s|%s|%s", moment->status, moment->error ? moment->error : "",
		moment->leaf ? moment->leaf : "", moment->issuing ? moment->issuing : "",
		moment->rules);
	if (strcmp(buf_text(&state), biography->last) == 0)
		return;
	memcpy(biography->last, buf_text(&state), state.len + 1);
	put_state(&biography->table, moment);
}

bool history_text_host(struct history *history, const char *host, unsigned port, struct page *page,
	struct error *err)
{
	struct biography biography = { .page = page, .table.headed = true };
	bool good = history_host(history, host, port, tell, &biography, err);

	end_service(&biography);
	if (good && biography.results == 0) {
		page_start(page, 0, 0);
		page_say(page, PAGE_PLAIN, "%s is in no run of this history.", host);
		page_end(page);
	}
	return good && (!biography.failed || error_set_memory(err));
}
