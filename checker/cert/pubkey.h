/* SPDX-License-Identifier: MIT */
/*
 * pubkey - a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), described without OpenSSL's decoders
 *
 * OpenSSL 3.0 builds a decoder anew for each key it reads, which takes longer than everything
 * else that is done with a certificate.  RSA, the named curves and Edwards keys are read here and
 * made into an EVP_PKEY from their numbers; everything else takes OpenSSL's way.
 */
#ifndef CHECKER_CERT_PUBKEY_H
#define CHECKER_CERT_PUBKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "checker/base/attr.h"
#include "checker/cert/cert.h"

#define PUBKEY_CURVES 3

struct pubkey {
	enum key_kind kind;
	unsigned bits;
	char curve[24]; /* "P-256" for EC keys, "unnamed" with explicit parameters; else "" */
	char text[64];  /* "RSA 2048", "EC P-256", "ED25519 256", "unknown" */
	bool slow;      /* larger than limits.h allows: no signature is checked with it */
	bool sound;     /* a key that signatures can be checked with */
};

/* Describes the LEN bytes of SPKI; what cannot be read is described as "unknown". */
void pubkey_describe(const uint8_t *spki, size_t len, struct pubkey *ret_pubkey);

/*
 * The key for OpenSSL, in LIBRARY (NULL: the default one); the caller's, EVP_PKEY_free().  NULL
 * when it is none (a modulus of zero, a point that is not on its curve) or is slow.
 */
MUST_USE EVP_PKEY *pubkey_make(const uint8_t *spki, size_t len, OSSL_LIB_CTX *library);

/*
 * For many keys, one after the other: keeps what OpenSSL would build anew for each, which for
 * P-256 is nine tenths of the work.  Begins as { .library = ... }; for one thread.
 */
struct pubkey_maker {
	OSSL_LIB_CTX *library; /* NULL: the default one; outlives the maker */
	EVP_PKEY_CTX *rsa;
	EVP_PKEY *curves[PUBKEY_CURVES]; /* the keys on them: one each, with the last one's point */
	EVP_PKEY *lent;                  /* the last one, when it is none of those */
};

void pubkey_maker_release(struct pubkey_maker *maker);

/* As pubkey_make(), but the maker's: good until the next call. */
MUST_USE EVP_PKEY *pubkey_maker_lend(struct pubkey_maker *maker, const uint8_t *spki, size_t len);

/*
 * The number of the curve, below PUBKEY_CURVES, when KEY is one that stays: the next key on that
 * curve is the same object with another point, and what was begun with it serves that one as
 * well.  PUBKEY_CURVES: it goes with the next call.
 */
size_t pubkey_maker_stays(const struct pubkey_maker *maker, const EVP_PKEY *key);

#endif
