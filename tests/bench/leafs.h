/* SPDX-License-Identifier: MIT */
/*
 * leafs - a file of leaf certificates and their keys, read in place
 *
 * Ten thousand of each would be twenty thousand small files.  Here each is a record: the lengths
 * of the certificate and of the key (32 bits each, lowest byte first), then both as DER.  The
 * file is mapped, so that all server processes share one copy.
 */
#ifndef TESTS_BENCH_LEAFS_H
#define TESTS_BENCH_LEAFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "checker/base/attr.h"

struct error;
struct leafs;

struct leaf {
	const uint8_t *cert, *key; /* the file's */
	size_t cert_len, key_len;
};

MUST_USE struct leafs *leafs_open(const char *path, struct error *err);
void leafs_free(struct leafs *leafs);
DEFINE_CLEANUP(struct leafs *, leafs_free);

size_t leafs_count(const struct leafs *leafs); /* > 0 */

/* NUMBER counts from 0; past the last one it goes round. */
struct leaf leafs_at(const struct leafs *leafs, size_t number);

MUST_USE bool leafs_append(FILE *file, struct leaf leaf);

#endif
