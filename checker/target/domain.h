/* SPDX-License-Identifier: MIT */
/*
 * domain - under whose name a host stands
 *
 * The registered domain is the part of a name that somebody can own: the public suffix (of the
 * Public Suffix List, as libpsl has it built in) and one label more.  The only door to libpsl.
 */
#ifndef CHECKER_TARGET_DOMAIN_H
#define CHECKER_TARGET_DOMAIN_H

#include <stdbool.h>

/* Of NAME, an A-label in lower case, and a part of it; NULL for an address and for a suffix. */
const char *domain_registered(const char *name);

/* Is NAME itself one under which registries let anybody have a name ("hk", "com.hk")? */
bool domain_is_suffix(const char *name);

/* Does NAME end in a suffix that a registry has on the list?  Not "www.corp.local". */
bool domain_is_public(const char *name);

#endif
