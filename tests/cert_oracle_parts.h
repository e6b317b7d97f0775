/* SPDX-License-Identifier: MIT */
/*
 * cert_oracle_parts - the parts of a certificate that are text made by others, for cert_oracle.c
 */
#ifndef TESTS_CERT_ORACLE_PARTS_H
#define TESTS_CERT_ORACLE_PARTS_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "checker/cert/cert.h"

/* A distinguished name (RFC 4514) and its first common name, printable; the caller's. */
char *oracle_name(const X509_NAME *name);
char *oracle_common(const X509_NAME *name);

/* Fills san and san_dropped. */
bool oracle_sans(const X509 *x509, struct cert *cert);

/* http(s) URLs of the distribution points, NULL-terminated; the caller's. */
char **oracle_crl_urls(const X509 *x509);

#endif
