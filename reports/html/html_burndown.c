/* SPDX-License-Identifier: MIT */
#include "reports/html/html_burndown.h"

#include <stdio.h>

#include "checker/base/buf.h"
#include "checker/base/lang.h"
#include "reports/digest.h"
#include "reports/history/burndown.h"
#include "reports/html/html.h"
#include "reports/report.h"

#define BAR_WIDTH 1000
#define BAR_HEIGHT 16
#define CHART_WIDTH 720
#define CHART_HEIGHT 220
#define EDGE 40         /* around the curve, for words */
#define POINTS_SHOWN 60 /* of the table; the curve has all of them */
#define PATH_BYTES (1u << 20)

/* What the curve is drawn on: time from left to right, none left at the bottom. */
struct canvas {
	struct html *html;
	enum language language;
	const struct curve *curve;
	int64_t from, to; /* seconds */
	size_t most;
};

static void put_words(struct html *html, const struct burndown *burndown, enum language language)
{
	size_t open = burndown->now.open;
	char day[INSTANT_TEXT];

	instant_format_day(burndown->deadline, day);
	html_begin(html, "p", "lead");
	if (open == 0)
		html_textf(html, lang_text(language, "Left to migrate: none of %zu, due by %s."),
			burndown->known, day);
	else if (burndown->days < 0)
		html_textf(html,
			lang_text(language,
				"Left to migrate: %zu of %zu, overdue since %s (%lld days)."),
			open, burndown->known, day, (long long)-burndown->days);
	else
		html_textf(html,
			lang_text(
				language, "Left to migrate: %zu of %zu, due by %s (in %lld days)."),
			open, burndown->known, day, (long long)burndown->days);
	html_end(html, "p");
}

static void put_rect(struct html *html, const char *classes, int64_t x, int64_t width)
{
	html_begin(html, "rect", classes);
	html_attr_number(html, "x", x);
	html_attr_number(html, "y", 0);
	html_attr_number(html, "width", width);
	html_attr_number(html, "height", BAR_HEIGHT);
	html_end(html, "rect");
}

static void put_bar(struct html *html, const struct burndown *burndown, enum language language)
{
	size_t open = burndown->now.open, known = burndown->known;
	int64_t left = (int64_t)((open * BAR_WIDTH + known - 1) / known);

	html_begin(html, "svg", "bar");
	html_attr(html, "role", "img");
	html_attrf(html, "viewBox", "0 0 %d %d", BAR_WIDTH, BAR_HEIGHT);
	html_attr(html, "preserveAspectRatio", "none");
	html_putf(html, "title", NULL, lang_text(language, "%zu of %zu are migrated."),
		known - open, known);
	put_rect(html, "fill ok", 0, BAR_WIDTH - left);
	put_rect(html, "fill critical", BAR_WIDTH - left, left);
	html_end(html, "svg");
}

static int64_t x_of(const struct canvas *canvas, int64_t seconds)
{
	double share = (double)(seconds - canvas->from) / (double)(canvas->to - canvas->from);

	return EDGE + (int64_t)(share * (CHART_WIDTH - 2 * EDGE));
}

static int64_t y_of(const struct canvas *canvas, size_t open)
{
	double share = (double)open / (double)canvas->most;

	return CHART_HEIGHT - EDGE - (int64_t)(share * (CHART_HEIGHT - 2 * EDGE));
}

static void put_line(const struct canvas *canvas, const char *classes, const int64_t at[4])
{
	static const char *const names[] = { "x1", "y1", "x2", "y2" };

	html_begin(canvas->html, "line", classes);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		html_attr_number(canvas->html, names[i], at[i]);
	html_end(canvas->html, "line");
}

static void put_label(const struct canvas *canvas, int64_t x, int64_t y, const char *text)
{
	html_begin(canvas->html, "text", NULL);
	html_attr_number(canvas->html, "x", x);
	html_attr_number(canvas->html, "y", y);
	html_attr(canvas->html, "text-anchor", x > CHART_WIDTH / 2 ? "end" : "start");
	html_text(canvas->html, text);
	html_end(canvas->html, "text");
}

static bool put_path(const struct canvas *canvas)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_BYTES);
	const struct curve_point *points = canvas->curve->points.items;

	for (size_t i = 0; i < canvas->curve->points.count; i++)
		(void)buf_addf(&path, "%s%lld,%lld", i > 0 ? " " : "",
			(long long)x_of(canvas, points[i].time.seconds),
			(long long)y_of(canvas, points[i].open));
	html_begin(canvas->html, "polyline", "curve");
	html_attr(canvas->html, "points", buf_text(&path));
	html_end(canvas->html, "polyline");
	return !path.failed;
}

