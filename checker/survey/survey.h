/* SPDX-License-Identifier: MIT */
/*
 * survey - looks at names as a CA will that validates who controls them
 *
 * DNS first, of the resolvers that are given and of the authoritative servers themselves, then the
 * file at every address.  The hosts file has no part in it: no CA reads ours.  What is found goes
 * into a struct dcv_seen a name, and rules/dcv/ says what follows from it.
 *
 * Whoever owns a name chooses name servers, addresses and redirects, so addresses that are not
 * public are not asked (fetch_guard.h) unless the caller allows it.  Bounded in servers, addresses,
 * redirects, bytes and time (LIMIT_DCV_...).  Blocks; one survey a thread.
 */
#ifndef CHECKER_SURVEY_SURVEY_H
#define CHECKER_SURVEY_SURVEY_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/engine/resolve_direct.h"

struct dcv_seen;
struct error;
struct survey;

struct survey_options {
	char (*resolvers)[RESOLVE_SERVER_BYTES]; /* at least one; they outlive the survey */
	size_t resolver_count;
	unsigned dns_port, http_port, https_port; /* in place of 53, 80 and 443 */
	const char *path;                         /* of the file; NULL: not looked for */
	bool mail;                                /* ask who takes mail */
	bool allow_private;
	double timeout_s; /* for each question and each answer */
	struct instant now;
};

MUST_USE struct survey *survey_new(const struct survey_options *options, struct error *err);
void survey_free(struct survey *survey);
DEFINE_CLEANUP(struct survey *, survey_free);

/* Fills COUNT of them, at the same time, whose `name` and `is_wildcard` are set. */
MUST_USE bool survey_run(
	struct survey *survey, struct dcv_seen *seen, size_t count, struct error *err);

#endif
