/* SPDX-License-Identifier: MIT */
/*
 * evidence_folder - a folder of evidence on its way to disk: whole, or not there
 *
 * It is made beside the place where it has to appear and renamed at the end.  What is there
 * already is never written over or added to.  Bytes are filed under their SHA-256 when they come
 * for the first time; which those are the file system knows, so memory does not grow with a run.
 * One lock in it: threads may add at the same time.
 */
#ifndef REPORTS_EVIDENCE_EVIDENCE_FOLDER_H
#define REPORTS_EVIDENCE_EVIDENCE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/cert/cert.h"
#include "reports/evidence/evidence.h"

struct buf;
struct error;
struct evidence_folder;
struct evidence_manifest;
struct observation;

/* A place where something is already, or that cannot be written, is an error here.  Looks at the
 * umask, so not while other threads make files. */
MUST_USE struct evidence_folder *evidence_folder_open(const char *path, struct error *err);

/* Without a finish nothing is left. */
void evidence_folder_free(struct evidence_folder *folder);
DEFINE_CLEANUP(struct evidence_folder *, evidence_folder_free);

/* Appends the path of the file of records, for whoever writes them before it is finished. */
MUST_USE bool evidence_folder_results(const struct evidence_folder *folder, struct buf *out);

/* Files LEN bytes; their name into RET_SHA256. */
MUST_USE bool evidence_folder_file(struct evidence_folder *folder, enum evidence_kind kind,
	const void *bytes, size_t len, char ret_sha256[static FINGERPRINT_TEXT], struct error *err);

/* The profile's text, or that of the waivers. */
MUST_USE bool evidence_folder_put(struct evidence_folder *folder, enum evidence_file file,
	const char *text, size_t len, struct error *err);

MUST_USE bool evidence_folder_add(
	struct evidence_folder *folder, const struct observation *observation, struct error *err);

/* Writes the manifest, whose sums of files and counts of what was filed are set here, and lets the
 * folder appear. */
MUST_USE bool evidence_folder_finish(
	struct evidence_folder *folder, struct evidence_manifest *manifest, struct error *err);

/* The SHA-256 of the manifest, when it is finished. */
const char *evidence_folder_sum(const struct evidence_folder *folder);

#endif
