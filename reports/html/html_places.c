/* SPDX-License-Identifier: MIT */
#include "reports/html/html_places.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "rules/profile/profile.h"

static_assert(HTML_PLACES <= 64, "issuers are bits of 64");

size_t html_places_of(const struct html_places *places, const char *print)
{
	for (size_t i = 0; i < places->count; i++)
		if (strcmp(places->at[i].print, print) == 0)
			return i;
	return NO_PLACE;
}

static void add_served(struct html_places *places, const struct verdict_certificate *served,
	const struct profile *profile)
{
	const struct cert *cert = served->cert;
	struct html_place *place = &places->at[places->count];

	*place = (struct html_place){
		.served = served,
		.known = served->known_as ? profile_by_id(profile, served->known_as) : NULL,
		.print = cert->sha256_text,
		.issuers = served->issuers,
		.twin = NO_PLACE,
		.first = html_places_of(places, cert->sha256_text),
		.has_not_after = cert->readable,
		.not_after = cert->not_after,
	};
	(void)snprintf(place->mark, sizeof place->mark, "%zu", places->count + 1);
	places->count++;
}

static void add_unsent(struct html_places *places, const char *print, const struct profile *profile)
{
	struct html_place *place = &places->at[places->count];

	if (places->count - places->served == HTML_UNSENT)
		return;
	*place = (struct html_place){ .print = print, .twin = NO_PLACE, .first = NO_PLACE };
	for (size_t i = 0; i < profile->certificate_count && !place->known; i++)
		if (strcmp(profile->certificates[i].sha256_text, print) == 0)
			place->known = &profile->certificates[i];
	if (place->known && place->known->has_not_after) {
		place->has_not_after = true;
		place->not_after = place->known->not_after;
	}
	(void)snprintf(place->mark, sizeof place->mark, "%c",
		(char)('A' + (places->count - places->served)));
	places->count++;
}

/* Each certificate of a verified path issued the one before it. */
static void follow(struct html_places *places, const struct verdict_path *path)
{
	for (size_t i = 1; i < path->len; i++) {
		size_t below = html_places_of(places, path->certs[i - 1]);
		size_t above = html_places_of(places, path->certs[i]);

		if (below != NO_PLACE && above != NO_PLACE)
			places->at[below].issuers |= UINT64_C(1) << above;
	}
}

/* The same name and key and other bytes, as far as that is known. */
static bool are_twins(const struct html_place *a, const struct html_place *b)
{
	if (strcmp(a->print, b->print) == 0)
		return false;
	if (a->served && b->served && a->served->cert->readable && b->served->cert->readable)
		return strcmp(a->served->cert->subject, b->served->cert->subject) == 0 &&
		       memcmp(a->served->cert->spki_sha256, b->served->cert->spki_sha256,
			       FINGERPRINT_BYTES) == 0;
	return a->known && b->known && a->known->has_spki && b->known->has_spki &&
	       strcmp(a->known->name, b->known->name) == 0 &&
	       memcmp(a->known->spki_sha256, b->known->spki_sha256, FINGERPRINT_BYTES) == 0;
}

static void find_twins(struct html_places *places)
{
	for (size_t i = 0; i < places->count; i++)
		for (size_t k = 0; k < places->count && places->at[i].twin == NO_PLACE; k++)
			if (are_twins(&places->at[i], &places->at[k]))
				places->at[i].twin = k;
}

void html_places_find(struct html_places *ret_places, const struct verdict *verdict,
	const struct profile *profile)
{
	ret_places->count = ret_places->served = 0;
	for (size_t i = 0; i < verdict->chain.count && i < LIMIT_CHAIN; i++)
		add_served(ret_places, &verdict->chain.items[i], profile);
	ret_places->served = ret_places->count;
	for (size_t i = 0; i < verdict->path_count; i++)
		for (size_t k = 0; k < verdict->paths[i].len; k++)
			if (html_places_of(ret_places, verdict->paths[i].certs[k]) == NO_PLACE)
				add_unsent(ret_places, verdict->paths[i].certs[k], profile);
	for (size_t i = 0; i < verdict->path_count; i++)
		follow(ret_places, &verdict->paths[i]);
	find_twins(ret_places);
}

void html_places_name(
	const struct html_place *place, enum language language, char *out, size_t size)
{
	const struct cert *cert = place->served ? place->served->cert : NULL;
	const char *name = lang_text(language, "a certificate that only others know");

	if (cert && !cert->readable)
		name = lang_text(language, "not a certificate");
	else if (cert && cert->common_name && cert->common_name[0])
		name = cert->common_name;
	else if (cert && cert->subject && cert->subject[0])
		name = cert->subject;
	else if (cert)
		name = lang_text(language, "a certificate without a name");
	else if (place->known)
		name = place->known->name;
	text_printable(name, strlen(name), out, size);
}

bool html_places_is_loose(const struct html_places *places, size_t place)
{
	const struct html_place *one = &places->at[place];
	const struct cert *cert = one->served ? one->served->cert : NULL;

	return cert && cert->readable && one->issuers == 0 && one->first == NO_PLACE &&
	       strcmp(cert->subject, cert->issuer) != 0;
}

bool html_places_until(const struct html_places *places, const struct verdict_path *path,
	struct instant *ret_until)
{
	for (size_t i = 0; i < path->len; i++) {
		size_t place = html_places_of(places, path->certs[i]);

		if (place == NO_PLACE || !places->at[place].has_not_after)
			return false;
		if (i == 0 || places->at[place].not_after.seconds < ret_until->seconds)
			*ret_until = places->at[place].not_after;
	}
	return path->len > 0;
}

void html_places_line(
	const struct html_places *places, const struct verdict_path *path, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < path->len && used < size; i++) {
		size_t place = html_places_of(places, path->certs[i]);
		int len = snprintf(out + used, size - used, "%s%s", i ? " > " : "",
			place == NO_PLACE ? "?" : places->at[place].mark);

		used += len < 0 ? size : (size_t)len;
	}
}
