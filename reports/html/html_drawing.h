/* SPDX-License-Identifier: MIT */
/*
 * html_drawing - the chain of one host, drawn: what it sends, who issued what, who trusts it
 *
 * To the left the certificates in the order in which they were sent, and below them those that a
 * path needs and the server did not send; lines lead from each to its issuer.  To the right the
 * kinds of clients, each joined to the anchor of its best path, with how long it lasts or why it
 * does not.  The tables below the drawing say the same in words, so for those who do not see it
 * the drawing is one picture with a title.
 *
 * What differs between hosts with the same chain (the name and days of the leaf, how long a path
 * lasts) goes into slots, so the drawing is the same bytes for all of them.
 */
#ifndef REPORTS_HTML_HTML_DRAWING_H
#define REPORTS_HTML_HTML_DRAWING_H

struct html;
struct html_places;
struct report_run;
struct verdict;

void html_drawing_put(struct html *html, const struct verdict *verdict,
	const struct html_places *places, const struct report_run *run);

#endif
