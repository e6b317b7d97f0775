/* SPDX-License-Identifier: MIT */
/*
 * answers - what those whom certificates name said of them, when they were asked
 *
 * Part of an observation, and only of one that somebody inquired about (cli/inquiry.h): judgement
 * asks nobody.  Bytes and lists are as they came; what they are worth is found out by revoke.h.
 */
#ifndef CHECKER_ANSWERS_H
#define CHECKER_ANSWERS_H

#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/limits.h"

struct cert;
struct revoke_list;

struct answers {
	uint8_t *ocsp; /* OCSPResponse about the leaf; NULL: none came */
	size_t ocsp_len;
	char ocsp_url[LIMIT_URL_BYTES]; /* printable; "" when no responder was asked */
	char ocsp_why[160];             /* printable; why no answer came */
	const struct cert *issuer;      /* of the leaf, fetched where it says; NULL: not needed */
	const struct revoke_list *lists[LIMIT_ANSWER_LISTS]; /* borrowed, and outlive this */
	size_t list_numbers[LIMIT_ANSWER_LISTS]; /* among all that the run asked for, from 0 */
	size_t list_count;
};

MUST_USE struct answers *answers_new(void);
void answers_free(struct answers *answers);
DEFINE_CLEANUP(struct answers *, answers_free);

#endif
