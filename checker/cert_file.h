/* SPDX-License-Identifier: MIT */
/*
 * cert_file - certificates out of files: PEM, DER, PKCS#7, PKCS#12
 *
 * Order is kept as it stands in the file.  For PKCS#12 the certificate that
 * belongs to the key comes first.  Private keys are never kept.
 */
#ifndef CHECKER_CERT_FILE_H
#define CHECKER_CERT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct error;

/* Called for each certificate of the file, in order; false ends the reading. */
typedef bool cert_file_each(void *arg, const uint8_t *der, size_t len, struct error *err);

/*
 * Reads BYTES that came from PATH (for messages only), whatever the format.
 * PASSWORD (may be NULL) opens PKCS#12.  A file without any certificate, or
 * one broken in the middle, is an error that names path, line and reason.
 */
MUST_USE bool cert_file_read(const char *path, const uint8_t *bytes, size_t len,
	const char *password, cert_file_each *each, void *arg, struct error *err);

#endif
