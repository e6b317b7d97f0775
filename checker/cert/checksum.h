/* SPDX-License-Identifier: MIT */
/*
 * checksum - SHA-256 of what comes piece by piece, to tell whether two things are the same
 *
 * Whoever takes several pieces makes sure that other pieces cannot read the same: texts go in
 * with their NUL.  Trouble shows at the end.
 */
#ifndef CHECKER_CERT_CHECKSUM_H
#define CHECKER_CERT_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

#define CHECKSUM_BYTES 32
#define CHECKSUM_TEXT (2 * CHECKSUM_BYTES + 1)

struct checksum;

MUST_USE struct checksum *checksum_new(void);
void checksum_free(struct checksum *checksum);
DEFINE_CLEANUP(struct checksum *, checksum_free);

void checksum_add(struct checksum *checksum, const void *bytes, size_t len);
void checksum_add_text(struct checksum *checksum, const char *text);

/* The hash of all that was added; it begins anew then.  False when memory ran out on the way. */
MUST_USE bool checksum_end(struct checksum *checksum, uint8_t ret_hash[static CHECKSUM_BYTES]);

#endif
