/* SPDX-License-Identifier: MIT */
/*
 * p12 - a PKCS#12 file (RFC 7292) that was opened with a password
 *
 * Private to cert_file_p12.c, which wants certificates alone, and
 * checker/key/keystore.c, which wants the key, too.  Whoever made the file says how
 * many rounds of hashing it takes to open it; all of them together are bounded.
 */
#ifndef CHECKER_CERT_P12_H
#define CHECKER_CERT_P12_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "checker/base/attr.h"

/* The ciphers of old Windows and Java files (RC2-40) are in a provider that
 * no program has unless it asks; a context of our own keeps them out of TLS. */
struct p12_library {
	OSSL_LIB_CTX *ctx;
	OSSL_PROVIDER *usual, *legacy;
};

struct p12 {
	struct p12_library library;
	PKCS12 *file;
	const char *password;
	int password_len; /* -1: as long as it is; none and the empty one are two things */
	unsigned long rounds_left;
	bool too_slow;
	bool locked; /* it did not open because the password does not fit */
	size_t key_count;
	ASN1_OCTET_STRING *key_id; /* of the first private key */
	bool wants_key;
	PKCS8_PRIV_KEY_INFO *key; /* the first one, when it is wanted */
	STACK_OF(X509) * certs;   /* each with its own key id beside it */
};

/* Opens the file; NULL, or static text that says why not (a phrase).  p12_release() in any case. */
MUST_USE const char *p12_open(
	struct p12 *p12, const uint8_t *der, size_t len, const char *password, bool wants_key);
void p12_release(struct p12 *p12);

/* The number of the certificate whose id is the key's; -1 when none has it. */
int p12_own(const struct p12 *p12);

/* The rounds of hashing that the encryption HOW takes; ULONG_MAX for numbers that make no sense. */
unsigned long p12_rounds(const X509_ALGOR *how);

#endif
