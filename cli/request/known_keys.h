/* SPDX-License-Identifier: MIT */
/*
 * known_keys - public keys that are in use already, and where
 *
 * Out of saved results, certificates and earlier requests.  A key that is asked for again is
 * pointed out, and one that shares a factor with another is given away.  And lists of keys that
 * others have: a line a key, 20 hexadecimal digits as Debian's openssl-blacklist has them, or the
 * 64 of the SHA-256 of the SubjectPublicKeyInfo.
 */
#ifndef CLI_REQUEST_KNOWN_KEYS_H
#define CLI_REQUEST_KNOWN_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct cert;
struct csr;
struct error;
struct known_keys;
struct review;

MUST_USE struct known_keys *known_keys_new(struct error *err);
void known_keys_free(struct known_keys *known);
DEFINE_CLEANUP(struct known_keys *, known_keys_free);

/* The key of a certificate, which WHERE has ("www.example.hk:443"); copied. */
MUST_USE bool known_keys_add_cert(
	struct known_keys *known, const struct cert *cert, const char *where, struct error *err);
/* The key of a request. */
MUST_USE bool known_keys_add_csr(
	struct known_keys *known, const struct csr *csr, const char *where, struct error *err);

/* All keys in the file at PATH: results, certificates or requests. */
MUST_USE bool known_keys_read(struct known_keys *known, const char *path, struct error *err);

/* A list of weak keys. */
MUST_USE bool known_keys_read_list(struct known_keys *known, const char *path, struct error *err);

/* Says of the key of CSR what is known of it. */
void known_keys_review(
	const struct known_keys *known, const struct csr *csr, struct review *review);

#endif
