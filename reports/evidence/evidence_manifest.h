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

/* A manifest owns all its texts. */
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

/* A list that was asked for at a URL: the profile's, or one that a certificate names. */
struct evidence_list {
	char *url;
	bool refused;        /* something came that is no list */
	char *how;           /* "fetched", "unchanged", "cached", "kept"; NULL: not had */
	char *sha256;        /* of what came; NULL: nothing */
	char *why;           /* a phrase: why it, or a fresh one, did not come; or NULL */
	char *issuer;        /* of one that a certificate names: its fingerprint; else NULL */
	struct instant time; /* when it was asked for */
};

void evidence_list_release(struct evidence_list *list);

/* Where the run was made, and how it got out. */
struct evidence_vantage {
	char *host;     /* the machine's name */
	char *resolver; /* name servers that were named; NULL: the system's */
	char *proxy;    /* the place of one, "socks5h://HOST:PORT"; NULL: none */
};

/* What the command line said of looking and judging. */
struct evidence_options {
	char *revocation, *fetch, *handshake; /* as --revocation, ... have them */
	char *probe; /* further looks that were chosen, with commas between them; "" */
	size_t repeat, retries;
	double timeout_s;
	bool offline, first_address, caa, identify, explain, ordered;
};

struct evidence_manifest {
	char *version;                                /* of the program */
	char *command;                                /* "scan", "import" */
	char *profile;                                /* its id */
	char files[EVIDENCE_FILES][FINGERPRINT_TEXT]; /* "": there is no such file */
	struct instant began, ended, as_of;
	struct evidence_vantage vantage;
	struct evidence_options options;
	VEC(struct evidence_store) stores;
	struct evidence_texts known; /* certificates of the profile that were at hand */
	VEC(struct evidence_list) lists;
	VEC(struct evidence_list) asked; /* that certificates name; lines speak of them by number */
	struct evidence_texts roots;     /* names of roots, by which middleboxes are told apart */
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
