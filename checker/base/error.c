/* SPDX-License-Identifier: MIT */
#include "checker/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/heap.h"
#include "checker/base/text.h"

/* Keeps the line a line: what came from a file or a remote may hold anything. */
static void settle(struct error *err, enum error_code code, const char *raw)
{
	text_printable(raw, strlen(raw), err->text, sizeof err->text);
	err->code = code;
}

bool error_set(struct error *err, enum error_code code, const char *fmt, ...)
{
	char raw[sizeof err->text];
	va_list args;

	if (!err || err->code != ERROR_NONE)
		return false;

	va_start(args, fmt);
	(void)vsnprintf(raw, sizeof raw, fmt, args);
	va_end(args);
	settle(err, code, raw);
	return false;
}

bool error_set_errno(struct error *err, int errnum, const char *fmt, ...)
{
	char raw[sizeof err->text], why[128];
	va_list args;

	if (!err || err->code != ERROR_NONE)
		return false;

	va_start(args, fmt);
	int len = vsnprintf(raw, sizeof raw, fmt, args);
	va_end(args);
	if (strerror_r(errnum, why, sizeof why) != 0)
		(void)snprintf(why, sizeof why, "error %d", errnum);
	if (len >= 0 && (size_t)len < sizeof raw)
		(void)snprintf(raw + len, sizeof raw - (size_t)len, ": %s", why);
	settle(err, ERROR_IO, raw);
	return false;
}

bool error_set_memory(struct error *err)
{
	/* Whoever called may have no use for the reason; a first one was another. */
	if (!err || err->code == ERROR_NONE)
		heap_note();
	return error_set(err, ERROR_MEMORY, "out of memory");
}
