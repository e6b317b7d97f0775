/* SPDX-License-Identifier: MIT */
/*
 * banned - calls that are wrong, or wrong often enough, in this code base
 *
 * The build includes this file before every source file.  The headers come
 * first, because a poisoned name may not even be declared again.
 */
#ifndef CHECKER_BASE_BANNED_H
#define CHECKER_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

/* A foreign header that has such names in macros of its own (the meson.build of who needs it). */
#ifdef BANNED_BEHIND
#include BANNED_BEHIND
#endif

/* glibc makes these macros where it fortifies; a macro cannot be poisoned. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf

/* No length, or no NUL, or hidden state: use buf.h. */
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok
/* No error: use text_to_uint(). */
#pragma GCC poison atoi atol atoll
/* Static result, or the local time zone: use clock.h. */
#pragma GCC poison gmtime localtime ctime asctime mktime

#endif
