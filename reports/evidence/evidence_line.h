/* SPDX-License-Identifier: MIT */
/*
 * evidence_line - an observation as a line of JSON, and back
 *
 * All of an observation, so that judging what was read back comes to the same.  Bytes are not in
 * the line but named by their SHA-256: who writes one files them, who reads one looks them up.
 * Pure but for what these two do.  A line may come from anybody: what does not fit is an error
 * with the reason alone.
 */
#ifndef REPORTS_EVIDENCE_EVIDENCE_LINE_H
#define REPORTS_EVIDENCE_EVIDENCE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/cert/cert.h"
#include "reports/evidence/evidence.h"

struct buf;
struct der;
struct error;
struct observation;
struct revoke_list;

struct evidence_filing {
	bool (*file)(void *arg, enum evidence_kind kind, const struct der *der,
		char ret_sha256[static FINGERPRINT_TEXT], struct error *err);
	void *arg;
};

/* Appends the line with its end. */
MUST_USE bool evidence_line_put(struct buf *out, const struct observation *observation,
	const struct evidence_filing *filing, struct error *err);

struct evidence_looking {
	/* Appends the bytes of that name to OUT. */
	bool (*find)(void *arg, enum evidence_kind kind, const char *sha256, struct buf *out,
		struct error *err);
	/* The list of that number among those that certificates name (evidence_manifest.h), which
	 * outlives the observation; NULL with ERR set when there is none. */
	const struct revoke_list *(*list)(void *arg, size_t number, struct error *err);
	/* The same text, kept for as long as observations and verdicts live; NULL: no room. */
	const char *(*keep)(void *arg, const char *text);
	void *arg;
};

MUST_USE struct observation *evidence_line_read(
	const char *line, size_t len, const struct evidence_looking *looking, struct error *err);

#endif
