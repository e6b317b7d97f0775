/* SPDX-License-Identifier: MIT */
/*
 * pfx - a private key and its certificates, sealed with a password: PKCS#12 (RFC 7292)
 *
 * Two ways of sealing.  Modern: AES-256 in CBC mode under PBKDF2 and a MAC with SHA-256.
 * For Windows before Server 2019, which cannot read that: triple DES and a MAC with SHA-1,
 * all of OpenSSL's own (not RC2 of 40 bits, which is in its legacy provider and no secret
 * to anybody).  That one is weak: whoever has the file may try many passwords a second.
 */
#ifndef CHECKER_KEY_PFX_H
#define CHECKER_KEY_PFX_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct buf;
struct cert;
struct error;
struct private_key;

enum pfx_reader { PFX_MODERN, PFX_WINDOWS_2008, PFX_READER_COUNT };

struct pfx_content {
	const struct private_key *key;
	const struct cert *const *certs; /* that of the key first */
	size_t count;
	const char *name; /* what Windows and Java call it, UTF-8 */
};

/* In DER at the end of OUT. */
MUST_USE bool pfx_write(const struct pfx_content *content, const char *password,
	enum pfx_reader reader, struct buf *out, struct error *err);

#endif
