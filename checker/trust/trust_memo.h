/* SPDX-License-Identifier: MIT */
/*
 * trust_memo - what the paths above a leaf came to, for the next leaf under the same certificates
 *
 * A fleet has thousands of leafs and a handful of lines above them.  For a plain leaf (version 3,
 * no CA, for servers, nothing but the extensions that leafs have, all of them in order) an answer
 * of trust_paths() depends on nothing but the certificates above it, which of them its issuer's
 * name and key identifier fit and which of them signed it, and whether it is in date.  These are
 * the key under which the answer is kept.  Everything else is verified anew: other leafs, leafs
 * that are held as anchors or share a key with what stands above, paths with name or policy
 * constraints.
 *
 * Private to the trust_*.c files.  For all threads, bounded.
 */
#ifndef CHECKER_TRUST_TRUST_MEMO_H
#define CHECKER_TRUST_TRUST_MEMO_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct chain;
struct trust;
struct trust_memo;
struct trust_path;

MUST_USE struct trust_memo *trust_memo_new(void);
void trust_memo_free(struct trust_memo *memo);

/* Drops everything: the trust is another one now.  Not while others ask. */
void trust_memo_forget(struct trust_memo *memo);

/* How often an answer was at hand; for tests and benchmarks. */
unsigned long trust_memo_hits(const struct trust_memo *memo);

/* trust_paths(), from memory where that is possible. */
void trust_memo_paths(const struct trust *trust, const struct chain *chain, struct instant now,
	struct trust_path *ret_best, struct trust_path *ret_served);

#endif
