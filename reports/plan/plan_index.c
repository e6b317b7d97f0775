/* SPDX-License-Identifier: MIT */
/*
 * plan_index - index.md: the whole by owner and effort, and hosts that need the same together
 */
#include "reports/plan/plan_page.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "reports/markdown.h"
#include "reports/plan/plan_total.h"
#include "rules/profile/profile.h"

static void put_cell(struct buf *out, const char *text)
{
	char safe[300];

	text_printable(text, strlen(text), safe, sizeof safe);
	markdown_put_cell(out, safe);
}

static void put_head(const struct plan *plan, struct buf *out)
{
	enum language language = plan->terms.language;
	char day[INSTANT_TEXT], number[24];

	(void)buf_addf(out, "# %s\n\n", lang_text(language, "Work for the fleet"));
	plan_page_row(out, language, lang_text(language, "Profile"),
		profile_title_in(&plan->terms.profile->title, language));
	instant_format_day(plan->terms.today, day);
	plan_page_row(out, language, lang_text(language, "As of"), day);
	(void)snprintf(number, sizeof number, "%zu", plan->in_order);
	plan_page_row(out, language, lang_text(language, "Services with nothing to do"), number);
}

static void put_total(const struct plan_total *total, struct buf *out)
{
	for (size_t need = 0; need < WORK_NEED_COUNT; need++)
		(void)buf_addf(out, " %zu |", total->efforts[need]);
	(void)buf_addf(out, " %zu |\n", total->hosts);
}

static void put_totals(const struct plan_totals *totals, enum language language, struct buf *out)
{
	(void)buf_addf(out, "\n| %s |", lang_text(language, "Owner"));
	for (size_t need = 0; need < WORK_NEED_COUNT; need++)
		(void)buf_addf(out, " %s |", plan_page_effort((enum work_need)need, language));
	(void)buf_addf(out, " %s |\n| --- |", lang_text(language, "All"));
	for (size_t need = 0; need <= WORK_NEED_COUNT; need++)
		(void)buf_add_text(out, " ---: |");
	(void)buf_add_char(out, '\n');
	for (size_t i = 0; i < totals->owners.count; i++) {
		const struct plan_total *total = &totals->owners.items[i];

		(void)buf_add_text(out, "| ");
		put_cell(out, total->owner ? total->owner : "-");
		(void)buf_add_text(out, " |");
		put_total(total, out);
	}
	(void)buf_addf(out, "| **%s** |", lang_text(language, "All"));
	put_total(&totals->all, out);
}

static void put_needs(const struct work *work, enum language language, struct buf *out)
{
	for (size_t need = 0; need < WORK_NEED_COUNT; need++)
		if (work->needs[need])
			(void)buf_addf(
				out, "- %s\n", plan_page_effort((enum work_need)need, language));
	for (size_t i = 0; work->needs[WORK_NEED_CHAIN] && i < work->serve.all.count; i++) {
		const struct work_certificate *one = &work->serve.all.items[i];

		(void)buf_add_text(out, "  - ");
		put_cell(out, one->known ? one->known->id : one->sha256);
		(void)buf_add_char(out, '\n');
	}
}

static void put_host(const struct plan_host *host, struct buf *out)
{
	char name[320], day[INSTANT_TEXT] = "-";

	plan_host_name(host, name, sizeof name);
	if (host->has_due)
		instant_format_day(host->due, day);
	(void)buf_add_text(out, "| ");
	put_cell(out, name);
	(void)buf_add_text(out, " | ");
	put_cell(out, host->owner ? host->owner : "-");
	/* A folder has plain letters only, so it is an address as it stands. */
	(void)buf_addf(out, " | %s | [%s/](%s/plan.md) |\n", day, host->folder, host->folder);
}

static void put_group(
	const struct plan_group *group, size_t number, enum language language, struct buf *out)
{
	const struct plan_host *first = group->hosts[0];

	(void)buf_addf(out, "\n## %zu. %s\n\n", number, first->platform->title);
	put_needs(&first->pieces.items[0].work, language, out);
	(void)buf_addf(out, "\n| %s | %s | %s | |\n| --- | --- | --- | --- |\n",
		lang_text(language, "Service"), lang_text(language, "Owner"),
		lang_text(language, "Due"));
	for (size_t i = 0; i < group->count; i++)
		put_host(group->hosts[i], out);
}

static void put_faults(const struct plan *plan, struct buf *out)
{
	enum language language = plan->terms.language;

	if (plan->faults.count == 0)
		return;
	(void)buf_addf(
		out, "\n## %s\n\n", lang_text(language, "Lines of the input that name no service"));
	for (size_t i = 0; i < plan->faults.count; i++) {
		(void)buf_add_text(out, "- ");
		put_cell(out, plan->faults.items[i]);
		(void)buf_add_char(out, '\n');
	}
}

bool plan_page_index(const struct plan *plan, struct buf *out)
{
	CLEANUP(plan_totals_release) struct plan_totals totals;

	if (!plan_totals_make(plan, &totals))
		return false;
	put_head(plan, out);
	put_totals(&totals, plan->terms.language, out);
	for (size_t i = 0; i < totals.groups.count; i++)
		put_group(&totals.groups.items[i], i + 1, plan->terms.language, out);
	put_faults(plan, out);
	return !out->failed;
}
