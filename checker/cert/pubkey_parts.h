/* SPDX-License-Identifier: MIT */
/*
 * pubkey_parts - what a SubjectPublicKeyInfo is made of, for those who describe keys and make them
 *
 * Between pubkey.c and pubkey_maker.c, and nobody else's business.
 */
#ifndef CHECKER_CERT_PUBKEY_PARTS_H
#define CHECKER_CERT_PUBKEY_PARTS_H

#include <openssl/bn.h>

#include "checker/cert/der.h"
#include "checker/cert/pubkey.h"

/* The parts of a SubjectPublicKeyInfo. */
struct spki {
	struct der_item algorithm, parameters;
	const uint8_t *key; /* content of the BIT STRING, which is of whole octets */
	size_t key_len;
};

struct rsa {
	struct der_item modulus, exponent; /* content without the leading zero */
};

/* A named curve: its name here, OpenSSL's, and what says whether a point is on it. */
struct curve {
	const char *shown, *name;
	uint8_t oid[9];
	uint8_t oid_len;
	uint8_t field_len;
	unsigned bits;
	const BIGNUM *(*prime)(void);
	int (*reduce)(BIGNUM *r, const BIGNUM *a, const BIGNUM *p, BN_CTX *ctx);
	uint8_t b[66]; /* y^2 = x^3 - 3x + b (FIPS 186-4, D.1.2) */
};

extern const struct curve pubkey_curves[PUBKEY_CURVES];

#define POINT_WHOLE 0x04 /* uncompressed (SEC 1, 2.3.3); 2 and 3 are compressed */

/* False when they are none, or the key is not of whole octets. */
MUST_USE bool spki_read(const uint8_t *der, size_t len, struct spki *ret_spki);

/* RSAPublicKey (RFC 8017, A.1.1), with the parameters that RFC 3279, 2.3.1 wants, or none. */
MUST_USE bool spki_read_rsa(const struct spki *spki, struct rsa *ret_rsa);

bool spki_is_ec(const struct spki *spki);

/* The NIST curve of an EC key whose point is whole; NULL for anything else. */
const struct curve *spki_read_ec(const struct spki *spki);

/* OpenSSL's name of an Edwards key's kind; NULL for anything else. */
const char *spki_read_edwards(const struct spki *spki, unsigned *ret_bits);

void pubkey_describe_rsa(const struct rsa *rsa, struct pubkey *pubkey);

/* What only OpenSSL can read: all of the bytes, or NULL. */
EVP_PKEY *pubkey_decode(const uint8_t *spki, size_t len, OSSL_LIB_CTX *library);
void pubkey_describe_other(EVP_PKEY *key, struct pubkey *pubkey);

#endif
