/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/lang.h"
#include "checker/base/phrase.h"
#include "checker/target/name.h"
#include "reports/dcv/dcv_report.h"
#include "reports/text/page.h"
#include "rules/dcv/dcv.h"
#include "rules/profile/profile.h"

/* A sentence, rendered. */
#define SENTENCE 2048

static const char *outcome_words(enum dcv_outcome outcome)
{
	static const char *const words[DCV_OUTCOMES] = {
		[DCV_PASS] = N_("will pass"),
		[DCV_FAIL] = N_("would fail"),
		[DCV_OPEN] = N_("not known"),
		[DCV_NOT_OFFERED] = N_("not by this method"),
		[DCV_EXEMPT] = N_("exempt"),
	};

	return words[outcome];
}

static enum page_style outcome_style(enum dcv_outcome outcome)
{
	static const enum page_style styles[DCV_OUTCOMES] = {
		[DCV_PASS] = PAGE_GREEN,
		[DCV_FAIL] = PAGE_RED,
		[DCV_OPEN] = PAGE_YELLOW,
		[DCV_NOT_OFFERED] = PAGE_DIM,
		[DCV_EXEMPT] = PAGE_GREEN,
	};

	return styles[outcome];
}

static const char *method_words(enum dcv_method method)
{
	static const char *const words[] = {
		[DCV_FILE] = N_("by a file on the web site"),
		[DCV_DNS] = N_("by a TXT record in DNS"),
		[DCV_EMAIL] = N_("by e-mail"),
	};

	return words[method];
}

/* One word after another of a paragraph. */
static void put_word(struct page *page, enum page_style style, const char *text)
{
	page_put(page, PAGE_PLAIN, " ");
	page_put(page, style, text);
}

static void put_level(enum dcv_level level, struct page *page)
{
	static const struct {
		const char *word;
		enum page_style style;
	} levels[] = {
		[DCV_LEVEL_NOTE] = { N_("note"), PAGE_DIM },
		[DCV_LEVEL_ADVICE] = { N_("advice"), PAGE_YELLOW },
		[DCV_LEVEL_OPEN] = { N_("not known"), PAGE_YELLOW },
		[DCV_LEVEL_FATAL] = { N_("fault"), PAGE_RED },
	};

	page_say(page, levels[level].style, "%s:", lang_text(page->language, levels[level].word));
}

static void put_finding(const struct dcv_finding *finding, size_t indent, struct page *page)
{
	const struct dcv_fault_row *row = dcv_fault_row(finding->fault);
	char text[SENTENCE];

	phrase_render(finding->said, page->language, text, sizeof text);
	page_start(page, indent, indent + 2);
	put_level(row->level, page);
	put_word(page, PAGE_PLAIN, text);
	page_putf(page, PAGE_DIM, " [%s]", row->id);
	page_end(page);
}

static void put_fix(const struct dcv_fault_row *row, size_t indent, struct page *page)
{
	if (!row->fix)
		return;
	page_start(page, indent + 2, indent + 2);
	page_say(page, PAGE_CYAN, "To do: %s", lang_text(page->language, row->fix));
	page_end(page);
}

static void put_findings(const struct dcv_verdict *verdict, enum dcv_method method, bool all,
	size_t indent, struct page *page)
{
	for (size_t i = 0; i < verdict->findings.count; i++) {
		const struct dcv_finding *finding = &verdict->findings.items[i];
		const struct dcv_fault_row *row = dcv_fault_row(finding->fault);

		if (row->method != method || (!all && row->level == DCV_LEVEL_NOTE &&
						     finding->fault != DCV_FAULT_EXEMPT))
			continue;
		put_finding(finding, indent, page);
		/* What several have in common is said once, behind the last of them. */
		if (i + 1 == verdict->findings.count || finding[1].fault != finding->fault)
			put_fix(row, indent, page);
	}
}

/* Where a name passes, what the methods say that it does not pass by is for who asks. */
static bool is_told(const struct dcv_verdict *verdict, enum dcv_outcome outcome, bool all)
{
	return all || verdict->outcome != DCV_PASS || outcome == DCV_PASS;
}

