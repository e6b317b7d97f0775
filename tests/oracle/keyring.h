/* SPDX-License-Identifier: MIT */
/*
 * keyring - the keys and certificates of the oracle's servers
 *
 * A keystore is made once, for all threads: bytes that nobody changes.  A keyring is one thread's
 * copy as OpenSSL wants it, in a library context of its own.  Certificates that OpenSSL itself
 * could not read exist only there: they are made of whole ones, and their bytes are what it sends.
 * The keys are of more kinds than forge's.  Test code only; a failure aborts.
 */
#ifndef TESTS_ORACLE_KEYRING_H
#define TESTS_ORACLE_KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "tests/oracle/scenario.h"

#define KEYRING_FLAWS 3
#define KEYRING_DHS 3

struct keystore_der {
	uint8_t *bytes;
	size_t len;
};

struct keystore {
	struct keystore_der keys[KEY_COUNT];                     /* PKCS #8 */
	struct keystore_der leafs[KEY_COUNT], others[KEY_COUNT]; /* the latter of other keys */
	struct keystore_der stones[STONE_COUNT];
};

void keystore_make(struct keystore *store);
void keystore_release(struct keystore *store);

struct keyring {
	OSSL_LIB_CTX *library;
	EVP_PKEY *keys[KEY_COUNT];
	X509 *leafs[KEYRING_FLAWS][KEY_COUNT]; /* by enum flaw */
	X509 *stones[STONE_COUNT];
	EVP_PKEY *dhs[KEYRING_DHS]; /* 1024, 2048, 3072 bits */
};

void keyring_open(struct keyring *ring, const struct keystore *store);
void keyring_close(struct keyring *ring);

#endif
