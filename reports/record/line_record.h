/* SPDX-License-Identifier: MIT */
/*
 * line_record - every line of issuers in a record, where it was asked for
 *
 * Members `lines` and `lines_cut_short` (docs/formats.md, "Lines").
 */
#ifndef REPORTS_RECORD_LINE_RECORD_H
#define REPORTS_RECORD_LINE_RECORD_H

struct json;
struct verdict;

/* Members of the object that is open; none where nobody asked. */
void line_record_put(struct json *json, const struct verdict *verdict);

#endif
