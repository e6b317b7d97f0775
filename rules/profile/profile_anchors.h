/* SPDX-License-Identifier: MIT */
/*
 * profile_anchors - anchors that leave a trust store on a day
 *
 * An entry of trust_stores[].anchors is an id, or a mapping of an id and a day:
 *
 *	anchors: [root-ca-3, {id: globalsign-r3, until: 2027-04-15}]
 *
 * A schema has one kind of entry for a list.  So such a mapping is written as the text
 * "globalsign-r3 until 2027-04-15" before the schema is held against the document, in the same
 * lines, and taken apart again when the profile is loaded.  Private to rules/profile/.
 */
#ifndef RULES_PROFILE_PROFILE_ANCHORS_H
#define RULES_PROFILE_PROFILE_ANCHORS_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct buf;
struct error;
struct profile_yaml;

/* TEXT, whose document is YAML, with its anchors as texts; false only when memory runs out. */
MUST_USE bool profile_anchors_flatten(const struct profile_yaml *yaml, const struct buf *text,
	struct buf *ret_text, struct error *err);

/* Cuts an ANCHOR behind its id; the day that stood there, or NULL. */
const char *profile_anchor_cut(char *anchor);

#endif
