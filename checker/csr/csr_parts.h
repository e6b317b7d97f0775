/* SPDX-License-Identifier: MIT */
/*
 * csr_parts - what a signing request is made of, for who reads it part by part
 *
 * Between csr.c and csr_extensions.c, and nobody else's business.  Functions are false only when
 * memory runs out.
 */
#ifndef CHECKER_CSR_CSR_PARTS_H
#define CHECKER_CSR_CSR_PARTS_H

#include <openssl/x509.h>

#include "checker/csr/csr.h"

#define CSR_TEXT 1024 /* of one name or attribute, printable; no good one is as long */

/* BYTES made printable, the request's; NULL when memory runs out. */
const char *csr_text(struct csr *csr, const unsigned char *bytes, size_t len);

MUST_USE bool csr_read_extensions(struct csr *csr, X509_REQ *req);
MUST_USE bool csr_read_microsoft(struct csr *csr, const X509_REQ *req);

#endif
