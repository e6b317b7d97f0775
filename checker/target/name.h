/* SPDX-License-Identifier: MIT */
/*
 * name - host names: to their A-labels and back, and held against a certificate
 *
 * The only door to libidn2.  Names are IDNA2008 with UTS #46, non-transitional
 * (RFC 5891), so "straße" stays itself and is not "strasse".
 */
#ifndef CHECKER_TARGET_NAME_H
#define CHECKER_TARGET_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/limits.h"

struct error;

/*
 * The A-label form of TEXT (UTF-8, LEN bytes), lower case, without a trailing
 * dot, into OUT.  Accepts what DNS calls a host name: LDH labels and "_", 63
 * octets each, 253 in all; "*" only when WILDCARD allows it as the first
 * label.  False with ERR saying why otherwise.
 */
MUST_USE bool name_to_ascii(const char *text, size_t len, bool wildcard,
	char out[static LIMIT_HOST_BYTES], struct error *err);

/*
 * The U-label form of an A-label NAME as printable UTF-8; the name itself when
 * it has none or it cannot be shown safely.  OUT is always set.
 */
void name_to_unicode(const char *name, char *out, size_t size);

/*
 * RFC 9525, 6.3: does the dNSName PATTERN of a certificate cover the reference
 * NAME?  Both in A-labels, case ignored; "*" stands for exactly one whole
 * left-most label, and not above a single label ("*.hk" covers nothing).
 */
bool name_matches(const char *pattern, const char *name);

/* True for an IPv4 or IPv6 literal (no brackets); *RET_FAMILY is AF_INET or AF_INET6. */
bool name_is_address(const char *text, int *ret_family);

/* The one way this program writes an address: RFC 5952 for IPv6, dotted quad for IPv4. */
MUST_USE bool name_canonical_address(const char *text, char out[static LIMIT_ADDRESS_BYTES]);

#endif
