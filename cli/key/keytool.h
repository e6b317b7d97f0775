/* SPDX-License-Identifier: MIT */
/*
 * keytool - Java's program that makes key stores
 *
 * JKS is Java's own format, and only its own program writes it.  It is given a PKCS#12 file
 * in a folder that nobody else can read, words that are fixed but for names of files, and
 * the password in its environment.
 */
#ifndef CLI_KEY_KEYTOOL_H
#define CLI_KEY_KEYTOOL_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct buf;
struct error;

#define KEYTOOL_PASSWORD 6 /* characters at least: its own rule */

/* Of PFX, sealed with PASSWORD, whose entry is called ALIAS, a Java key store of the same at the
 * end of OUT. */
MUST_USE bool keytool_convert(const struct buf *pfx, const char *alias, const char *password,
	struct buf *out, struct error *err);

#endif
