/* SPDX-License-Identifier: MIT */
/*
 * product - which of a CA's products takes which names
 *
 * A product without wildcard takes so many names.  One with wildcard takes so many wildcards, and
 * beside each its bare name ("example.hk" for "*.example.hk"), which CAs put in by themselves.
 */
#ifndef RULES_REQUEST_PRODUCT_H
#define RULES_REQUEST_PRODUCT_H

#include <stddef.h>

struct profile;
struct profile_product;

enum product_fit {
	PRODUCT_FITS,
	PRODUCT_TOO_MANY,      /* names, or wildcards */
	PRODUCT_NO_WILDCARDS,  /* there is one, and it takes none */
	PRODUCT_NO_OTHERS,     /* it takes wildcards, and there is another name */
	PRODUCT_WANTS_WILDCARD /* it takes wildcards, and there is none */
};

/* NAMES are A-labels, each once. */
enum product_fit product_fit(
	const struct profile_product *product, const char *const *names, size_t count);

/* The first product of the profile that takes them; NULL when none does. */
const struct profile_product *product_for(
	const struct profile *profile, const char *const *names, size_t count);

#endif
