/* SPDX-License-Identifier: MIT */
#include "reports/text/text_timeline.h"

#include "checker/base/buf.h"
#include "reports/text/page.h"
#include "reports/timeline/timeline.h"

/* How much is shown where it is not asked for in full: what is overdue is said above, too. */
#define PAST_SHOWN 6
#define AHEAD_SHOWN 40
#define NAMES_SHOWN 3
#define OWNERS_SHOWN 6

#define SOON_DAYS 30
#define LINE_BYTES (1u << 16)

static enum page_style style_of(int64_t days)
{
	if (days <= 0)
		return PAGE_RED;
	return days <= SOON_DAYS ? PAGE_YELLOW : PAGE_PLAIN;
}

static void put_day(
	const struct timeline *timeline, const struct timeline_event *event, struct page *page)
{
	char day[INSTANT_TEXT], distance[TIMELINE_DISTANCE];
	int64_t days = timeline_days(timeline, event);

	instant_format_day(event->day, day);
	timeline_distance(days, page->language, distance);
	page_start(page, 2, 4);
	page_putf(page, style_of(days), "%s%s%s", day, lang_text(page->language, ", "), distance);
	page_end(page);
}

/* "3 services: a.hk:443, b.hk:443 and 1 more" */
static void put_services(
	const struct timeline_event *event, bool all, enum language language, struct buf *line)
{
	if (event->services == 0)
		return;
	(void)buf_addf(line, lang_plural(language, "%zu service", "%zu services", event->services),
		event->services);
	(void)buf_add_text(line, lang_text(language, ": "));
	timeline_names(event, all ? TIMELINE_NAMES : NAMES_SHOWN, language, line);
}

static void put_line(
	const struct buf *line, size_t indent, enum page_style style, struct page *page)
{
	if (line->len == 0)
		return;
	page_start(page, indent, indent + 2);
	page_put(page, style, buf_text(line));
	page_end(page);
}

static bool put_event(const struct timeline_event *event, bool all, struct page *page)
{
	CLEANUP(buf_release) struct buf line = BUF_INIT(LINE_BYTES);
	enum language language = page->language;

	timeline_sentence(event, language, &line);
	put_line(&line, 4, PAGE_PLAIN, page);
	buf_clear(&line);
	put_services(event, all, language, &line);
	put_line(&line, 6, PAGE_PLAIN, page);
	buf_clear(&line);
	timeline_owners(event, all ? TIMELINE_OWNERS : OWNERS_SHOWN, language, &line);
	put_line(&line, 6, PAGE_DIM, page);
	return !line.failed;
}

static void put_left_out(size_t count, struct page *page)
{
	page_start(page, 2, 2);
	page_say(page, PAGE_DIM, "and %zu more (all of them with -v)", count);
	page_end(page);
}

static bool put_days(const struct timeline *timeline, bool all, struct page *page)
{
	struct timeline_event *const *events = timeline->events.items;
	size_t count = timeline->events.count, past = 0;

	while (past < count && timeline_days(timeline, events[past]) < 0)
		past++;
	size_t first = all || past < PAST_SHOWN ? 0 : past - PAST_SHOWN;
	size_t end = all || count - past < AHEAD_SHOWN ? count : past + AHEAD_SHOWN;
	for (size_t i = first; i < end; i++) {
		if (i == first || events[i]->day.seconds != events[i - 1]->day.seconds)
			put_day(timeline, events[i], page);
		if (!put_event(events[i], all, page))
			return false;
	}
	if (count > end - first)
		put_left_out(count - (end - first), page);
	return true;
}

bool text_timeline_put(const struct timeline *timeline, bool all, struct page *page)
{
	page_gap(page);
	page_paragraph(
		page, 0, PAGE_BOLD, lang_text(page->language, "What breaks when, if nobody acts:"));
	if (timeline->events.count == 0) {
		page_start(page, 2, 2);
		page_say(page, PAGE_PLAIN, "Nothing within %d days.", TIMELINE_DAYS);
		page_end(page);
		return true;
	}
	if (!put_days(timeline, all, page))
		return false;
	if (timeline->dropped > 0) {
		page_start(page, 2, 2);
		page_say(page, PAGE_YELLOW,
			"There are more days than are kept: %zu times one was left out.",
			timeline->dropped);
		page_end(page);
	}
	return true;
}
