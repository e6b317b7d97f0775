/* SPDX-License-Identifier: MIT */
/*
 * target_inventory - the hosts, groups and variables of an Ansible inventory
 *
 * What `ansible-inventory --list` prints, or a dynamic inventory script: the
 * document as a graph, without a word of TLS.  What its hosts are as targets
 * is target_service.c's to say.  Only these two files include this header.
 */
#ifndef CHECKER_TARGET_TARGET_INVENTORY_H
#define CHECKER_TARGET_TARGET_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/* uthash ends the process when memory runs out, unless told not to. */
#define HASH_NONFATAL_OOM 1
/*
 * Its own choice of a hash falls through cases, which clang will not have, and
 * FNV clusters on names with one ending until uthash gives up on its buckets.
 */
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"
#include "checker/target/target_reader.h"

struct target_group {
	const char *name;
	size_t at;
	json_t *vars;
	VEC(struct target_group *) parents;
	size_t level; /* the longest way up; 0: not known yet */
	bool is_open; /* its level is being looked for */
	size_t seen;  /* the last round that met it */
	UT_hash_handle hh;
};

struct target_host {
	const char *name;
	json_t *vars;
	size_t at;
	VEC(struct target_group *) groups; /* those that name it */
	UT_hash_handle hh;
};

/* All strings are borrowed from the document. */
struct target_inventory {
	const struct target_piece *piece;
	json_t *json;
	struct target_group *groups;
	struct target_host *hosts;         /* in the order of the document */
	VEC(struct target_group *) around; /* one host: its groups and theirs */
	size_t round;
	size_t at;                /* of the host that is being read */
	struct target_piece line; /* the one that this byte is in */
};

/* Fills INVENTORY, whose `piece` is set, from it. */
MUST_USE bool target_inventory_load(struct target_inventory *inventory, struct target_fault *fault);

void target_inventory_release(struct target_inventory *inventory);

/* Fills `around` for HOST, sorted by name: its groups, those around them, and "all". */
MUST_USE bool target_inventory_around(struct target_inventory *inventory,
	const struct target_host *host, struct target_fault *fault);

/* A variable of the host that `around` is filled for; NULL when it is not set. */
json_t *target_inventory_variable(
	const struct target_inventory *inventory, const struct target_host *host, const char *name);

#endif
