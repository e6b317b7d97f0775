/* SPDX-License-Identifier: MIT */
/*
 * cert_x509 - the X509 behind a certificate, for the few files that verify with OpenSSL
 *
 * Private to cert_*.c, trust_*.c and revoke*.c: no X509 pointer leaves checker/.
 *
 * Making an X509 takes OpenSSL longer than everything else that is done with a certificate, so it
 * is made at the first question for it.  Threads may ask at the same time.
 */
#ifndef CHECKER_CERT_CERT_X509_H
#define CHECKER_CERT_CERT_X509_H

#include <openssl/x509.h>

struct cert;

/* Borrowed; lives as long as CERT.  NULL when CERT is not readable, or memory runs out. */
X509 *cert_x509(const struct cert *cert);

#endif
