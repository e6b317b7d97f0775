/* SPDX-License-Identifier: MIT */
/*
 * html_fleet - all hosts of a page: their sections, their rows, and the order they stand in
 *
 * Filled as verdicts come by, settled when the last is in.  A host's number on the page, from 0, is
 * its place in the order of the report: worst first, those with one problem together.  The first
 * sections and rows are written out, for readers without a script; the data that the script needs
 * has all of them.
 */
#ifndef REPORTS_HTML_HTML_FLEET_H
#define REPORTS_HTML_HTML_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/base/vec.h"
#include "reports/digest.h"
#include "reports/html/html_mold.h"
#include "reports/report.h"
#include "reports/timeline/timeline.h"

struct error;
struct html;
struct output;
struct verdict;

#define HTML_SECTIONS_WRITTEN 100 /* sections of hosts; a printed page each */
#define HTML_ROWS_WRITTEN 1000    /* rows of the table */

/* What the digest does not keep of one, in the order in which they came. */
struct html_row {
	size_t mold;
	char *texts; /* of its holes, each with its NUL */
	char *address;
};

struct html_fleet {
	struct report_run run; /* the digest's own: it keeps nothing that only text shows */
	struct digest digest;
	VEC(struct html_row) rows;
	struct html_molds *molds;
	struct html_slots slots; /* these two of the section that is being made */
	struct buf section;
	struct timeline timeline; /* filled when the run asks for it */
	size_t *order;            /* entry by number */
	size_t *numbers;          /* number by entry */
	size_t *blocks;           /* block by number */
	bool *is_static;          /* by number */
};

MUST_USE bool html_fleet_init(
	struct html_fleet *fleet, const struct report_run *run, struct error *err);
void html_fleet_release(struct html_fleet *fleet);

MUST_USE bool html_fleet_add(
	struct html_fleet *fleet, const struct verdict *verdict, struct error *err);

/* No more will come. */
MUST_USE bool html_fleet_settle(struct html_fleet *fleet, struct error *err);

size_t html_fleet_count(const struct html_fleet *fleet);
size_t html_fleet_number(const struct html_fleet *fleet, const struct digest_entry *entry);
const struct digest_entry *html_fleet_entry(const struct html_fleet *fleet, size_t number);
const struct html_row *html_fleet_row(const struct html_fleet *fleet, size_t number);

/* Is the section of that host written out? */
bool html_fleet_is_static(const struct html_fleet *fleet, size_t number);

#endif
