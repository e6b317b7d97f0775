/* SPDX-License-Identifier: MIT */
/*
 * machine - what this process has been given: processors, a cache folder
 */
#ifndef CLI_PROCESS_MACHINE_H
#define CLI_PROCESS_MACHINE_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct buf;

/* The processors this process may run on, not those that the machine has; at least 1. */
unsigned machine_processors(void);

/* The folder for what can be fetched again (XDG base directories); false when there is no home. */
MUST_USE bool machine_cache_folder(struct buf *ret_path);

#endif
