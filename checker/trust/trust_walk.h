/* SPDX-License-Identifier: MIT */
/*
 * trust_walk - the graph of the certificates at hand, and a line through it
 *
 * The certificates at hand are the nodes of a graph whose arrows are "issued by"; a path is a walk
 * from the leaf to an anchor that meets no name and key twice (RFC 4158, 2.4.2).  A complete graph
 * of CAs has more paths than anyone can look at, and one where none leads to an anchor has as many
 * lines: signature checks, steps and paths have a budget, and what was cut short is said.
 *
 * Private to trust_walk.c, trust_paths.c (the best path of each store) and trust_explain.c (every
 * line there is).
 */
#ifndef CHECKER_TRUST_TRUST_WALK_H
#define CHECKER_TRUST_TRUST_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/vec.h"
#include "checker/limits.h"
#include "checker/trust/trust.h"

struct walk_node {
	const struct cert *cert;
	bool served;
	bool usable;     /* may stand in the middle: served or of the pool, not an anchor only */
	uint32_t stores; /* bit S: an anchor of store S */
};

enum walk_edge {
	WALK_UNTRIED,
	WALK_ISSUED,
	WALK_STRANGER,  /* other names */
	WALK_OTHER_KEY, /* its name, but the key identifiers contradict each other */
	WALK_FORGED,    /* its name, and its key does not fit the signature */
	WALK_UNKNOWN,   /* no signature check was left to find out */
};

struct walk {
	const struct trust *trust;
	struct instant now;
	VEC(struct walk_node) nodes; /* the leaf is the first */
	uint8_t *edges;              /* enum walk_edge, of nodes.count squared */
	size_t line[LIMIT_PATH_DEPTH];
	size_t len;
	unsigned checks_left, steps_left;
	size_t also_held; /* how many of the served the trust has as well */
};

/* Collects the nodes; without any when CHAIN has no readable leaf.  False when memory runs out. */
MUST_USE bool walk_begin(struct walk *walk, const struct trust *trust, const struct chain *chain,
	struct instant now);
void walk_end(struct walk *walk);

/* How the node at BELOW stands to that at ABOVE; each pair is looked at once. */
enum walk_edge walk_edge(struct walk *walk, size_t below, size_t above);

/* RFC 4158, 2.4.2: a name with a key stands on a line once, whatever the certificate. */
bool walk_is_on_line(const struct walk *walk, size_t node);

static inline const struct walk_node *walk_at(const struct walk *walk, size_t place)
{
	return &walk->nodes.items[walk->line[place]];
}

#endif
