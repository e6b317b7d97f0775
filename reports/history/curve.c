/* SPDX-License-Identifier: MIT */
#include "reports/history/curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_DAYS 60   /* what counts for the pace */
#define POINTS_LEAST 3   /* two make a line of any noise */
#define PACE_LEAST 0.001 /* services a day; less is as good as none */
#define YEARS_MOST 100   /* a date beyond is no date */

void curve_release(struct curve *curve)
{
	free(curve->points.items);
	*curve = (struct curve){ .has_deadline = false };
}

bool curve_add(struct curve *curve, const struct curve_point *point)
{
	size_t at = curve->points.count;

	if (!vec_reserve(&curve->points))
		return false;
	while (at > 0 && curve->points.items[at - 1].time.seconds > point->time.seconds)
		at--;
	memmove(curve->points.items + at + 1, curve->points.items + at,
		(curve->points.count - at) * sizeof *point);
	curve->points.items[at] = *point;
	curve->points.count++;
	return true;
}

/* The slope of the line through COUNT points, services a day. */
static double slope(const struct curve_point *points, size_t count)
{
	double day_sum = 0, open_sum = 0, product = 0, square = 0;
	int64_t from = points[0].time.seconds;

	for (size_t i = 0; i < count; i++) {
		day_sum += (double)(points[i].time.seconds - from) / SECONDS_A_DAY;
		open_sum += (double)points[i].open;
	}
	for (size_t i = 0; i < count; i++) {
		double day = (double)(points[i].time.seconds - from) / SECONDS_A_DAY -
			     day_sum / (double)count;
		product += day * ((double)points[i].open - open_sum / (double)count);
		square += day * day;
	}
	return square > 0 ? product / square : 0;
}

struct curve_forecast curve_forecast(const struct curve *curve)
{
	struct curve_forecast forecast = { .course = CURVE_UNKNOWN };
	size_t count = curve->points.count, from = 0;

	if (count == 0)
		return forecast;
	const struct curve_point *points = curve->points.items, *last = &points[count - 1];
	if (last->open == 0 && last->unknown == 0) {
		forecast.course = CURVE_DONE;
		return forecast;
	}
	while (last->time.seconds - points[from].time.seconds > WINDOW_DAYS * SECONDS_A_DAY)
		from++;
	forecast.points = count - from;
	if (forecast.points < POINTS_LEAST ||
		instant_days_between(points[from].time, last->time) < 1)
		return forecast;
	forecast.a_day = -slope(points + from, forecast.points);
	double days = forecast.a_day > PACE_LEAST ? ceil((double)last->open / forecast.a_day) : -1;
	if (days < 0 || days > YEARS_MOST * 366.0) {
		forecast.course = CURVE_STALLED;
		return forecast;
	}
	forecast.course = CURVE_FALLS;
	forecast.done = instant_day(last->time);
	forecast.done.seconds += (int64_t)days * SECONDS_A_DAY;
	return forecast;
}
