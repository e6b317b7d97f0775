/* SPDX-License-Identifier: MIT */
/*
 * rule_rows - tables of leafs under made-up chains, and all that is found about each
 *
 * A row says everything that is found, so each row is also a test that all
 * other rules stay silent.  Test code only.
 */
#ifndef TESTS_RULE_ROWS_H
#define TESTS_RULE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/forge.h"

#define NEW "ssl-ca-3-17-2025"
#define OLD "ssl-ca-3-17-2017"
#define CROSS "root-ca-3-cross-2022"

struct rule_row {
	const char *descr;
	const char *issuer; /* NULL: NEW */
	const char *names;  /* NULL: the one that is asked for */
	struct forge_spec spec;
	const char *issued, *ends; /* NULL: the usual dates */
	const char *above;         /* what is served after the leaf */
	const char *status, *findings;
};

/* Judges each row on DAY; the retired intermediates are on the list when REVOKED. */
void rule_rows_judge(const char *day, bool revoked, const struct rule_row *rows, size_t count);

#endif