static void put_name(const struct dcv_verdict *verdict, bool all, struct page *page)
{
	char shown[SENTENCE];
	bool wildcard = strncmp(verdict->name, "*.", 2) == 0;

	name_to_unicode(verdict->name + (wildcard ? 2 : 0), shown, sizeof shown);
	page_gap(page);
	page_start(page, 0, 2);
	page_put(page, PAGE_BOLD, verdict->name);
	if (strcmp(shown, verdict->name + (wildcard ? 2 : 0)) != 0)
		page_putf(page, PAGE_PLAIN, " (%s%s)", wildcard ? "*." : "", shown);
	put_word(page, outcome_style(verdict->outcome),
		lang_text(page->language, outcome_words(verdict->outcome)));
	page_end(page);
	put_findings(verdict, DCV_ALL, all, 2, page);
	for (enum dcv_method method = DCV_FILE; method < DCV_METHODS; method++) {
		enum dcv_outcome outcome = verdict->methods[method];

		if (outcome == DCV_EXEMPT || (outcome == DCV_NOT_OFFERED && !all))
			continue;
		page_start(page, 2, 4);
		page_say(page, PAGE_PLAIN, "%s:", lang_text(page->language, method_words(method)));
		put_word(page, outcome_style(outcome),
			lang_text(page->language, outcome_words(outcome)));
		page_end(page);
		if (is_told(verdict, outcome, all))
			put_findings(verdict, method, all, 4, page);
	}
}

static void put_days(const struct dcv_request *request, struct page *page)
{
	struct instant last;
	char day[INSTANT_TEXT];

	if (request->profile->dcv.days == 0)
		return;
	page_start(page, 0, 2);
	if (dcv_last_day(request, &last)) {
		long long left = (long long)instant_days_between(request->now, last);

		instant_format_day(last, day);
		if (left >= 0)
			page_say(page, PAGE_PLAIN,
				"The code is good until %s; days left for this: %lld.", day, left);
		else
			page_say(page, PAGE_RED, "The code was good until %s.", day);
	} else {
		page_say(page, PAGE_DIM,
			"A code is good for %u days; with --issued DATE the days left are counted.",
			request->profile->dcv.days);
	}
	page_end(page);
}

/* What cannot be seen from one place, said each time: most of what fails in spite of this. */
static void put_perspectives(const struct dcv_request *request, struct page *page)
{
	unsigned count = dcv_perspectives(request->now);

	if (count == 0)
		return;
	page_start(page, 0, 2);
	page_say(page, PAGE_DIM,
		"All this was seen from here. The CA has to see the same from %u further places in "
		"at "
		"least two regions of the Internet (Baseline Requirements, 3.2.2.9): a site, name "
		"server or firewall that lets in some countries or addresses only makes validation "
		"fail, and that was not tested.",
		count);
	page_end(page);
}

static void put_methods(const struct dcv_request *request, const struct dcv_verdict *verdicts,
	size_t count, struct page *page)
{
	if (!request->profile->dcv.one_method || count < 2)
		return;
	for (enum dcv_method method = DCV_FILE; method < DCV_METHODS; method++) {
		enum dcv_outcome outcome = dcv_by_method(verdicts, count, method);

		if (outcome == DCV_EXEMPT || outcome == DCV_NOT_OFFERED)
			continue;
		page_start(page, 0, 2);
		page_say(page, PAGE_PLAIN,
			"All names %s:", lang_text(page->language, method_words(method)));
		put_word(page, outcome_style(outcome),
			lang_text(page->language, outcome_words(outcome)));
		page_end(page);
	}
	page_paragraph(page, 0, PAGE_DIM,
		lang_text(page->language,
			"The CA has one method chosen for all names of a request."));
}

void dcv_report_text(const struct dcv_request *request, const struct dcv_verdict *verdicts,
	size_t count, bool all, struct page *page)
{
	enum dcv_outcome whole = dcv_whole(request, verdicts, count);

	page_start(page, 0, 2);
	page_say(page, PAGE_BOLD,
		"Domain control validation (%s, product %s):", request->profile->id,
		request->product ? request->product->id : "-");
	put_word(page, outcome_style(whole), lang_text(page->language, outcome_words(whole)));
	page_end(page);
	for (size_t i = 0; i < count; i++)
		put_name(&verdicts[i],
			all || (whole == DCV_FAIL && verdicts[i].outcome == DCV_PASS), page);
	page_gap(page);
	put_methods(request, verdicts, count, page);
	put_days(request, page);
	put_perspectives(request, page);
}
