/* SPDX-License-Identifier: MIT */
/*
 * suite_lists - the revocation lists of a case, and what they say of a path
 *
 * Where a case has lists, revocation of every certificate of the path is checked, and a missing
 * list is a failure.  Test code only.
 */
#ifndef TESTS_SUITE_SUITE_LISTS_H
#define TESTS_SUITE_SUITE_LISTS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct cert;
struct suite_lists;
struct trust;

/* All that a case has; borrowed. */
struct suite_papers {
	const json_t *crls;
	const struct cert *const *certs; /* where those that signed the lists are */
	size_t cert_count;
	const struct trust *trust;
	struct instant now;
	bool leaf_only; /* there is a list for the leaf alone */
};

struct suite_lists *suite_lists_new(const struct suite_papers *papers);
void suite_lists_free(struct suite_lists *lists);
DEFINE_CLEANUP(struct suite_lists *, suite_lists_free);

/* Is every certificate of the path below its anchor known not to be revoked? */
bool suite_lists_clear(struct suite_lists *lists, const struct cert *const *path, size_t len);

#endif
