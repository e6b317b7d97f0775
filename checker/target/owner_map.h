/* SPDX-License-Identifier: MIT */
/*
 * owner_map - who looks after which services, from a table that is kept apart from the targets
 *
 * A file is CSV with a header line: a column "host" with patterns (place.h) and further columns,
 * "owner" first of all, that become labels.  Format: docs/formats.md, "Owner maps".  The first
 * row whose pattern fits a service is the one that counts, and it only adds: a label that the
 * service has already stays as it is.
 *
 * A map of every host of a large organisation is as fast as one of three networks: rows are
 * found by name, by each suffix and by each length of network that occurs.  Once loaded it never
 * changes, so threads may share it.
 */
#ifndef CHECKER_TARGET_OWNER_MAP_H
#define CHECKER_TARGET_OWNER_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct error;
struct owner_map;
struct target;

/* From the file at PATH, "-" for standard input; what is wrong is "FILE:LINE:COLUMN: reason". */
MUST_USE struct owner_map *owner_map_load(const char *path, struct error *err);
void owner_map_free(struct owner_map *map);
DEFINE_CLEANUP(struct owner_map *, owner_map_free);

/* SHA-256 of all rows in their order. */
void owner_map_hash(const struct owner_map *map, uint8_t ret_hash[static 32]);

/*
 * Gives *TARGET the labels that it lacks, at the ADDRESS of it that was connected to ("": none):
 * the reference is then to a copy that has them.  MAP may be NULL.  False when memory runs out.
 */
MUST_USE bool owner_map_label(
	const struct owner_map *map, struct target **target, const char *address);

/* As owner_map_load() with bytes that are there already; for tests. */
MUST_USE struct owner_map *owner_map_parse(
	const char *name, const char *bytes, size_t len, struct error *err);

#endif
