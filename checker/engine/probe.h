/* SPDX-License-Identifier: MIT */
/*
 * probe - which further looks at an address tell something, one after the other
 *
 * After the main look has a chain: the other kind of key, no TLS 1.3, no server name, and the
 * same once more for the nodes behind one address.  A look is made only where its answer can be
 * new, and none after one that got no connection: whoever is tired of us is left alone.  Pure:
 * no socket, no clock.
 */
#ifndef CHECKER_ENGINE_PROBE_H
#define CHECKER_ENGINE_PROBE_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/engine/conn.h"
#include "checker/observation.h"

struct probe_choice {
	bool key_types, sni, versions;
	bool identify;   /* what software it is, where it can be asked or has greeted */
	unsigned repeat; /* main looks at an address, all together; 0 and 1: just the one */
};

/* False when there is nothing but the main look. */
bool probe_wanted(const struct probe_choice *choice);

/* MAIN has to be asked what software it is: it did not greet, and nobody has said so. */
bool probe_asks(const struct probe_choice *choice, const struct observation *main);

/* What it was that was told: `banner` and `platform` of MAIN, from what SEEN had. */
void probe_identified(struct observation *main, struct observation *seen);

/* The look after those that MAIN has, and its way; false when there is none. */
MUST_USE bool probe_next(const struct probe_choice *choice, const struct observation *main,
	enum look_kind *ret_kind, struct conn_way *ret_way);

#endif
