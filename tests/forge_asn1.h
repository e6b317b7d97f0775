/* SPDX-License-Identifier: MIT */
/*
 * forge_asn1 - what the parts of the forge share and nobody else sees
 */
#ifndef TESTS_FORGE_ASN1_H
#define TESTS_FORGE_ASN1_H

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tests/forge.h"

/* The caller frees both. */
ASN1_INTEGER *forge_integer(const char *hex);
ASN1_TIME *forge_time(struct instant instant);

/* The digest for signing with KEY; NULL where the kind of key brings its own. */
const EVP_MD *forge_digest(const EVP_PKEY *key, const char *name);

/* RFC 4514 text, which runs from the last component to the first.  The caller frees it. */
X509_NAME *forge_name(const char *text);

/* TEXT of LEN bytes without its escapes ("\,", "\xHH") into OUT, as long; the length of that. */
size_t forge_unescape(const char *text, size_t len, uint8_t *out);

#endif
