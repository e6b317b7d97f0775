/* SPDX-License-Identifier: MIT */
/*
 * clock - points in time, as seconds UTC, and their text
 *
 * The only module that asks the machine for the time.  Judgement never does:
 * it is handed an instant.  Calendar arithmetic is proleptic Gregorian and
 * never looks at a time zone.
 */
#ifndef CHECKER_BASE_CLOCK_H
#define CHECKER_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "checker/base/attr.h"

/* Seconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX). */
struct instant {
	int64_t seconds;
};

#define INSTANT_TEXT 32
#define SECONDS_A_DAY 86400

struct instant clock_now(void);

/* Microseconds of a clock that never goes back; only differences mean anything. */
uint64_t clock_monotonic_us(void);

/* The first second of that day; false when there is no such day. */
MUST_USE bool instant_from_day(int year, int month, int day, struct instant *ret_instant);

/* "YYYY-MM-DD" (its first second) or RFC 3339 with a zone; nothing else. */
MUST_USE bool instant_parse(const char *text, struct instant *ret_instant);

/* RFC 3339 in UTC, "2026-01-15T08:00:00Z"; and the day alone, "2026-01-15". */
void instant_format(struct instant instant, char out[static INSTANT_TEXT]);
void instant_format_day(struct instant instant, char out[static INSTANT_TEXT]);

/* Midnight before or at INSTANT. */
struct instant instant_day(struct instant instant);

/* Whole days from A to B, counted from midnight to midnight; negative when B is earlier. */
int64_t instant_days_between(struct instant a, struct instant b);

#endif
