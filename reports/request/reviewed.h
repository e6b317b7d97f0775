/* SPDX-License-Identifier: MIT */
/*
 * reviewed - a signing request and what was found, for people and for machines
 *
 * Of one that was made here, and of one that was read (`chainmend csr`, `csr --check`).  The JSON
 * is described in docs/formats.md, "Signing requests".
 */
#ifndef REPORTS_REQUEST_REVIEWED_H
#define REPORTS_REQUEST_REVIEWED_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct buf;
struct csr;
struct json;
struct page;
struct request;
struct review;

struct reviewed {
	const char *path; /* where it stands; NULL: it was made now */
	size_t line;      /* in that file; 0: it has no lines */
	size_t count;     /* requests in that file */
	const struct csr *csr;
	const struct request *wish; /* of one that another program makes, instead of CSR */
	const struct review *review;
	const char *why; /* it could not be read, a phrase; csr and review are NULL then */

	/* Of one that was made now: */
	const char *request_file, *key_file; /* NULL: none was written */
	bool new_key, encrypted;
};

void reviewed_put_text(const struct reviewed *reviewed, struct page *page);

/* An object. */
void reviewed_put_json(const struct reviewed *reviewed, struct json *json);

/* "fit", "refused", "unsafe", "unreadable"; a contract. */
const char *reviewed_verdict(const struct reviewed *reviewed);

#endif
