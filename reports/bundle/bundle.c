/* SPDX-License-Identifier: MIT */
#include "reports/bundle/bundle.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/trust/chain.h"
#include "reports/bundle/bundle_build.h"
#include "rules/profile/profile.h"

const char *bundle_name(const struct cert *cert)
{
	if (!cert->readable)
		return PHRASE("a certificate that cannot be decoded");
	if (cert->common_name[0])
		return cert->common_name;
	return cert->subject[0] ? cert->subject : PHRASE("a certificate without a name");
}

void bundle_refuse(struct bundle_build *build, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	phrase_vsay(build->bundle->why, sizeof build->bundle->why, fmt, args);
	va_end(args);
	build->bundle->state = BUNDLE_IMPOSSIBLE;
	build->bundle->count = 0;
}

static bool has_bytes(const struct cert *cert)
{
	size_t len;

	(void)cert_der(cert, &len);
	return len > 0;
}

bool bundle_issued(
	struct bundle_build *build, const struct cert *below, const struct bundle_item *item)
{
	const struct cert *cert = item->cert;

	if (!has_bytes(below))
		return build->issuer_key && strcmp(below->issuer, cert->subject) == 0 &&
		       memcmp(build->issuer_key, cert->spki_sha256, FINGERPRINT_BYTES) == 0;
	if (!cert_names_issuer(below, cert) || build->checks_left == 0)
		return false;
	build->checks_left--;
	return cert_issued_by(below, cert);
}

bool bundle_lasts(const struct bundle_build *build, const struct cert *cert)
{
	return cert_valid_at(cert, build->when) &&
	       cert->not_after.seconds >= build->bundle->leaf->not_after.seconds;
}

bool bundle_has(const struct bundle *bundle, const struct cert *cert)
{
	for (size_t i = 0; i < bundle->count; i++)
		if (cert_equal(bundle->above[i], cert))
			return true;
	return false;
}

/* --- What is at hand --- */

static bool add_item(struct bundle_build *build, const struct cert *cert, bool said)
{
	for (size_t i = 0; i < build->items.count; i++) {
		struct bundle_item *item = &build->items.items[i];
		if (cert_equal(item->cert, cert)) {
			item->said |= said;
			return true;
		}
	}
	if (!vec_reserve(&build->items))
		return false;
	build->items.items[build->items.count++] = (struct bundle_item){ .cert = cert,
		.known = profile_by_fingerprint(build->request->profile, cert->sha256),
		.said = said };
	return true;
}

static bool collect(struct bundle_build *build)
{
	const struct bundle_request *request = build->request;
	const struct profile *profile = request->profile;

	for (size_t i = 0; i < request->pool_count; i++) {
		const struct bundle_given *given = &request->pool[i];
		if (!cert_equal(given->cert, request->leaf) && has_bytes(given->cert) &&
			!add_item(build, given->cert, given->said))
			return false;
	}
	for (size_t i = 0; i < profile->certificate_count; i++) {
		const struct cert *held = trust_find(
			request->trust, profile->certificates[i].sha256);
		if (held && held->readable && !add_item(build, held, false))
			return false;
	}
	return true;
}

/* The one key of all at hand whose name is that of the leaf's issuer; two keys are none. */
static const uint8_t *key_by_name(const struct bundle_build *build)
{
	const uint8_t *key = NULL;

	if (!build->bundle->leaf->readable)
		return NULL;
	for (size_t i = 0; i < build->items.count; i++) {
		const struct cert *cert = build->items.items[i].cert;
		if (!cert->readable || strcmp(cert->subject, build->bundle->leaf->issuer) != 0)
			continue;
		if (key && memcmp(key, cert->spki_sha256, FINGERPRINT_BYTES) != 0)
			return NULL;
		key = cert->spki_sha256;
	}
	return key;
}

/* --- Leafs of any CA: the best path of the trust --- */

/* The certificates at hand whose names lead up from the leaf, as many as a chain may have. */
static size_t relatives(const struct bundle_build *build, const struct cert *found[LIMIT_CHAIN])
{
	size_t count = 0;

	found[count++] = build->bundle->leaf;
	for (size_t below = 0; below < count; below++) {
		for (size_t i = 0; i < build->items.count && count < LIMIT_CHAIN; i++) {
			const struct cert *cert = build->items.items[i].cert;
			bool had = false;
			for (size_t k = 0; k < count && !had; k++)
				had = cert_equal(found[k], cert);
			if (!had && cert_names_issuer(found[below], cert))
				found[count++] = cert;
		}
	}
	return count;
}

/* Is LONGER the same path with more above it? */
static bool goes_on(const struct trust_path *path, const struct trust_path *longer)
{
	if (longer->len <= path->len)
		return false;
	for (size_t i = 0; i + 1 < path->len; i++)
		if (!cert_equal(path->certs[i], longer->certs[i]))
			return false;
	return true;
}

/* The first store's, or one that serves it as well and another, too. */
static const struct trust_path *choose(const struct trust_path *paths, size_t count)
{
	const struct trust_path *best = NULL;

	for (size_t s = 0; s < count; s++)
		if (paths[s].trusted == ANSWER_YES && (!best || goes_on(best, &paths[s])))
			best = &paths[s];
	return best;
}

