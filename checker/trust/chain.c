/* SPDX-License-Identifier: MIT */
#include "checker/trust/chain.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/limits.h"
#include "checker/trust/trust.h"

struct place {
	struct cert *cert;
	enum chain_link link;
	uint32_t issuers; /* bit I: the certificate at I certifies this one */
	bool related;
};

struct chain {
	size_t len;
	size_t leaf;
	struct place at[LIMIT_CHAIN];
};

static_assert(LIMIT_CHAIN <= 32, "issuers are bits of 32");

static const char *const link_names[] = {
	[CHAIN_LINK_NEXT] = "next",
	[CHAIN_LINK_ELSEWHERE] = "elsewhere",
	[CHAIN_LINK_ABSENT] = "absent",
	[CHAIN_LINK_SELF] = "self",
	[CHAIN_LINK_DUPLICATE] = "duplicate",
	[CHAIN_LINK_UNREADABLE] = "unreadable",
};

static uint32_t bit(size_t place)
{
	return UINT32_C(1) << place;
}

static bool served_before(const struct chain *chain, size_t place)
{
	for (size_t i = 0; i < place; i++)
		if (cert_equal(chain->at[place].cert, chain->at[i].cert))
			return true;
	return false;
}

/* In this order: a repeated root is a duplicate first, and a root second. */
static enum chain_link classify(const struct chain *chain, size_t place)
{
	const struct cert *cert = chain->at[place].cert;

	if (!cert->readable)
		return CHAIN_LINK_UNREADABLE;
	if (served_before(chain, place))
		return CHAIN_LINK_DUPLICATE;
	if (cert->self_signed)
		return CHAIN_LINK_SELF;
	if (place + 1 < chain->len && (chain->at[place].issuers & bit(place + 1)))
		return CHAIN_LINK_NEXT;
	return chain->at[place].issuers ? CHAIN_LINK_ELSEWHERE : CHAIN_LINK_ABSENT;
}

static size_t find_leaf(const struct chain *chain)
{
	if (chain->len == 0 || !chain->at[0].cert->is_ca)
		return 0;
	for (size_t i = 1; i < chain->len; i++)
		if (chain->at[i].cert->readable && !chain->at[i].cert->is_ca)
			return i;
	return 0;
}

/* Every certificate on some line of issuers from the leaf, and copies of them. */
static void relate(struct chain *chain)
{
	uint32_t found = bit(chain->leaf), seen = 0;

	while (found != seen) {
		seen = found;
		for (size_t i = 0; i < chain->len; i++)
			if (seen & bit(i))
				found |= chain->at[i].issuers;
	}
	for (size_t i = 0; i < chain->len; i++)
		chain->at[i].related = (found & bit(i)) != 0;
	for (size_t i = 0; i < chain->len; i++)
		for (size_t k = 0; k < i; k++)
			if (cert_equal(chain->at[i].cert, chain->at[k].cert))
				chain->at[i].related = chain->at[k].related;
}

/* Which certifies which.  Names first; and a list of one name only would have a thousand pairs. */
static void find_issuers(struct chain *chain)
{
	unsigned checks_left = LIMIT_SIGNATURE_CHECKS;

	for (size_t i = 0; i < chain->len; i++) {
		for (size_t k = 0; k < chain->len; k++) {
			const struct cert *cert = chain->at[i].cert, *above = chain->at[k].cert;

			if (i == k || !cert_names_issuer(cert, above) || checks_left == 0)
				continue;
			checks_left--;
			if (cert_issued_by(cert, above))
				chain->at[i].issuers |= bit(k);
		}
	}
}

/* Whose parameters CERT's key has; nobody's yet: NULL. */
static const struct cert *find_donor(const struct cert *cert, const struct cert *const *certs,
	size_t count, const struct trust *trust)
{
	for (size_t i = 0; i < count; i++)
		if (certs[i] != cert && certs[i]->readable && cert_issued_by(cert, certs[i]))
			return certs[i];
	return trust ? trust_find_issuer(trust, cert) : NULL;
}

void chain_inherit(const struct cert *const *certs, size_t count, const struct trust *trust)
{
	bool any = true;

	while (any) {
		any = false;
		for (size_t i = 0; i < count; i++) {
			const struct cert *donor = cert_wants_parameters(certs[i])
							   ? find_donor(
								     certs[i], certs, count, trust)
							   : NULL;
			if (!donor)
				continue;
			cert_inherit_parameters(certs[i], donor);
			any |= !cert_wants_parameters(certs[i]);
		}
	}
}

struct chain *chain_new(const struct cert *const served[], size_t count, struct error *err)
{
	CLEANUP(chain_freep) struct chain *chain = calloc(1, sizeof *chain);

	assert(count <= LIMIT_CHAIN);
	if (!chain) {
		error_set_memory(err);
		return NULL;
	}
	chain->len = count;
	for (size_t i = 0; i < count; i++)
		chain->at[i].cert = cert_ref(served[i]);
	chain_inherit(served, count, NULL);
	find_issuers(chain);
	for (size_t i = 0; i < count; i++)
		chain->at[i].link = classify(chain, i);
	chain->leaf = find_leaf(chain);
	if (count > 0)
		relate(chain);
	return TAKE(chain);
}

void chain_free(struct chain *chain)
{
	if (!chain)
		return;
	for (size_t i = 0; i < chain->len; i++)
		cert_unref(chain->at[i].cert);
	free(chain);
}

size_t chain_len(const struct chain *chain)
{
	return chain->len;
}

const struct cert *chain_cert(const struct chain *chain, size_t place)
{
	assert(place < chain->len);
	return chain->at[place].cert;
}

enum chain_link chain_link_at(const struct chain *chain, size_t place)
{
	assert(place < chain->len);
	return chain->at[place].link;
}

size_t chain_leaf(const struct chain *chain)
{
	return chain->leaf;
}

bool chain_is_related(const struct chain *chain, size_t place)
{
	assert(place < chain->len);
	return chain->at[place].related;
}

bool chain_certifies(const struct chain *chain, size_t issuer, size_t place)
{
	assert(issuer < chain->len && place < chain->len);
	return (chain->at[place].issuers & bit(issuer)) != 0;
}

static bool issued_earlier(const struct chain *chain, size_t place)
{
	for (size_t i = 0; i < place; i++)
		if (chain_certifies(chain, place, i))
			return true;
	return false;
}

bool chain_is_ordered(const struct chain *chain)
{
	if (chain->leaf != 0)
		return false;
	for (size_t i = 1; i < chain->len; i++)
		if (chain->at[i].related && chain->at[i].link != CHAIN_LINK_DUPLICATE &&
			!issued_earlier(chain, i))
			return false;
	return true;
}

size_t chain_issuer(const struct chain *chain)
{
	for (size_t i = 0; i < chain->len; i++)
		if (i != chain->leaf && chain_certifies(chain, i, chain->leaf))
			return i;
	return chain->len;
}

const char *chain_link_name(enum chain_link link)
{
	assert(link < ARRAY_LEN(link_names));
	return link_names[link];
}
