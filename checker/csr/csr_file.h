/* SPDX-License-Identifier: MIT */
/*
 * csr_file - signing requests out of whatever they came in
 *
 * PEM with either label (RFC 7468, 7) or one of each, several in a file, with a mail around them
 * and its quotation marks in front; base64 alone; DER; in UTF-8 or UTF-16, with or without a byte
 * order mark, and with any line ends.  What is not a request is passed over, as long as there is
 * one.
 */
#ifndef CHECKER_CSR_CSR_FILE_H
#define CHECKER_CSR_CSR_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct error;

struct csr_found {
	const uint8_t *der; /* not looked at yet */
	size_t len;
	size_t line; /* where it begins, from 1; 0: there are no lines */
	bool mixed;  /* its BEGIN and END have different labels */
	bool wide;   /* it stands in UTF-16 */
};

/* Called for each, in order; false ends the reading. */
typedef bool csr_file_each(void *arg, const struct csr_found *found, struct error *err);

/*
 * Reads LEN bytes of the file PATH, which is for messages only.  One without any request, or with a
 * damaged one, is an error that names path, line and reason; what was read before it was handed
 * out.
 */
MUST_USE bool csr_file_read(const char *path, const uint8_t *bytes, size_t len, csr_file_each *each,
	void *arg, struct error *err);

#endif