static void take_path(struct bundle_build *build, const struct trust_path *path)
{
	struct bundle *bundle = build->bundle;

	for (size_t i = 1; i + 1 < path->len; i++) {
		if (path->certs[i]->not_after.seconds < bundle->leaf->not_after.seconds) {
			char day[INSTANT_TEXT];
			instant_format_day(path->certs[i]->not_after, day);
			bundle_refuse(build, "%.100s ends on %s, before the leaf does",
				bundle_name(path->certs[i]), day);
			return;
		}
		bundle->above[bundle->count] = path->certs[i];
		bundle->known[bundle->count++] = profile_by_fingerprint(
			build->request->profile, path->certs[i]->sha256);
	}
}

/* False only without memory; RET_FOUND: there is a path that clients of some store accept. */
static bool take_best_path(struct bundle_build *build, bool *ret_found, struct error *err)
{
	struct trust_path paths[LIMIT_TRUST_STORES], served[LIMIT_TRUST_STORES];
	const struct trust *trust = build->request->trust;
	const struct cert *found[LIMIT_CHAIN];

	*ret_found = false;
	if (!has_bytes(build->bundle->leaf))
		return true;
	CLEANUP(chain_freep) struct chain *chain = chain_new(found, relatives(build, found), err);
	if (!chain)
		return false;
	trust_paths(trust, chain, build->when, paths, served);
	const struct trust_path *path = choose(paths, trust_store_count(trust));
	if (path)
		take_path(build, path);
	*ret_found = path != NULL;
	return true;
}

/* --- All together --- */

/* For each store, what its clients make of the leaf with these certificates and no others. */
static bool judge(struct bundle_build *build, struct error *err)
{
	struct bundle *bundle = build->bundle;
	struct trust_path paths[LIMIT_TRUST_STORES], served[LIMIT_TRUST_STORES];
	const struct cert *certs[LIMIT_PATH_DEPTH + 1];
	const struct trust *trust = build->request->trust;

	/* One that has expired is trusted by nobody, whatever is above it. */
	if (bundle->state != BUNDLE_WHOLE || !has_bytes(bundle->leaf) ||
		!cert_valid_at(bundle->leaf, build->when))
		return true;
	certs[0] = bundle->leaf;
	for (size_t i = 0; i < bundle->count; i++)
		certs[i + 1] = bundle->above[i];
	CLEANUP(chain_freep) struct chain *chain = chain_new(certs, bundle->count + 1, err);
	if (!chain)
		return false;
	trust_paths(trust, chain, build->when, paths, served);
	bundle->store_count = trust_store_count(trust);
	for (size_t s = 0; s < bundle->store_count; s++) {
		bool yes = served[s].completed_by == COMPLETION_SERVED &&
			   served[s].trusted == ANSWER_YES;
		bool unknown = paths[s].trusted == ANSWER_UNKNOWN;
		bundle->trusted[s] = yes ? ANSWER_YES : unknown ? ANSWER_UNKNOWN : ANSWER_NO;
	}
	return true;
}

static bool put_together(struct bundle_build *build, struct error *err)
{
	const struct cert *leaf = build->bundle->leaf;
	bool found = false;

	if (!leaf->readable) {
		bundle_refuse(build, "the certificate cannot be decoded");
		return true;
	}
	if (leaf->self_signed)
		return true; /* there is nothing above it */
	if (leaf->is_ca) {
		bundle_refuse(build, "%.100s is the certificate of a CA and no server's",
			bundle_name(leaf));
		return true;
	}
	bundle_find_profile(build);
	if (build->bundle->state != BUNDLE_WHOLE)
		return true;
	if (!build->bundle->in_profile && !take_best_path(build, &found, err))
		return false;
	if (!found)
		bundle_climb(build);
	return true;
}

/* One that is not valid yet is prepared for the day on which it is. */
static struct instant moment(const struct cert *leaf, struct instant now)
{
	bool early = leaf->readable && now.seconds < leaf->not_before.seconds;

	return early ? leaf->not_before : now;
}

bool bundle_make(const struct bundle_request *request, struct bundle *ret_bundle, struct error *err)
{
	struct bundle_build build = { .request = request,
		.bundle = ret_bundle,
		.when = moment(request->leaf, request->now),
		.checks_left = LIMIT_SIGNATURE_CHECKS };

	*ret_bundle = (struct bundle){ .leaf = request->leaf };
	bool made = collect(&build) || error_set_memory(err);
	if (made) {
		build.issuer_key = request->issuer_key ? request->issuer_key : key_by_name(&build);
		made = put_together(&build, err) && judge(&build, err) &&
		       (bundle_say_left_out(&build) || error_set_memory(err));
	}
	free(build.items.items);
	return made;
}

void bundle_release(struct bundle *bundle)
{
	free(bundle->left_out.items);
	bundle->left_out.items = NULL;
	bundle->left_out.count = bundle->left_out.room = 0;
}
