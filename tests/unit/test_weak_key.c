/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "checker/base/attr.h"
#include "checker/key/weak_key.h"
#include "tests/forge_csr.h"

struct fixture {
	struct forge forge;
	BN_CTX *ctx;
	BIGNUM *p, *q, *n;
};

static struct fixture set_up(void)
{
	struct fixture f = { .ctx = BN_CTX_new(), .p = BN_new(), .q = BN_new(), .n = BN_new() };

	forge_init(&f.forge, FORGE_KEYS_FAST);
	cr_assert(f.ctx && f.p && f.q && f.n);
	return f;
}

static void tear_down(struct fixture *f)
{
	BN_CTX_free(f->ctx);
	BN_free(f->p);
	BN_free(f->q);
	BN_free(f->n);
	forge_release(&f->forge);
}

static struct forge_bytes spki_of(struct fixture *f, const BIGNUM *n, const char *exponent)
{
	char *digits = BN_bn2hex(n);
	struct forge_bytes spki = forge_rsa_spki(&f->forge, digits, exponent);

	OPENSSL_free(digits);
	return spki;
}

static struct weak_key look(struct forge_bytes spki)
{
	struct weak_key weak;

	weak_key_look(spki.data, spki.len, &weak);
	return weak;
}

/* Any prime from AT on. */
static void next_prime(struct fixture *f, BIGNUM *at)
{
	cr_assert(BN_set_bit(at, 0));
	while (BN_check_prime(at, f->ctx, NULL) != 1)
		cr_assert(BN_add_word(at, 2));
}

static struct forge_bytes good_key(struct fixture *f, const char *name)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(forge_key(&f->forge, name), &der);

	cr_assert_gt(len, 0);
	struct forge_bytes spki = forge_keep(&f->forge, der, (size_t)len);
	OPENSSL_free(der);
	return spki;
}

Test(weak_key, good_keys_have_nothing)
{
	static const char *const names[] = { "rsa:a", "rsa2050:b", "p256:c", "ed25519:d" };
	struct fixture f = set_up();

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct weak_key weak = look(good_key(&f, names[i]));
		cr_expect_not(weak.exponent_wrong || weak.exponent_small || weak.factor ||
				      weak.close_primes || weak.roca,
			"%s", names[i]);
	}
	struct weak_key weak = look((struct forge_bytes){ (const uint8_t *)"none", 4 });
	cr_expect_not(weak.exponent_wrong || weak.exponent_small || weak.factor ||
		      weak.close_primes || weak.roca);
	tear_down(&f);
}

Test(weak_key, exponents)
{
	static const struct {
		const char *exponent;
		bool wrong, small;
	} cases[] = { { "010001", false, false }, { "03", false, true }, { "01", true, true },
		{ "010000", true, false }, { "FFFF", false, true },
		{ "0100000001", false, false } };
	struct fixture f = set_up();

	cr_assert(BN_generate_prime_ex(f.p, 1024, 0, NULL, NULL, NULL));
	cr_assert(BN_generate_prime_ex(f.q, 1024, 0, NULL, NULL, NULL));
	cr_assert(BN_mul(f.n, f.p, f.q, f.ctx));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		/* A key with an exponent of 33 bits costs too much to be looked at. */
		struct weak_key weak = look(spki_of(&f, f.n, cases[i].exponent));
		cr_expect_eq(weak.exponent_wrong, cases[i].wrong, "%s", cases[i].exponent);
		cr_expect_eq(weak.exponent_small, cases[i].small, "%s", cases[i].exponent);
	}
	tear_down(&f);
}

Test(weak_key, primes_that_are_close)
{
	static const struct {
		const char *descr;
		int apart; /* they differ from this bit on */
		bool close;
	} cases[] = { { "neighbours", 4, true }, { "half a word", 16, true },
		{ "as far as a hundred rounds go", 500, true }, { "far", 900, false } };
	struct fixture f = set_up();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_assert(BN_generate_prime_ex(f.p, 1024, 0, NULL, NULL, NULL));
		BN_zero(f.q);
		cr_assert(BN_set_bit(f.q, cases[i].apart));
		cr_assert(BN_add(f.q, f.q, f.p));
		next_prime(&f, f.q);
		cr_assert(BN_mul(f.n, f.p, f.q, f.ctx));
		cr_expect_eq(look(spki_of(&f, f.n, "010001")).close_primes, cases[i].close, "%s",
			cases[i].descr);
	}
	tear_down(&f);
}

