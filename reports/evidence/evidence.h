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

#include "checker/base/attr.h"

#define EVIDENCE_SCHEMA "chainmend.evidence/1"

#define EVIDENCE_MANIFEST "manifest.json"
#define EVIDENCE_OBSERVATIONS "observations.ndjson"
#define EVIDENCE_PROFILE "profile.yaml"
#define EVIDENCE_RESULTS "results.ndjson"
#define EVIDENCE_WAIVERS "waivers.yaml"

enum evidence_kind {
	EVIDENCE_CERTIFICATE,
	EVIDENCE_LIST,   /* a revocation list, as it came */
	EVIDENCE_STAPLE, /* an OCSPResponse */
	EVIDENCE_KINDS,
};

/* Where bytes of a kind lie: "certificates", ".der". */
struct evidence_place {
	const char *folder, *ending;
};
const struct evidence_place *evidence_place(enum evidence_kind kind);

#endif
