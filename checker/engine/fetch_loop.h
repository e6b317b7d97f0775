/* SPDX-License-Identifier: MIT */
/*
 * fetch_loop - runs the transfers of a multi handle to their end, or to a deadline
 *
 * For fetch.c and fetch_visit.c; types are libcurl's, whose header only these may know.
 */
#ifndef CHECKER_ENGINE_FETCH_LOOP_H
#define CHECKER_ENGINE_FETCH_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct error;

/* FINISHED gets what CURLOPT_PRIVATE of the transfer is, and its CURLcode; those that are not
 * finished by DEADLINE (clock_monotonic_us()) it is not told of. */
MUST_USE bool fetch_loop(void *multi, uint64_t deadline, void (*finished)(void *transfer, int code),
	struct error *err);

#endif
