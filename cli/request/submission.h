/* SPDX-License-Identifier: MIT */
/*
 * submission - the form of what is typed when a request is submitted: reference number and PIN
 *
 * Nine and sixteen digits, in this order, as the CA's envelope has them; blanks between digits do
 * not count. Only the form is looked at: neither is kept, printed or put into any report, and both
 * are wiped at once.
 */
#ifndef CLI_REQUEST_SUBMISSION_H
#define CLI_REQUEST_SUBMISSION_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct error;
struct options;

/* From the file that --reference names, a line each, or from the terminal for "-".  Says on
 * standard error what is wrong with their form; *RET_FITS is whether nothing is. */
MUST_USE bool submission_check(const struct options *options, bool *ret_fits, struct error *err);

#define SUBMISSION_REFERENCE 9
#define SUBMISSION_PIN 16

/* Is TEXT so many digits, with blanks anywhere? */
bool submission_fits(const char *text, unsigned digits);

#endif
