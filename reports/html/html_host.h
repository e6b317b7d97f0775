/* SPDX-License-Identifier: MIT */
/*
 * html_host - the section of one host: what was seen, the chain drawn, findings, what to do
 *
 * Made when the verdict comes by, because it does not stay: as a mould and what belongs into its
 * holes (html_mold.h).
 */
#ifndef REPORTS_HTML_HTML_HOST_H
#define REPORTS_HTML_HTML_HOST_H

struct digest_entry;
struct html;
struct report_run;
struct verdict;

/* The section without its own element, which has the host's number.  ENTRY is VERDICT's. */
void html_host_put(struct html *html, const struct digest_entry *entry,
	const struct verdict *verdict, const struct report_run *run);

/* The same for one that there is no mould for any more: what it comes to, without the drawing. */
void html_host_put_brief(
	struct html *html, const struct digest_entry *entry, const struct report_run *run);

#endif
