/* SPDX-License-Identifier: MIT */
/*
 * cert_holder - what stands behind a struct cert: its bytes, their parts, and what was found out
 *
 * Private to cert.c, cert_*.c, trust_*.c, conform*.c and revoke*.c.
 *
 * There are two readers.  cert_ordinary.c reads certificates in strict DER whose parts are of the
 * kinds that CAs issue, which is nearly all of them, from the bytes themselves.  Whatever it does
 * not know through and through it leaves alone, and cert_openssl.c reads that with OpenSSL's
 * decoders: BER, odd string types, exotic extensions, damaged ones.  So whatever is readable is
 * so because OpenSSL would read it, and each field is what OpenSSL would say; that both agree is
 * tested over every certificate at hand.
 *
 * Everything in here is settled before the certificate is shared, but for what is found out
 * later: `x509`, `key`, `idle`, `memo` and `conform`, which are atomic or locked.
 */
#ifndef CHECKER_CERT_CERT_HOLDER_H
#define CHECKER_CERT_CERT_HOLDER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "checker/base/arena.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_fields.h"

struct der_item;
struct error;
struct hasher;
struct pubkey;

/* A signature algorithm that is checked here; any other is left to OpenSSL. */
struct cert_scheme {
	const char *name;   /* OpenSSL's long name */
	const char *digest; /* NULL: the message itself is signed (RFC 8410) */
	enum key_kind kind; /* of the signing key */
	bool weak;
	uint8_t oid[9];
	uint8_t oid_len;
	uint8_t salt; /* RSASSA-PSS, with a salt as long as its digest; 0: another scheme */
};

enum cert_san_kind { CERT_SAN_DNS, CERT_SAN_ADDRESS, CERT_SAN_OTHER };

/* Keys whose fit was tried: those of a certificate's possible issuers, which are few. */
#define CERT_MEMO 8
struct cert_memo {
	atomic_flag writing;
	atomic_uint count;
	struct {
		uint8_t spki_sha256[FINGERPRINT_BYTES];
		bool fits;
	} at[CERT_MEMO];
};

/* What checks signatures with one key, at hand for whoever comes next; cert_issued.c. */
struct cert_verifier;
#define CERT_IDLE 2

/* What conform.h found in a certificate of a CA; atomic, and the same whoever writes it. */
#define CERT_CONFORM_WORDS 2
struct cert_conform {
	atomic_bool known;
	_Atomic(uint64_t) bits[CERT_CONFORM_WORDS];
};

struct cert_holder {
	struct cert cert; /* first, so that a pointer to one is a pointer to the other */
	atomic_uint refs;
	const uint8_t *der;
	size_t der_len;
	struct arena texts; /* all text and arrays of `cert` */
	enum cert_san_kind *san_kinds;
	bool slow_key;   /* no signature is checked with it (limits.h) */
	bool restricts;  /* limits what may stand below it by more than a path length */
	bool plain_leaf; /* nothing about it but dates, issuer and signature can spoil a path */

	bool ordinary; /* read by cert_ordinary.c; the rest is meant for those only */
	struct cert_fields fields;
	const struct cert_scheme *scheme;
	struct cert_span subject_canon, issuer_canon; /* absent: OpenSSL has to compare */

	struct cert_span key_id, authority_key_id; /* octets; absent: NULL */
	AUTHORITY_KEYID *akid;                     /* of those that are not ordinary; NULL: none */

	bool lacks_parameters; /* of its DSA key: those of its issuer's are meant */
	_Atomic(X509 *) x509;
	_Atomic(X509 *) whole; /* the same with them; cert_inherit.c */
	_Atomic(EVP_PKEY *) key;
	_Atomic(struct cert_verifier *) idle[CERT_IDLE];
	struct cert_memo memo;
	struct cert_conform conform;
};

static inline struct cert_holder *cert_holder(const struct cert *cert)
{
	return (struct cert_holder *)(uintptr_t)cert;
}

/* The bytes and room for what is read from them, in one piece; NULL when memory runs out. */
MUST_USE struct cert_holder *cert_holder_new(const uint8_t *der, size_t len);

/* As cert_new(), with the digests of HASHER; NULL: fetched anew. */
MUST_USE struct cert *cert_make(
	const uint8_t *der, size_t len, struct hasher *hasher, struct error *err);

/* cert_inherit.c: is the key a DSA key without parameters? */
bool cert_lacks_parameters(X509 *x509);

