/* SPDX-License-Identifier: MIT */
/*
 * sarif_place - where a result stands, as code scanning wants it: a line of a file
 *
 * That is the line of the target list, or the file that was checked.  GitHub takes no result
 * without a place, so what was named on the command line or came on standard input stands in an
 * artifact of that name, at the number of the argument or line.  Relative paths are relative to the
 * folder that chainmend was started in (SARIF 2.1.0, 3.4.4), absolute ones are file URIs.
 */
#ifndef REPORTS_MACHINE_SARIF_PLACE_H
#define REPORTS_MACHINE_SARIF_PLACE_H

struct json;
struct target;

/* The member `physicalLocation` of the object that is open. */
void sarif_place_put(struct json *json, const struct target *target);

/* The value of `originalUriBaseIds` (3.14.14). */
void sarif_place_put_bases(struct json *json);

#endif
