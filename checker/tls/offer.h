/* SPDX-License-Identifier: MIT */
/*
 * offer - what we offer to a server, in the order of preference
 *
 * One table each of cipher suites, groups and signature schemes for both ways of reading: `flight`
 * writes them into its own ClientHello, `tls` hands the same names in the same order to OpenSSL,
 * so that both get the same answer.  Suites that prove possession of the key within the first
 * flight come before those that do not; nothing anonymous, nothing without encryption, no
 * pre-shared keys.
 *
 * Codes are those of the IANA registries (RFC 8447).  Names are OpenSSL's, also for suites that
 * this OpenSSL was built without: they are what a record's `cipher` says.
 */
#ifndef CHECKER_TLS_OFFER_H
#define CHECKER_TLS_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/tls/crypto.h"
#include "checker/tls/handshake.h"

#define OFFER_SSL3 0x0300
#define OFFER_TLS10 0x0301
#define OFFER_TLS11 0x0302
#define OFFER_TLS12 0x0303
#define OFFER_TLS13 0x0304

/* "TLSv1.3", "TLSv1" for 1.0, "SSLv3"; NULL for what is none of these. */
const char *offer_version_name(unsigned version);

/* The newest and the oldest version of an offer.  SSL 3.0 is never offered, only recognised. */
unsigned offer_newest(enum handshake_offer offer);
unsigned offer_oldest(enum handshake_offer offer);

enum offer_exchange {
	EXCHANGE_TLS13,      /* the key share of RFC 8446, 4.2.8; CertificateVerify signs */
	EXCHANGE_ECDHE,      /* RFC 8422, 5.4; ServerKeyExchange signs */
	EXCHANGE_DHE,        /* RFC 5246, 7.4.3; ServerKeyExchange signs */
	EXCHANGE_RSA,        /* no ServerKeyExchange: only a complete handshake proves the key */
	EXCHANGE_RSA_EXPORT, /* RFC 2246, 7.4.3: as RSA, or with a signed key of 512 bits */
};

/* What kind of key the leaf has to have (RFC 5246, 7.4.2). */
enum offer_auth { AUTH_ANY, AUTH_RSA, AUTH_ECDSA, AUTH_DSA };

struct offer_suite {
	uint16_t code;
	uint16_t oldest; /* the version it came with: no older one may choose it */
	enum offer_exchange exchange;
	enum offer_auth auth;
	enum crypto_hash hash; /* of the key schedule; these two for TLS 1.3 only */
	enum crypto_aead aead;
	unsigned offers; /* bit 1 << enum handshake_offer */
	const char *name;
};

struct offer_group {
	uint16_t code;
	uint16_t share_len;  /* of a public value in TLS 1.3; 0: not for TLS 1.3 */
	uint16_t secret_len; /* of the shared secret there */
	bool first;          /* its share goes into the first ClientHello of TLS 1.3 */
	unsigned offers;
	const char *name;
};

enum offer_key {
	OFFER_KEY_RSA,
	OFFER_KEY_RSA_PSS,
	OFFER_KEY_ECDSA,
	OFFER_KEY_EDDSA,
	OFFER_KEY_DSA
};

struct offer_scheme {
	uint16_t code;
	enum offer_key key;
	bool pss;              /* padding of RSASSA-PSS (RFC 8446, 4.2.3), else of PKCS #1 v1.5 */
	bool tls13;            /* good for CertificateVerify; the rest for TLS 1.2 */
	uint16_t group;        /* the curve that the scheme is bound to in TLS 1.3; 0: any */
	enum crypto_hash hash; /* not for Edwards keys */
	unsigned offers;
	const char *name;
};

/* The tables, both offers in one: look at `offers`. */
const struct offer_suite *offer_suites(size_t *ret_count);
const struct offer_group *offer_groups(size_t *ret_count);
const struct offer_scheme *offer_schemes(size_t *ret_count);

static inline bool offer_has(unsigned offers, enum handshake_offer offer)
{
	return (offers >> offer & 1u) != 0;
}

/* NULL for what this offer does not have. */
const struct offer_suite *offer_suite(enum handshake_offer offer, unsigned code);
const struct offer_group *offer_group(enum handshake_offer offer, unsigned code);
const struct offer_scheme *offer_scheme(enum handshake_offer offer, unsigned code);

enum offer_list {
	OFFER_LIST_TLS13,   /* for SSL_CTX_set_ciphersuites() */
	OFFER_LIST_SUITES,  /* TLS 1.2 and older, for SSL_CTX_set_cipher_list() */
	OFFER_LIST_GROUPS,  /* for SSL_CTX_set1_groups_list() */
	OFFER_LIST_SCHEMES, /* for SSL_CTX_set1_sigalgs_list() */
};

/*
 * Appends the names of a list to OUT with colons between them, as OpenSSL wants them; it passes
 * over suites that it does not have.  TLS 1.0 and SHA-1 need security level 0 there.  False when
 * OUT is full, or memory runs out.
 */
MUST_USE bool offer_write_list(enum handshake_offer offer, enum offer_list list, struct buf *out);

#endif
