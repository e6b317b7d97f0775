/* SPDX-License-Identifier: MIT */
/*
 * anchors - the roots that each trust store of a profile consists of, found on this machine
 *
 * A profile names its anchors by fingerprint and does not contain them.  They
 * are looked for in the files of --trust-store, which replace a whole store, and
 * in the system's store.  One that is nowhere leaves that store without an
 * answer, which is said and is not an error.
 */
#ifndef CLI_SUPPLY_ANCHORS_H
#define CLI_SUPPLY_ANCHORS_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct error;
struct options;
struct profile;
struct replay;
struct trust;

/*
 * Adds the stores of PROFILE to TRUST, by the same numbers, and their anchors.  With REPLAY (or
 * NULL) they are its where it has them.
 * False when an option names a store that the profile does not have, or a file
 * without a certificate that can be read.
 */
MUST_USE bool anchors_load(const struct profile *profile, const struct options *options,
	const struct replay *replay, struct trust *trust, struct error *err);

#endif
