/* SPDX-License-Identifier: MIT */
#include "reports/html/html_words.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "reports/report.h"

static const struct {
	enum status status;
	const char *name, *sign, *classes;
} statuses[HTML_STATUSES] = {
	{ STATUS_CRITICAL, N_("Critical"), "✕", "critical" },
	{ STATUS_WARNING, N_("Warning"), "!", "warning" },
	{ STATUS_UNREACHABLE, N_("Not examined"), "?", "unreachable" },
	{ STATUS_OUT_OF_SCOPE, N_("Out of scope"), "–", "outside" },
	{ STATUS_OK, N_("In order"), "✓", "ok" },
};

static const char *const severities[] = { N_("Note"), N_("Warning"), N_("Critical") };
static const char *const severity_classes[] = { "note", "warning", "critical" };

static const char *const roles[] = {
	[ROLE_LEAF] = N_("server certificate"),
	[ROLE_ISSUING] = N_("issuing certificate"),
	[ROLE_CROSS] = N_("cross certificate"),
	[ROLE_ROOT] = N_("root"),
	[ROLE_OTHER] = N_("other"),
};

static size_t rank_of(enum status status)
{
	size_t rank = 0;

	while (rank + 1 < HTML_STATUSES && statuses[rank].status != status)
		rank++;
	return rank;
}

enum status html_words_ranked(size_t rank)
{
	assert(rank < HTML_STATUSES);
	return statuses[rank].status;
}

const char *html_words_status(enum language language, enum status status)
{
	return lang_text(language, statuses[rank_of(status)].name);
}

const char *html_words_sign(enum status status)
{
	return statuses[rank_of(status)].sign;
}

const char *html_words_class(enum status status)
{
	return statuses[rank_of(status)].classes;
}

const char *html_words_severity(enum language language, enum severity severity)
{
	return lang_text(language, severities[severity]);
}

const char *html_words_severity_class(enum severity severity)
{
	return severity_classes[severity];
}

const char *html_words_role(enum language language, enum role role)
{
	return lang_text(language, roles[role]);
}

const char *html_words_outcome(enum language language, enum outcome outcome)
{
	static const char *const words[OUTCOME_COUNT] = {
		[OUTCOME_SERVED] = N_("no certificate"),
		[OUTCOME_BAD_TARGET] = N_("these lines of the input name no service"),
		[OUTCOME_DNS] = N_("the name could not be resolved to an address"),
		[OUTCOME_REFUSED] = N_("nothing listens there, or a firewall says no"),
		[OUTCOME_UNREACHABLE] = N_("there is no route to the address"),
		[OUTCOME_TIMEOUT] = N_("no answer in time: a firewall that drops, or a slow host"),
		[OUTCOME_RESET] = N_("the connection was closed before a certificate came"),
		[OUTCOME_STARTTLS] = N_("the plain-text dialogue did not lead to TLS"),
		[OUTCOME_NOT_TLS] = N_("something other than TLS answers there"),
		[OUTCOME_HANDSHAKE] = N_("the TLS handshake failed"),
		[OUTCOME_LIMIT] = N_("more was sent than is sensible"),
		[OUTCOME_INTERNAL] = N_("a fault of chainmend itself; please report it"),
	};

	return lang_text(language, words[outcome]);
}

void html_words_reason(
	const struct verdict_path *path, enum language language, char *out, size_t size)
{
	phrase_render(path->said[0] ? path->said : path->reason, language, out, size);
}

void html_words_due(const struct report_run *run, struct instant due, char *out, size_t size)
{
	int64_t days = instant_days_between(run->as_of, due);
	size_t far = (size_t)(days < 0 ? -days : days);
	char day[INSTANT_TEXT];

	instant_format_day(due, day);
	if (days == 0)
		(void)snprintf(out, size, lang_text(run->language, "due %s, today"), day);
	else if (days > 0)
		(void)snprintf(out, size,
			lang_plural(
				run->language, "due %s, in %zu day", "due %s, in %zu days", far),
			day, far);
	else
		(void)snprintf(out, size,
			lang_plural(run->language, "due %s, %zu day overdue",
				"due %s, %zu days overdue", far),
			day, far);
}

void html_words_store(const struct report_run *run, const char *id, char *out, size_t size)
{
	const char *title = id;

	for (size_t i = 0; i < run->profile->store_count; i++) {
		const struct profile_store *store = &run->profile->stores[i];
		const char *own = profile_title_in(&store->title, run->language);

		if (strcmp(store->id, id) == 0 && own)
			title = own;
	}
	text_printable(title, strlen(title), out, size);
}

static void say_until(
	const struct report_run *run, bool served, struct instant until, struct html_answer *answer)
{
	char day[INSTANT_TEXT];

	instant_format_day(until, day);
	(void)snprintf(answer->words, sizeof answer->words,
		served ? lang_text(run->language, "trust it until %s")
		       : lang_text(run->language, "only if they fetch, until %s"),
		day);
}

void html_words_answer(const struct report_run *run, const struct verdict_path *path,
	const struct instant *until, struct html_answer *ret_answer)
{
	bool served = path->completed_by == COMPLETION_SERVED;
	const char *words = NULL;

	if (path->trusted == ANSWER_NO) {
		*ret_answer = (struct html_answer){ .classes = "no", .sign = "✕" };
		words = lang_text(run->language, "do not trust it");
	} else if (path->trusted == ANSWER_UNKNOWN) {
		*ret_answer = (struct html_answer){ .classes = "unknown", .sign = "?" };
		words = lang_text(run->language, "not known");
	} else if (served) {
		*ret_answer = (struct html_answer){ .classes = "yes", .sign = "✓" };
		words = lang_text(run->language, "they trust it");
	} else {
		*ret_answer = (struct html_answer){ .classes = "partly", .sign = "!" };
		words = lang_text(run->language, "only if they fetch what is missing");
	}
	if (path->trusted == ANSWER_YES && until)
		say_until(run, served, *until, ret_answer);
	else
		(void)snprintf(ret_answer->words, sizeof ret_answer->words, "%s", words);
}
