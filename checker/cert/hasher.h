/* SPDX-License-Identifier: MIT */
/*
 * hasher - SHA-256, fetched once for all threads
 *
 * OpenSSL looks an algorithm up by its name, under locks, whenever a digest begins; for the few
 * hundred bytes of a key that takes longer than the digest.  A hasher has it in hand, with a few
 * contexts that whoever needs one takes and puts back.
 */
#ifndef CHECKER_CERT_HASHER_H
#define CHECKER_CERT_HASHER_H

#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct error;
struct hasher;

MUST_USE struct hasher *hasher_new(struct error *err);
void hasher_free(struct hasher *hasher);
DEFINE_CLEANUP(struct hasher *, hasher_free);

/* The digest of BYTES; zeros when memory runs out, which no digest is.  HASHER may be NULL. */
void hasher_sha256(struct hasher *hasher, const uint8_t *bytes, size_t len, uint8_t out[static 32]);

#endif
