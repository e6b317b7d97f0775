/* SPDX-License-Identifier: MIT */
/*
 * evidence_source - a folder of evidence that is judged again
 *
 * Nothing in it is believed for its name: bytes whose SHA-256 is another than they are filed
 * under are an error, and so is a file that is not the one of which the manifest has the sum.  For
 * one thread at a time.
 */
#ifndef REPORTS_EVIDENCE_EVIDENCE_SOURCE_H
#define REPORTS_EVIDENCE_EVIDENCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "reports/evidence/evidence.h"

struct buf;
struct cert;
struct error;
struct evidence_list;
struct evidence_manifest;
struct evidence_source;
struct observation;
struct revoke_list;

/* Reads the manifest and verifies the files beside it. */
MUST_USE struct evidence_source *evidence_source_open(const char *path, struct error *err);
void evidence_source_free(struct evidence_source *source);
DEFINE_CLEANUP(struct evidence_source *, evidence_source_free);

const struct evidence_manifest *evidence_source_manifest(const struct evidence_source *source);

/* The paths of the profile, and of the waivers; these NULL when there are none. */
const char *evidence_source_profile(const struct evidence_source *source);
const char *evidence_source_waivers(const struct evidence_source *source);

/* The SHA-256 of the manifest itself, which speaks for everything else. */
const char *evidence_source_sum(const struct evidence_source *source);

/* The certificate of that fingerprint, whose reference is the caller's. */
MUST_USE const struct cert *evidence_source_certificate(
	const struct evidence_source *source, const char *sha256, struct error *err);

/* Which of the profile's lists was asked for at URL; NULL: nobody asked. */
const struct evidence_list *evidence_source_list(
	const struct evidence_source *source, const char *url);

/* Appends its bytes, none when nothing came. */
MUST_USE bool evidence_source_list_bytes(const struct evidence_source *source,
	const struct evidence_list *list, struct buf *out, struct error *err);

/* The lists that certificates name, by the manifest's numbers, made by the caller, who frees them
 * after SOURCE; before the first observation. */
void evidence_source_lists(
	struct evidence_source *source, const struct revoke_list *const *lists, size_t count);

/* The next one, the caller's; NULL behind the last, and with ERR set when reading failed, or when
 * there are others than the manifest counts.  What it borrows lives as long as SOURCE. */
MUST_USE struct observation *evidence_source_next(
	struct evidence_source *source, struct error *err);

#endif
