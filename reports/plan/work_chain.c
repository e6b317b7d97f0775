/* SPDX-License-Identifier: MIT */
/*
 * work_chain - which certificates a leaf needs above it, and which must not lie about any more
 */
#include "reports/plan/work.h"

#include <string.h>

#include "checker/base/arena.h"
#include "checker/trust/trust.h"
#include "rules/profile/profile.h"

/* --- Lists --- */

bool work_certificates_have(const struct work_certificates *list, const char *sha256)
{
	for (size_t i = 0; i < list->all.count; i++)
		if (strcmp(list->all.items[i].sha256, sha256) == 0)
			return true;
	return false;
}

bool work_certificates_same(const struct work_certificates *a, const struct work_certificates *b)
{
	if (a->all.count != b->all.count)
		return false;
	for (size_t i = 0; i < a->all.count; i++)
		if (strcmp(a->all.items[i].sha256, b->all.items[i].sha256) != 0)
			return false;
	return true;
}

bool work_certificates_add(const struct work_maker *maker, const struct profile_certificate *known,
	const struct cert *cert, struct work_certificates *list)
{
	const char *name = cert && cert->readable ? cert->common_name : known ? known->name : "";
	const char *print = known ? known->sha256_text : cert->sha256_text;

	if (!vec_reserve(&list->all))
		return false;
	struct work_certificate *one = &list->all.items[list->all.count++];
	*one = (struct work_certificate){
		.known = known,
		.held = trust_find(maker->trust, known ? known->sha256 : cert->sha256),
		.sha256 = arena_text(maker->texts, print, strlen(print)),
		.name = arena_text(maker->texts, name, strlen(name)),
		.url = known ? known->url : NULL,
	};
	if (known && known->sha1 && strlen(known->sha1) < sizeof one->sha1)
		memcpy(one->sha1, known->sha1, strlen(known->sha1) + 1);
	else if (one->held && !cert_thumbprint(one->held, one->sha1))
		one->sha1[0] = '\0'; /* then it is not known */
	return one->sha256 && one->name;
}

/* --- The issuing certificate --- */

static const struct profile_certificate *current_of(const struct profile_certificate *one)
{
	const struct profile_certificate *next = one;

	while (next && next->state == PROFILE_STATE_RETIRED)
		next = next->replaced_by;
	/* Another key signed nothing of what the old one did. */
	if (next && next != one && next->has_spki && one->has_spki &&
		memcmp(next->spki_sha256, one->spki_sha256, FINGERPRINT_BYTES) != 0)
		return NULL;
	return next;
}

static const struct profile_certificate *issuing_with_key(
	const struct profile *profile, const struct cert *cert)
{
	for (size_t i = 0; cert->readable && i < profile->certificate_count; i++) {
		const struct profile_certificate *one = &profile->certificates[i];

		if (one->role == PROFILE_ROLE_ISSUING && one->state == PROFILE_STATE_CURRENT &&
			one->has_spki &&
			memcmp(one->spki_sha256, cert->spki_sha256, FINGERPRINT_BYTES) == 0)
			return one;
	}
	return NULL;
}

static size_t leaf_place(const struct verdict *seen)
{
	const struct cert *leaf = verdict_leaf(seen);
	size_t place = 0;

	while (place < seen->chain.count && seen->chain.items[place].cert != leaf)
		place++;
	return place;
}

/* As the certificates that were served have it: what certifies the leaf. */
static const struct profile_certificate *issuing_served(
	const struct profile *profile, const struct verdict *seen)
{
	size_t leaf = leaf_place(seen);

	for (size_t i = 0; leaf < seen->chain.count && i < seen->chain.count && i < 32; i++) {
		const struct cert *cert = seen->chain.items[i].cert;
		const struct profile_certificate *known;

		if (!(seen->chain.items[leaf].issuers & UINT32_C(1) << i))
			continue;
		known = profile_by_fingerprint(profile, cert->sha256);
		if (!known)
			known = issuing_with_key(profile, cert);
		if (known && known->role == PROFILE_ROLE_ISSUING)
			return known;
	}
	return NULL;
}

/* As a path has it that the profile's certificates completed. */
static const struct profile_certificate *issuing_on_path(
	const struct profile *profile, const struct verdict *seen)
{
	for (size_t i = 0; i < seen->path_count; i++) {
		uint8_t print[FINGERPRINT_BYTES];
		const struct profile_certificate *known;

		if (seen->paths[i].len < 2 || !seen->paths[i].certs[1] ||
			!fingerprint_parse(seen->paths[i].certs[1], print))
			continue;
		known = profile_by_fingerprint(profile, print);
		if (known && known->role == PROFILE_ROLE_ISSUING)
			return known;
	}
	return NULL;
}

/* As the rules have it: what a finding says is to be installed. */
static const struct profile_certificate *issuing_advised(
	const struct profile *profile, const struct verdict *seen)
{
	for (size_t i = 0; i < seen->findings.all.count; i++) {
		const struct finding *finding = &seen->findings.all.items[i];

		for (size_t k = 0; k < finding->action_count; k++) {
			const struct profile_certificate *known = profile_by_id(
				profile, finding->actions[k].certificate);

			if (finding->actions[k].kind == ACTION_INSTALL_CERTIFICATE && known &&
				known->role == PROFILE_ROLE_ISSUING)
				return known;
		}
	}
	return NULL;
}

