/* SPDX-License-Identifier: MIT */
/*
 * console - what is said on standard error, and what the terminal is like
 *
 * Reports go to standard output; chat goes here and nowhere else.  Every line
 * is made printable as a whole, so callers may put into it what others wrote.
 * What is said is English in the code and in the console's language when it is
 * said; a %s may be a phrase (checker/base/phrase.h), as error.said is.
 */
#ifndef CLI_PROCESS_CONSOLE_H
#define CLI_PROCESS_CONSOLE_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/base/lang.h"
#include "cli/process/plugin.h"

struct error;

struct console {
	enum language language;
	enum plugin plugin; /* is somebody's */
	bool quiet;         /* no warnings */
	bool verbose;       /* what is being done, too */
	bool transient;     /* standard error is a terminal, and lines that go away are wanted */
};

/*
 * False when a standard descriptor is closed and cannot be taken.  Otherwise
 * none of the three is free for what is opened later, and one that was closed
 * fails at every use, as it did.
 */
bool console_hold_descriptors(void);

/* A line that stands until the next one, or "" for none, takes its place; nothing comes between. */
void console_transient(const struct console *console, const char *text);

/* "chainmend: TEXT", for -v only. */
void console_say(const struct console *console, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The same unless -q: what somebody wants to know who asked for something to be made. */
void console_tell(const struct console *console, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* "chainmend: warning: TEXT", unless -q. */
void console_warn(const struct console *console, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* "chainmend: TEXT", always; the value is EXIT_CODE_TROUBLE, for `return`, and of a plug-in 3,
 * behind "CHAINMEND UNKNOWN - TEXT" on standard output. */
int console_fail(const struct console *console, const struct error *err);

/* As console_fail() for a fault of the command line that no error struct tells of. */
int console_usage(const struct console *console, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Columns of the terminal behind FD; 0 when it is none or does not say. */
unsigned console_columns(int fd);

/* Does the terminal behind FD want colour?  No for anything else (https://no-color.org). */
bool console_wants_color(int fd);

/* Can a line on standard error be rewritten in place? */
bool console_can_rewrite(void);

/* Prints TEXT to standard output, made printable except for its line ends and tabs. */
void console_print(const char *text);

/*
 * As console_print(), broken to fit COLUMNS where page_line() breaks, each line
 * behind INDENT blanks, with a line end after the last.
 */
void console_wrap(const char *text, unsigned indent, unsigned columns);

/*
 * Flushes standard output: CODE when everything printed has arrived, else says
 * why not and returns EXIT_CODE_TROUBLE.  A full disk must not look like success.
 */
int console_finish(const struct console *console, int code);

#endif
