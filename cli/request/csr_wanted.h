/* SPDX-License-Identifier: MIT */
/*
 * csr_wanted - what a signing request is to ask for, put together from everywhere
 *
 * Names come from arguments, files (a name a line, `#` begins a comment) and the certificates in
 * saved results; they become A-labels in small letters, each once.  A wildcard brings its bare
 * name.  The rest of the subject is the profile's, the organization the command line's or the
 * served certificate's.  For cmd_csr.c.
 */
#ifndef CLI_REQUEST_CSR_WANTED_H
#define CLI_REQUEST_CSR_WANTED_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"
#include "checker/csr/request.h"
#include "checker/limits.h"

struct error;
struct known_keys;
struct options;
struct profile;
struct profile_product;

struct csr_wanted {
	struct profile *profile;
	const struct profile_product *product; /* NULL: the first that takes the names */
	struct known_keys *known;              /* keys in use */
	struct request request;                /* of what follows */
	VEC(char *) names;
	char name[LIMIT_HOST_BYTES]; /* the application's server name, "" when it is not known */
	char *organization;          /* the served certificate's, or NULL */
};

/* csr_wanted_release() whatever it says; begins as { .profile = NULL }. */
MUST_USE bool csr_wanted_fill(
	struct csr_wanted *wanted, const struct options *options, struct error *err);
void csr_wanted_release(struct csr_wanted *wanted);

/* For `csr --check` as well: profile, product and server name alone. */
MUST_USE bool csr_wanted_terms(
	struct csr_wanted *wanted, const struct options *options, struct error *err);

#endif
