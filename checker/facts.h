/* SPDX-License-Identifier: MIT */
/*
 * facts - all answers about one endpoint, decided once
 *
 * Pure: made of an observation, the trust and lists of the run, and a point in
 * time.  Knows chains and paths, not migrations: what is retired, current or
 * due stands in a profile, which is for rules/.
 */
#ifndef CHECKER_FACTS_H
#define CHECKER_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/cert/sct.h"
#include "checker/limits.h"
#include "checker/revoke/revoke.h"
#include "checker/trust/trust.h"

struct cert_store;
struct chain;
struct error;
struct observation;
struct revoke_list;

/* What every endpoint of a run is held against; read-only while it is used. */
struct facts_context {
	const struct trust *trust;
	const struct revoke_list *const *lists;
	size_t list_count;
	struct instant now;
	struct cert_store *certs; /* NULL: every certificate is read anew */
	bool explain;             /* every line of issuers is wanted, not the best paths alone */
};

struct facts {
	const struct observation *observation; /* borrowed */
	struct instant now;
	struct chain *chain;       /* NULL when no chain was read */
	const struct cert *leaf;   /* place 0 of the chain, or NULL */
	const struct cert *issuer; /* of the leaf: served, else known to the trust, else NULL */
	bool issuer_served;

	const char *name; /* the name the leaf has to cover; NULL: none was asked for */
	bool name_covered;

	struct trust_path paths[LIMIT_TRUST_STORES];  /* the best for each store */
	struct trust_path served[LIMIT_TRUST_STORES]; /* the best without help from the pool */
	size_t path_count;
	bool incomplete; /* the leaf's line of issuers ends below every anchor, for lack of a
			    certificate */

	struct revoke_answer staple; /* of the leaf; REVOKE_UNAVAILABLE when none was stapled */
	struct revoke_answer ocsp;   /* ... of the leaf's responder, when it was asked */
	struct trust_lines lines; /* where the context wants them; a revoked one is not trusted */
	/* Timestamps of the leaf that came in the TLS extension, and in a stapled answer that
	 * counts. */
	struct sct_tally by_tls, by_staple;
	bool scts_asked; /* the extension was offered, and answered by a ServerHello */
	const struct facts_context *context;
};

/*
 * Derives the facts of OBSERVATION, which has to outlive them.  False only
 * when memory runs out.  An observation without a chain has facts too.
 */
MUST_USE bool facts_derive(const struct observation *observation,
	const struct facts_context *context, struct facts *ret_facts, struct error *err);
void facts_release(struct facts *facts);

/* The lists of the run, then those that the endpoint's certificates name and somebody fetched. */
size_t facts_list_count(const struct facts *facts);
const struct revoke_list *facts_list(const struct facts *facts, size_t number);

#endif
