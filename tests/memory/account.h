/* SPDX-License-Identifier: MIT */
/*
 * account - what one run of the program left behind, held against a run that lacked nothing
 *
 * Right is: every target has just one record, equal to the reference but for its times, and the
 * exit code is the reference's; or the lack of memory is said, as the run's error (and then no
 * report has appeared), as the error of a target, or as a warning.  Everything else is a fault.
 * Test code only; a failure aborts.
 */
#ifndef TESTS_MEMORY_ACCOUNT_H
#define TESTS_MEMORY_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

enum account_kind {
	ACCOUNT_RIGHT,  /* as if nothing had been refused */
	ACCOUNT_FAILED, /* the run said that it has no memory, and wrote nothing */
	ACCOUNT_TARGET, /* it said so of some targets, and is right about the others */
	ACCOUNT_WARNED, /* it said so in a warning, and knew less than it might have */
	ACCOUNT_FAULT,
	ACCOUNT_KINDS,
};

struct account {
	int status;   /* of waitpid() */
	bool late;    /* it was ended from outside */
	char *report; /* NULL: no file has appeared */
	char *words;  /* standard error */
};

/* "the same result", ... */
const char *account_name(enum account_kind kind);

/* WHY is filled for a fault. */
enum account_kind account_judge(
	const struct account *account, const struct account *reference, char *why, size_t size);

#endif
