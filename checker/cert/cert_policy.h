/* SPDX-License-Identifier: MIT */
/*
 * cert_policy - what a certificate says that no verification looks at, but policies do
 *
 * Read from the bytes when it is asked for, in a microsecond, so that the certificates of which
 * nobody asks cost nothing.  Pure, and for any thread.  A certificate that is not in strict DER
 * has no answers (`read` is false): what is not known is no fault.
 */
#ifndef CHECKER_CERT_CERT_POLICY_H
#define CHECKER_CERT_CERT_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/cert/sct.h"

struct cert;

/* How the subject was looked into, by the reserved policies (Baseline Requirements, 7.1.6.1). */
enum validation {
	VALIDATION_UNKNOWN, /* none of those, or several */
	VALIDATION_DOMAIN,
	VALIDATION_INDIVIDUAL,
	VALIDATION_ORGANIZATION,
	VALIDATION_EXTENDED,
	VALIDATION_COUNT,
};

/* "dv", "iv", "ov", "ev"; NULL for VALIDATION_UNKNOWN. */
const char *validation_name(enum validation validation);

#define CERT_POLICY_TEXT 128

struct cert_policy {
	bool read;
	enum validation validation;
	bool has_organization;       /* organizationName in the subject */
	size_t units;                /* organizationalUnitName in the subject ... */
	char unit[CERT_POLICY_TEXT]; /* ... the first of them, printable */

	/* The attribute of the subject that is furthest beyond its upper bound (RFC 5280, A.1;
	 * Baseline Requirements, 7.1.4.2), in characters; NULL when all fit. */
	const char *long_attribute;
	size_t long_length;
	unsigned long_bound;

	bool has_scts;    /* a list of signed certificate timestamps is embedded (RFC 6962, 3.3) */
	bool scts_broken; /* and cannot be read to its end */
	struct sct_tally embedded; /* those in it */

	size_t serial_octets; /* of the serial number's value */
	/* Of an RSA key's public exponent: an odd number of at least 65537 (Baseline Requirements,
	 * 6.1.6); true for other keys. */
	bool usual_exponent;
};

void cert_policy_read(const struct cert *cert, struct cert_policy *ret_policy);

/* Timestamps by different logs that browsers want of a certificate valid for so long. */
unsigned cert_policy_scts_wanted(const struct cert *cert);

#endif
