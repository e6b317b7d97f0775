/* SPDX-License-Identifier: MIT */
/*
 * revoke_crl - one revocation list as it stands, read in one walk over its bytes (RFC 5280, 5)
 *
 * Nothing in here decides what a list is worth: that takes a certificate (revoke.c: lists of a
 * profile; revoke_set.c: whatever lists there are for a path).  The bytes are not kept.  Of what is
 * signed there is the digest, so that keys can be held against it later; entries are an index.
 * OpenSSL decodes the small parts: names, the distribution point.
 *
 * Private to revoke*.c.  Read-only once made.
 */
#ifndef CHECKER_REVOKE_REVOKE_CRL_H
#define CHECKER_REVOKE_REVOKE_CRL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/x509v3.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "checker/cert/cert_fields.h"
#include "checker/revoke/revoke_number.h"

struct cert;
struct cert_scheme;
struct revoke_entry;
struct revoke_index;

struct revoke_crl {
	int version; /* 1 or 2 */
	X509_NAME *issuer;
	struct instant this_update, next_update;
	bool has_next;
	struct revoke_number number, base; /* base: of a delta list (5.2.4) */

	struct cert_span point_der; /* a copy; NULL: no IssuingDistributionPoint */
	ISSUING_DIST_POINT *point;  /* or NULL */
	unsigned reasons;           /* that it is about */
	char **freshest;            /* URLs of delta lists (5.2.6), http(s); NULL-terminated */
	bool unknown_critical, entry_unknown_critical;

	X509_ALGOR *algorithm;
	const struct cert_scheme *scheme; /* NULL: one for OpenSSL, with `tbs` whole */
	struct cert_span tbs;             /* a copy; NULL where a digest suffices */
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned digest_len;
	struct cert_span signature; /* a copy */

	VEC(X509_NAME *) owners; /* certificateIssuer (5.3.3): number 1 is the first */
	struct revoke_index *index;
};

/*
 * BYTES are DER or PEM.  NULL when they are no list, and RET_WHY says so; or when memory runs out,
 * and it is NULL.
 */
MUST_USE struct revoke_crl *revoke_crl_new(const uint8_t *bytes, size_t len, const char **ret_why);
void revoke_crl_free(struct revoke_crl *crl);
DEFINE_CLEANUP(struct revoke_crl *, revoke_crl_free);

/* Until when it holds: its nextUpdate, or what the Baseline Requirements leave one without. */
struct instant revoke_crl_until(const struct revoke_crl *crl);

/* Is DELTA about changes to CRL (5.2.4)? */
bool revoke_crl_continues(const struct revoke_crl *delta, const struct revoke_crl *crl);

/* The number alone, without a look at entries and signature; false when BYTES (DER) are no list. */
MUST_USE bool revoke_crl_read_number(
	const uint8_t *bytes, size_t len, struct revoke_number *ret_number);

/* May ISSUER sign lists, and does its key fit this one?  If not, why. */
MUST_USE bool revoke_crl_is_signed(
	const struct revoke_crl *crl, const struct cert *issuer, const char **ret_why);

/*
 * The entry for CERT, whose issuer may be another than the list's when the list is indirect;
 * false when there is none.
 */
MUST_USE bool revoke_crl_find(
	const struct revoke_crl *crl, const struct cert *cert, struct revoke_entry *ret_entry);

/* revoke_crl_fields.c: the parts of a list in its bytes. */
struct revoke_crl_fields {
	struct cert_span tbs, inner_algorithm, issuer, this_update, next_update, entries,
		extensions, outer_algorithm, signature;
	int version;
};
MUST_USE bool revoke_crl_fields_read(
	const uint8_t *der, size_t len, struct revoke_crl_fields *ret_fields);

/* revoke_crl_entries.c; false when an entry is damaged (RET_WHY) or memory runs out (NULL). */
MUST_USE bool revoke_crl_read_entries(
	struct revoke_crl *crl, struct cert_span entries, const char **ret_why);

/* revoke_crl_extensions.c, likewise. */
MUST_USE bool revoke_crl_read_extensions(
	struct revoke_crl *crl, struct cert_span extensions, const char **ret_why);

/* One Extension, from CURSOR; false when there is none in order. */
struct der_cursor;
struct revoke_extension {
	int nid;
	bool critical;
	struct cert_span value; /* what is within the OCTET STRING */
};
MUST_USE bool revoke_extension_next(struct der_cursor *cursor, struct revoke_extension *ret_one);

#endif
