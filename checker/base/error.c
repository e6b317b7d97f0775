/* SPDX-License-Identifier: MIT */
#include "checker/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/heap.h"
#include "checker/base/phrase.h"

static void settle(struct error *err, enum error_code code)
{
	phrase_render(err->said, LANGUAGE_EN, err->text, sizeof err->text);
	err->code = code;
}

bool error_set(struct error *err, enum error_code code, const char *fmt, ...)
{
	va_list args;

	if (!err || err->code != ERROR_NONE)
		return false;

	va_start(args, fmt);
	phrase_vsay(err->said, sizeof err->said, fmt, args);
	va_end(args);
	settle(err, code);
	return false;
}

bool error_set_errno(struct error *err, int errnum, const char *fmt, ...)
{
	char what[sizeof err->said], why[128];
	va_list args;

	if (!err || err->code != ERROR_NONE)
		return false;

	va_start(args, fmt);
	phrase_vsay(what, sizeof what, fmt, args);
	va_end(args);
	if (strerror_r(errnum, why, sizeof why) != 0)
		(void)snprintf(why, sizeof why, "error %d", errnum);
	phrase_say(err->said, sizeof err->said, "%s: %s", what, why);
	settle(err, ERROR_IO);
	return false;
}

bool error_set_memory(struct error *err)
{
	/* Whoever called may have no use for the reason; a first one was another. */
	if (!err || err->code == ERROR_NONE)
		heap_note();
	return error_set(err, ERROR_MEMORY, "out of memory");
}
