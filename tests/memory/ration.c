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
	return granted(RATION_OURS) ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
	return granted(RATION_OURS) ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
	return granted(RATION_OURS) ? __real_realloc(old, size) : NULL;
}

static void *libraries_malloc(size_t size)
{
	return granted(RATION_LIBRARIES) ? __real_malloc(size) : NULL;
}

static void *libraries_realloc(void *old, size_t size)
{
	return granted(RATION_LIBRARIES) ? __real_realloc(old, size) : NULL;
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
	(void)file;
	(void)line;
	return granted(RATION_OPENSSL) ? openssl_own(__real_malloc(size)) : NULL;
}

static void *openssl_realloc(void *old, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return granted(RATION_OPENSSL) ? openssl_own(__real_realloc(old, size)) : NULL;
}

static void openssl_free(void *old, const char *file, int line)
{
	(void)file;
	(void)line;
	free(old);
}

void ration_install(void)
{
	forge_must(CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) == 1,
		"OpenSSL's hooks");
	forge_must(ares_library_init_mem(ARES_LIB_INIT_ALL, libraries_malloc, free,
			   libraries_realloc) == ARES_SUCCESS,
		"c-ares's hooks");
	json_set_alloc_funcs(libraries_malloc, free);
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