static const struct profile_certificate *issuing_named(
	const struct profile *profile, const struct verdict *verdict, const struct cert *leaf)
{
	if (verdict->status == STATUS_OUT_OF_SCOPE || !leaf->issuer_common_name)
		return NULL;
	for (size_t i = 0; i < profile->certificate_count; i++) {
		const struct profile_certificate *one = &profile->certificates[i];

		if (one->role == PROFILE_ROLE_ISSUING && one->state == PROFILE_STATE_CURRENT &&
			strcmp(one->name, leaf->issuer_common_name) == 0)
			return one;
	}
	return NULL;
}

static const struct profile_certificate *find_issuing(
	const struct profile *profile, const struct verdict *verdict, const struct verdict *seen)
{
	const struct cert *leaf = verdict_leaf(seen);
	const struct profile_certificate *known;

	if (!leaf || !leaf->readable)
		return NULL;
	if ((known = issuing_served(profile, seen)) || (known = issuing_on_path(profile, seen)) ||
		(known = issuing_advised(profile, seen)))
		return current_of(known);
	return issuing_named(profile, verdict, leaf);
}

/* --- What leads on from it --- */

static bool is_same_key(const struct profile_certificate *a, const struct profile_certificate *b)
{
	if (a->has_spki && b->has_spki)
		return memcmp(a->spki_sha256, b->spki_sha256, FINGERPRINT_BYTES) == 0;
	return strcmp(a->name, b->name) == 0;
}

static const struct profile_certificate *find_cross(
	const struct work_maker *maker, const struct profile_certificate *root)
{
	const struct profile *profile = maker->profile;
	bool wanted = false;

	for (size_t i = 0; i < profile->serve_count; i++)
		wanted |= profile->serve[i].role == PROFILE_ROLE_CROSS &&
			  profile->serve[i].need != PROFILE_NEED_UNWANTED;
	for (size_t i = 0; wanted && root && i < profile->certificate_count; i++) {
		const struct profile_certificate *one = &profile->certificates[i];

		if (one->role == PROFILE_ROLE_CROSS && one->state == PROFILE_STATE_CURRENT &&
			is_same_key(one, root) &&
			!(one->has_not_after && maker->today.seconds > one->not_after.seconds))
			return one;
	}
	return NULL;
}

static bool choose_known(const struct work_maker *maker, const struct profile_certificate *issuing,
	struct work *work)
{
	const struct profile_certificate *at = issuing;

	for (size_t i = 0; at && at->role == PROFILE_ROLE_ISSUING && i < LIMIT_PATH_DEPTH; i++) {
		if (!work_certificates_add(maker, at, NULL, &work->serve))
			return false;
		at = at->issuer ? current_of(at->issuer) : NULL;
	}
	const struct profile_certificate *cross = find_cross(maker, at);
	return !cross || work_certificates_add(maker, cross, NULL, &work->serve);
}

/* What certifies the one at PLACE, of what was served; the chain's count when nothing does. */
static size_t next_served(const struct verdict *seen, size_t place)
{
	for (size_t i = 0; i < seen->chain.count && i < 32; i++)
		if (i != place && (seen->chain.items[place].issuers & UINT32_C(1) << i))
			return i;
	return seen->chain.count;
}

/* Another authority's leaf: what was served, put in order, if a client that has the root is
 * content with that. */
static bool choose_served(
	const struct work_maker *maker, const struct verdict *seen, struct work *work)
{
	size_t place = leaf_place(seen);

	for (size_t i = 0; place < seen->chain.count && i < LIMIT_PATH_DEPTH; i++) {
		place = next_served(seen, place);
		if (place == seen->chain.count)
			break;
		const struct verdict_certificate *link = &seen->chain.items[place];
		if (link->role == ROLE_ROOT ||
			(link->cert->readable &&
				strcmp(link->cert->subject, link->cert->issuer) == 0))
			break;
		if (work_certificates_have(&work->serve, link->cert->sha256_text))
			break;
		if (!work_certificates_add(maker,
			    profile_by_fingerprint(maker->profile, link->cert->sha256), link->cert,
			    &work->serve))
			return false;
	}
	return true;
}

/* --- What must go --- */

/* Retired certificates that were served, and all that what is served now takes the place of: on a
 * server with stores they lie where nobody sees them. */
static bool choose_removed(const struct work_maker *maker, struct work *work)
{
	for (size_t i = 0; i < maker->profile->certificate_count; i++) {
		const struct profile_certificate *one = &maker->profile->certificates[i];
		const struct profile_certificate *next = one;

		if (one->state != PROFILE_STATE_RETIRED)
			continue;
		while (next && next->state == PROFILE_STATE_RETIRED)
			next = next->replaced_by;
		if (!work_certificates_have(&work->served, one->sha256_text) &&
			!(next && work_certificates_have(&work->serve, next->sha256_text)))
			continue;
		if (!work_certificates_add(maker, one, NULL, &work->remove))
			return false;
	}
	return true;
}

bool work_choose(const struct work_maker *maker, const struct verdict *verdict,
	const struct verdict *seen, struct work *work)
{
	const struct profile_certificate *issuing = find_issuing(maker->profile, verdict, seen);
	bool good = issuing                                  ? choose_known(maker, issuing, work)
		    : verdict->status == STATUS_OUT_OF_SCOPE ? choose_served(maker, seen, work)
							     : true;

	return good && choose_removed(maker, work);
}
