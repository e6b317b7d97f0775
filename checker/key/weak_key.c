/* SPDX-License-Identifier: MIT */
#include "checker/key/weak_key.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "checker/base/attr.h"
#include "checker/base/text.h"
#include "checker/cert/pubkey.h"
#include "checker/cert/pubkey_parts.h"

#define FACTORS 65536
#define FERMAT_ROUNDS 100 /* Baseline Requirements, 6.1.1.3 */
#define EXPONENT_USUAL 65537
#define SHA1_BYTES 20

DEFINE_CLEANUP(BIGNUM *, BN_free);
DEFINE_CLEANUP(BN_CTX *, BN_CTX_free);

/* The numbers of an RSA key that is small enough to be asked. */
static bool read_rsa(const uint8_t *spki, size_t len, struct rsa *ret_rsa)
{
	struct pubkey described;
	struct spki parts;

	if (!spki_read(spki, len, &parts) || !spki_read_rsa(&parts, ret_rsa))
		return false;
	pubkey_describe(spki, len, &described);
	return !described.slow;
}

static BIGNUM *number(const struct der_item *item)
{
	return BN_bin2bn(item->content, (int)item->len, NULL);
}

static bool is_prime(unsigned candidate)
{
	for (unsigned i = 2; i * i <= candidate; i++)
		if (candidate % i == 0)
			return false;
	return true;
}

static unsigned small_factor(const BIGNUM *modulus)
{
	for (unsigned divisor = 2; divisor<FACTORS; divisor += divisor> 2 ? 2 : 1)
		if (is_prime(divisor) && BN_mod_word(modulus, divisor) == 0)
			return divisor;
	return 0;
}

/*
 * A modulus of that generator is a power of 65537 modulo each of the small primes (Nemec, Sys,
 * Svenda, Klinec, Matyas: The Return of Coppersmith's Attack, 2017).  A random one is so with
 * 2^-27.
 */
static bool is_roca(const BIGNUM *modulus)
{
	for (unsigned prime = 3; prime <= 167; prime += 2) {
		if (!is_prime(prime))
			continue;
		unsigned wanted = (unsigned)BN_mod_word(modulus, prime), power = 1;
		bool found = false;

		for (unsigned i = 0; i < prime && !found; i++) {
			found = power == wanted;
			power = power * (EXPONENT_USUAL % prime) % prime;
		}
		if (!found)
			return false;
	}
	return true;
}

/* The largest whole number whose square is not above VALUE, by Newton's method; false when memory
 * runs out. */
static bool square_root(BIGNUM *root, const BIGNUM *value, BN_CTX *ctx)
{
	CLEANUP(BN_freep) BIGNUM *next = BN_new();

	if (!next || !BN_one(root) || !BN_lshift(root, root, BN_num_bits(value) / 2 + 1))
		return false;
	for (;;) {
		if (!BN_div(next, NULL, value, root, ctx) || !BN_add(next, next, root) ||
			!BN_rshift1(next, next))
			return false;
		if (BN_cmp(next, root) >= 0)
			return true;
		if (!BN_copy(root, next))
			return false;
	}
}

static bool is_square(const BIGNUM *value, BN_CTX *ctx)
{
	CLEANUP(BN_freep) BIGNUM *root = BN_new();
	CLEANUP(BN_freep) BIGNUM *square = BN_new();
	/* Squares are 0, 1, 4 or 9 modulo 16: three of four are seen at once. */
	unsigned last = (unsigned)BN_mod_word(value, 16);

	if (last != 0 && last != 1 && last != 4 && last != 9)
		return false;
	return root && square && square_root(root, value, ctx) && BN_sqr(square, root, ctx) &&
	       BN_cmp(square, value) == 0;
}

/* Is N = a^2 - b^2 for an a just above its square root? */
static bool has_close_primes(const BIGNUM *modulus)
{
	CLEANUP(BN_CTX_freep) BN_CTX *ctx = BN_CTX_new();
	CLEANUP(BN_freep) BIGNUM *a = BN_new();
	CLEANUP(BN_freep) BIGNUM *rest = BN_new();
	bool good = ctx && a && rest && square_root(a, modulus, ctx);

	for (unsigned i = 0; good && i < FERMAT_ROUNDS; i++) {
		good = BN_sqr(rest, a, ctx) && BN_sub(rest, rest, modulus);
		if (good && !BN_is_negative(rest) && is_square(rest, ctx))
			return true;
		good = good && BN_add_word(a, 1);
	}
	return false;
}

void weak_key_look(const uint8_t *spki, size_t len, struct weak_key *ret_weak)
{
	struct rsa rsa;

	*ret_weak = (struct weak_key){ .factor = 0 };
	if (!read_rsa(spki, len, &rsa))
		return;
	CLEANUP(BN_freep) BIGNUM *modulus = number(&rsa.modulus);
	CLEANUP(BN_freep) BIGNUM *exponent = number(&rsa.exponent);
	if (!modulus || !exponent || BN_is_zero(modulus))
		return;
	ret_weak->exponent_wrong = !BN_is_odd(exponent) || BN_is_one(exponent);
	ret_weak->exponent_small = BN_num_bits(exponent) <= 16;
	ret_weak->factor = small_factor(modulus);
	ret_weak->roca = is_roca(modulus);
	ret_weak->close_primes = ret_weak->factor == 0 && has_close_primes(modulus);
}

bool weak_key_shares(const uint8_t *spki, size_t len, const uint8_t *other, size_t other_len)
{
	struct rsa a, b;

	if (!read_rsa(spki, len, &a) || !read_rsa(other, other_len, &b))
		return false;
	CLEANUP(BN_CTX_freep) BN_CTX *ctx = BN_CTX_new();
	CLEANUP(BN_freep) BIGNUM *first = number(&a.modulus);
	CLEANUP(BN_freep) BIGNUM *second = number(&b.modulus);
	CLEANUP(BN_freep) BIGNUM *common = BN_new();

	return ctx && first && second && common && BN_cmp(first, second) != 0 &&
	       BN_gcd(common, first, second, ctx) && !BN_is_one(common) && !BN_is_zero(common);
}

bool weak_key_debian(const uint8_t *spki, size_t len, char out[static WEAK_KEY_DEBIAN])
{
	uint8_t sha1[SHA1_BYTES];
	struct rsa rsa;

	if (!read_rsa(spki, len, &rsa))
		return false;
	CLEANUP(BN_freep) BIGNUM *modulus = number(&rsa.modulus);
	char *digits = modulus ? BN_bn2hex(modulus) : NULL; /* in capitals */
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = digits && ctx && EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) == 1 &&
		    EVP_DigestUpdate(ctx, "Modulus=", strlen("Modulus=")) == 1 &&
		    EVP_DigestUpdate(ctx, digits, strlen(digits)) == 1 &&
		    EVP_DigestUpdate(ctx, "\n", 1) == 1 && EVP_DigestFinal_ex(ctx, sha1, NULL) == 1;

	EVP_MD_CTX_free(ctx);
	OPENSSL_free(digits);
	if (good)
		text_from_bytes(sha1 + SHA1_BYTES / 2, SHA1_BYTES / 2, out);
	return good;
}
