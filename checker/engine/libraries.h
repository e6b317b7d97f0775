/* SPDX-License-Identifier: MIT */
/*
 * libraries - OpenSSL, c-ares and jansson take their memory from heap
 *
 * So that what they were refused is known (heap.h).  libcurl names it by itself.
 */
#ifndef CHECKER_ENGINE_LIBRARIES_H
#define CHECKER_ENGINE_LIBRARIES_H

#include <stdbool.h>

#include "checker/base/attr.h"

/* First of all in a program: OpenSSL takes its hooks before it has asked for anything, and no
 * other thread may be there.  False when it is too late, or a library cannot be set up. */
MUST_USE bool libraries_watch(void);

#endif
