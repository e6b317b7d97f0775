/* SPDX-License-Identifier: MIT */
#include "reports/html/html_parts.h"

#include <stdio.h>

#include "checker/base/buf.h"
#include "checker/limits.h"
#include "reports/digest_tally.h"
#include "reports/html/html.h"
#include "reports/html/html_burndown.h"
#include "reports/html/html_chart.h"
#include "reports/html/html_fleet.h"
#include "reports/html/html_owners.h"
#include "reports/html/html_table.h"
#include "reports/html/html_timeline.h"
#include "reports/html/html_words.h"
#include "reports/html/html_work.h"
#include "reports/report.h"

struct tally {
	size_t services, dropped;
};

static void put_careful(struct html *html, const char *text)
{
	html_put(html, "p", "careful", text);
}

/* What the reader has to know before the figures. */
static void put_warnings(struct html_parts *parts, const struct tally *tally)
{
	const struct report_summary *summary = parts->summary;
	enum language language = parts->language;
	char text[300];

	if (summary->interrupted || summary->targets > tally->services) {
		(void)snprintf(text, sizeof text,
			summary->interrupted
				? lang_text(language,
					  "Interrupted: %zu of %zu services were examined.")
				: lang_text(language,
					  "Incomplete: %zu of %zu services were examined."),
			tally->services, summary->targets);
		put_careful(parts->html, text);
	}
	if (tally->dropped > 0) {
		(void)snprintf(text, sizeof text,
			lang_plural(language,
				"%zu further address was not examined: of one name, %d are.",
				"%zu further addresses were not examined: of one name, %d are.",
				tally->dropped),
			tally->dropped, LIMIT_ADDRESSES);
		put_careful(parts->html, text);
	}
}

static void put_scope(struct html_parts *parts, const struct tally *tally)
{
	struct html *html = parts->html;
	enum language language = parts->language;
	size_t results = html_fleet_count(parts->fleet);

	html_begin(html, "p", "scope");
	if (results == 0)
		html_text(html, lang_text(language, "Nothing was examined."));
	else if (results > tally->services)
		html_textf(html,
			lang_text(language, "%zu services were examined, at %zu addresses."),
			tally->services, results);
	else
		html_textf(html,
			lang_plural(language, "%zu service was examined.",
				"%zu services were examined.", tally->services),
			tally->services);
	if (parts->summary->duplicates > 0) {
		html_text(html, " ");
		html_textf(html,
			lang_plural(language, "%zu target was named more than once.",
				"%zu targets were named more than once.",
				parts->summary->duplicates),
			parts->summary->duplicates);
	}
	html_end(html, "p");
}

static bool put_summary(struct html_parts *parts)
{
	const struct digest *digest = &parts->fleet->digest;
	struct tally tally;

	if (!digest_tally_services(digest, &tally.services, &tally.dropped))
		return false;
	put_warnings(parts, &tally);
	put_scope(parts, &tally);
	html_chart_standing(parts->html, digest);
	if (!html_burndown_put(parts->html, digest))
		return false;
	html_begin(parts->html, "div", "figures");
	if (!html_chart_deadlines(parts->html, digest))
		return false;
	html_chart_expiry(parts->html, digest);
	html_end(parts->html, "div");
	return html_owners_put(parts->html, digest);
}

static bool put_work(struct html_parts *parts)
{
	html_work_put(parts->html, parts->fleet);
	return html_owners_put_waived(parts->html, &parts->fleet->digest);
}

static bool put_table(struct html_parts *parts)
{
	html_table_put(parts->html, parts->fleet);
	return true;
}

