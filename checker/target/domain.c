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
