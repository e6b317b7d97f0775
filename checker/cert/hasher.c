/* SPDX-License-Identifier: MIT */
#include "checker/cert/hasher.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "checker/base/error.h"

#define SHA256_BYTES 32
#define IDLE 8 /* more threads than these make a context each time */

struct hasher {
	EVP_MD *sha256;
	_Atomic(EVP_MD_CTX *) idle[IDLE];
};

struct hasher *hasher_new(struct error *err)
{
	struct hasher *hasher = calloc(1, sizeof *hasher);

	if (hasher)
		hasher->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (hasher && hasher->sha256)
		return hasher;
	hasher_free(hasher);
	error_set_memory(err);
	return NULL;
}

void hasher_free(struct hasher *hasher)
{
	if (!hasher)
		return;
	for (size_t i = 0; i < IDLE; i++)
		EVP_MD_CTX_free(atomic_load(&hasher->idle[i]));
	EVP_MD_free(hasher->sha256);
	free(hasher);
}

static EVP_MD_CTX *take(struct hasher *hasher)
{
	for (size_t i = 0; i < IDLE; i++) {
		EVP_MD_CTX *ctx = atomic_load_explicit(&hasher->idle[i], memory_order_relaxed);
		if (ctx)
			ctx = atomic_exchange(&hasher->idle[i], NULL);
		if (ctx)
			return ctx;
	}
	return EVP_MD_CTX_new();
}

static void put_back(struct hasher *hasher, EVP_MD_CTX *ctx)
{
	for (size_t i = 0; i < IDLE; i++) {
		EVP_MD_CTX *none = NULL;
		if (atomic_compare_exchange_strong(&hasher->idle[i], &none, ctx))
			return;
	}
	EVP_MD_CTX_free(ctx);
}

void hasher_sha256(struct hasher *hasher, const uint8_t *bytes, size_t len, uint8_t out[static 32])
{
	EVP_MD_CTX *ctx = hasher ? take(hasher) : NULL;
	bool good;

	if (ctx) {
		good = EVP_DigestInit_ex2(ctx, hasher->sha256, NULL) == 1 &&
		       EVP_DigestUpdate(ctx, bytes, len) == 1 &&
		       EVP_DigestFinal_ex(ctx, out, NULL) == 1;
		put_back(hasher, ctx);
	} else {
		good = EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL) == 1;
	}
	if (!good)
		memset(out, 0, SHA256_BYTES);
}
