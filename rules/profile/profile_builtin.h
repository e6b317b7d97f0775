/* SPDX-License-Identifier: MIT */
/*
 * profile_builtin - the profiles that were built in, as bytes
 *
 * Private to rules/profile/profile.c.  data/embed.py makes the definition.
 */
#ifndef RULES_PROFILE_PROFILE_BUILTIN_H
#define RULES_PROFILE_PROFILE_BUILTIN_H

#include <stddef.h>

struct profile_builtin {
	const char *id;   /* the file's name without ".yaml" */
	const char *text; /* the file, and a NUL */
	size_t len;
};

extern const struct profile_builtin profile_builtins[];
extern const size_t profile_builtin_count;

#endif
