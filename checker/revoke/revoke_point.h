/* SPDX-License-Identifier: MIT */
/*
 * revoke_point - does a list speak of a certificate?  (RFC 5280, 6.3.3, b)
 *
 * A certificate names distribution points (4.2.1.13), a list may be for one of them only (5.2.5).
 * Both sides' names may be relative to an issuer; points may be for some reasons only, and may
 * say that another authority keeps the list, which is then an indirect one.
 *
 * Private to revoke*.c.
 */
#ifndef CHECKER_REVOKE_REVOKE_POINT_H
#define CHECKER_REVOKE_REVOKE_POINT_H

#include <stdbool.h>

struct cert;
struct revoke_crl;

struct revoke_question {
	const struct cert *cert;
	const struct revoke_crl *crl;
	bool own_issuer; /* the certificate's issuer has the list's issuer's name */
	const char *url; /* where the list was fetched from by the user's choice, or NULL */
};

enum revoke_reach {
	REVOKE_REACHES,
	REVOKE_REACH_OTHER_KIND,   /* user, CA and attribute certificates (5.2.5) */
	REVOKE_REACH_OTHER_KEEPER, /* the certificate's list is another authority's */
	REVOKE_REACH_OTHER_POINT,  /* ... is at another point */
};

/* RET_REASONS: a mask of those that the list covers for the certificate; 0 unless it reaches. */
enum revoke_reach revoke_point_reach(const struct revoke_question *question, unsigned *ret_reasons);

/*
 * b.1: a certificate may say that another authority keeps its list (cRLIssuer).  One point that
 * does not is enough, and so is none at all.
 */
bool revoke_point_is_kept_by_issuer(const struct cert *cert);

#endif
