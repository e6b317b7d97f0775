/* SPDX-License-Identifier: MIT */
#include "tests/bench/keyring.h"

#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "tests/forge.h"

#define PRIME_BITS 1024
#define EXPONENT 65537

struct keyring {
	enum keyring_kind kind;
	size_t left;
	BN_CTX *ctx;
	BIGNUM *e;
	BIGNUM **primes;
	size_t count;
	size_t a, b; /* the pair that is next, a < b */
};

/* An RSA-2048 prime: BN_generate_prime_ex() sets the two highest bits, so that the product of two
 * has all of its bits, and e has to have an inverse modulo p - 1 (RFC 8017, 3.1). */
static BIGNUM *prime_new(void)
{
	BIGNUM *prime = BN_new();

	do
		forge_must(prime && BN_generate_prime_ex(prime, PRIME_BITS, 0, NULL, NULL, NULL),
			"a prime");
	while (BN_mod_word(prime, EXPONENT) == 1);
	return prime;
}

struct keyring *keyring_new(enum keyring_kind kind, size_t count)
{
	struct keyring *keyring = calloc(1, sizeof *keyring);

	forge_must(keyring != NULL, "room");
	*keyring = (struct keyring){ .kind = kind, .left = count, .b = 1 };
	if (kind == KEYRING_P256)
		return keyring;
	while (keyring->count * (keyring->count - 1) / 2 < count || keyring->count < 2)
		keyring->count++;
	keyring->ctx = BN_CTX_new();
	keyring->e = BN_new();
	keyring->primes = calloc(keyring->count, sizeof *keyring->primes);
	forge_must(
		keyring->ctx && keyring->e && keyring->primes && BN_set_word(keyring->e, EXPONENT),
		"a pool of primes");
	for (size_t i = 0; i < keyring->count; i++)
		keyring->primes[i] = prime_new();
	return keyring;
}

void keyring_free(struct keyring *keyring)
{
	if (!keyring)
		return;
	for (size_t i = 0; i < keyring->count; i++)
		BN_free(keyring->primes[i]);
	free(keyring->primes);
	BN_free(keyring->e);
	BN_CTX_free(keyring->ctx);
	free(keyring);
}

/* The private numbers of the key with the primes P and Q (RFC 8017, 3.2). */
struct numbers {
	BIGNUM *n, *d, *exponent_p, *exponent_q, *coefficient;
	BIGNUM *p_less, *q_less, *phi;
};

static bool numbers_find(
	struct numbers *x, const BIGNUM *p, const BIGNUM *q, const BIGNUM *e, BN_CTX *ctx)
{
	BIGNUM **all[] = { &x->n, &x->d, &x->exponent_p, &x->exponent_q, &x->coefficient,
		&x->p_less, &x->q_less, &x->phi };

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		*all[i] = BN_CTX_get(ctx);
		if (!*all[i])
			return false;
	}
	return BN_mul(x->n, p, q, ctx) && BN_sub(x->p_less, p, BN_value_one()) &&
	       BN_sub(x->q_less, q, BN_value_one()) && BN_mul(x->phi, x->p_less, x->q_less, ctx) &&
	       BN_mod_inverse(x->d, e, x->phi, ctx) &&
	       BN_mod(x->exponent_p, x->d, x->p_less, ctx) &&
	       BN_mod(x->exponent_q, x->d, x->q_less, ctx) &&
	       BN_mod_inverse(x->coefficient, q, p, ctx);
}

static EVP_PKEY *rsa_of(const BIGNUM *p, const BIGNUM *q, const BIGNUM *e, BN_CTX *ctx)
{
	struct numbers x;
	EVP_PKEY *key = NULL;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);

	BN_CTX_start(ctx);
	forge_must(build && maker && numbers_find(&x, p, q, e, ctx) &&
			   OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, x.n) &&
			   OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) &&
			   OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_D, x.d) &&
			   OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR1, p) &&
			   OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR2, q) &&
			   OSSL_PARAM_BLD_push_BN(
				   build, OSSL_PKEY_PARAM_RSA_EXPONENT1, x.exponent_p) &&
			   OSSL_PARAM_BLD_push_BN(
				   build, OSSL_PKEY_PARAM_RSA_EXPONENT2, x.exponent_q) &&
			   OSSL_PARAM_BLD_push_BN(
				   build, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, x.coefficient),
		"the numbers of a key");
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);

	forge_must(params && EVP_PKEY_fromdata_init(maker) == 1 &&
			   EVP_PKEY_fromdata(maker, &key, EVP_PKEY_KEYPAIR, params) == 1,
		"a key of two primes");
	BN_CTX_end(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(maker);
	return key;
}

EVP_PKEY *keyring_next(struct keyring *keyring)
{
	forge_must(keyring->left > 0, "more keys than were asked for");
	keyring->left--;
	if (keyring->kind == KEYRING_P256) {
		EVP_PKEY *key = EVP_EC_gen("P-256");

		forge_must(key != NULL, "a key");
		return key;
	}
	const BIGNUM *p = keyring->primes[keyring->b], *q = keyring->primes[keyring->a];

	if (++keyring->a == keyring->b) {
		keyring->a = 0;
		keyring->b++;
	}
	return rsa_of(p, q, keyring->e, keyring->ctx);
}
