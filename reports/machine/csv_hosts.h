/* SPDX-License-Identifier: MIT */
/*
 * csv_hosts - a row a result: a service at one address, and what it comes to
 *
 * The columns are a contract: docs/formats.md, "CSV".
 */
#ifndef REPORTS_MACHINE_CSV_HOSTS_H
#define REPORTS_MACHINE_CSV_HOSTS_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/base/lang.h"

struct csv;
struct verdict;

void csv_hosts_head(struct csv *csv);

/* Messages are said in LANGUAGE.  False when memory runs out. */
MUST_USE bool csv_hosts_row(struct csv *csv, const struct verdict *verdict, enum language language);

#endif
