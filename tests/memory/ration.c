/* SPDX-License-Identifier: MIT */
#include "tests/memory/ration.h"

#include <stdio.h>
#include <stdlib.h>

#include <sys/select.h> /* ares.h wants it and does not say so */

#include <ares.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

#include "checker/base/heap.h"
#include "checker/engine/libraries.h"
#include "tests/forge.h"

/* The linker's names for the real ones, and for those that take their place. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

/* The sanitizers', where they are linked. */
void __sanitizer_print_stack_trace(void) __attribute__((weak));
void __lsan_ignore_object(const void *object) __attribute__((weak));

static struct ration *_Atomic current;

/* Who asks: the product's hooks of the libraries come to malloc() in the end. */
static _Thread_local enum ration_source asking;

/* The product's hooks of OpenSSL. */
static CRYPTO_malloc_fn product_malloc;
static CRYPTO_realloc_fn product_realloc;
static CRYPTO_free_fn product_free;

const char *ration_name(enum ration_source source)
{
	static const char *const names[RATION_COUNT] = { "ours", "libraries", "openssl" };

	return names[source];
}

static void show(void)
{
	static const char words[] = "here memory runs out\n";

	(void)!write(STDERR_FILENO, words, sizeof words - 1);
	if (__sanitizer_print_stack_trace)
		__sanitizer_print_stack_trace();
}

static bool granted(enum ration_source source)
{
	struct ration *ration = atomic_load(&current);

	if (!ration || !atomic_load(&ration->armed))
		return true;
	unsigned long number = atomic_fetch_add(&ration->asked[source], 1) + 1;
	if (source != ration->source || number < ration->at ||
		(number > ration->at && !ration->ever_after))
		return true;
	if (atomic_fetch_add(&ration->refused, 1) == 0 && ration->show)
		show();
	return false;
}

void *__wrap_malloc(size_t size)
{
	return granted(asking) ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
	return granted(asking) ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
	return granted(asking) ? __real_realloc(old, size) : NULL;
}

static void *libraries_malloc(size_t size)
{
	asking = RATION_LIBRARIES;
	void *taken = heap_take(size);
	asking = RATION_OURS;
	return taken;
}

static void *libraries_realloc(void *old, size_t size)
{
	asking = RATION_LIBRARIES;
	void *taken = heap_retake(old, size);
	asking = RATION_OURS;
	return taken;
}

/* Where OpenSSL itself was refused something, it loses what it held: its leak, not ours.  What of
 * OpenSSL's we lose is seen when our own requests are refused. */
static void *openssl_own(void *object)
{
	struct ration *ration = atomic_load(&current);

	if (object && __lsan_ignore_object && ration && ration->source == RATION_OPENSSL)
		__lsan_ignore_object(object);
	return object;
}

static void *openssl_malloc(size_t size, const char *file, int line)
{
	asking = RATION_OPENSSL;
	void *taken = product_malloc(size, file, line);
	asking = RATION_OURS;
	return openssl_own(taken);
}

static void *openssl_realloc(void *old, size_t size, const char *file, int line)
{
	asking = RATION_OPENSSL;
	void *taken = product_realloc(old, size, file, line);
	asking = RATION_OURS;
	return openssl_own(taken);
}

void ration_install(void)
{
	forge_must(libraries_watch(), "the product's hooks");
	forge_must(ares_library_init_mem(ARES_LIB_INIT_ALL, libraries_malloc, free,
			   libraries_realloc) == ARES_SUCCESS,
		"c-ares's hooks");
	json_set_alloc_funcs(libraries_malloc, free);
	CRYPTO_get_mem_functions(&product_malloc, &product_realloc, &product_free);
	forge_must(CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, product_free) == 1,
		"OpenSSL's hooks");
}

struct ration *ration_share(unsigned count)
{
	/* MAP_ANONYMOUS is no word of POSIX 2008: a temporary file does as well. */
	FILE *file = tmpfile();
	size_t size = count * sizeof(struct ration);

	forge_must(file && ftruncate(fileno(file), (off_t)size) == 0, "a shared file");
	void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
	forge_must(shared != MAP_FAILED, "shared memory");
	(void)fclose(file);
	return shared;
}

void ration_use(struct ration *ration)
{
	if (ration)
		atomic_store(&ration->armed, true);
	atomic_store(&current, ration);
}
