/* SPDX-License-Identifier: MIT */
/*
 * sealing - a private key and certificates put into a key store with a password
 *
 * The password comes from --output-password-file, else from --password-file, else from
 * the terminal, where it is asked for twice.
 */
#ifndef CLI_KEY_SEALING_H
#define CLI_KEY_SEALING_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct buf;
struct error;
struct options;
struct passphrase;
struct pfx_content;

/* The password, before anything else is done that it may be missing for. */
MUST_USE bool sealing_password(
	const struct options *options, struct passphrase *password, struct error *err);

/* CONTENT as the options want it: PKCS#12, or a Java key store.  What it is called, they say. */
MUST_USE bool sealing_put(const struct options *options, const struct pfx_content *content,
	const struct passphrase *password, struct buf *out, struct error *err);

#endif
