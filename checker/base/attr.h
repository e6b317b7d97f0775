/* SPDX-License-Identifier: MIT */
/*
 * attr - the few compiler extensions this code base relies on
 *
 * Everything that is not C17 is here, so that a port is a port of this file.
 */
#ifndef CHECKER_BASE_ATTR_H
#define CHECKER_BASE_ATTR_H

#include <stddef.h>
#include <string.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
/* The result is a format with the places of argument ARG, which is one. */
#define FORMAT_OF(arg) __attribute__((format_arg(arg)))
#define UNUSED __attribute__((unused))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* CLEANUP(foo_freep) struct foo *foo = NULL;  foo_free() at the end of the scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define DEFINE_CLEANUP(type, fn)                    \
	static inline UNUSED void fn##p(type *slot) \
	{                                           \
		fn(*slot);                          \
	}                                           \
	struct cleanup_##fn

/* Gives away what VAR owns: the value of VAR, which is NULL from then on. */
#define TAKE(var) ((__typeof__(var))take_ptr(&(var)))

static inline void *take_ptr(void *slot)
{
	void *taken, *none = NULL;

	memcpy(&taken, slot, sizeof taken);
	memcpy(slot, &none, sizeof none);
	return taken;
}

#endif
