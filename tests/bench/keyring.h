/* SPDX-License-Identifier: MIT */
/*
 * keyring - very many keys, each another one, in a short time
 *
 * A P-256 key takes microseconds.  An RSA key takes a tenth of a second, which is too long for ten
 * thousand: of a pool of primes every pair makes a modulus of its own, so some hundred and fifty
 * primes are enough.  Such keys share factors and are worth nothing as secrets; a server signs
 * with them, and a client checks it, as with any other.
 *
 * For the bench only: every failure aborts, by way of forge_must().
 */
#ifndef TESTS_BENCH_KEYRING_H
#define TESTS_BENCH_KEYRING_H

#include <stddef.h>

#include "checker/base/attr.h"

struct evp_pkey_st; /* EVP_PKEY */
struct keyring;

enum keyring_kind {
	KEYRING_P256,
	KEYRING_RSA_2048,
};

/* Good for COUNT keys. */
MUST_USE struct keyring *keyring_new(enum keyring_kind kind, size_t count);
void keyring_free(struct keyring *keyring);

/* The next key, the caller's; more than COUNT of them abort. */
MUST_USE struct evp_pkey_st *keyring_next(struct keyring *keyring);

#endif
