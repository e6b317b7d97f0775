/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/observation.h"
#include "checker/trust/chain.h"
#include "rules/check/checks.h"

const char *scene_name(const struct cert *cert)
{
	if (!cert->readable)
		return PHRASE("a certificate that cannot be decoded");
	if (cert->common_name[0])
		return cert->common_name;
	return cert->subject[0] ? cert->subject : PHRASE("a certificate without a name");
}

const char *scene_id(const struct scene *scene, size_t place)
{
	return scene->known[place] ? scene->known[place]->id
				   : chain_cert(scene->facts->chain, place)->sha256_text;
}

bool scene_serves(const struct scene *scene, const struct profile_certificate *certificate)
{
	for (size_t i = 0; i < chain_len(scene->facts->chain); i++)
		if (certificate && scene->known[i] == certificate)
			return true;
	return false;
}

enum severity scene_retired_severity(
	const struct scene *scene, const struct profile_certificate *retired)
{
	const struct profile_certificate *next = profile_replacement(retired);

	if (next && next->has_since && scene->today.seconds < next->since.seconds)
		return SEVERITY_NOTE;
	if (retired->has_remove_by && scene->today.seconds >= retired->remove_by.seconds)
		return SEVERITY_CRITICAL;
	return SEVERITY_WARNING;
}

const uint8_t *scene_key(const struct scene *scene, const struct profile_certificate *certificate)
{
	if (certificate->has_spki)
		return certificate->spki_sha256;
	for (size_t i = 0; i < chain_len(scene->facts->chain); i++)
		if (scene->known[i] == certificate && chain_cert(scene->facts->chain, i)->readable)
			return chain_cert(scene->facts->chain, i)->spki_sha256;
	const struct cert *held = trust_find(scene->facts->context->trust, certificate->sha256);
	return held ? held->spki_sha256 : NULL;
}

static bool has_key(const struct scene *scene, const struct profile_certificate *certificate,
	const uint8_t *key)
{
	const uint8_t *own = scene_key(scene, certificate);

	return own && memcmp(own, key, FINGERPRINT_BYTES) == 0;
}

/* The first issuing certificate of the profile in STATE that has KEY; NULL when there is none. */
static const struct profile_certificate *issuing_with_key(
	const struct scene *scene, const uint8_t *key, enum profile_state state)
{
	for (size_t i = 0; i < scene->profile->certificate_count; i++) {
		const struct profile_certificate *one = &scene->profile->certificates[i];
		if (one->role == PROFILE_ROLE_ISSUING && one->state == state &&
			has_key(scene, one, key))
			return one;
	}
	return NULL;
}

static bool is_authority_key(const struct scene *scene, const uint8_t *key)
{
	const struct profile_leaf *leaf = &scene->profile->leaf;

	for (size_t i = 0; i < leaf->authority_count; i++)
		if (has_key(scene, leaf->authority[i], key))
			return true;
	return false;
}

static bool is_authority(const struct scene *scene, const struct profile_certificate *one)
{
	for (size_t i = 0; i < scene->profile->leaf.authority_count; i++)
		if (scene->profile->leaf.authority[i] == one)
			return true;
	return false;
}

/* Issues leafs that are in scope, now or before it was retired. */
static bool is_issuer_in_scope(const struct scene *scene, const struct profile_certificate *one)
{
	return one->role == PROFILE_ROLE_ISSUING &&
	       (is_authority(scene, one) || is_authority(scene, profile_replacement(one)));
}

/*
 * Nobody has the key to compare: the issuer's name is all there is.  Only where
 * that CA's own key is not at hand; else it would have been tried, and did not
 * fit.  Of a current and a retired one of that name it is the current one.
 */
static const struct profile_certificate *issuing_by_name(const struct scene *scene)
{
	const struct trust *trust = scene->facts->context->trust;
	const struct profile_certificate *found = NULL;

	for (size_t i = 0; i < scene->profile->certificate_count; i++) {
		const struct profile_certificate *one = &scene->profile->certificates[i];
		const uint8_t *key = scene_key(scene, one);
		bool compared = key && (scene->facts->issuer || trust_find_key(trust, key));
		if (compared || !is_issuer_in_scope(scene, one) ||
			strcmp(one->name, scene->facts->leaf->issuer_common_name) != 0)
			continue;
		if (!found || one->state == PROFILE_STATE_CURRENT)
			found = one;
	}
	return found;
}

static bool is_trusted_anywhere(const struct facts *facts)
{
	for (size_t i = 0; i < facts->path_count; i++)
		if (facts->paths[i].trusted == ANSWER_YES)
			return true;
	return false;
}

/* A replacement has the retired one's key where both are known to be the same, or, where nobody
 * can tell, when it has its name. */
