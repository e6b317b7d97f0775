/* SPDX-License-Identifier: MIT */
/*
 * crypto - OpenSSL's algorithms, fetched once for one thread
 *
 * Fetching an algorithm takes locks and longer than using it on a handshake's few bytes, so
 * each scanning thread has a library context of its own with everything the reader needs in
 * hand.  For that one thread only.
 *
 * It knows nothing of TLS.  What can fail here fails when memory runs out, or when OpenSSL was
 * built without the algorithm; crypto_open() also when the bytes are not authentic.
 */
#ifndef CHECKER_TLS_CRYPTO_H
#define CHECKER_TLS_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "checker/base/attr.h"
#include "checker/tls/bytes.h"

struct crypto;
struct error;
struct pubkey_maker;

enum crypto_hash {
	CRYPTO_SHA256,
	CRYPTO_SHA384,
	CRYPTO_SHA512,
	CRYPTO_SHA224,
	CRYPTO_SHA1,
	CRYPTO_MD5_SHA1, /* of TLS 1.1 and older: RFC 4346, 7.4.3 */
	CRYPTO_HASH_COUNT,
};

#define CRYPTO_HASH_BYTES 64 /* room for any of them */

enum crypto_aead {
	CRYPTO_AES_128_GCM,
	CRYPTO_AES_256_GCM,
	CRYPTO_CHACHA20_POLY1305,
	CRYPTO_AES_128_CCM,
	CRYPTO_AES_128_CCM_8,
	CRYPTO_AEAD_COUNT,
};

#define CRYPTO_NONCE_BYTES 12
#define CRYPTO_TAG_BYTES 16 /* room for any of them */

MUST_USE struct crypto *crypto_new(struct error *err);
void crypto_free(struct crypto *crypto);
DEFINE_CLEANUP(struct crypto *, crypto_free);

/* For keys that are made with it, and for OpenSSL's own handshake.  Borrowed. */
OSSL_LIB_CTX *crypto_library(const struct crypto *crypto);
struct pubkey_maker *crypto_maker(struct crypto *crypto);

/*
 * Where what checks signatures over HASH with KEY is kept for the next key on the same curve, which
 * is KEY with another point: NULL before the first one, and freed with CRYPTO.  No such place: KEY
 * is not one of the maker's that stay.
 */
EVP_PKEY_CTX **crypto_verifier(struct crypto *crypto, const EVP_PKEY *key, enum crypto_hash hash);

const EVP_MD *crypto_md(const struct crypto *crypto, enum crypto_hash hash);

/* LEN unpredictable bytes.  They are sent in clear: nothing that is secret is made of them. */
MUST_USE bool crypto_random(struct crypto *crypto, uint8_t *ret_bytes, size_t len);

/* From now on "unpredictable" is the same in every process: for tests and fuzzers. */
void crypto_repeat(struct crypto *crypto);

/* --- Hashes --- */

size_t crypto_hash_len(enum crypto_hash hash);

/* The hash of COUNT parts, one behind the other. */
MUST_USE bool crypto_digest(struct crypto *crypto, enum crypto_hash hash, const struct bytes *parts,
	size_t count, uint8_t *ret_digest);

MUST_USE bool crypto_hmac(struct crypto *crypto, enum crypto_hash hash, struct bytes key,
	struct bytes message, uint8_t *ret_mac);

/* A hash that goes on: crypto_running_digest() tells it so far.  All zero: not begun. */
struct crypto_running {
	enum crypto_hash hash;
	EVP_MD_CTX *ctx;
};

MUST_USE bool crypto_running_begin(
	struct crypto *crypto, struct crypto_running *running, enum crypto_hash hash);
void crypto_running_release(struct crypto_running *running);
MUST_USE bool crypto_running_add(struct crypto_running *running, struct bytes bytes);
MUST_USE bool crypto_running_digest(
	struct crypto *crypto, const struct crypto_running *running, uint8_t *ret_digest);

/* --- Authenticated encryption (RFC 5116) --- */

struct crypto_key {
	enum crypto_aead aead;
	uint64_t serial; /* of this key within the thread; 0: none yet */
	uint8_t key[32];
};

size_t crypto_key_len(enum crypto_aead aead);
size_t crypto_tag_len(enum crypto_aead aead);

/* A key; the same key again costs less when nothing else was opened in between. */
void crypto_key_set(
	struct crypto *crypto, struct crypto_key *key, enum crypto_aead aead, const uint8_t *bytes);

/* SEALED, its tag at the end, into RET_PLAIN, which has room for SEALED.len; so many bytes less
 * the tag are written.  False when it is not authentic, or not longer than a tag. */
MUST_USE bool crypto_open(struct crypto *crypto, const struct crypto_key *key, const uint8_t *nonce,
	struct bytes header, struct bytes sealed, uint8_t *ret_plain);

/* PLAIN, one byte at least, into RET_SEALED, which has room for the tag as well. */
MUST_USE bool crypto_seal(struct crypto *crypto, const struct crypto_key *key, const uint8_t *nonce,
	struct bytes header, struct bytes plain, uint8_t *ret_sealed);

#endif
