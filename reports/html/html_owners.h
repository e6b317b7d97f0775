/* SPDX-License-Identifier: MIT */
/*
 * html_owners - who has how much to do, and what is let be
 */
#ifndef REPORTS_HTML_HTML_OWNERS_H
#define REPORTS_HTML_HTML_OWNERS_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct digest;
struct html;

/* A row an owner, who has most to do first; nothing when the input names no two.  False when memory
 * runs out. */
MUST_USE bool html_owners_put(struct html *html, const struct digest *digest);

/* What is waived: why once, and for which services; nothing when nothing is.  False when memory
 * runs out. */
MUST_USE bool html_owners_put_waived(struct html *html, const struct digest *digest);

#endif
