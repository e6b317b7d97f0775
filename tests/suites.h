/* SPDX-License-Identifier: MIT */
/*
 * suites - certificates and chains that others made to try path validation with
 *
 * They are not part of the source: CHAINMEND_SHARED names the folder they are in, and a test that
 * wants them is skipped where it is not set.  Test code only: a damaged suite aborts.
 */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/clock.h"

struct cert;
struct error;

/* One case: what is trusted, and what is served, the server's own certificate first. */
#define SUITE_CERTS 24
struct suite_case {
	const char *id;
	struct instant time;
	const struct cert *trusted[SUITE_CERTS], *served[SUITE_CERTS];
	size_t trusted_count, served_count;
};

/* The folder, or NULL. */
const char *suites_folder(void);

/* Calls EACH for every case of every suite; what it is given goes when it returns. */
void suites_each(void (*each)(void *arg, const struct suite_case *test), void *arg);

#endif
