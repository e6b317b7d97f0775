/* SPDX-License-Identifier: MIT */
#include "checker/target/domain.h"

#include <libpsl.h>
#include <string.h>

const char *domain_registered(const char *name)
{
	const psl_ctx_t *list = psl_builtin();

	if (!list || strspn(name, "0123456789.") == strlen(name) || strchr(name, ':'))
		return NULL;
	return psl_registrable_domain(list, name);
}

/* Registries' part of the list, and no rule for what is not on it. */
#define REGISTRIES (PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE)

bool domain_is_suffix(const char *name)
{
	const psl_ctx_t *list = psl_builtin();

	return list && psl_is_public_suffix2(list, name, REGISTRIES);
}

bool domain_is_public(const char *name)
{
	for (const char *at = name; at; at = strchr(at, '.')) {
		at += *at == '.';
		if (domain_is_suffix(at))
			return true;
	}
	return false;
}
