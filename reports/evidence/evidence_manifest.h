/* SPDX-License-Identifier: MIT */
/*
 * evidence_manifest - what a run's observations were judged against, as JSON
 *
 * Format: docs/formats.md, "Evidence".  Certificates are named by their fingerprints; their bytes,
 * and those of lists, are filed beside the manifest.
 */
#ifndef REPORTS_EVIDENCE_EVIDENCE_MANIFEST_H
#define REPORTS_EVIDENCE_EVIDENCE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "reports/evidence/evidence.h"

struct buf;
struct error;

/* Texts that a manifest owns. */
struct evidence_texts {
	char **items;
	size_t count, room;
};
MUST_USE bool evidence_texts_add(struct evidence_texts *texts, const char *text);

struct evidence_store {
	char *id;
	bool whole;    /* all its anchors came from a file (trust_store_is_whole()) */
	char *missing; /* an anchor that was not found, or NULL */
	struct evidence_texts anchors;
};

/* A list that was asked for at a URL. */
struct evidence_list {
	char *url;
	bool refused;        /* something came that is no list */
	char *how;           /* "fetched", "unchanged", "cached", "kept"; NULL: not had */
	char *sha256;        /* of what came; NULL: nothing */
	char *why;           /* why it, or a fresh one, did not come; or NULL */
	struct instant time; /* when it was asked for */
};

struct evidence_manifest {
	char *version, *vantage; /* of the program; the machine's name */
	char *profile, *profile_sha256;
	bool has_waivers;
	struct instant began, ended, as_of;
	VEC(struct evidence_store) stores;
	struct evidence_texts known; /* certificates of the profile that were at hand */
	VEC(struct evidence_list) lists;
	struct evidence_texts roots; /* names of roots, by which middleboxes are told apart */
	size_t targets, duplicates, observations;
	size_t filed[EVIDENCE_KINDS];
	bool interrupted;
};

void evidence_manifest_release(struct evidence_manifest *manifest);

/* False when it does not fit. */
MUST_USE bool evidence_manifest_put(struct buf *out, const struct evidence_manifest *manifest);

/* Into a struct of zeros, which is the caller's to release in any case; the reason alone in ERR. */
MUST_USE bool evidence_manifest_read(
	struct evidence_manifest *manifest, const char *text, size_t len, struct error *err);

#endif
