/* SPDX-License-Identifier: MIT */
/*
 * cert_store - certificates that were seen before, by their bytes
 *
 * A fleet serves the same few intermediates over and over.  A store gives the same struct cert
 * for the same bytes, so that each is decoded, hashed and verified once a run.  What it keeps is
 * bounded: certificates that nobody asked for in a while are forgotten.  For all threads.
 */
#ifndef CHECKER_CERT_CERT_STORE_H
#define CHECKER_CERT_CERT_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/cert/cert.h"

struct cert_store;
struct error;

MUST_USE struct cert_store *cert_store_new(struct error *err);
void cert_store_free(struct cert_store *store);
DEFINE_CLEANUP(struct cert_store *, cert_store_free);

/* The certificate of these bytes, a reference of the caller's; as cert_new() otherwise. */
MUST_USE struct cert *cert_store_get(
	struct cert_store *store, const uint8_t *der, size_t len, struct error *err);

#endif
