/* SPDX-License-Identifier: MIT */
#include "reports/html/html_timeline.h"

#include "checker/base/buf.h"
#include "checker/base/vec.h"
#include "reports/html/html.h"
#include "reports/timeline/timeline.h"

#define ROWS_MOST 1000
#define OWNERS_SHOWN 8
#define CELL_BYTES (1u << 16)

static const char *const titles[] = { N_("day"), "", N_("what happens"), N_("services"),
	N_("which"), N_("owner") };

static void put_head(struct html *html, enum language language)
{
	html_begin(html, "thead", NULL);
	html_begin(html, "tr", NULL);
	for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
		if (!titles[i][0]) {
			html_put(html, "td", NULL, "");
			continue;
		}
		html_begin(html, "th", NULL);
		html_attr(html, "scope", "col");
		html_text(html, lang_text(language, titles[i]));
		html_end(html, "th");
	}
	html_end(html, "tr");
	html_end(html, "thead");
}

static bool put_row(struct html *html, const struct timeline *timeline,
	const struct timeline_event *event, enum language language)
{
	CLEANUP(buf_release) struct buf cell = BUF_INIT(CELL_BYTES);
	char day[INSTANT_TEXT], distance[TIMELINE_DISTANCE];

	instant_format_day(event->day, day);
	timeline_distance(timeline_days(timeline, event), language, distance);
	html_begin(html, "tr", NULL);
	html_begin(html, "th", NULL);
	html_attr(html, "scope", "row");
	html_text(html, day);
	html_end(html, "th");
	html_put(html, "td", "number", distance);
	timeline_sentence(event, language, &cell);
	html_put(html, "td", NULL, buf_text(&cell));
	if (event->services > 0)
		html_putf(html, "td", "number", "%zu", event->services);
	else
		html_put(html, "td", NULL, "");
	buf_clear(&cell);
	timeline_names(event, TIMELINE_NAMES, language, &cell);
	html_put(html, "td", "own", buf_text(&cell));
	buf_clear(&cell);
	timeline_owners(event, OWNERS_SHOWN, language, &cell);
	html_put(html, "td", "own", buf_text(&cell));
	html_end(html, "tr");
	html_break(html);
	return !cell.failed;
}

/* Where there are more than anybody reads, those from today on come first. */
static size_t first_of(const struct timeline *timeline)
{
	size_t count = timeline->events.count, first = 0;

	if (count <= ROWS_MOST)
		return 0;
	while (first < count - ROWS_MOST &&
		timeline_days(timeline, timeline->events.items[first]) < 0)
		first++;
	return first;
}

bool html_timeline_put(struct html *html, const struct timeline *timeline, enum language language)
{
	size_t count = timeline->events.count, first = first_of(timeline);
	size_t end = count - first < ROWS_MOST ? count : first + ROWS_MOST;

	if (count == 0) {
		html_putf(html, "p", NULL, lang_text(language, "Nothing within %d days."),
			TIMELINE_DAYS);
		return true;
	}
	html_begin(html, "div", "scroll");
	html_begin(html, "table", "plain");
	put_head(html, language);
	html_begin(html, "tbody", NULL);
	html_break(html);
	for (size_t i = first; i < end; i++)
		if (!put_row(html, timeline, timeline->events.items[i], language))
			return false;
	html_end(html, "tbody");
	html_end(html, "table");
	html_end(html, "div");
	if (count > end - first)
		html_putf(html, "p", "hint", lang_text(language, "and %zu more"),
			count - (end - first));
	if (timeline->dropped > 0)
		html_putf(html, "p", "careful",
			lang_text(language,
				"There are more days than are kept: %zu times one was left out."),
			timeline->dropped);
	return true;
}
