/* SPDX-License-Identifier: MIT */
/*
 * sighting - does a service serve one certificate, now or as saved results have it?
 *
 * For `key check`.  Targets are looked at as a scan looks at them, with every kind of
 * key that they may have; nothing is judged.  Of saved results those count whose name
 * the certificate covers, and those that serve it.
 */
#ifndef CLI_KEY_SIGHTING_H
#define CLI_KEY_SIGHTING_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"
#include "checker/limits.h"

struct cert;
struct error;
struct options;

enum sighting_kind {
	SIGHTING_SAME,  /* that very certificate */
	SIGHTING_KEY,   /* another one of the same key */
	SIGHTING_OTHER, /* another key */
	SIGHTING_NONE,  /* no chain could be read */
};

struct sighting {
	enum sighting_kind kind;
	char where[LIMIT_HOST_BYTES + LIMIT_ADDRESS_BYTES + 16]; /* "HOST:PORT (ADDRESS)" */
	char said[240]; /* a phrase: what was served instead, or why nothing was */
};

struct sightings {
	const struct cert *wanted; /* borrowed */
	VEC(struct sighting) all;
	bool failed; /* memory ran out */
};

/* Looks at COUNT targets, as they stand on a command line. */
MUST_USE bool sightings_look(struct sightings *sightings, const struct options *options,
	const char *const targets[], size_t count, struct error *err);

/* Reads what COUNT files of results have. */
MUST_USE bool sightings_read(
	struct sightings *sightings, const char *const paths[], size_t count, struct error *err);

void sightings_release(struct sightings *sightings);

#endif
