/* SPDX-License-Identifier: MIT */
/*
 * pem - textual encodings (RFC 7468) in texts that hold them, with lines
 *
 * OpenSSL's reader knows no lines and wants nothing else in a file.  A cursor walks over a text
 * that is not ended by NUL; nothing is copied.  Which labels matter is the caller's business.
 */
#ifndef CHECKER_CERT_PEM_H
#define CHECKER_CERT_PEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct pem_cursor {
	const char *at, *end;
	size_t line; /* from 1 */
};

#define PEM_LABEL_BYTES 64

extern const char pem_begin[], pem_end[], pem_dashes[]; /* "-----BEGIN ", "-----END ", "-----" */

bool pem_is_at(const struct pem_cursor *cursor, const char *mark);

/* One character on. */
void pem_step(struct pem_cursor *cursor);

/* To the next MARK; false when there is none, the cursor is at the end then. */
bool pem_skip_to(struct pem_cursor *cursor, const char *mark);

/* The words between MARK, at which the cursor is, and the dashes that end it, in one line. */
MUST_USE bool pem_read_label(
	struct pem_cursor *cursor, const char *mark, char label[static PEM_LABEL_BYTES]);

/*
 * Base64 from the cursor to its end, white space aside, into OUT, which has room for as many bytes
 * and three more; false with the cursor at the fault, or at the end where it is cut short.
 */
MUST_USE bool pem_decode(struct pem_cursor *cursor, uint8_t *out, size_t *ret_len);

/* Is it a digit of base64, padding not counted? */
bool pem_is_digit(char c);

/* Windows' editors and PowerShell write UTF-16, with a byte order mark or without. */
enum pem_wide { PEM_NOT_WIDE, PEM_WIDE_LITTLE, PEM_WIDE_BIG };
enum pem_wide pem_wideness(const uint8_t *bytes, size_t len);

/* UTF-16 as a text of LEN / 2 bytes, of which PEM needs only the ASCII: "?" for all else. */
size_t pem_narrow(const uint8_t *bytes, size_t len, enum pem_wide wide, char *out);

#endif
