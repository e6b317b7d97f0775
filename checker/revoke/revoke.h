/* SPDX-License-Identifier: MIT */
/*
 * revoke - is a certificate revoked, by the lists and answers at hand?
 *
 * Lists (RFC 5280, 5; for CA certificates people say ARL) are read once a run
 * and shared by the fleet.  A list speaks only when its signature, issuer,
 * dates and scope are in order (6.3.3); until then its answer is "unknown",
 * and the reason is kept apart: unavailable, expired, invalid.
 *
 * Nothing here fetches; fetch.h brings the bytes.
 */
#ifndef CHECKER_REVOKE_REVOKE_H
#define CHECKER_REVOKE_REVOKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/revoke/revoke_number.h"

struct cert;
struct error;
struct revoke_list;

enum revoke_list_state {
	REVOKE_LIST_GOOD,
	REVOKE_LIST_UNAVAILABLE, /* not fetched, or its issuer's certificate is not at hand */
	REVOKE_LIST_EXPIRED,     /* nextUpdate has passed */
	REVOKE_LIST_INVALID,     /* not a list, wrong signature, wrong issuer, wrong scope, not yet
				    valid */
};

enum revoke_scope { REVOKE_SCOPE_CA, REVOKE_SCOPE_LEAF, REVOKE_SCOPE_ALL };

/* A list called ID that could not be had, and why. */
MUST_USE struct revoke_list *revoke_list_unavailable(const char *id, const char *why);

/* A list as it was fetched; nothing of it is kept. */
struct revoke_source {
	const char *id;
	const uint8_t *bytes; /* DER or PEM */
	size_t len;
	enum revoke_scope scope; /* what the list is said to cover */
	const char
		*url; /* where it came from, for the distribution point (5.2.5); NULL: not known */
};

/*
 * A list out of its bytes, as of NOW.  ISSUER is the certificate whose key has
 * to fit.  Never NULL unless memory runs out: a bad list is a state.
 */
MUST_USE struct revoke_list *revoke_list_new(
	const struct revoke_source *source, const struct cert *issuer, struct instant now);
void revoke_list_free(struct revoke_list *list);
DEFINE_CLEANUP(struct revoke_list *, revoke_list_free);

/*
 * Adds what a delta list (5.2.4) says has changed since LIST, which has to be good.  When it is
 * not one of LIST, or not in order as of NOW, LIST stays as it is, and RET_WHY says why.
 */
MUST_USE bool revoke_list_update(struct revoke_list *list, const struct revoke_source *source,
	struct instant now, const char **ret_why);

/* The number of a list in DER, which nobody has verified; false when it has none. */
MUST_USE bool revoke_number_of(const uint8_t *bytes, size_t len, struct revoke_number *ret_number);

/* What a list says of itself; its texts live as long as it. */
struct revoke_description {
	struct instant this_update, next_update;
	bool has_next;
	struct revoke_number number;
	size_t entries;
	bool indirect;           /* it names certificates of other issuers, too */
	bool some_reasons;       /* it is about some reasons of revocation only */
	char *const *delta_urls; /* where its delta lists are (5.2.6); NULL-terminated, or NULL */
	bool has_delta;
	struct revoke_number delta_number;
	size_t delta_entries;
};

/* False when there is no list that could be read. */
bool revoke_list_describe(const struct revoke_list *list, struct revoke_description *ret);

const char *revoke_list_id(const struct revoke_list *list);
enum revoke_list_state revoke_list_state(const struct revoke_list *list);
const char *revoke_list_why(const struct revoke_list *list); /* "" when good */

enum revoke_status {
	REVOKE_NOT_REVOKED,
	REVOKE_REVOKED,
	REVOKE_UNAVAILABLE,
	REVOKE_EXPIRED,
	REVOKE_INVALID,
	REVOKE_NOT_COVERED, /* another issuer, outside the list's scope, or not for all reasons */
};

struct revoke_answer {
	enum revoke_status status;
	struct instant since; /* revocationDate, when revoked */
	const char *reason;   /* CRLReason's name (5.3.1), or NULL */
};

/* What LIST says of CERT.  An expired list still proves a revocation it holds. */
struct revoke_answer revoke_list_look_up(const struct revoke_list *list, const struct cert *cert);

/* The same of the list's own issuer's certificate with this serial number (hex), wherever it is. */
struct revoke_answer revoke_list_look_up_serial(const struct revoke_list *list, const char *serial);

/* Does a good LIST name this serial number (hex)?  For certificates that are not at hand. */
bool revoke_list_names(const struct revoke_list *list, const char *serial);

/*
 * What a stapled OCSP answer says of LEAF, issued by ISSUER (RFC 6960;
 * signature by the issuer or a delegate of it, dates against NOW).
 */
struct revoke_answer revoke_staple(const uint8_t *der, size_t len, const struct cert *leaf,
	const struct cert *issuer, struct instant now);

/*
 * The timestamps in such an answer (RFC 6962, 3.3), added to TALLY: none of one that is not signed,
 * not in time or not about LEAF.
 */
struct sct_tally;
void revoke_staple_scts(const uint8_t *der, size_t len, const struct cert *leaf,
	const struct cert *issuer, struct instant now, struct sct_tally *tally);

#endif
