/* SPDX-License-Identifier: MIT */
/*
 * chain - the certificates one endpoint served, in the order it served them
 *
 * A server has one duty here: to send its own certificate first, and after it
 * each certificate a client needs on the way to a root, every one certifying
 * the one before it (RFC 8446, 4.4.2; a MUST in RFC 5246, 7.4.2).  Servers
 * fail at this in a few ways that have names, and a chain says for each place
 * in the list which one it is.
 *
 * A chain tells how the list hangs together, not whether anyone trusts it:
 * that is trust.h.  Whether it is worth a word to the operator is for rules/.
 *
 * A chain never changes once built.  It holds its own references; what it
 * hands out is borrowed and lives as long as the chain.
 */
#ifndef CHECKER_TRUST_CHAIN_H
#define CHECKER_TRUST_CHAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct cert;
struct chain;
struct error;

/* How the certificate at one place relates to the others in the list. */
enum chain_link {
	CHAIN_LINK_NEXT,       /* issued by the next one, as it should be */
	CHAIN_LINK_ELSEWHERE,  /* its issuer was served, in another place */
	CHAIN_LINK_ABSENT,     /* its issuer was not served */
	CHAIN_LINK_SELF,       /* self-signed: a root, or a lone leaf */
	CHAIN_LINK_DUPLICATE,  /* served before, byte for byte */
	CHAIN_LINK_UNREADABLE, /* no certificate at all */
};

/*
 * DSA keys that have their parameters from their issuers' (RFC 3279, 2.3.2) get them, from those of
 * CERTS and what TRUST knows; NULL: from those alone, as chain_new() does.
 */
struct trust;
void chain_inherit(const struct cert *const *certs, size_t count, const struct trust *trust);

/*
 * Builds a chain of the COUNT certificates at SERVED, which are in wire order
 * and stay the caller's.  A bad list is not an error, it is a chain to report
 * on.  COUNT is at most LIMIT_CHAIN.  NULL only when memory runs out.
 */
MUST_USE struct chain *chain_new(
	const struct cert *const served[], size_t count, struct error *err);
void chain_free(struct chain *chain);
DEFINE_CLEANUP(struct chain *, chain_free);

size_t chain_len(const struct chain *chain);
const struct cert *chain_cert(const struct chain *chain, size_t place);
enum chain_link chain_link_at(const struct chain *chain, size_t place);

/*
 * The place of the leaf: the first, where TLS wants it, unless a CA stands
 * there and an end entity further down (a file in the wrong order).
 */
size_t chain_leaf(const struct chain *chain);

/* True when some line of issuers from the leaf leads through this place. */
bool chain_is_related(const struct chain *chain, size_t place);

/*
 * True when the leaf comes first and every related certificate, duplicates
 * aside, after one it certifies; twins may stand side by side.
 */
bool chain_is_ordered(const struct chain *chain);

/* The first place that issued the leaf; chain_len() when none did. */
size_t chain_issuer(const struct chain *chain);

/* True when the certificate at ISSUER certifies the one at PLACE. */
bool chain_certifies(const struct chain *chain, size_t issuer, size_t place);

/* The stable name that tests use: "next", "elsewhere", ... */
const char *chain_link_name(enum chain_link link);

#endif
