/* SPDX-License-Identifier: MIT */
#include "reports/text/text_burndown.h"

#include <string.h>

#include "reports/digest.h"
#include "reports/history/burndown.h"
#include "reports/history/history_text.h"
#include "reports/report.h"
#include "reports/text/page.h"
#include "rules/profile/profile.h"

#define LINE_COLUMNS 40

/* What is left shows, however little it is. */
static void put_line(const struct burndown *burndown, struct page *page)
{
	char line[LINE_COLUMNS + 1] = "";
	size_t left = (burndown->now.open * LINE_COLUMNS + burndown->known - 1) / burndown->known;

	memset(line, '#', LINE_COLUMNS - left);
	page_start(page, 2, 2);
	page_put(page, PAGE_GREEN, line);
	memset(line, '.', left);
	page_raw(page, PAGE_RED, line, left);
	page_end(page);
}

static void put_words(const struct burndown *burndown, struct page *page)
{
	size_t open = burndown->now.open;
	char day[INSTANT_TEXT];

	instant_format_day(burndown->deadline, day);
	page_start(page, 0, 2);
	if (open == 0)
		page_say(page, PAGE_GREEN, "Left to migrate: none of %zu, due by %s.",
			burndown->known, day);
	else if (burndown->days < 0)
		page_say(page, PAGE_RED,
			"Left to migrate: %zu of %zu, overdue since %s (%lld days).", open,
			burndown->known, day, (long long)-burndown->days);
	else
		page_say(page, PAGE_PLAIN, "Left to migrate: %zu of %zu, due by %s (in %lld days).",
			open, burndown->known, day, (long long)burndown->days);
	page_end(page);
}

bool text_burndown_put(const struct digest *digest, struct page *page)
{
	CLEANUP(curve_release) struct curve curve = { .has_deadline = false };
	struct burndown burndown;

	if (!burndown_of(digest, &burndown))
		return true;
	page_gap(page);
	put_words(&burndown, page);
	put_line(&burndown, page);
	if (!burndown_curve(digest, &burndown, &curve))
		return false;
	return curve.points.count == 0 ||
	       history_text_curve(&curve, digest->run->profile->id, page, NULL);
}
