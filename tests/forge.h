/* SPDX-License-Identifier: MIT */
/*
 * forge - certificates, keys, revocation lists and OCSP answers made to order, in memory
 *
 * No fixture file can expire or be lost: a test mints what it needs at the
 * dates it needs.  Test code only (unit tests, fuzz seeds and the lab servers):
 * every failure here aborts.
 *
 * Everything a forge hands out belongs to it and lives until forge_release();
 * nothing is freed one by one.  One thread at a time.
 *
 *	struct forge forge;
 *	forge_init(&forge, FORGE_KEYS_FAST);
 *	struct forge_cert *root = forge_cert(&forge, &(struct forge_spec){
 *		.subject = "CN=Root,O=Test,C=HK", .key = "root", .ca = true,
 *		.not_before = forge_day("2020-01-01"), .not_after = forge_day("2040-01-01") });
 *
 * Two certificates of one subject and one key are twins; serials differ by themselves.
 */
#ifndef TESTS_FORGE_H
#define TESTS_FORGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/clock.h"

struct cert;
struct evp_pkey_st; /* EVP_PKEY */
struct x509_st;     /* X509 */

struct forge_key_slot;
struct forge_kept;

enum forge_keys {
	FORGE_KEYS_FAST, /* P-256 where a key's name does not say otherwise */
	FORGE_KEYS_RSA,  /* RSA 2048, as the real ones are; some 0.1 s each */
	FORGE_KEYS_P384,
};

struct forge {
	enum forge_keys keys;
	struct forge_key_slot *slots; /* keys by name */
	struct forge_kept *kept;      /* all that was handed out */
	uint32_t serials;
};

struct forge_bytes {
	const uint8_t *data;
	size_t len;
};

void forge_init(struct forge *forge, enum forge_keys keys);
void forge_release(struct forge *forge);

/* "2026-01-15" or "2026-01-15T08:00:00Z"; anything else aborts. */
struct instant forge_day(const char *text);

/*
 * The key of that name, made at the first call.  A prefix chooses the kind:
 * "rsa:x" (2048), "rsa1024:x", "rsa4096:x" (slow), "p256:x", "p384:x",
 * "ed25519:x", "ed448:x", "rsa-e:x" (2048, with an exponent of 33 bits), "rsa-3:x" (with 3),
 * "rsa2050:x"; without one the forge's own kind.  "fixed:x" is the same Ed25519 key
 * in every process, so that what it signs has the same bytes each time.
 */
struct evp_pkey_st *forge_key(struct forge *forge, const char *name);

struct forge_extension {
	const char *name;  /* OpenSSL's name or an OID; NULL ends an array */
	const char *value; /* as in openssl.cnf: "critical,permitted;DNS:example.hk",
			      "critical,DER:0500" */
};

struct forge_cert {
	const uint8_t *der;
	size_t der_len;
	struct x509_st *x509;
	const char *key;   /* the name of its key, for forge_key() */
	struct cert *cert; /* use forge_as_cert() */
};

struct forge_spec {
	/* RFC 4514 order, "CN=www.example.hk,O=郵政,C=HK"; "\," is a comma, "\xHH" any
	 * byte, so hostile names can be had (a TeletexString where that is not UTF-8).  NULL: the
	 * empty name. */
	const char *subject;
	const char *key;                 /* NULL: "leaf" */
	const struct forge_cert *issuer; /* NULL: self-signed */
	const char *issuer_key;          /* NULL: the issuer's own */
	const char *issuer_name;         /* NULL: the issuer's own subject */
	struct instant not_before, not_after;
	const char *serial; /* hex, at most 40 digits; NULL: a new one */
	bool ca;
	bool has_pathlen;
	int pathlen;
	const char *key_usage; /* NULL: what is usual; "": no extension */
	const char *eku;       /* "serverAuth,clientAuth"; NULL or "": no extension */
	/* "DNS:a.hk", "IP:192.0.2.1", "email:..", "URI:..", each with "\xHH" too; NULL ends. */
	const char *const *san;
	const char *policies;                     /* "2.23.140.1.2.2,1.2.3"; NULL: none */
	const char *crl_url, *aia_url, *ocsp_url; /* NULL: none */
	const char *digest;                       /* NULL: "SHA256" */
	const struct forge_extension *extra;
	bool no_basic_constraints, no_ski, no_aki;
	bool version1; /* no extension at all */
	bool broken_signature;
};

struct forge_cert *forge_cert(struct forge *forge, const struct forge_spec *spec);

/* Any bytes as if they were a certificate: `x509` is NULL when they are none. */
struct forge_cert *forge_cert_from(struct forge *forge, const void *der, size_t len);

/* Borrowed, made once; cert_ref() it to keep it longer than the forge. */
const struct cert *forge_as_cert(struct forge_cert *cert);

const char *forge_cert_pem(struct forge *forge, const struct forge_cert *cert);
const char *forge_key_pem(struct forge *forge, const char *key); /* PKCS#8, not encrypted */
const char *forge_sha256(struct forge *forge, const struct forge_cert *cert); /* lower-case hex */

/* Aborts, with OpenSSL's words, unless OK. */
void forge_must(bool ok, const char *what);

/* A copy that lives as long as the forge; DATA is followed by a NUL. */
struct forge_bytes forge_keep(struct forge *forge, const void *data, size_t len);

