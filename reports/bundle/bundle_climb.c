/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "reports/bundle/bundle_build.h"

/* --- What the profile says of keys and roots --- */

/* The key of a certificate of the profile; NULL when it does not say, and nobody has it. */
static const uint8_t *key_of(
	const struct bundle_build *build, const struct profile_certificate *known)
{
	if (known->has_spki)
		return known->spki_sha256;
	for (size_t i = 0; i < build->items.count; i++)
		if (build->items.items[i].known == known)
			return build->items.items[i].cert->spki_sha256;
	return NULL;
}

static bool has_key(const struct bundle_build *build, const struct profile_certificate *known,
	const uint8_t *key)
{
	const uint8_t *own = key_of(build, known);

	return own && memcmp(own, key, FINGERPRINT_BYTES) == 0;
}

/* Is that certificate the CA's today for the same key as RETIRED, as far as can be known? */
static bool is_reissue(const struct bundle_build *build, const struct profile_certificate *retired,
	const struct profile_certificate *next)
{
	const uint8_t *key = key_of(build, retired);

	if (key && key_of(build, next))
		return has_key(build, next, key);
	return strcmp(retired->name, next->name) == 0;
}

/* In how many trust stores ROOT is an anchor. */
static unsigned coverage(const struct profile *profile, const struct profile_certificate *root)
{
	unsigned count = 0;

	for (size_t s = 0; s < profile->store_count; s++)
		for (size_t i = 0; i < profile->stores[s].anchor_count; i++)
			count += profile->stores[s].anchors[i] == root;
	return count;
}

static enum profile_need need_of_cross(const struct profile *profile)
{
	for (size_t i = 0; i < profile->serve_count; i++)
		if (profile->serve[i].role == PROFILE_ROLE_CROSS)
			return profile->serve[i].need;
	return PROFILE_NEED_UNWANTED;
}

/* --- Whose leaf it is --- */

static void add_missing(struct bundle_build *build, const struct profile_certificate *known,
	const struct cert *below, bool required)
{
	struct bundle *bundle = build->bundle;
	const char *issuer = below->issuer_common_name[0] ? below->issuer_common_name
							  : below->issuer;

	if (bundle->missing_count < BUNDLE_MISSING)
		bundle->missing[bundle->missing_count++] = (struct bundle_missing){ .known = known,
			.name = known ? known->name : issuer,
			.below = below,
			.required = required };
	if (!required || bundle->state == BUNDLE_IMPOSSIBLE)
		return;
	bundle->state = BUNDLE_LACKING;
	phrase_say(bundle->why, sizeof bundle->why,
		"the certificate of %.100s, which has to be served, is not at hand",
		bundle->missing[bundle->missing_count - 1].name);
}

/* The profile's issuing certificate of that key: a current one if there is one. */
static const struct profile_certificate *issuing_with_key(
	const struct bundle_build *build, const uint8_t *key)
{
	const struct profile *profile = build->request->profile;
	const struct profile_certificate *found = NULL;

	for (size_t i = 0; i < profile->certificate_count; i++) {
		const struct profile_certificate *one = &profile->certificates[i];
		if (one->role == PROFILE_ROLE_ISSUING && has_key(build, one, key) &&
			(!found || (found->state == PROFILE_STATE_RETIRED &&
					   one->state == PROFILE_STATE_CURRENT)))
			found = one;
	}
	return found;
}

/* Nobody at hand issued it: the name is all there is, of a CA whose key is not at hand; else it
 * would have been tried, and did not fit. */
static const struct profile_certificate *issuing_by_name(const struct bundle_build *build)
{
	const struct profile *profile = build->request->profile;
	const struct profile_certificate *found = NULL;

	for (size_t i = 0; i < profile->certificate_count; i++) {
		const struct profile_certificate *one = &profile->certificates[i];
		bool tried = false;
		if (one->role != PROFILE_ROLE_ISSUING ||
			strcmp(one->name, build->bundle->leaf->issuer_common_name) != 0)
			continue;
		for (size_t k = 0; k < build->items.count && !tried; k++)
			tried = build->items.items[k].known == one ||
				has_key(build, one, build->items.items[k].cert->spki_sha256);
		if (!tried && (!found || found->state == PROFILE_STATE_RETIRED))
			found = one;
	}
	return found;
}

