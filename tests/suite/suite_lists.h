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

/* Those of the array CRLS; CERTS are all certificates of the case, where their issuers are. */
struct suite_lists *suite_lists_new(const json_t *crls, const struct cert *const *certs,
	size_t cert_count, struct instant now, bool leaf_only);
void suite_lists_free(struct suite_lists *lists);
DEFINE_CLEANUP(struct suite_lists *, suite_lists_free);

/* Is every certificate of the path below its anchor known not to be revoked? */
bool suite_lists_clear(const struct suite_lists *lists, const struct cert *const *path, size_t len);

#endif
