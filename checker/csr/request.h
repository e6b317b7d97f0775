/* SPDX-License-Identifier: MIT */
/*
 * request - what is asked of a CA: names, subject, product, kind of key
 *
 * A wish, before there is a key: the same one is signed here (csr_maker.h), or handed to other
 * programs as what they take (reports/request/recipe.h).  All of it is borrowed, and none of it
 * is judged: that is rules/request/review.h's.
 */
#ifndef CHECKER_CSR_REQUEST_H
#define CHECKER_CSR_REQUEST_H

#include <stddef.h>

struct key_type;

/* Names of one certificate; products go to 50, and CAs of the web to a hundred. */
#define REQUEST_NAMES 1000

struct request {
	const char *const *names; /* A-labels in small letters, each once; at least one */
	size_t count;
	const char *common_name; /* one of them; NULL: none, as it is longer than X.520 allows */
	const char *country, *state, *locality, *organization; /* UTF-8; NULL: not said */
	const char *product;                                   /* the profile's id of it, or NULL */
	const struct key_type *key;
	const char *friendly_name; /* what Windows shows; NULL: the first name */
};

/* X.520: upper bounds in characters (RFC 5280, A.1). */
#define REQUEST_COMMON_NAME 64
#define REQUEST_ORGANIZATION 64
#define REQUEST_PLACE 128

#endif
