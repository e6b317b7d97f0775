/* SPDX-License-Identifier: MIT */
/* A chain file of any kind, and how what is in it hangs together. */
#include <assert.h>

#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file.h"
#include "checker/limits.h"
#include "checker/trust/chain.h"
#include "tests/fuzz/fuzz.h"

struct heap {
	const struct cert *cert[LIMIT_CHAIN];
	size_t len;
};

static bool keep(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	struct heap *heap = arg;

	if (heap->len == LIMIT_CHAIN)
		return error_set(err, ERROR_LIMIT, "enough");
	heap->cert[heap->len] = cert_new(der, len, err);
	return heap->cert[heap->len++] != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heap heap = { .len = 0 };
	struct error err = { 0 };
	bool ok = cert_file_read(
		&(struct cert_file){
			.path = "fuzz", .bytes = data, .len = size, .password = "password" },
		keep, &heap, &err);

	assert(ok == (err.code == ERROR_NONE));
	CLEANUP(chain_freep) struct chain *chain = chain_new(heap.cert, heap.len, NULL);
	assert(chain && chain_len(chain) == heap.len);
	for (size_t i = 0; i < heap.len; i++)
		cert_unref(heap.cert[i]);
	return 0;
}
