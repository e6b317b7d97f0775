/* SPDX-License-Identifier: MIT */
/*
 * cert_file_p12 - the certificates of a PKCS#12 file (RFC 7292)
 *
 * Private to cert_file.c.  The private key in it is never decrypted: which
 * certificate belongs to it stands beside it.
 */
#ifndef CHECKER_CERT_CERT_FILE_P12_H
#define CHECKER_CERT_CERT_FILE_P12_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

/* False ends the reading. */
typedef bool cert_file_p12_each(void *arg, const uint8_t *der, size_t len);

/*
 * Calls EACH for every certificate, that of the key first, the others as they
 * stand.  False when EACH was, or when the file does not open: then *RET_WHY
 * says why (static text).
 */
MUST_USE bool cert_file_p12_read(const uint8_t *der, size_t len, const char *password,
	cert_file_p12_each *each, void *arg, const char **ret_why);

#endif