/* RETIRED issued the leaf, and no current certificate is known to have its key. */
static void settle_retired(struct bundle_build *build, const struct profile_certificate *retired)
{
	const struct profile_certificate *next = profile_replacement(retired);

	if (!next || !is_reissue(build, retired, next))
		bundle_refuse(build,
			"the leaf was issued with the key of %.100s, which the CA has retired for "
			"good: a new certificate has to be requested",
			retired->name);
}

void bundle_find_profile(struct bundle_build *build)
{
	const struct cert *leaf = build->bundle->leaf;
	const struct profile_certificate *one = NULL;
	bool issued = false;

	for (size_t i = 0; i < build->items.count && !one; i++) {
		const struct bundle_item *item = &build->items.items[i];
		if (!item->cert->readable || !bundle_issued(build, leaf, item))
			continue;
		issued = true;
		one = issuing_with_key(build, item->cert->spki_sha256);
	}
	if (!issued)
		one = issuing_by_name(build);
	build->bundle->in_profile = one != NULL;
	if (one && one->state == PROFILE_STATE_RETIRED)
		settle_retired(build, one);
}

/* --- One step up --- */

struct rung {
	const struct cert *below;
	const struct profile_certificate *known; /* what the profile calls it */
	bool rooted;                             /* a root issued it */
	unsigned anchored;                       /* ... that is an anchor of so many stores */
	const struct profile_certificate *root;  /* the profile's name for that root */
	bool cross_wanted;
	const struct bundle_item *best;
	unsigned best_stores;
	const struct bundle_item *brief; /* would do, but ends before the leaf, or is not valid */
};

/* RFC 4158, 2.4.2: a name with a key stands on a path once. */
static bool is_on_line(const struct bundle *bundle, const struct cert *cert)
{
	for (size_t i = 0; i < bundle->count; i++)
		if (cert_equal(bundle->above[i], cert) || cert_is_twin(bundle->above[i], cert))
			return true;
	return false;
}

/* May a server serve it there at all? */
static bool is_fit(
	const struct bundle_build *build, const struct rung *rung, const struct bundle_item *item)
{
	bool is_profiles = (rung->below == build->bundle->leaf && build->bundle->in_profile) ||
			   (rung->known && rung->known->issuer);

	if (!item->cert->is_ca || !item->cert->can_sign)
		return false;
	if (item->known && item->known->state == PROFILE_STATE_RETIRED)
		return false;
	return item->known || !is_profiles;
}

static void weigh(struct bundle_build *build, struct rung *rung, const struct bundle_item *item)
{
	const struct profile *profile = build->request->profile;
	unsigned stores = item->known && item->known->issuer
				  ? coverage(profile, item->known->issuer)
				  : 0;

	if (!is_fit(build, rung, item))
		return;
	if (!bundle_lasts(build, item->cert)) {
		rung->brief = item;
		return;
	}
	if (rung->best && (stores < rung->best_stores ||
				  (stores == rung->best_stores &&
					  item->cert->not_after.seconds <=
						  rung->best->cert->not_after.seconds)))
		return;
	rung->best = item;
	rung->best_stores = stores;
}

static bool is_root(const struct bundle_item *item)
{
	return item->cert->self_signed || (item->known && item->known->role == PROFILE_ROLE_ROOT);
}

/* Who issued what is at the top of the line. */
static struct rung look_up(struct bundle_build *build)
{
	const struct bundle *bundle = build->bundle;
	const struct profile *profile = build->request->profile;
	struct rung rung = { .below = bundle->leaf };

