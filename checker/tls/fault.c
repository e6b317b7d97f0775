/* SPDX-License-Identifier: MIT */
#include "checker/tls/fault.h"

#include "checker/base/phrase.h"

#include <stdarg.h>
#include <stdio.h>

bool fault_set(struct fault *ret_fault, enum alert alert, const char *fmt, ...)
{
	va_list args;

	*ret_fault = (struct fault){ .alert = alert };
	va_start(args, fmt);
	phrase_vsay(ret_fault->words, sizeof ret_fault->words, fmt, args);
	va_end(args);
	return false;
}
