/* SPDX-License-Identifier: MIT */
/*
 * passphrase - secrets that people type or keep in a file, never on the command line
 *
 * From a file, its first line; or from the terminal, which does not show what is typed, whatever
 * standard input is.  Wiped when it is released.
 */
#ifndef CLI_PROCESS_PASSPHRASE_H
#define CLI_PROCESS_PASSPHRASE_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/base/lang.h"

struct error;

#define PASSPHRASE_BYTES 1024

struct passphrase {
	char text[PASSPHRASE_BYTES];
};

/* The first line of the file at PATH, "-" for standard input; an empty one is an error. */
MUST_USE bool passphrase_read(const char *path, struct passphrase *passphrase, struct error *err);

/* Asks on the terminal.  False where there is none, and when it is interrupted or left empty. */
MUST_USE bool passphrase_ask(const char *prompt, struct passphrase *passphrase, struct error *err);

/* Asks twice, with a text for each, until both are the same; three times at most. */
MUST_USE bool passphrase_ask_new(
	enum language language, const char *what, struct passphrase *passphrase, struct error *err);

void passphrase_release(struct passphrase *passphrase);

#endif