	if (bundle->count > 0) {
		rung.below = bundle->above[bundle->count - 1];
		rung.known = bundle->known[bundle->count - 1];
	}
	if (rung.known && rung.known->issuer && rung.known->issuer->role == PROFILE_ROLE_ROOT)
		rung.root = rung.known->issuer;
	for (size_t i = 0; i < build->items.count; i++) {
		const struct bundle_item *item = &build->items.items[i];
		if (!item->cert->readable || is_on_line(bundle, item->cert) ||
			!bundle_issued(build, rung.below, item))
			continue;
		if (!is_root(item)) {
			weigh(build, &rung, item);
			continue;
		}
		rung.rooted = true;
		if (!rung.root)
			rung.root = item->known;
	}
	rung.rooted |= rung.root != NULL;
	rung.anchored = rung.root ? coverage(profile, rung.root) : 0;
	rung.cross_wanted = rung.root &&
			    (need_of_cross(profile) != PROFILE_NEED_UNWANTED || rung.anchored == 0);
	return rung;
}

/* The profile's cross certificate for the root above; NULL when it has none that lasts. */
static const struct profile_certificate *cross_for(
	const struct bundle_build *build, const struct rung *rung)
{
	const struct profile *profile = build->request->profile;
	struct instant end = instant_day(build->bundle->leaf->not_after);

	for (size_t i = 0; i < profile->certificate_count; i++) {
		const struct profile_certificate *one = &profile->certificates[i];
		if (one->role == PROFILE_ROLE_CROSS && one->state == PROFILE_STATE_CURRENT &&
			one->issuer != rung->root && strcmp(one->name, rung->root->name) == 0 &&
			!(one->has_not_after && one->not_after.seconds < end.seconds))
			return one;
	}
	return NULL;
}

static void refuse_brief(struct bundle_build *build, const struct cert *cert)
{
	char day[INSTANT_TEXT];

	instant_format_day(cert->not_after, day);
	if (cert_valid_at(cert, build->when))
		bundle_refuse(
			build, "%.100s ends on %s, before the leaf does", bundle_name(cert), day);
	else
		bundle_refuse(build, "%.100s is not valid, it ends on %s", bundle_name(cert), day);
}

/* There is nothing to put above: is that the end, or is something lacking? */
static void end_line(struct bundle_build *build, const struct rung *rung)
{
	const struct cert *leaf = build->bundle->leaf, *below = rung->below;
	bool at_leaf = below == leaf && build->bundle->in_profile;

	if (rung->rooted && !at_leaf) {
		const struct profile_certificate *cross = rung->cross_wanted && !rung->brief
								  ? cross_for(build, rung)
								  : NULL;
		if (cross)
			add_missing(build, cross, below,
				rung->anchored == 0 || need_of_cross(build->request->profile) ==
							       PROFILE_NEED_REQUIRED);
		return;
	}
	if (rung->brief) {
		refuse_brief(build, rung->brief->cert);
		return;
	}
	if (!at_leaf) {
		add_missing(build, rung->known ? rung->known->issuer : NULL, below, true);
		return;
	}
	const struct profile_certificate *one = issuing_by_name(build);
	for (size_t i = 0; i < build->items.count && !one; i++)
		if (build->items.items[i].cert->readable &&
			bundle_issued(build, leaf, &build->items.items[i]))
			one = issuing_with_key(build, build->items.items[i].cert->spki_sha256);
	add_missing(build, one ? profile_replacement(one) : NULL, leaf, true);
}

void bundle_climb(struct bundle_build *build)
{
	struct bundle *bundle = build->bundle;

	for (;;) {
		struct rung rung = look_up(build);
		bool ends = rung.rooted && !rung.cross_wanted;
		bool crosses = !rung.cross_wanted ||
			       (rung.best && rung.best->known &&
				       rung.best->known->role == PROFILE_ROLE_CROSS);

		if (rung.below == bundle->leaf && bundle->in_profile)
			ends = false; /* never a root in place of the issuing certificate */
		if (ends || !rung.best || !crosses || bundle->count == LIMIT_PATH_DEPTH) {
			if (!ends)
				end_line(build, &rung);
			return;
		}
		bundle->above[bundle->count] = rung.best->cert;
		bundle->known[bundle->count++] = rung.best->known;
	}
}