/* --- The readers --- */

enum cert_reading { CERT_READ, CERT_NOT_ORDINARY, CERT_NO_MEMORY };

/* cert_ordinary.c: fills everything but the fingerprints and self_signed. */
enum cert_reading cert_read_ordinary(struct cert_holder *holder);

/* A Time (RFC 5280, 4.1.2.5), tag and length included, as that clause wants it. */
MUST_USE bool cert_read_time(struct cert_span time, struct instant *ret_instant);

/* What an AlgorithmIdentifier of a signature says; NULL: not one of those checked here. */
const struct cert_scheme *cert_scheme_of(struct cert_span algorithm);

/* cert_extensions.c: the extensions of an ordinary certificate. */
enum cert_reading cert_read_extensions(struct cert_holder *holder);

/* cert_openssl.c: the same with OpenSSL; sets x509, or leaves NULL what is no certificate.
 * False only when memory runs out. */
MUST_USE bool cert_read_openssl(struct cert_holder *holder, struct hasher *hasher);

/* The serial number for OpenSSL's functions; the caller's.  NULL when memory runs out. */
ASN1_INTEGER *cert_asn1_serial(const struct cert *cert);

/* What both say of a key; false when memory runs out. */
MUST_USE bool cert_set_key(struct cert_holder *holder, const struct pubkey *pubkey);

/* --- Names: cert_names.c of ordinary ones, cert_openssl_names.c of any --- */

/* One distinguished name of an ordinary certificate. */
struct cert_name {
	char *text;             /* RFC 4514: last RDN first, printable */
	char *common;           /* the first common name, printable, "" when there is none */
	struct cert_span canon; /* equal for names that are (RFC 5280, 7.1); may be absent */
};
enum cert_reading cert_read_name(
	struct arena *arena, struct cert_span name, struct cert_name *ret_name);

/* Is this a Name that OpenSSL would read, of the ordinary kinds? */
bool cert_name_is_ordinary(const uint8_t *name, size_t len);

/* The name of an object, OpenSSL's short one, else its digits; "" when it has neither. */
void cert_object_name(const struct der_item *oid, char *out, size_t size);

/* RFC 4514, 2.4: a LINE of one name's length that is cut with a sign of it. */
struct cert_line {
	char text[4096]; /* LIMIT_NAME_BYTES */
	size_t len;
	bool full;
};
void cert_line_add(struct cert_line *line, const char *text, size_t len);
void cert_line_add_escaped(struct cert_line *line, const char *value);
void cert_line_cut(struct cert_line *line, size_t before);

char *cert_openssl_name(struct arena *arena, const X509_NAME *name);
char *cert_openssl_common(struct arena *arena, const X509_NAME *name);

/* SubjectAltName and cRLDistributionPoints; false when memory runs out. */
bool cert_openssl_sans(const X509 *x509, struct cert_holder *holder);
bool cert_openssl_crl_urls(const X509 *x509, struct cert_holder *holder);

#define CERT_CRL_URLS 16

/* The kind and the printable text of a GeneralName with that number (RFC 5280, 4.2.1.6). */
#define CERT_GENERAL_TEXT 1024 /* LIMIT_NAME_BYTES / 4 */
enum cert_san_kind cert_general_text(
	int number, const uint8_t *bytes, size_t len, char out[static CERT_GENERAL_TEXT]);

/* --- Issuing: cert_issued.c --- */

/* Is CERT's issuer the name that SUBJECT's subject is? */
bool cert_issuer_is(const struct cert *cert, const struct cert *subject);

/* Are the key identifiers, where both have one, the same? */
bool cert_key_ids_agree(const struct cert *cert, const struct cert *issuer);

/* Does ISSUER's key fit CERT's signature?  Found out once for each key. */
bool cert_is_signed_by(const struct cert *cert, const struct cert *issuer);

/* CERT's own key, borrowed; NULL when it is none, or one that makes checks costly (limits.h). */
EVP_PKEY *cert_key(const struct cert *cert);

/* Does CERT's key fit SIGNATURE, made by SCHEME (with a digest) over what has that DIGEST? */
bool cert_fits_digest(const struct cert *cert, const struct cert_scheme *scheme,
	struct cert_span digest, struct cert_span signature);

/* The same where it was found out before; false when it was not. */
bool cert_signature_is_known(const struct cert *cert, const struct cert *issuer, bool *ret_fits);

void cert_verifier_free(struct cert_verifier *verifier);

#endif
