/* SPDX-License-Identifier: MIT */
#include "reports/html/html_owners.h"

#include <stdio.h>
#include <string.h>

#include "reports/digest.h"
#include "reports/digest_tally.h"
#include "reports/html/html.h"
#include "reports/html/html_certificates.h"
#include "reports/html/html_words.h"
#include "reports/html/html_work.h"
#include "reports/report.h"

#define OWNERS_SHOWN 100
#define WAIVED_SHOWN 300 /* services, of the page: each has its own section, too */

static void put_number(struct html *html, size_t number)
{
	html_putf(html, "td", number > 0 ? "number" : "number none", "%zu", number);
}

static void put_owner(
	struct html *html, const struct digest_owner *owner, const struct report_run *run)
{
	char due[120] = "";

	html_begin(html, "tr", NULL);
	html_begin(html, "th", "own");
	html_attr(html, "scope", "row");
	html_attr(html, "data-owner", owner->name ? owner->name : "");
	html_text(html, owner->name ? owner->name : lang_text(run->language, "(none named)"));
	html_end(html, "th");
	for (size_t i = 0; i < HTML_STATUSES; i++)
		put_number(html, owner->results[html_words_ranked(i)]);
	if (owner->has_due)
		html_words_due(run, owner->due, due, sizeof due);
	html_put(html, "td", "day", due);
	html_end(html, "tr");
	html_break(html);
}

bool html_owners_put(struct html *html, const struct digest *digest)
{
	CLEANUP(digest_owners_release) struct digest_owners owners;
	enum language language = digest->run->language;
	const char *titles[HTML_STATUSES + 2] = { lang_text(language, "Owner") };

	if (!digest_tally_owners(digest, &owners))
		return false;
	if (owners.all.count <= 1)
		return true;
	for (size_t i = 0; i < HTML_STATUSES; i++)
		titles[i + 1] = html_words_status(language, html_words_ranked(i));
	titles[HTML_STATUSES + 1] = lang_text(language, "First due");
	html_begin(html, "div", "owners");
	html_certificates_begin(
		html, lang_text(language, "Who has how much to do"), titles, ARRAY_LEN(titles));
	for (size_t i = 0; i < owners.all.count && i < OWNERS_SHOWN; i++)
		put_owner(html, &owners.all.items[i], digest->run);
	html_certificates_end(html);
	if (owners.all.count > OWNERS_SHOWN)
		html_putf(html, "p", "hint", lang_text(language, "and %zu more"),
			owners.all.count - OWNERS_SHOWN);
	html_end(html, "div");
	html_break(html);
	return true;
}

/* COUNT findings that are waived for one reason. */
static void put_reason(struct html *html, const struct digest_note *notes, size_t count,
	enum language language, size_t *left)
{
	size_t shown = count < *left ? count : *left;

	*left -= shown;
	html_begin(html, "li", NULL);
	html_work_rule(html, notes->item->rule);
	html_text(html, " ");
	html_put(html, "span", "own", notes->item->waiver);
	html_begin(html, "ul", NULL);
	for (size_t i = 0; i < shown; i++) {
		html_begin(html, "li", NULL);
		html_put(html, "span", "own service", notes[i].entry->service);
		if (notes[i].entry->address)
			html_putf(html, "span", "own address", " %s", notes[i].entry->address);
		html_put(html, "p", "own", notes[i].item->message);
		html_end(html, "li");
	}
	html_end(html, "ul");
	if (shown < count)
		html_putf(html, "p", "hint", lang_text(language, "and %zu more"), count - shown);
	html_end(html, "li");
	html_break(html);
}

bool html_owners_put_waived(struct html *html, const struct digest *digest)
{
	CLEANUP(digest_notes_release) struct digest_notes notes;
	enum language language = digest->run->language;
	size_t left = WAIVED_SHOWN;

	if (!digest_tally_notes(digest, DIGEST_WAIVED, &notes))
		return false;
	if (notes.all.count == 0)
		return true;
	html_begin(html, "article", "waived");
	html_put(html, "h3", NULL, lang_text(language, "Waived (not counted until their day):"));
	html_begin(html, "ul", "findings");
	for (size_t first = 0, count; first < notes.all.count; first += count) {
		count = digest_notes_like(&notes, first);
		put_reason(html, &notes.all.items[first], count, language, &left);
	}
	html_end(html, "ul");
	html_end(html, "article");
	html_break(html);
	return true;
}
