/* SPDX-License-Identifier: MIT */
/*
 * csr_served - the certificate whose names a new request takes over, out of saved results
 *
 * Results of a whole fleet are told apart by a name: that of the service, or one that its
 * certificate covers.  Where they are of one certificate, no name is needed.  For csr_wanted.c.
 */
#ifndef CLI_REQUEST_CSR_SERVED_H
#define CLI_REQUEST_CSR_SERVED_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct cert;
struct error;
struct known_keys;
struct option_list;

/*
 * The newest certificate that a service called NAME (an A-label, or NULL) serves; the caller's.
 * NULL with ERR set when there is none, or when several services could be meant.  The keys of all
 * go into KNOWN.
 */
MUST_USE const struct cert *csr_served(const struct option_list *results, const char *name,
	struct known_keys *known, bool *ret_extended, struct error *err);

#endif
