/* SPDX-License-Identifier: MIT */
/*
 * cmd_profile_new - `profile new`: a profile drafted from certificate files
 *
 * Private to cmd_profile.c.
 */
#ifndef CLI_CMD_PROFILE_NEW_H
#define CLI_CMD_PROFILE_NEW_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct error;
struct options;

/* Reads the files, writes the draft whole or not at all. */
MUST_USE bool profile_new(const struct options *options, struct error *err);

#endif
