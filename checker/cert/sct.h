/* SPDX-License-Identifier: MIT */
/*
 * sct - signed certificate timestamps, counted (RFC 6962, 3.2 and 3.3)
 *
 * Clients want them by different logs, wherever they come from: the certificate, the TLS extension
 * or the stapled answer.  Their signatures are not checked, for nobody here has the keys of logs.
 */
#ifndef CHECKER_CERT_SCT_H
#define CHECKER_CERT_SCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

#define SCT_LOG_BYTES 32 /* a log's id is the SHA-256 of its key */
#define SCT_LOGS 16      /* kept; a real list has two to six timestamps */

struct sct_tally {
	size_t count;
	size_t logs; /* different ones, of those kept */
	uint8_t ids[SCT_LOGS][SCT_LOG_BYTES];
};

/* Adds what is in a SignedCertificateTimestampList; false when it cannot be read to its end. */
MUST_USE bool sct_read(struct sct_tally *tally, const uint8_t *list, size_t len);

/* Adds MORE to TALLY. */
void sct_add(struct sct_tally *tally, const struct sct_tally *more);

#endif
