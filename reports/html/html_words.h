/* SPDX-License-Identifier: MIT */
/*
 * html_words - what the page calls things, in the language of its reader
 */
#ifndef REPORTS_HTML_HTML_WORDS_H
#define REPORTS_HTML_HTML_WORDS_H

#include <stddef.h>

#include "checker/base/lang.h"
#include "checker/observation.h"
#include "rules/rule.h"
#include "rules/verdict.h"

struct report_run;

/* What a reader of a report sees first, in that order. */
#define HTML_STATUSES 5
enum status html_words_ranked(size_t rank);

/* "Critical", ... */
const char *html_words_status(enum language language, enum status status);
const char *html_words_severity(enum language language, enum severity severity);
const char *html_words_role(enum language language, enum role role);

/* Why one could not be examined, in a few words. */
const char *html_words_outcome(enum language language, enum outcome outcome);

/* Why a path is not trusted, or not known to be; printable. */
void html_words_reason(
	const struct verdict_path *path, enum language language, char *out, size_t size);

/* A letter-like sign beside the colour: nobody has to tell red from green. */
const char *html_words_sign(enum status status);

/* The class a status has in page.css. */
const char *html_words_class(enum status status);
const char *html_words_severity_class(enum severity severity);

/* "2026-06-15"; with how far it is from the day of the report. */
void html_words_due(const struct report_run *run, struct instant due, char *out, size_t size);

/* The title of a trust store, printable. */
void html_words_store(const struct report_run *run, const char *id, char *out, size_t size);

/* What PATH comes to: a class, a sign and a few words ("trust it until 2032-06-03"); UNTIL may be
 * NULL. */
struct html_answer {
	const char *classes, *sign;
	char words[200];
};
void html_words_answer(const struct report_run *run, const struct verdict_path *path,
	const struct instant *until, struct html_answer *ret_answer);

#endif
