/* SPDX-License-Identifier: MIT */
/*
 * resolve_caa - asks DNS for the CAA records that hold for a name (caa.h)
 *
 * RFC 8659, 3: those of the name itself, or of the nearest parent that has any.  c-ares follows
 * aliases.  A server that fails ends it: unknown, not none.
 */
#ifndef CHECKER_ENGINE_RESOLVE_CAA_H
#define CHECKER_ENGINE_RESOLVE_CAA_H

#include "checker/base/attr.h"

struct caa;
struct caa_query;
struct loop;
struct resolve;

/*
 * ANSWERED is called from the loop, never from in here, and owns what it gets (free()); the query
 * is gone then.  NULL when memory runs out.
 */
MUST_USE struct caa_query *resolve_caa(struct resolve *resolve, struct loop *loop, const char *name,
	void (*answered)(void *arg, struct caa *caa), void *arg);

/* Nobody is called for this query any more. */
void resolve_caa_cancel(struct caa_query *query);

#endif
