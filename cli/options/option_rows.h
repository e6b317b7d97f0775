/* SPDX-License-Identifier: MIT */
/*
 * option_rows - the options whose value is simply a member of struct options
 *
 * A row an option: what its value has to be and where it goes.  Options that
 * need more than that are read in options.c.
 */
#ifndef CLI_OPTIONS_OPTION_ROWS_H
#define CLI_OPTIONS_OPTION_ROWS_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "cli/options/option_tables.h"

struct error;
struct options;

enum option_found {
	OPTION_FOUND,   /* its value is where it belongs */
	OPTION_WRONG,   /* the error says what the value should be */
	OPTION_UNKNOWN, /* no row is about it */
};

/* Does OPTION stand for itself, without a value?  Then it is set. */
bool option_rows_flag(struct options *options, enum option option);

/* Reads TEXT, which OPTIONS keeps already. */
MUST_USE enum option_found option_rows_read(
	struct options *options, enum option option, const char *text, struct error *err);

#endif
