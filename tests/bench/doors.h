/* SPDX-License-Identifier: MIT */
/*
 * doors - the ports of a farm, and what a server shows at each
 *
 * Which leaf a connection gets is decided by the address it came to: 127.20.0.0 has the first,
 * 127.20.0.1 the second, and so on; past the last leaf it goes round.  A kind of certificates whose
 * folder is not there has no door.
 *
 * A leaf is decoded when it is asked for first, and kept: some ten KiB each.  One process, one
 * thread.
 */
#ifndef TESTS_BENCH_DOORS_H
#define TESTS_BENCH_DOORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct error;
struct ssl_st; /* SSL */

#define DOORS 5

struct doors;

MUST_USE struct doors *doors_new(const char *farm, struct error *err);
void doors_free(struct doors *doors);
DEFINE_CLEANUP(struct doors *, doors_free);

/* Whether door NUMBER is there. */
bool doors_has(const struct doors *doors, size_t number);

/* A server's side of a connection on FD that came in by that door; NULL when memory runs out. */
MUST_USE struct ssl_st *doors_greet(struct doors *doors, size_t number, int fd);

#endif
