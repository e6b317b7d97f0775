/* SPDX-License-Identifier: MIT */
#include "checker/trust/trust_policy.h"

#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/cert/cert_x509.h"

static bool has(const struct cert *cert, int extension)
{
	const X509 *x509 = cert_x509(cert);

	return x509 && X509_get_ext_by_NID(x509, extension, -1) >= 0;
}

/* The anchor is not looked at (6.1.1 (d)). */
bool trust_policy_is_void(const struct trust_path *path)
{
	for (size_t i = 0; i + 1 < path->len; i++)
		if (has(path->certs[i], NID_policy_constraints) &&
			!has(path->certs[i], NID_certificate_policies))
			return true;
	return false;
}

/* requireExplicitPolicy (4.2.1.11); negative when it is not there, or not to be read. */
static long required_after(const struct cert *cert)
{
	POLICY_CONSTRAINTS *constraints = X509_get_ext_d2i(
		cert_x509(cert), NID_policy_constraints, NULL, NULL);
	long after = -1;

	if (constraints && constraints->requireExplicitPolicy)
		after = ASN1_INTEGER_get(constraints->requireExplicitPolicy);
	POLICY_CONSTRAINTS_free(constraints);
	return after;
}

bool trust_policy_is_demanded(const struct trust_path *path, bool explicit_wanted)
{
	long left = explicit_wanted ? 0
				    : (long)path->len; /* 6.1.2 (d): n + 1, the anchor not in n */

	for (size_t i = path->len - 1; i-- > 0;) {
		const struct cert *cert = path->certs[i];
		long after = required_after(cert);

		/* 6.1.4 (h) and (i); of the last one 6.1.5 (a) and (b) */
		if (left > 0 && (i == 0 || !cert->self_issued))
			left--;
		if (after >= 0 && after < left && (i > 0 || after == 0))
			left = after;
	}
	return left == 0;
}
