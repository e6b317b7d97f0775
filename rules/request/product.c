/* SPDX-License-Identifier: MIT */
#include "rules/request/product.h"

#include <stdbool.h>
#include <string.h>

#include "rules/profile/profile.h"

static bool is_wildcard(const char *name)
{
	return strncmp(name, "*.", 2) == 0;
}

/* Is NAME what one of the wildcards has behind its asterisk? */
static bool is_bare(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_wildcard(names[i]) && strcmp(names[i] + 2, name) == 0)
			return true;
	return false;
}

enum product_fit product_fit(
	const struct profile_product *product, const char *const *names, size_t count)
{
	size_t wildcards = 0, others = 0;

	for (size_t i = 0; i < count; i++) {
		wildcards += is_wildcard(names[i]);
		others += !is_wildcard(names[i]) && !is_bare(names[i], names, count);
	}
	if (!product->wildcard && wildcards > 0)
		return PRODUCT_NO_WILDCARDS;
	if (!product->wildcard)
		return count > product->names ? PRODUCT_TOO_MANY : PRODUCT_FITS;
	if (wildcards == 0)
		return PRODUCT_WANTS_WILDCARD;
	if (others > 0)
		return PRODUCT_NO_OTHERS;
	return wildcards > product->names ? PRODUCT_TOO_MANY : PRODUCT_FITS;
}

const struct profile_product *product_for(
	const struct profile *profile, const char *const *names, size_t count)
{
	for (size_t i = 0; i < profile->request.product_count; i++)
		if (product_fit(&profile->request.products[i], names, count) == PRODUCT_FITS)
			return &profile->request.products[i];
	return NULL;
}
