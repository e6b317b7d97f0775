/* SPDX-License-Identifier: MIT */
/*
 * cmd_key - what `key backup`, `key check` and `key restore` do
 *
 * For cmd_key.c, which tells them apart.  The first argument of the options is the verb;
 * each gives an exit code, with ERR set or after saying itself what is wrong.
 */
#ifndef CLI_KEY_CMD_KEY_H
#define CLI_KEY_CMD_KEY_H

struct bundling;
struct error;
struct options;

/* A private key and its certificate into a PKCS#12 file, with the chain that is to be served. */
int cmd_key_backup(const struct options *options, struct error *err);

/* Does a backup open, hold the key, and what the server serves now? */
int cmd_key_check(const struct options *options, struct error *err);

/* Key and chain out of a backup, into files of their own. */
int cmd_key_restore(const struct options *options, struct error *err);

#endif
