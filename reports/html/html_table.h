/* SPDX-License-Identifier: MIT */
/*
 * html_table - the table of all hosts: its first rows written out, and all of them as data
 *
 * The data is one JSON document in a <script> that is no script.  The page's script makes rows and
 * sections of it; what it has to say to a person is in there too, so it is translated where
 * everything is.  Documented in docs/adr/0017-the-html-page.md; nobody else should read it.
 */
#ifndef REPORTS_HTML_HTML_TABLE_H
#define REPORTS_HTML_HTML_TABLE_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct error;
struct html;
struct html_fleet;
struct output;

/* The filters, the head of the table and the first rows. */
void html_table_put(struct html *html, const struct html_fleet *fleet);

/* The moulds and the data, written as they are made. */
MUST_USE bool html_table_write(
	const struct html_fleet *fleet, struct output *output, struct error *err);

#endif
