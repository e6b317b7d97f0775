/* SPDX-License-Identifier: MIT */
/*
 * private_key - a private key: made, read from PEM, written to be kept
 *
 * Keys are what signing requests are made with: RSA, and the curves P-256 and P-384.  What is
 * written is PKCS#8 (RFC 5958), encrypted with a passphrase as RFC 8018 has it: AES-256 in CBC mode
 * under PBKDF2, which Java, GnuTLS and every OpenSSL since 1.1 read.  Nothing of a key or a
 * passphrase is left in memory that was freed, and no error has any of it.
 */
#ifndef CHECKER_KEY_PRIVATE_KEY_H
#define CHECKER_KEY_PRIVATE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "checker/base/attr.h"
#include "checker/cert/cert.h"

struct buf;
struct error;
struct private_key;

/* What a key is of. */
struct key_type {
	const char *id;    /* "rsa-2048", as on the command line */
	const char *shown; /* "RSA 2048", as of certificates */
	enum key_kind kind;
	unsigned bits;
	const char *curve; /* "P-256"; NULL for RSA */
};

/* The types of which keys are made, the first being the usual one; NULL past the last. */
const struct key_type *key_type_at(size_t number);
/* By its id; NULL when there is none. */
const struct key_type *key_type_by_id(const char *id);

/* The smallest that a CA is content with which asks for keys of KIND (KEY_OTHER: it does not say)
 * with so many BITS (0: not said); NULL when none is that large. */
const struct key_type *key_type_for(enum key_kind kind, unsigned bits);

MUST_USE struct private_key *private_key_new(const struct key_type *type, struct error *err);
void private_key_free(struct private_key *key);
DEFINE_CLEANUP(struct private_key *, private_key_free);

enum private_key_found {
	PRIVATE_KEY_READ,
	PRIVATE_KEY_LOCKED, /* it is encrypted, and no passphrase was given */
	PRIVATE_KEY_WRONG,  /* ERR says why */
};

/*
 * The first private key in the PEM text BYTES, which PATH names in messages: PKCS#8, or as OpenSSL
 * used to write it, encrypted or not; what stands beside it is passed over.  PASSPHRASE NULL: none.
 */
MUST_USE enum private_key_found private_key_read(const char *path, const struct buf *bytes,
	const char *passphrase, struct private_key **ret_key, struct error *err);

/* PEM at the end of OUT; encrypted unless PASSPHRASE is NULL.  Wipe OUT with private_key_wipe(). */
MUST_USE bool private_key_write(
	const struct private_key *key, const char *passphrase, struct buf *out, struct error *err);

/* What it looks like to others: SubjectPublicKeyInfo at the end of OUT. */
MUST_USE bool private_key_public(const struct private_key *key, struct buf *out, struct error *err);

/* For who signs with it; the key's. */
EVP_PKEY *private_key_pkey(const struct private_key *key);

/* Overwrites all that BUF holds and releases it; and LEN bytes. */
void private_key_wipe(struct buf *buf);
void private_key_wipe_bytes(void *bytes, size_t len);

#endif
