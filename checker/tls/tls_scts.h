/* SPDX-License-Identifier: MIT */
/*
 * tls_scts - asks OpenSSL's handshake for signed certificate timestamps (RFC 6962, 3.3.1)
 *
 * OpenSSL's own way checks them against logs that it has to be told; here they are data.
 */
#ifndef CHECKER_TLS_TLS_SCTS_H
#define CHECKER_TLS_TLS_SCTS_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "checker/base/attr.h"

/* Every handshake of CTX keeps what comes in the observation that is its SSL's app data. */
MUST_USE bool tls_scts_ask(SSL_CTX *ctx);

#endif
