/* SPDX-License-Identifier: MIT */
/*
 * key_file - the private key in a file of any kind: PEM, DER, PKCS#12
 *
 * Keys are PKCS#8, or as OpenSSL used to write them, encrypted or not; what stands
 * beside one in PEM is passed over.  How long a password is hashed is bounded.  What is
 * freed has been wiped.
 */
#ifndef CHECKER_KEY_KEY_FILE_H
#define CHECKER_KEY_KEY_FILE_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct buf;
struct cert;
struct error;
struct private_key;

enum key_file_found {
	KEY_FILE_KEY,
	KEY_FILE_NONE,   /* there is no private key in it */
	KEY_FILE_LOCKED, /* a password is needed, and none was given */
	KEY_FILE_SHUT,   /* the password does not open it: ERR says so */
	KEY_FILE_WRONG,  /* damaged: ERR says how */
};

/* The key in BYTES, which PATH names in messages; PASSWORD NULL: none. */
MUST_USE enum key_file_found key_file_read(const char *path, const struct buf *bytes,
	const char *password, struct private_key **ret_key, struct error *err);

/* Does it look like PKCS#12?  Certificates and key are in the same file then. */
bool key_file_is_pkcs12(const struct buf *bytes);

/* Is it the private key of CERT, and whole: do its own two halves fit? */
bool key_file_fits(const struct private_key *key, const struct cert *cert);
bool key_file_whole(const struct private_key *key);

#endif
