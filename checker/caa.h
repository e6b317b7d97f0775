/* SPDX-License-Identifier: MIT */
/*
 * caa - which CAs the owner of a name lets issue certificates for it (RFC 8659)
 *
 * What was found in DNS, climbing from the name to its parents until there were records, and what
 * follows from it.  Parameters behind an issuer's name (RFC 8657) are for the CA and are passed
 * over.  Pure; asking is resolve_caa.h.
 */
#ifndef CHECKER_CAA_H
#define CHECKER_CAA_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/limits.h"

enum caa_status {
	CAA_NONE,    /* no records up to the root: anybody may issue */
	CAA_FOUND,   /* these, at `domain` */
	CAA_UNKNOWN, /* DNS did not say: `why` */
	CAA_STATUSES,
};

/* "none", "found", "unknown": a contract. */
const char *caa_status_name(enum caa_status status);

struct caa_record {
	bool critical;
	char tag[16];
	char value[256]; /* printable, cut */
};

struct caa {
	enum caa_status status;
	char domain[LIMIT_HOST_BYTES]; /* where they are */
	const char *why;               /* of CAA_UNKNOWN, in plain words; static */
	struct caa_record records[LIMIT_CAA];
	size_t count;
	size_t dropped; /* beyond LIMIT_CAA */
};

enum caa_answer { CAA_ALLOWS, CAA_FORBIDS, CAA_SAYS_NOTHING /* that can be relied on */ };

/* May a CA that goes by any of COUNT names issue for this name, or for a WILDCARD under it? */
enum caa_answer caa_judge(const struct caa *caa, char *const names[], size_t count, bool wildcard);

/* The issuers that may, "a.example, b.example", as many as OUT holds; "" for nobody. */
void caa_list(const struct caa *caa, bool wildcard, char *out, size_t size);

#endif