/* The sections that are there without a script, folded up unless there is only one. */
static void put_host(struct html *html, const struct html_fleet *fleet, size_t number)
{
	const struct digest_entry *entry = html_fleet_entry(fleet, number);
	const struct html_row *row = html_fleet_row(fleet, number);
	char classes[64];

	(void)snprintf(classes, sizeof classes, "host %s", html_words_class(entry->status));
	html_begin(html, "details", classes);
	html_attrf(html, "id", "host-%zu", number + 1);
	if (html_fleet_count(fleet) == 1)
		html_flag(html, "open");
	html_begin(html, "summary", NULL);
	(void)snprintf(classes, sizeof classes, "badge %s", html_words_class(entry->status));
	html_putf(html, "span", classes, "%s %s", html_words_sign(entry->status),
		html_words_status(fleet->run.language, entry->status));
	html_text(html, " ");
	html_put(html, "h3", "own", entry->service);
	if (entry->address) {
		html_text(html, " ");
		html_put(html, "span", "own address", entry->address);
	}
	html_end(html, "summary");
	html_begin(html, "article", NULL);
	html_break(html);
	html_cast(html_molds_at(fleet->molds, row->mold), row->texts, html->out);
	html_end(html, "article");
	html_end(html, "details");
	html_break(html);
}

static bool put_hosts(struct html_parts *parts)
{
	const struct html_fleet *fleet = parts->fleet;
	size_t count = html_fleet_count(fleet), shown = 0;

	html_begin(parts->html, "div", NULL);
	html_attr(parts->html, "id", "sections");
	html_break(parts->html);
	for (size_t i = 0; i < count; i++)
		if (html_fleet_is_static(fleet, i)) {
			put_host(parts->html, fleet, i);
			shown++;
		}
	html_end(parts->html, "div");
	if (shown < count) {
		html_putf(parts->html, "p", "hint js",
			lang_text(parts->language,
				"%zu of %zu stand here; any other is opened from the table."),
			shown, count);
		html_putf(parts->html, "p", "hint nojs",
			lang_text(parts->language,
				"%zu of %zu stand here; the others need JavaScript."),
			shown, count);
	}
	return true;
}

static void put_rule(struct html *html, enum rule_id id, enum language language)
{
	const struct rule *rule = rule_at(id);

	html_begin(html, "article", "about");
	html_attrf(html, "id", "rule-%s", rule->id);
	html_begin(html, "h3", NULL);
	html_put(html, "code", NULL, rule->id);
	html_end(html, "h3");
	html_put(html, "p", "lead", lang_text(language, rule->title));
	html_put(html, "p", NULL, lang_text(language, rule->explanation));
	html_put(html, "p", NULL, lang_text(language, rule->fix));
	html_put(html, "p", "reference", rule->reference);
	html_end(html, "article");
	html_break(html);
}

static bool put_rules(struct html_parts *parts)
{
	const struct digest *digest = &parts->fleet->digest;
	bool found[RULE_COUNT] = { false }, any = false;

	for (size_t i = 0; i < digest->entries.count; i++) {
		const struct digest_entry *entry = &digest->entries.items[i];

		for (size_t k = 0; k < entry->items.count; k++)
			found[entry->items.items[k].rule] = any = true;
		for (size_t k = 0; k < entry->waived.count; k++)
			found[entry->waived.items[k].rule] = any = true;
	}
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (found[i])
			put_rule(parts->html, (enum rule_id)i, parts->language);
	if (!any)
		html_put(parts->html, "p", NULL,
			lang_text(parts->language, "Nothing was found that a rule names."));
	return true;
}

static bool wants_timeline(const struct report_run *run)
{
	return run->timeline;
}

static bool put_timeline(struct html_parts *parts)
{
	return html_timeline_put(parts->html, &parts->fleet->timeline, parts->language);
}

const struct html_part html_parts[] = {
	{ "summary", N_("Summary"), put_summary, NULL },
	{ "work", N_("What to do"), put_work, NULL },
	{ "timeline", N_("What breaks when, if nobody acts"), put_timeline, wants_timeline },
	{ "fleet", N_("Services"), put_table, NULL },
	{ "hosts", N_("One by one"), put_hosts, NULL },
	{ "rules", N_("What the findings mean"), put_rules, NULL },
	{ NULL, NULL, NULL, NULL },
};

const struct html_part *html_parts_wanted(
	const struct html_part *part, const struct report_run *run)
{
	while (part->id && part->is_wanted && !part->is_wanted(run))
		part++;
	return part;
}
