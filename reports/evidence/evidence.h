/* SPDX-License-Identifier: MIT */
/*
 * evidence - what a run saw, in a folder that can be judged again without a network
 *
 * Format: docs/formats.md, "Evidence".  Bytes of remotes lie in files named by their SHA-256;
 * observations.ndjson says who sent which, and manifest.json what they were judged against.
 * evidence_folder.h writes such a folder, evidence_source.h reads one; what stands in the two
 * files is evidence_line.h and evidence_manifest.h.
 */
#ifndef REPORTS_EVIDENCE_EVIDENCE_H
#define REPORTS_EVIDENCE_EVIDENCE_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/cert/cert.h"

struct error;

#define EVIDENCE_SCHEMA "chainmend.evidence/1"
#define EVIDENCE_MANIFEST "manifest.json"

/* The files beside the manifest, which has the SHA-256 of each. */
enum evidence_file {
	EVIDENCE_PROFILE,
	EVIDENCE_WAIVERS, /* only where there were some */
	EVIDENCE_OBSERVATIONS,
	EVIDENCE_RESULTS,
	EVIDENCE_FILES,
};
/* "profile.yaml", "waivers.yaml", "observations.ndjson", "results.ndjson". */
const char *evidence_file_name(enum evidence_file file);

/* The SHA-256 of a file of any length. */
MUST_USE bool evidence_file_sum(
	const char *path, char ret_sha256[static FINGERPRINT_TEXT], struct error *err);

/* What lies in files named by their SHA-256. */
enum evidence_kind {
	EVIDENCE_CERTIFICATE,
	EVIDENCE_LIST, /* a revocation list, as it came */
	EVIDENCE_OCSP, /* an OCSPResponse, stapled or asked for */
	EVIDENCE_KINDS,
};

/* Where bytes of a kind lie: "certificates", ".der". */
struct evidence_place {
	const char *folder, *ending;
};
const struct evidence_place *evidence_place(enum evidence_kind kind);

#endif
