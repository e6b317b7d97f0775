/* SPDX-License-Identifier: MIT */
/*
 * system_store - the certificates that this machine trusts, looked up by fingerprint
 *
 * The bundle that distributions keep for OpenSSL, or the one that SSL_CERT_FILE
 * names.  It is a source of certificates only: who is trusted is for the
 * profile to say.
 */
#ifndef CLI_SUPPLY_SYSTEM_STORE_H
#define CLI_SUPPLY_SYSTEM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/cert/cert.h"

struct error;

/* The file, or NULL when this machine has none. */
const char *system_store_path(void);

/*
 * Looks for WANTED_COUNT fingerprints in the bundle at PATH and puts what it
 * found into FOUND, at the same number, NULL for the others; the caller gives up
 * each with cert_unref().  A bundle that cannot be read is an error.
 */
MUST_USE bool system_store_find(const char *path, const uint8_t (*wanted)[FINGERPRINT_BYTES],
	size_t wanted_count, const struct cert **found, struct error *err);

/* Every certificate of the bundle at PATH; false when EACH says so, or when it cannot be read. */
MUST_USE bool system_store_each(const char *path,
	bool (*each)(void *arg, const uint8_t *der, size_t len, struct error *err), void *arg,
	struct error *err);

#endif