static void put_deadline(const struct canvas *canvas)
{
	int64_t x = x_of(canvas, canvas->curve->deadline.seconds);
	char day[INSTANT_TEXT];

	put_line(canvas, "deadline", (int64_t[]){ x, EDGE / 2, x, CHART_HEIGHT - EDGE });
	instant_format_day(canvas->curve->deadline, day);
	put_label(canvas, x, EDGE / 2 - 6, day);
}

static void put_axis(const struct canvas *canvas)
{
	const struct curve *curve = canvas->curve;
	char day[INSTANT_TEXT], number[24];

	put_line(canvas, "base",
		(int64_t[]){ EDGE, CHART_HEIGHT - EDGE, CHART_WIDTH - EDGE, CHART_HEIGHT - EDGE });
	instant_format_day(curve->points.items[0].time, day);
	put_label(canvas, EDGE, CHART_HEIGHT - EDGE + 18, day);
	instant_format_day((struct instant){ canvas->to }, day);
	put_label(canvas, CHART_WIDTH - EDGE, CHART_HEIGHT - EDGE + 18, day);
	(void)snprintf(number, sizeof number, "%zu", canvas->most);
	put_label(canvas, 4, EDGE + 4, number);
}

static bool put_chart(struct html *html, const struct curve *curve, enum language language)
{
	struct curve_forecast forecast = curve_forecast(curve);
	const struct curve_point *first = &curve->points.items[0];
	const struct curve_point *last = &curve->points.items[curve->points.count - 1];
	struct canvas canvas = { html, language, curve, first->time.seconds, last->time.seconds,
		1 };

	for (size_t i = 0; i < curve->points.count; i++)
		if (curve->points.items[i].open > canvas.most)
			canvas.most = curve->points.items[i].open;
	if (curve->deadline.seconds > canvas.to)
		canvas.to = curve->deadline.seconds;
	if (curve->deadline.seconds < canvas.from)
		canvas.from = curve->deadline.seconds;
	if (forecast.course == CURVE_FALLS && forecast.done.seconds > canvas.to)
		canvas.to = forecast.done.seconds;
	if (canvas.to == canvas.from)
		canvas.to += SECONDS_A_DAY;
	html_begin(html, "svg", "burndown");
	html_attr(html, "role", "img");
	html_attrf(html, "viewBox", "0 0 %d %d", CHART_WIDTH, CHART_HEIGHT);
	html_put(html, "title", NULL,
		lang_text(language, "Left to migrate, run after run; the numbers stand below."));
	put_axis(&canvas);
	put_deadline(&canvas);
	if (forecast.course == CURVE_FALLS)
		put_line(&canvas, "forecast",
			(int64_t[]){ x_of(&canvas, last->time.seconds), y_of(&canvas, last->open),
				x_of(&canvas, forecast.done.seconds), y_of(&canvas, 0) });
	bool good = put_path(&canvas);
	html_end(html, "svg");
	return good;
}

static void put_table(struct html *html, const struct curve *curve, enum language language)
{
	size_t count = curve->points.count;
	char day[INSTANT_TEXT];

	html_begin(html, "details", NULL);
	html_put(html, "summary", NULL, lang_text(language, "The numbers"));
	html_begin(html, "table", "plain");
	html_begin(html, "thead", NULL);
	html_begin(html, "tr", NULL);
	html_put(html, "th", NULL, lang_text(language, "run"));
	html_put(html, "th", NULL, lang_text(language, "to migrate"));
	html_put(html, "th", NULL, lang_text(language, "not examined"));
	html_end(html, "tr");
	html_end(html, "thead");
	html_begin(html, "tbody", NULL);
	for (size_t i = count > POINTS_SHOWN ? count - POINTS_SHOWN : 0; i < count; i++) {
		instant_format_day(curve->points.items[i].time, day);
		html_begin(html, "tr", NULL);
		html_put(html, "td", NULL, day);
		html_putf(html, "td", NULL, "%zu", curve->points.items[i].open);
		html_putf(html, "td", NULL, "%zu", curve->points.items[i].unknown);
		html_end(html, "tr");
	}
	html_end(html, "tbody");
	html_end(html, "table");
	html_end(html, "details");
}

bool html_burndown_put(struct html *html, const struct digest *digest)
{
	CLEANUP(curve_release) struct curve curve = { .has_deadline = false };
	enum language language = digest->run->language;
	struct burndown burndown;

	if (!burndown_of(digest, &burndown))
		return true;
	if (!burndown_curve(digest, &burndown, &curve))
		return false;
	html_begin(html, "div", "migration");
	put_words(html, &burndown, language);
	put_bar(html, &burndown, language);
	bool good = curve.points.count == 0 || put_chart(html, &curve, language);
	if (curve.points.count > 0)
		put_table(html, &curve, language);
	html_end(html, "div");
	html_break(html);
	return good;
}
