/* SPDX-License-Identifier: MIT */
#include "checker/base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct instant clock_now(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return (struct instant){ 0 };
	return (struct instant){ now.tv_sec };
}

uint64_t clock_monotonic_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01, counted in eras of 400 years that begin on 1 March. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_from_days(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t of_era = days - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	*ret_day = (int)(of_year - (153 * month + 2) / 5 + 1);
	*ret_month = (int)(month < 10 ? month + 3 : month - 9);
	*ret_year = year + era * 400 + (*ret_month <= 2);
}

bool instant_from_day(int year, int month, int day, struct instant *ret_instant)
{
	if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 ||
		day > month_days(year, month))
		return false;
	ret_instant->seconds = days_from_civil(year, month, day) * SECONDS_A_DAY;
	return true;
}

/* Exactly COUNT digits at *TEXT, which moves on behind them. */
static bool take_digits(const char **text, int count, int *ret_value)
{
	int value = 0;

	for (int i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		value = value * 10 + (**text - '0');
	}
	*ret_value = value;
	return true;
}

static bool take(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* RFC 3339, 5.6: "Z", or an offset that is taken away to come to UTC. */
static bool take_zone(const char **text, int64_t *seconds)
{
	int hours, minutes;

	if (take(text, 'Z') || take(text, 'z'))
		return true;
	bool east = **text == '+';
	if (!take(text, '+') && !take(text, '-'))
		return false;
	if (!take_digits(text, 2, &hours) || !take(text, ':') || !take_digits(text, 2, &minutes) ||
		hours > 23 || minutes > 59)
		return false;
	int64_t offset = hours * 3600 + minutes * 60;
	*seconds -= east ? offset : -offset;
	return true;
}

static bool take_time(const char **text, int64_t *seconds)
{
	int hour, minute, second;

	if (!take_digits(text, 2, &hour) || !take(text, ':') || !take_digits(text, 2, &minute) ||
		!take(text, ':') || !take_digits(text, 2, &second))
		return false;
	/* A leap second is the first one of the next minute, as POSIX counts. */
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*seconds += hour * 3600 + minute * 60 + second;
	if (take(text, '.')) {
		if (**text < '0' || **text > '9')
			return false;
		while (**text >= '0' && **text <= '9')
			(*text)++;
	}
	return take_zone(text, seconds);
}

bool instant_parse(const char *text, struct instant *ret_instant)
{
	int year, month, day;
	struct instant instant;

	if (!take_digits(&text, 4, &year) || !take(&text, '-') || !take_digits(&text, 2, &month) ||
		!take(&text, '-') || !take_digits(&text, 2, &day) ||
		!instant_from_day(year, month, day, &instant))
		return false;
	if (*text) {
		if (!take(&text, 'T') && !take(&text, 't') && !take(&text, ' '))
			return false;
		if (!take_time(&text, &instant.seconds) || *text)
			return false;
	}
	*ret_instant = instant;
	return true;
}

struct instant instant_day(struct instant instant)
{
	int64_t rest = instant.seconds % SECONDS_A_DAY;

	if (rest < 0)
		rest += SECONDS_A_DAY;
	return (struct instant){ instant.seconds - rest };
}

int64_t instant_days_between(struct instant a, struct instant b)
{
	return (instant_day(b).seconds - instant_day(a).seconds) / SECONDS_A_DAY;
}

/* COUNT decimal digits; where they end. */
static char *put_digits(char *out, int count, int value)
{
	for (int i = count; i-- > 0; value /= 10)
		out[i] = (char)('0' + value % 10);
	return out + count;
}

/* Every record has some ten of these, so not by snprintf(). */
static char *put_day(struct instant instant, char out[static INSTANT_TEXT])
{
	int64_t year;
	int month, day;

	civil_from_days(instant_day(instant).seconds / SECONDS_A_DAY, &year, &month, &day);
	if (year < 0 || year > 9999) {
		(void)snprintf(out, INSTANT_TEXT, "%04lld-%02d-%02d", (long long)year, month, day);
		return out + strlen(out);
	}
	out = put_digits(out, 4, (int)year);
	*out++ = '-';
	out = put_digits(out, 2, month);
	*out++ = '-';
	return put_digits(out, 2, day);
}

void instant_format_day(struct instant instant, char out[static INSTANT_TEXT])
{
	*put_day(instant, out) = '\0';
}

void instant_format(struct instant instant, char out[static INSTANT_TEXT])
{
	static const char zone[] = "Z";
	int rest = (int)(instant.seconds - instant_day(instant).seconds);
	char *at = put_day(instant, out);

	if ((size_t)(at - out) + sizeof "T00:00:00Z" > INSTANT_TEXT)
		return;
	*at++ = 'T';
	at = put_digits(at, 2, rest / 3600);
	*at++ = ':';
	at = put_digits(at, 2, rest / 60 % 60);
	*at++ = ':';
	at = put_digits(at, 2, rest % 60);
	memcpy(at, zone, sizeof zone);
}
