/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "reports/bundle/bundle_build.h"

/* The one of the bundle that has the same name and key; NULL when there is none. */
static const struct cert *twin_of(const struct bundle *bundle, const struct cert *cert)
{
	for (size_t i = 0; i < bundle->count; i++)
		if (cert_is_twin(bundle->above[i], cert))
			return bundle->above[i];
	return NULL;
}

/* Did it issue the leaf, or one of those above? */
static bool is_on_the_way(struct bundle_build *build, const struct bundle_item *item)
{
	const struct bundle *bundle = build->bundle;

	if (bundle_issued(build, bundle->leaf, item))
		return true;
	for (size_t i = 0; i < bundle->count; i++)
		if (bundle_issued(build, bundle->above[i], item))
			return true;
	return false;
}

static const char *served_as(const struct bundle *bundle, const struct cert *cert)
{
	for (size_t i = 0; i < bundle->count; i++)
		if (bundle->above[i] == cert && bundle->known[i])
			return bundle->known[i]->id;
	return cert->sha256_text;
}

static void say_retired(const struct profile_certificate *known, char *out, size_t size)
{
	const struct profile_certificate *next = profile_replacement(known);

	if (next)
		phrase_say(out, size, "the CA has retired it, and %s takes its place", next->id);
	else
		phrase_say(out, size, "the CA has retired it");
}

static void say_why(
	struct bundle_build *build, const struct bundle_item *item, char *out, size_t size)
{
	const struct bundle *bundle = build->bundle;
	const struct cert *cert = item->cert, *twin = twin_of(bundle, cert);
	char day[INSTANT_TEXT];

	instant_format_day(cert->not_after, day);
	if (!cert->readable)
		phrase_say(out, size, "it cannot be decoded");
	else if (!cert->is_ca && !cert->self_signed)
		phrase_say(out, size, "it is another server's certificate");
	else if (item->known && item->known->state == PROFILE_STATE_RETIRED)
		say_retired(item->known, out, size);
	else if (cert->self_signed || (item->known && item->known->role == PROFILE_ROLE_ROOT))
		phrase_say(
			out, size, "it is a root: clients have it themselves or do not trust it");
	else if (!cert_valid_at(cert, build->when))
		phrase_say(out, size, "it is not valid, it ends on %s", day);
	else if (cert->not_after.seconds < bundle->leaf->not_after.seconds)
		phrase_say(out, size, "it ends on %s, before the leaf does", day);
	else if (twin)
		phrase_say(out, size, "%.64s has the same name and key and is served instead",
			served_as(bundle, twin));
	else if (is_on_the_way(build, item) && bundle->in_profile && !item->known)
		phrase_say(out, size, "it is none of the CA's certificates that the profile knows");
	else if (is_on_the_way(build, item))
		phrase_say(out, size, "clients need it no more than the CA wants it to be served");
	else
		phrase_say(out, size, "it is not on the way from this leaf to a root");
}

/* Whoever gave it wants to know; of the profile's own only those that would have been served. */
static bool is_worth_a_word(struct bundle_build *build, const struct bundle_item *item)
{
	if (item->said)
		return true;
	return build->bundle->in_profile && item->known &&
	       item->known->state == PROFILE_STATE_CURRENT &&
	       item->known->role != PROFILE_ROLE_ROOT && !bundle_lasts(build, item->cert) &&
	       is_on_the_way(build, item);
}

bool bundle_say_left_out(struct bundle_build *build)
{
	struct bundle *bundle = build->bundle;

	for (size_t i = 0; i < build->items.count; i++) {
		const struct bundle_item *item = &build->items.items[i];
		if (bundle_has(bundle, item->cert) || !is_worth_a_word(build, item))
			continue;
		if (!vec_reserve(&bundle->left_out))
			return false;
		struct bundle_left_out *out = &bundle->left_out.items[bundle->left_out.count++];
		*out = (struct bundle_left_out){ .cert = item->cert };
		say_why(build, item, out->why, sizeof out->why);
	}
	return true;
}
