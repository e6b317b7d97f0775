/* SPDX-License-Identifier: MIT */
/*
 * cert_x509 - the X509 behind a certificate, for the few files that verify with OpenSSL
 *
 * Private to cert.c, cert_names.c, trust_verify.c and revoke.c: no X509 pointer leaves checker/.
 */
#ifndef CHECKER_CERT_X509_H
#define CHECKER_CERT_X509_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "checker/base/text.h"
#include "checker/cert.h"

/* Borrowed; lives as long as CERT.  NULL when CERT is not readable. */
X509 *cert_x509(const struct cert *cert);

/* cert_names.c: the parts of a certificate that are text made by others. */

/* A distinguished name, RFC 4514: last RDN first, printable; NULL when memory runs out. */
char *cert_name_text(const X509_NAME *name);

/* The first common name, printable, "" when there is none; NULL when memory runs out. */
char *cert_name_common(const X509_NAME *name);

/* Fills san, san_kinds and san_dropped of a certificate; false when memory runs out. */
enum cert_san_kind { CERT_SAN_DNS, CERT_SAN_ADDRESS, CERT_SAN_OTHER };
bool cert_read_sans(const X509 *x509, struct cert *cert, enum cert_san_kind **ret_kinds);

/* http(s) URLs of the distribution points, NULL-terminated; NULL when memory runs out. */
char **cert_read_crl_urls(const X509 *x509);

void cert_free_texts(char **texts);

#endif