Test(weak_key, small_factors)
{
	static const unsigned factors[] = { 2, 3, 751, 65521 };
	struct fixture f = set_up();

	for (size_t i = 0; i < ARRAY_LEN(factors); i++) {
		cr_assert(BN_generate_prime_ex(f.n, 2040, 0, NULL, NULL, NULL));
		cr_assert(BN_mul_word(f.n, factors[i]));
		cr_expect_eq(look(spki_of(&f, f.n, "010001")).factor, factors[i], "%u", factors[i]);
	}
	cr_assert(BN_generate_prime_ex(f.n, 2040, 0, NULL, NULL, NULL));
	cr_assert(BN_mul_word(f.n, 65537));
	cr_expect_eq(look(spki_of(&f, f.n, "010001")).factor, 0);
	tear_down(&f);
}

/* What that generator makes: k * M + (65537^a mod M), M being the product of small primes. */
static void infineon_prime(struct fixture *f, BIGNUM *out)
{
	BIGNUM *base = BN_new(), *product = BN_new(), *power = BN_new(), *k = BN_new();

	cr_assert(base && product && power && k && BN_set_word(base, 65537) && BN_one(product));
	for (unsigned prime = 2; prime <= 167; prime++) {
		bool is = true;
		for (unsigned i = 2; i * i <= prime; i++)
			is = is && prime % i != 0;
		cr_assert(!is || BN_mul_word(product, prime));
	}
	do {
		cr_assert(BN_rand(power, 60, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
		cr_assert(BN_mod_exp(out, base, power, product, f->ctx));
		cr_assert(BN_rand(
			k, 1023 - BN_num_bits(product), BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ANY));
		cr_assert(BN_mul(k, k, product, f->ctx) && BN_add(out, out, k));
	} while (BN_check_prime(out, f->ctx, NULL) != 1);
	BN_free(base);
	BN_free(product);
	BN_free(power);
	BN_free(k);
}

Test(weak_key, keys_of_the_faulty_generator)
{
	struct fixture f = set_up();

	infineon_prime(&f, f.p);
	infineon_prime(&f, f.q);
	cr_assert(BN_mul(f.n, f.p, f.q, f.ctx));
	cr_expect(look(spki_of(&f, f.n, "010001")).roca);
	/* One good prime is enough. */
	cr_assert(BN_generate_prime_ex(f.q, 1024, 0, NULL, NULL, NULL));
	cr_assert(BN_mul(f.n, f.p, f.q, f.ctx));
	cr_expect_not(look(spki_of(&f, f.n, "010001")).roca);
	tear_down(&f);
}

Test(weak_key, two_keys_with_a_prime_in_common)
{
	struct fixture f = set_up();

	cr_assert(BN_generate_prime_ex(f.p, 1024, 0, NULL, NULL, NULL));
	cr_assert(BN_generate_prime_ex(f.q, 1024, 0, NULL, NULL, NULL));
	cr_assert(BN_mul(f.n, f.p, f.q, f.ctx));
	struct forge_bytes one = spki_of(&f, f.n, "010001");
	cr_assert(BN_generate_prime_ex(f.q, 1024, 0, NULL, NULL, NULL));
	cr_assert(BN_mul(f.n, f.p, f.q, f.ctx));
	struct forge_bytes two = spki_of(&f, f.n, "010001");
	struct forge_bytes three = good_key(&f, "rsa:a"), four = good_key(&f, "p256:a");

	cr_expect(weak_key_shares(one.data, one.len, two.data, two.len));
	cr_expect(weak_key_shares(two.data, two.len, one.data, one.len));
	cr_expect_not(weak_key_shares(one.data, one.len, one.data, one.len), "the same key");
	cr_expect_not(weak_key_shares(one.data, one.len, three.data, three.len));
	cr_expect_not(weak_key_shares(one.data, one.len, four.data, four.len));
	tear_down(&f);
}

Test(weak_key, what_debian_calls_a_key)
{
	struct fixture f = set_up();
	char digits[WEAK_KEY_DEBIAN];
	struct forge_bytes four = good_key(&f, "p256:a");

	/* printf 'Modulus=C5\n' | sha1sum | cut -c 21-40 */
	cr_assert(BN_set_word(f.n, 0xc5));
	struct forge_bytes spki = spki_of(&f, f.n, "03");
	cr_expect(weak_key_debian(spki.data, spki.len, digits));
	cr_expect_str_eq(digits, "8faac7e795b2ab19cfc2");
	cr_expect_not(weak_key_debian(four.data, four.len, digits));
	tear_down(&f);
}
