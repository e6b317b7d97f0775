/* SPDX-License-Identifier: MIT */
/*
 * suite_case - one case of a suite in the schema of x509-limbo, and what our own code says of it
 *
 * The anchors of a case become the only trust store, its certificates what a server sent, and the
 * verdict is the one that every scan ends in.  Test code only.
 */
#ifndef TESTS_SUITE_SUITE_CASE_H
#define TESTS_SUITE_SUITE_CASE_H

#include <stdbool.h>

#include <jansson.h>

struct profile;

enum suite_outcome { SUITE_RIGHT, SUITE_FALSE_ACCEPT, SUITE_FALSE_REJECT, SUITE_SKIPPED };

struct suite_answer {
	enum suite_outcome outcome;       /* trust, name and conformance together */
	enum suite_outcome trust_outcome; /* without the conformance rules */
	char why[400];                    /* what spoke against it, or "" */
};

/* Judges CASE, one of "testcases", at OpenSSL's authentication level LEVEL. */
struct suite_answer suite_case_judge(const json_t *test, int level, const struct profile *profile);

#endif
