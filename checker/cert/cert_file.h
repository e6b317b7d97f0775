/* SPDX-License-Identifier: MIT */
/*
 * cert_file - certificates out of files: PEM, DER, PKCS#7, PKCS#12
 *
 * Order is kept as it stands in the file.  For PKCS#12 the certificate that
 * belongs to the key comes first.  Private keys are never kept.
 */
#ifndef CHECKER_CERT_CERT_FILE_H
#define CHECKER_CERT_CERT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct error;

/* Called for each certificate of the file, in order; false ends the reading. */
typedef bool cert_file_each(void *arg, const uint8_t *der, size_t len, struct error *err);

struct cert_file {
	const char *path; /* where the bytes came from, for messages only */
	const uint8_t *bytes;
	size_t len;
	const char *password; /* opens PKCS#12; NULL: none was given */
};

/*
 * Reads FILE, whatever its format.  One without any certificate, or broken in
 * the middle, is an error that names path, line and reason.
 */
MUST_USE bool cert_file_read(
	const struct cert_file *file, cert_file_each *each, void *arg, struct error *err);

#endif
