/* SPDX-License-Identifier: MIT */
/*
 * notify - tells a program of the user's how a run ended (--notify)
 *
 * The program is started as it is named, without a shell, with what the run came to in its
 * environment and one line about it on its standard input. It has a minute.
 */
#ifndef CLI_RUN_NOTIFY_H
#define CLI_RUN_NOTIFY_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct error;
struct options;
struct report_summary;

struct notice_of_end {
	int exit_code;
	const struct report_summary *summary; /* NULL: it did not come to that */
	const char *why;                      /* then: the reason */
};

/* Tells the program of OPTIONS, if there is one and it wants to hear of this. False when it could
 * not be started, or failed. */
MUST_USE bool notify_of_end(
	const struct options *options, const struct notice_of_end *notice, struct error *err);

#endif
