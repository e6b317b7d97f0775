/* SPDX-License-Identifier: MIT */
/*
 * trust_policy - paths on which OpenSSL 3.0 is not to be asked about policies
 *
 * Private to checker/trust/.  Where a certificate has policyConstraints and no
 * certificatePolicies, OpenSSL forgets to free the former, so whoever serves such certificates
 * could have us lose memory for each.  The answer is simple there: without policies in one
 * certificate the tree is empty (RFC 5280, 6.1.3 (e)), and only whether one is demanded is left.
 */
#ifndef CHECKER_TRUST_TRUST_POLICY_H
#define CHECKER_TRUST_TRUST_POLICY_H

#include <stdbool.h>

#include "checker/trust/trust.h"

/* Is PATH such a path? */
bool trust_policy_is_void(const struct trust_path *path);

/* Of such a path: is a policy demanded (6.1.5 (g)), so that it is not good? */
bool trust_policy_is_demanded(const struct trust_path *path, bool explicit_wanted);

#endif
