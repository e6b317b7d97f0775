/* SPDX-License-Identifier: MIT */
/*
 * cert - one certificate, decoded once and shared by all that speak of it
 *
 * Identity is the fingerprint: two certificates are the same when their bytes
 * are (RFC 5280 names and keys are shared by twins).  Every text in here is
 * printable.  Certificates never change once made, so threads may share them;
 * the count of references is atomic.
 *
 * What cannot be decoded is a certificate too, `readable` is false then and
 * only `sha256` and the DER mean anything: it was served, so it is shown.
 */
#ifndef CHECKER_CERT_CERT_H
#define CHECKER_CERT_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct error;

#define FINGERPRINT_BYTES 32
#define FINGERPRINT_TEXT (2 * FINGERPRINT_BYTES + 1)

enum key_kind { KEY_OTHER, KEY_RSA, KEY_EC, KEY_EDWARDS };

struct cert {
	uint8_t sha256[FINGERPRINT_BYTES];
	char sha256_text[FINGERPRINT_TEXT]; /* lower-case hex */
	bool readable;

	char *subject; /* RFC 4514 order as shown by the CA's tools: CN=..,O=..,C=.. */
	char *issuer;
	char *common_name; /* of the subject, the first; "" when none */
	char *issuer_common_name;
	char *serial; /* lower-case hex, as many digits as the octets have */
	struct instant not_before, not_after;
	uint8_t spki_sha256[FINGERPRINT_BYTES];
	char *key; /* "RSA 2048", "EC P-256" */
	enum key_kind key_kind;
	unsigned key_bits;
	char curve[24];      /* "P-256" for EC keys, else "" */
	char *signature;     /* "sha256WithRSAEncryption" */
	bool weak_signature; /* MD2, MD4, MD5 or SHA-1 */

	bool has_eku; /* the extension is there */
	char **eku;   /* short names ("serverAuth") or dotted OIDs; NULL-terminated */
	bool eku_server, eku_client, eku_any;
	char **san;         /* dNSNames and addresses, printable; NULL-terminated */
	size_t san_dropped; /* names beyond LIMIT_SANS */
	bool is_ca;         /* basicConstraints cA (RFC 5280, 4.2.1.9) */
	bool can_sign;      /* keyUsage absent, or keyCertSign in it (4.2.1.3) */
	bool self_issued;   /* subject and issuer are the same name */
	bool self_signed;   /* and its own key fits the signature */
	char **crl_urls;    /* cRLDistributionPoints, http(s) only; NULL-terminated */
};

/* Never NULL unless memory runs out; look at `readable`. */
MUST_USE struct cert *cert_new(const uint8_t *der, size_t len, struct error *err);

/* As cert_new(), for who wants to know what is written in one only: no signature is checked, and
 * `self_signed` says nothing.  Not for judgement. */
MUST_USE struct cert *cert_skim(const uint8_t *der, size_t len, struct error *err);

/* Are they one certificate that is read without OpenSSL?  For those who keep the bytes only, since
 * nothing is hashed or verified.  True: it is readable.  False says nothing. */
bool cert_is_ordinary(const uint8_t *der, size_t len);

/*
 * What somebody has read of a certificate before, without its bytes; all is borrowed.  A text that
 * is NULL is not known.
 */
struct cert_description {
	const char *sha256; /* 64 hexadecimal digits */
	bool readable;      /* false: nothing below means anything */
	const char *subject, *issuer;
	const char *common_name, *issuer_common_name; /* NULL: as the names show them */
	const char *serial, *key, *signature;
	struct instant not_before, not_after;
	const char *spki_sha256; /* 64 hexadecimal digits, or NULL */
	const char *const *eku, *const *san;
	size_t eku_count, san_count, san_dropped;
};

/*
 * A certificate for reports: it has no bytes (cert_der() says 0), so nothing can be verified with
 * it, and what a description does not say is as if it were not there.  NULL with ERR when a
 * fingerprint is none, or memory runs out.
 */
MUST_USE struct cert *cert_new_described(
	const struct cert_description *description, struct error *err);

/* The common name that the name TEXT (as in `subject`) begins with, into OUT; "" when it does not
 * begin with one.  Cut to SIZE. */
void cert_name_common(const char *text, char *out, size_t size);

/* The first organization in it (RFC 4514), its escapes undone; "" when there is none, or has
 * characters that can only be shown (text.h), or does not fit. */
void cert_name_organization(const char *text, char *out, size_t size);

/* Does the name TEXT begin with that common name, or without one when COMMON is "" or NULL? */
bool cert_name_shows(const char *text, const char *common);

struct cert *cert_ref(const struct cert *cert);
void cert_unref(const struct cert *cert);
DEFINE_CLEANUP(const struct cert *, cert_unref);

const uint8_t *cert_der(const struct cert *cert, size_t *ret_len);

bool cert_equal(const struct cert *a, const struct cert *b);

/* Same subject and same key, other bytes: a reissue or a cross certificate. */
bool cert_is_twin(const struct cert *a, const struct cert *b);

/* True when ISSUER's subject is CERT's issuer and no key identifier contradicts it. */
bool cert_names_issuer(const struct cert *cert, const struct cert *issuer);

/* ... and ISSUER's key fits CERT's signature.  Costs a signature check; a key that would
 * make it a costly one (limits.h) fits nothing. */
bool cert_issued_by(const struct cert *cert, const struct cert *issuer);

/*
 * A DSA key may have no parameters of its own: it has those of its issuer's key (RFC 3279, 2.3.2),
 * and fits no signature before it has got them.  From any thread.
 */
bool cert_wants_parameters(const struct cert *cert);
void cert_inherit_parameters(const struct cert *cert, const struct cert *issuer);

/* RFC 9525, 6: is NAME (an A-label or an address literal) one of the subject alternative
 * names?  The common name is never consulted. */
bool cert_covers(const struct cert *cert, const char *name);

bool cert_valid_at(const struct cert *cert, struct instant now);

/* Days of validity as the Baseline Requirements count (6.3.2): notAfter is
 * inclusive and any part of a day is a day. */
int64_t cert_validity_days(const struct cert *cert);

/* Hex of exactly 64 digits to bytes; false when it is not that. */
MUST_USE bool fingerprint_parse(const char *hex, uint8_t out[static FINGERPRINT_BYTES]);

/* The fingerprint of BYTES, without looking at what they are. */
void fingerprint_of(const uint8_t *bytes, size_t len, uint8_t out[static FINGERPRINT_BYTES]);

#endif
