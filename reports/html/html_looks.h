/* SPDX-License-Identifier: MIT */
/*
 * html_looks - what else was seen of one host: further looks, and who may issue for its name
 */
#ifndef REPORTS_HTML_HTML_LOOKS_H
#define REPORTS_HTML_HTML_LOOKS_H

#include "checker/base/lang.h"

struct caa;
struct html;
struct report_run;
struct verdict;

/* Each further look of VERDICT: how it was made and what came of it; the chains that are not those
 * of another look as tables.  Nothing when there were none. */
void html_looks_put(struct html *html, const struct verdict *verdict, const struct report_run *run);

/* What the owner of the name says in DNS, as a fact of a list of facts.  Nothing for NULL. */
void html_looks_put_caa(struct html *html, const struct caa *caa, enum language language);

#endif
