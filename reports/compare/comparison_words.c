/* SPDX-License-Identifier: MIT */
#include "reports/compare/comparison_words.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/text.h"
#include "reports/html/html_words.h"

#define ARROW "\xe2\x86\x92"
#define DASH "\xe2\x80\x93"

const char *comparison_words_class(enum language language, enum change_class class)
{
	static const char *const words[CHANGE_COUNT] = {
		[CHANGE_REGRESSED] = N_("Regressed"),
		[CHANGE_UNREACHABLE] = N_("Unreachable now"),
		[CHANGE_NEW] = N_("New"),
		[CHANGE_GONE] = N_("Gone"),
		[CHANGE_FIXED] = N_("Fixed"),
		[CHANGE_UNCHANGED] = N_("Unchanged"),
	};

	return lang_text(language, words[class]);
}

const char *comparison_words_finding(enum language language, enum finding_class class)
{
	static const char *const words[FINDING_CLASS_COUNT] = {
		[FINDING_NEW] = N_("New"),
		[FINDING_WORSE] = N_("Worse"),
		[FINDING_FIXED] = N_("Fixed"),
		[FINDING_WAIVED] = N_("Waived"),
		[FINDING_SAME] = N_("Unchanged"),
	};

	return lang_text(language, words[class]);
}

static void print(const char *text, char *out, size_t size)
{
	text_printable(text, strlen(text), out, size);
}

void comparison_words_service(const struct change *change, char out[static COMPARISON_WORDS])
{
	const struct compared_result *shown = change_shown(change);
	char host[COMPARISON_WORDS - 16];

	print(shown->host, host, sizeof host);
	if (shown->port == 0)
		(void)snprintf(out, COMPARISON_WORDS, "%s", host);
	else if (strchr(host, ':'))
		(void)snprintf(out, COMPARISON_WORDS, "[%s]:%u", host, (unsigned)shown->port);
	else
		(void)snprintf(out, COMPARISON_WORDS, "%s:%u", host, (unsigned)shown->port);
}

void comparison_words_address(const struct change *change, char out[static COMPARISON_WORDS])
{
	const struct compared_result *shown = change_shown(change);
	const struct compared_result *old = change->sides[SIDE_OLD];
	char was[LIMIT_ADDRESS_BYTES], is[LIMIT_ADDRESS_BYTES];

	/* One that led somewhere before is told by where. */
	if (!shown->address[0] && old)
		shown = old;
	print(shown->address, is, sizeof is);
	if (!change->moved) {
		(void)snprintf(out, COMPARISON_WORDS, "%s",
			strcmp(shown->address, shown->host) == 0 ? "" : is);
		return;
	}
	print(old->address, was, sizeof was);
	(void)snprintf(out, COMPARISON_WORDS, "%s " ARROW " %s", was, is);
}

void comparison_words_status(
	const struct change *change, enum language language, char out[static COMPARISON_WORDS])
{
	const struct compared_result *old = change->sides[SIDE_OLD];
	const struct compared_result *shown = change_shown(change);
	const char *is = html_words_status(language, shown->status);

	if (shown->status == STATUS_UNREACHABLE)
		is = html_words_outcome(language, shown->outcome);
	if (old && old != shown && old->status != shown->status)
		(void)snprintf(out, COMPARISON_WORDS, "%s " ARROW " %s",
			html_words_status(language, old->status), is);
	else
		(void)snprintf(out, COMPARISON_WORDS, "%s", is);
}

void comparison_words_severity(const struct finding_change *change, enum language language,
	char out[static COMPARISON_WORDS])
{
	const struct compared_finding *old = change->sides[SIDE_OLD];
	const struct compared_finding *new = change->sides[SIDE_NEW];
	const char *is = html_words_severity(language, new ? new->severity : old->severity);

	if (old && new && old->severity != new->severity)
		(void)snprintf(out, COMPARISON_WORDS, "%s " ARROW " %s",
			html_words_severity(language, old->severity), is);
	else
		(void)snprintf(out, COMPARISON_WORDS, "%s", is);
}

void comparison_words_owner(const char *owner, char out[static COMPARISON_WORDS])
{
	print(owner[0] ? owner : DASH, out, COMPARISON_WORDS);
}

void comparison_words_set(
	const struct compared_set *set, enum language language, char out[static COMPARISON_WORDS])
{
	size_t count = set->results.count;
	char day[INSTANT_TEXT], profile[ACTION_CERTIFICATE];

	if (count == 0) {
		(void)snprintf(out, COMPARISON_WORDS, "%s", lang_text(language, "no results"));
		return;
	}
	instant_format_day(set->as_of, day);
	print(set->profile, profile, sizeof profile);
	if (profile[0])
		(void)snprintf(out, COMPARISON_WORDS,
			lang_plural(language, "%zu result as of %s (%s)",
				"%zu results as of %s (%s)", count),
			count, day, profile);
	else
		(void)snprintf(out, COMPARISON_WORDS,
			lang_plural(language, "%zu result as of %s", "%zu results as of %s", count),
			count, day);
}

bool comparison_words_lists(const struct change *change, bool all)
{
	struct finding_change findings[RULE_COUNT];

	return all || change->class != CHANGE_UNCHANGED ||
	       comparison_words_findings(change, findings) > 0;
}

size_t comparison_words_findings(
	const struct change *change, struct finding_change ret_changes[static RULE_COUNT])
{
	size_t count = change_findings(change, ret_changes), kept = 0;

	for (size_t i = 0; i < count; i++)
		if (finding_change_matters(&ret_changes[i]))
			ret_changes[kept++] = ret_changes[i];
	return kept;
}
