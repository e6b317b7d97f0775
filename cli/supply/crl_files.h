/* SPDX-License-Identifier: MIT */
/*
 * crl_files - revocation lists that are given as files (check --crl)
 *
 * Each is held against the issuers of the certificates that are checked, and counts for those whose
 * key fits its signature, as a list that was fetched does.  For one thread.
 */
#ifndef CLI_SUPPLY_CRL_FILES_H
#define CLI_SUPPLY_CRL_FILES_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct console;
struct crl_files;
struct error;
struct observation;
struct option_list;
struct setup;

/* Reads the files of PATHS.  SETUP is borrowed; both outlive every observation that was answered.
 */
MUST_USE struct crl_files *crl_files_new(
	const struct option_list *paths, const struct setup *setup, struct error *err);
void crl_files_free(struct crl_files *files);
DEFINE_CLEANUP(struct crl_files *, crl_files_free);

/* Puts the lists that are of OBSERVATION's issuers among its answers. */
MUST_USE bool crl_files_answer(
	struct crl_files *files, struct observation *observation, struct error *err);

/* Warns of files that were of no issuer's. */
void crl_files_complain(const struct crl_files *files, const struct console *console);

#endif
