/* SPDX-License-Identifier: MIT */
/*
 * profile_draft - the first version of a profile, made from a CA's certificates
 *
 * What certificates say themselves is written down: who issued whom, twins of one name and key (the
 * newest is current, the others are retired and replaced by it), roots, cross certificates, the
 * lists they name.  What only a person knows is guessed where a guess does no harm, and marked
 * "DECIDE" in any case.  The draft loads; profile_lint() lists what has to be filled in.
 */
#ifndef RULES_PROFILE_PROFILE_DRAFT_H
#define RULES_PROFILE_PROFILE_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct buf;
struct cert;
struct error;

/*
 * Appends the draft of profile ID (NULL: named after the first root) to OUT.  Copies and leafs
 * among CERTS are passed over.  An error names what is missing: a root, or the issuer of one.
 */
MUST_USE bool profile_draft(const struct cert *const *certs, size_t count, const char *id,
	struct instant now, struct buf *out, struct error *err);

#endif
