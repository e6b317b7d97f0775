/* SPDX-License-Identifier: MIT */
/*
 * platform - which software answers, by what it says of itself
 *
 * The ids are those that people write into the label `platform`: "nginx", "exchange-2016",
 * "postfix", ...  A guess from a banner, good for choosing instructions and no more: nobody is
 * held to what a banner says.  Pure, and made for whatever a remote may send.
 */
#ifndef CHECKER_PLATFORM_H
#define CHECKER_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

#define PLATFORM_BANNER 160 /* kept of what was said */

/* By the first line of a server of mail or files; NULL when it says nothing known. */
const char *platform_of_greeting(const char *line);

/*
 * By the head of an HTTP response of LEN bytes.  The value of its Server field goes into BANNER,
 * printable, "" when there is none.
 */
const char *platform_of_http(const char *head, size_t len, char banner[static PLATFORM_BANNER]);

/* The same of what came behind a handshake: the head of a response, or a greeting of some lines. */
const char *platform_of_answer(
	const char *said, size_t len, bool http, char banner[static PLATFORM_BANNER]);

/* SAID has its end: the blank line, or that of the first line. */
bool platform_is_whole(const char *said, bool http);

#endif
