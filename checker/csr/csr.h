/* SPDX-License-Identifier: MIT */
/*
 * csr - a signing request (PKCS#10, RFC 2986) as somebody made it, decoded
 *
 * What it says and whether its signature shows the key; nothing is judged here
 * (rules/request/review.h does).  Every text is printable: bytes that are not are escaped, so a
 * name with a backslash in it is none.  Where the bytes come from, files and mails, is
 * csr_file.h's.
 */
#ifndef CHECKER_CSR_CSR_H
#define CHECKER_CSR_CSR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/arena.h"
#include "checker/base/attr.h"
#include "checker/base/vec.h"
#include "checker/cert/cert.h"
#include "checker/cert/pubkey.h"

struct error;

enum csr_name_kind { CSR_NAME_DNS, CSR_NAME_ADDRESS, CSR_NAME_OTHER };

struct csr_name {
	enum csr_name_kind kind;
	const char *text;
};

/* One attribute of the subject. */
struct csr_attribute {
	const char *type; /* "CN", "O", "emailAddress", or digits of an OID */
	const char *value;
	size_t characters;
	bool printable; /* a PrintableString */
};

/* How the signature was made, and whether it can be trusted to show anything. */
enum csr_digest { CSR_DIGEST_GOOD, CSR_DIGEST_SHA1, CSR_DIGEST_BROKEN };

/* What Microsoft's tools put into attributes of their own ([MS-WCCE], 2.2.2.7); NULL: nothing. */
struct csr_microsoft {
	const char *version; /* of Windows */
	const char *machine; /* the server's name within its network */
	const char *user;
	const char *process;
};

struct csr {
	const char *subject;                  /* RFC 4514 */
	VEC(struct csr_attribute) attributes; /* of the subject, in its order */
	VEC(struct csr_name) names;           /* subjectAltName */
	size_t names_dropped;                 /* beyond LIMIT_SANS */
	bool has_san;
	bool wants_ca;      /* basicConstraints cA */
	bool wants_client;  /* extendedKeyUsage clientAuth */
	bool has_challenge; /* challengePassword, which everybody can read (RFC 2985, 5.4.1) */
	bool extensions_damaged;
	struct csr_microsoft microsoft;

	struct pubkey key;
	const uint8_t *spki;
	size_t spki_len;
	uint8_t spki_sha256[FINGERPRINT_BYTES];

	const char *signature; /* "sha256WithRSAEncryption" */
	enum csr_digest digest;
	bool signature_tried; /* the key is one that signatures are checked with */
	bool signature_fits;

	struct arena texts;
};

/* NULL with ERR saying why when DER is not one request from its first byte to its last. */
MUST_USE struct csr *csr_new(const uint8_t *der, size_t len, struct error *err);
void csr_free(struct csr *csr);
DEFINE_CLEANUP(struct csr *, csr_free);

/* The first attribute of the subject of that TYPE; NULL when there is none. */
const struct csr_attribute *csr_attribute(const struct csr *csr, const char *type);

#endif
