/* SPDX-License-Identifier: MIT */
/*
 * curve - how many services are still to be migrated, run after run, and when none will be
 *
 * Pure: points in, a forecast out.  The forecast is the straight line through the points of
 * the last weeks (least squares, by the day), because a migration has phases and what was
 * done in spring says little about the pace of autumn.  Where that line does not fall, or
 * there are too few points for one, there is none: a guess that looks like a date is worse
 * than no date.
 */
#ifndef REPORTS_HISTORY_CURVE_H
#define REPORTS_HISTORY_CURVE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"

/* What one run found. */
struct curve_point {
	struct instant time;
	size_t open;    /* services with something of the migration to do */
	size_t unknown; /* that could not be examined: neither open nor done */
	size_t total;   /* services examined or not, those out of scope left out */
};

struct curve {
	VEC(struct curve_point) points; /* by time, ascending */
	bool has_deadline;
	struct instant deadline; /* the day by which all has to be done */
};

void curve_release(struct curve *curve);

/* Adds a point where its time belongs; of two with the same time both count. */
MUST_USE bool curve_add(struct curve *curve, const struct curve_point *point);

enum curve_course {
	CURVE_UNKNOWN, /* fewer than three points on fewer than two days */
	CURVE_DONE,    /* nothing is open and all were examined */
	CURVE_STALLED, /* the line does not fall */
	CURVE_FALLS,
};

struct curve_forecast {
	enum curve_course course;
	double a_day;        /* services done a day, when it falls */
	struct instant done; /* the day on which the line reaches none, when it falls */
	size_t points;       /* that were counted */
};

/* As of the last point. */
struct curve_forecast curve_forecast(const struct curve *curve);

#endif
