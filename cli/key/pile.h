/* SPDX-License-Identifier: MIT */
/*
 * pile - the certificates and the private key in the files of a command line
 *
 * Files of any kind, in the order in which they were named.  A password is taken from
 * --password-file, or asked for on the terminal when a file needs one; it opens all files.
 */
#ifndef CLI_KEY_PILE_H
#define CLI_KEY_PILE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"
#include "cli/process/passphrase.h"

struct cert;
struct error;
struct options;
struct private_key;

struct pile_item {
	const struct cert *cert; /* the pile's */
	size_t file;             /* which one it is from, counted from 0 */
};

struct pile {
	const struct options *options; /* borrowed */
	VEC(struct pile_item) items;
	size_t files;
	struct private_key *key; /* the first one that was wanted; NULL: none */
	bool has_password;
	struct passphrase password;
	bool shut; /* a file did not open, or is damaged: it was there, and is no good */
};

/* What is wanted of a file. */
enum pile_want {
	PILE_CERTIFICATES,
	PILE_KEY,  /* and nothing else; that it has none is an error */
	PILE_BOTH, /* certificates, and the key if there is one */
};

/* Adds what is in the file at PATH, "-" for standard input. */
MUST_USE bool pile_add(struct pile *pile, const char *path, enum pile_want want, struct error *err);

/* The certificate of the file with that number that the bundle is for: that of the key, else the
 * first that is no CA's, else the first; NULL when it has none. */
const struct cert *pile_leaf(const struct pile *pile, size_t file);

void pile_release(struct pile *pile);

#endif
