/* SPDX-License-Identifier: MIT */
/*
 * cmd_csr - the two halves of `chainmend csr`
 *
 * cmd_csr.c makes requests, cmd_csr_check.c judges them; what both write is
 * reports/request/reviewed.h's.
 */
#ifndef CLI_REQUEST_CMD_CSR_H
#define CLI_REQUEST_CMD_CSR_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct error;
struct options;
struct reviewed;

/* `csr --check`; its exit code. */
int csr_check(const struct options *options, struct error *err);

/* The exit code that the worst of COUNT requests comes to. */
int csr_exit_code(const struct reviewed *reviewed, size_t count);

/* Writes them to PATH in the format called NAME: text, ndjson or json. */
MUST_USE bool csr_report(const struct options *options, const char *name, const char *path,
	const struct reviewed *reviewed, size_t count, struct error *err);

/* Is there a format of that name here? */
MUST_USE bool csr_report_knows(const char *name, struct error *err);

#endif
