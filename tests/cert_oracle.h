/* SPDX-License-Identifier: MIT */
/*
 * cert_oracle - a certificate as OpenSSL reads it, to hold checker/cert/cert.h against
 *
 * Every field of struct cert, and who issued whom, with nothing but OpenSSL's own functions: slow,
 * and written without a look at the bytes.  Test code only: lack of memory aborts.
 */
#ifndef TESTS_CERT_ORACLE_H
#define TESTS_CERT_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/cert/cert.h"

struct oracle;

/* DER stays the caller's and has to stay. */
struct oracle *oracle_new(const uint8_t *der, size_t len);
void oracle_free(struct oracle *oracle);
DEFINE_CLEANUP(struct oracle *, oracle_free);

/* The first field in which CERT is not what OpenSSL says; NULL when there is none. */
const char *oracle_differs(const struct oracle *oracle, const struct cert *cert);

/* What cert_is_twin(), cert_names_issuer() and cert_issued_by() have to say. */
bool oracle_is_twin(const struct oracle *a, const struct oracle *b);
bool oracle_names_issuer(const struct oracle *cert, const struct oracle *issuer);
bool oracle_issued_by(const struct oracle *cert, const struct oracle *issuer);

#endif