/* --- Revocation lists (RFC 5280, 5) --- */

struct forge_revoked {
	const struct forge_cert *cert; /* or */
	const char *serial;            /* hex */
	struct instant when;
	const char *reason;    /* "keyCompromise", "superseded", "removeFromCRL", ...; NULL: none */
	bool unknown_critical; /* an entry extension nobody knows */
	const struct forge_cert *owner; /* certificateIssuer (5.3.3) is its subject; NULL: none */
};

struct forge_list {
	const struct forge_cert *issuer;
	const char *key;                         /* NULL: the issuer's own */
	const char *digest;                      /* NULL: "SHA256" */
	struct instant this_update, next_update; /* next 0: absent */
	uint32_t number;                         /* 0: no number */
	const struct forge_revoked *revoked;
	size_t revoked_count;
	size_t padding; /* that many more entries, serials "70" + 8 digits of hex */
	/* IssuingDistributionPoint: there when one of these is set */
	bool only_ca, only_user, only_attribute, indirect, some_reasons;
	const char *url;
	bool idp_not_critical;
	bool delta;
	uint32_t base; /* of a delta list; 0: 1 */
	const struct forge_extension *extra;
	bool unknown_critical; /* a list extension nobody knows */
	bool unknown;          /* the same, not critical */
	bool broken_signature;
	bool pem;
};

struct forge_bytes forge_crl(struct forge *forge, const struct forge_list *list);

/* --- OCSP answers (RFC 6960) --- */

enum forge_status { FORGE_GOOD, FORGE_REVOKED, FORGE_UNKNOWN };

struct forge_ocsp {
	const struct forge_cert *leaf, *issuer;
	const struct forge_cert
		*signer;        /* NULL: the issuer; else a delegate, whose certificate goes in */
	const char *signer_key; /* NULL: the signer's own */
	enum forge_status status;
	struct instant revoked_at;
	const char *reason;
	struct instant this_update, next_update; /* next 0: absent */
	const char *id_digest;                   /* of the CertID; NULL: "SHA1" */
	int refusal;         /* OCSPResponseStatus instead of an answer: 1, 2, 3, 5, 6 */
	bool no_certs;       /* the signer's certificate is left out */
	const uint8_t *scts; /* a SignedCertificateTimestampList, or NULL */
	size_t scts_len;
};

struct forge_bytes forge_ocsp(struct forge *forge, const struct forge_ocsp *ocsp);

/* --- The Hongkong Post hierarchy with its real names and dates, and our keys --- */

#define FORGE_PKI_CERTS 12

struct forge_pki {
	struct forge forge;
	struct instant day;   /* "today" of the test: leafs and lists are fresh on it */
	const char *base_url; /* where the certificates say their lists are */
	const char *ids[FORGE_PKI_CERTS];
	struct forge_cert *certs[FORGE_PKI_CERTS];
};

/*
 * Mints root-ca-3, globalsign-r3, root-ca-1, {ssl,ev-ssl}-ca-3-17-{2025,2017},
 * root-ca-3-cross-2022 (by GlobalSign R3) and the four of Root CA 1:
 * root-ca-3-cross-2017-06, -2017-08, -2022-07-a and -2022-07-b, the last of which
 * outlives its issuer.  The ids are those of the built-in profile.  BASE_URL
 * ("http://127.0.0.1:8080", no slash at the end) goes into the certificates in
 * place of the CA's own hosts; NULL keeps those.
 */
void forge_pki_init(
	struct forge_pki *pki, struct instant day, enum forge_keys keys, const char *base_url);
void forge_pki_release(struct forge_pki *pki);

/* The certificate of that id; aborts when there is none. */
struct forge_cert *forge_pki_find(const struct forge_pki *pki, const char *id);
const struct cert *forge_pki_cert(const struct forge_pki *pki, const char *id); /* as struct cert */

/*
 * A leaf as the CA issues it: NAMES are "www.example.hk,example.hk", the first
 * is the common name, addresses work too.  Dates of 0: from 30 days before the
 * PKI's day, for 199 days as the CA does.
 */
struct forge_cert *forge_leaf(struct forge_pki *pki, const char *issuer_id, const char *names,
	struct instant not_before, struct instant not_after);

/* The same; whatever is set in SPEC (subject, key, eku, san, issuer_key, ...) wins;
 * an empty eku, policies or crl_url leaves it out. */
struct forge_cert *forge_leaf_as(struct forge_pki *pki, const char *issuer_id, const char *names,
	const struct forge_spec *spec);

/* Root CA 3's list for CA certificates, fresh on the PKI's day; with or without the two of 2017. */
struct forge_bytes forge_pki_arl(struct forge_pki *pki, bool retired_revoked);

/* What the profile calls the file of a certificate: "ssl-ca-3-17-2025.pem"; and the list's. */
#define FORGE_PKI_ARL_FILE "RootCA3ARL.crl"

/*
 * A profile (YAML, chainmend.profile/1) for this PKI: the built-in one with
 * these fingerprints.  Certificates are at BASE_URL/ID.pem, the list at
 * BASE_URL/RootCA3ARL.crl.
 */
const char *forge_pki_profile(struct forge_pki *pki, const char *base_url);

#endif
