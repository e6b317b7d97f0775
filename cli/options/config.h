/* SPDX-License-Identifier: MIT */
/*
 * config - a scan's options in a YAML file, as a scheduler wants them
 *
 * A mapping: `schema: chainmend.config/1`, `targets`, and the long names of the options of
 * scan. A list gives an option again for each item, true gives one that has no value, and a
 * mapping under trust-store gives NAME=FILE for each. Paths are taken from the working
 * directory, as on the command line. The file is a command line and nothing more, so whatever
 * is wrong with a value is said by who reads options, behind FILE:LINE.
 *
 * Two runs of one file at the same time are one too many: config_lock() keeps the second out.
 */
#ifndef CLI_OPTIONS_CONFIG_H
#define CLI_OPTIONS_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct error;

struct config_entry {
	const char *path;
	size_t line;
	const char *key;   /* the option's long name, or "targets" */
	const char *value; /* "true" or "false" for a flag */
};

/* Calls TAKE for each, in the order of the file; stops when it returns false, with ERR. */
MUST_USE bool config_read(const char *path,
	bool (*take)(void *arg, const struct config_entry *entry, struct error *err), void *arg,
	struct error *err);

/* The file named by --config in ARGV (before "--"), or NULL; the last one counts. */
const char *config_wanted(int argc, const char *const *argv);

enum config_lock { CONFIG_LOCKED, CONFIG_BUSY, CONFIG_TROUBLE };

/* Locks the file for as long as this process lives; CONFIG_BUSY: another run has it. */
MUST_USE enum config_lock config_lock(const char *path, struct error *err);

#endif
