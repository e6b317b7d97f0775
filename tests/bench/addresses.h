/* SPDX-License-Identifier: MIT */
/*
 * addresses - the list that the bench's own clients work through
 *
 * A file with "127.20.0.1:28440" in each line.
 */
#ifndef TESTS_BENCH_ADDRESSES_H
#define TESTS_BENCH_ADDRESSES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"

struct error;

struct addresses {
	VEC(struct sockaddr_in) all;
};

MUST_USE bool addresses_read(struct addresses *addresses, const char *path, struct error *err);
void addresses_release(struct addresses *addresses);

#endif
