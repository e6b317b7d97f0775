/* SPDX-License-Identifier: MIT */
/*
 * forge_csr - signing requests made to order, good ones and bad ones
 */
#ifndef TESTS_FORGE_CSR_H
#define TESTS_FORGE_CSR_H

#include <stdbool.h>

#include "tests/forge.h"

struct forge_csr_spec {
	const char *subject; /* as of certificates (forge.h); NULL: the empty name */
	const char *key;     /* NULL: "rsa:leaf" */
	const char *digest;  /* NULL: "SHA256" */
	const char *san;     /* "DNS:a.hk,IP:192.0.2.1" as in openssl.cnf; NULL: none */
	const struct forge_extension *extra; /* further extensions; NULL: none */
	const char *challenge;               /* challengePassword; NULL: none */
	const char *machine, *user;          /* Microsoft's client information; NULL: none */
	struct forge_bytes spki;             /* instead of the key's, which signs nevertheless */
	bool broken_signature;
};

/* DER. */
struct forge_bytes forge_csr(struct forge *forge, const struct forge_csr_spec *spec);

/* The SubjectPublicKeyInfo of RSA with these numbers, in hexadecimal. */
struct forge_bytes forge_rsa_spki(struct forge *forge, const char *modulus, const char *exponent);

/* With a label at its BEGIN and one at its END. */
const char *forge_csr_pem(
	struct forge *forge, struct forge_bytes der, const char *begin, const char *end);

#endif