static bool is_reissue(const struct scene *scene, const struct profile_certificate *retired,
	const struct profile_certificate *next)
{
	const uint8_t *key = scene_key(scene, retired), *next_key = scene_key(scene, next);

	if (key && next_key)
		return memcmp(key, next_key, FINGERPRINT_BYTES) == 0;
	return strcmp(next->name, retired->name) == 0;
}

/* The leaf is issued by ONE: what to send for it today, and whether that is possible at all. */
static void set_issuing(struct scene *scene, const struct profile_certificate *one)
{
	scene->issuing = profile_replacement(one);
	if (scene->issuing != one && (!scene->issuing || !is_reissue(scene, one, scene->issuing)))
		scene->retired_key = one;
}

static void assume_scope(struct scene *scene)
{
	/* A name that leads to the profile's roots is worth more than a name alone. */
	if (scene->facts->issuer && !is_trusted_anywhere(scene->facts))
		return;
	const struct profile_certificate *one = issuing_by_name(scene);
	if (!one)
		return;
	scene->in_scope = scene->scope_assumed = true;
	set_issuing(scene, one);
}

static void set_scope(struct scene *scene)
{
	const struct facts *facts = scene->facts;
	const struct profile_certificate *one = NULL;

	if (facts->issuer) {
		const uint8_t *key = facts->issuer->spki_sha256;
		one = issuing_with_key(scene, key, PROFILE_STATE_CURRENT);
		if (!one)
			one = issuing_with_key(scene, key, PROFILE_STATE_RETIRED);
		scene->in_scope = is_authority_key(scene, key) ||
				  (one && is_issuer_in_scope(scene, one));
	}
	if (!scene->in_scope)
		assume_scope(scene);
	else if (one)
		set_issuing(scene, one);
}

/* A chain file of CA certificates alone: in scope by what the profile knows it as. */
static void set_bundle(struct scene *scene, const struct profile_certificate *first)
{
	scene->is_bundle = scene->in_scope = true;
	for (size_t i = 0; i < chain_len(scene->facts->chain) && !scene->issuing; i++)
		if (scene->known[i] && scene->known[i]->role == PROFILE_ROLE_ISSUING)
			scene->issuing = profile_replacement(scene->known[i]);
	if (!scene->issuing && first->role == PROFILE_ROLE_ISSUING)
		scene->issuing = first;
}

/* --- What certificates break --- */

/* Of a leaf that is in scope leaf.weak-key, policy.unusual-key and policy.certificate-transparency
 * speak. */
static bool is_said_elsewhere(const struct scene *scene, enum conform_fault fault)
{
	return scene->in_scope &&
	       (conform_group(fault) == CONFORM_GROUP_KEY || fault == CONFORM_SCT_FORM);
}

static void add_conform(struct scene *scene, const struct cert *cert, enum conform_place place)
{
	struct scene_conform *all = &scene->conform;

	for (size_t i = 0; i < all->count; i++)
		if (cert_equal(all->certs[i], cert))
			return;
	if (all->count == SCENE_CONFORM)
		return;
	struct conform found = conform_of(cert, place);
	for (enum conform_fault fault = 0; conform_any(&found) && fault < CONFORM_COUNT; fault++) {
		if ((!all->servers && conform_book(fault) == CONFORM_BR) ||
			(place == CONFORM_LEAF && is_said_elsewhere(scene, fault)))
			conform_drop(&found, fault);
		else if (conform_has(&found, fault))
			all->groups |= UINT32_C(1) << conform_group(fault);
	}
	all->certs[all->count] = cert;
	all->found[all->count++] = found;
}

/* The leaf, and what is above it on the path that counts for each store. */
static void set_conform(struct scene *scene)
{
	struct scene_conform *all = &scene->conform;
	const struct facts *facts = scene->facts;

	const struct trust_terms *terms = trust_terms(facts->context->trust);

	all->servers = terms->purpose == TRUST_FOR_SERVERS && !terms->is_private &&
		       !scene->profile->leaf.is_private;
	add_conform(scene, facts->leaf, CONFORM_LEAF);
	for (size_t s = 0; s < facts->path_count; s++)
		for (size_t i = 1; i < facts->paths[s].len; i++)
			add_conform(scene, facts->paths[s].certs[i], CONFORM_AUTHORITY);
}

void scene_set(struct scene *scene, const struct facts *facts, const struct profile *profile)
{
	*scene = (struct scene){
		.facts = facts,
		.profile = profile,
		.today = instant_day(facts->now),
	};
	for (size_t i = 0; i < chain_len(facts->chain); i++)
		scene->known[i] = profile_by_fingerprint(
			profile, chain_cert(facts->chain, i)->sha256);

	cert_policy_read(facts->leaf, &scene->policy);
	const struct profile_certificate *first = scene->known[chain_leaf(facts->chain)];
	if (first && facts->leaf->is_ca)
		set_bundle(scene, first);
	else
		set_scope(scene);
	set_conform(scene);
}
