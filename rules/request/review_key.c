/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/attr.h"
#include "checker/csr/csr.h"
#include "checker/key/private_key.h"
#include "checker/key/weak_key.h"
#include "checker/limits.h"
#include "rules/profile/profile.h"
#include "rules/request/review_parts.h"

/* Baseline Requirements, 6.1.5: what holds where the profile says nothing. */
#define RSA_SHORTEST 2048
static const char *const br_curves[] = { "P-256", "P-384", "P-521", NULL };

static void judge_weakness(struct review *review, const struct csr *csr)
{
	struct weak_key weak;

	weak_key_look(csr->spki, csr->spki_len, &weak);
	if (weak.exponent_wrong)
		review_say(review, REVIEW_KEY_EXPONENT,
			"the public exponent is even or 1, so nothing can be signed with the key");
	else if (weak.exponent_small)
		review_say(review, REVIEW_KEY_EXPONENT_SMALL,
			"the public exponent is smaller than 65537 (Baseline Requirements, 6.1.6)");
	if (weak.factor)
		review_say(
			review, REVIEW_KEY_FACTOR, "the modulus can be divided by %u", weak.factor);
	if (weak.close_primes)
		review_say(review, REVIEW_KEY_CLOSE_PRIMES,
			"the two primes of the key are so close that Fermat's method finds them");
	if (weak.roca)
		review_say(review, REVIEW_KEY_ROCA,
			"the key has the mark of Infineon's faulty generator (ROCA)");
}

static void judge_rsa(struct review *review, unsigned bits, const struct profile *profile)
{
	const struct profile_request *wanted = &profile->request;
	unsigned shortest = profile->leaf.rsa_min_bits ? profile->leaf.rsa_min_bits : RSA_SHORTEST;

	if (wanted->key_kind == KEY_RSA && wanted->key_bits > shortest)
		shortest = wanted->key_bits;
	if (bits < shortest)
		review_say(review, REVIEW_KEY_SHORT,
			"the RSA key has %u bits, and at least %u are needed", bits, shortest);
	if (bits % 8 != 0)
		review_say(review, REVIEW_KEY_LENGTH,
			"the RSA key has %u bits, which is no multiple of 8", bits);
	if (bits > LIMIT_RSA_BITS)
		review_say(review, REVIEW_KEY_LENGTH,
			"the RSA key has %u bits, and clients refuse more than %u", bits,
			(unsigned)LIMIT_RSA_BITS);
}

static void judge_ec(struct review *review, const char *name, const struct profile *profile)
{
	const char *const *curve = profile->leaf.curves ? profile->leaf.curves : br_curves;

	while (*curve && strcmp(*curve, name) != 0)
		curve++;
	if (!*curve)
		review_say(review, REVIEW_KEY_CURVE,
			"the key is on the curve '%s', which the CA does not take", name);
}

/* What a CA asks for is one thing; what else it takes, it may not say. */
static void judge_kind(
	struct review *review, enum key_kind kind, const char *shown, const struct profile *profile)
{
	if (profile->request.key_kind != KEY_OTHER && profile->request.key_kind != kind)
		review_say(review, REVIEW_KEY_UNUSUAL,
			"the CA asks for keys of another kind; whether it takes '%s' is not known",
			shown);
}

void review_key_type(
	struct review *review, const struct key_type *type, const struct review_terms *terms)
{
	if (type->kind == KEY_RSA)
		judge_rsa(review, type->bits, terms->profile);
	else
		judge_ec(review, type->curve, terms->profile);
	judge_kind(review, type->kind, type->shown, terms->profile);
}

static void judge_signature(struct review *review, const struct csr *csr)
{
	if (csr->digest == CSR_DIGEST_BROKEN)
		review_say(review, REVIEW_SIGNATURE_BROKEN, "it is signed with %s, which is broken",
			csr->signature);
	else if (csr->digest == CSR_DIGEST_SHA1)
		review_say(review, REVIEW_SIGNATURE_SHA1, "it is signed with SHA-1 (%s)",
			csr->signature);
	if (csr->signature_tried && !csr->signature_fits)
		review_say(review, REVIEW_SIGNATURE_WRONG,
			"the signature does not fit the key in the request");
	else if (!csr->signature_tried && csr->key.slow && csr->key.bits <= LIMIT_RSA_BITS)
		review_say(review, REVIEW_KEY_EXPONENT,
			"the public exponent is so large that clients refuse the key");
	else if (!csr->signature_tried && csr->key.kind != KEY_OTHER && !csr->key.slow)
		review_say(review, REVIEW_KEY_DAMAGED,
			"the public key is damaged, or a point that is not on its curve");
}

void review_key(struct review *review, const struct csr *csr, const struct review_terms *terms)
{
	const struct pubkey *key = &csr->key;

	switch (key->kind) {
	case KEY_RSA:
		judge_rsa(review, key->bits, terms->profile);
		judge_weakness(review, csr);
		judge_kind(review, key->kind, key->text, terms->profile);
		break;
	case KEY_EC:
		judge_ec(review, key->curve, terms->profile);
		judge_kind(review, key->kind, key->text, terms->profile);
		break;
	case KEY_EDWARDS:
	case KEY_OTHER:
		review_say(review, REVIEW_KEY_KIND,
			"the key is of the kind '%s', which no public CA takes", key->text);
		break;
	}
	judge_signature(review, csr);
}
