/* SPDX-License-Identifier: MIT */
#include "checker/engine/libraries.h"

#include <stdlib.h>

/* ares.h uses fd_set and does not include it. */
#include <sys/select.h>

#include <ares.h>
#include <jansson.h>
#include <openssl/crypto.h>

#include "checker/base/heap.h"

/* No bytes are NULL to OpenSSL's own allocator, and a remote can make it ask for none, by a key
 * with a modulus of zero: no lack of memory. */
static void *openssl_take(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size > 0 ? heap_take(size) : NULL;
}

static void openssl_give(void *old, const char *file, int line)
{
	(void)file;
	(void)line;
	free(old);
}

static void *openssl_retake(void *old, size_t size, const char *file, int line)
{
	if (size > 0)
		return heap_retake(old, size);
	openssl_give(old, file, line);
	return NULL;
}

bool libraries_watch(void)
{
	json_set_alloc_funcs(heap_take, free);
	return CRYPTO_set_mem_functions(openssl_take, openssl_retake, openssl_give) == 1 &&
	       ares_library_init_mem(ARES_LIB_INIT_ALL, heap_take, free, heap_retake) ==
		       ARES_SUCCESS;
}
