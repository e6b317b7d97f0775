/* SPDX-License-Identifier: MIT */
/*
 * golden - whole outputs held against files of the source tree
 *
 * Files live under tests/golden/ of the folder that the environment variable
 * CHAINMEND_SOURCE_ROOT names (the current one without it).  With
 * UPDATE_GOLDEN=1 they are written instead, to be read before they are committed.
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <stddef.h>

/* Fails the running test, with the first line that differs, unless GOT is what file NAME holds. */
void golden_expect(const char *name, const char *got, size_t len);

#endif
