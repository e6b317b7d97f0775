/* SPDX-License-Identifier: MIT */
/*
 * html_certificates - the tables of a section: which certificates were sent, which clients trust
 * them
 *
 * They say what the drawing shows, for those who do not see it.
 */
#ifndef REPORTS_HTML_HTML_CERTIFICATES_H
#define REPORTS_HTML_HTML_CERTIFICATES_H

#include <stddef.h>

struct html;
struct html_places;
struct report_run;
struct verdict;

/* A table in a region that scrolls, with its head; rows follow, and html_certificates_end(). */
void html_certificates_begin(
	struct html *html, const char *caption, const char *const *titles, size_t count);
void html_certificates_end(struct html *html);

/* The certificates at PLACES, in the order sent, under CAPTION. */
void html_certificates_put(struct html *html, const char *caption, const struct html_places *places,
	const struct report_run *run);

/* Which clients trust the chain of VERDICT, and why not. */
void html_certificates_put_clients(struct html *html, const struct verdict *verdict,
	const struct html_places *places, const struct report_run *run);

#endif
