/* SPDX-License-Identifier: MIT */
#include "rules/profile/profile_lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"

#define PLACE PROFILE_LINT_PLACE
#define complain profile_lint_complain

static void PRINTF_LIKE(2, 3) place_at(char out[static PLACE], const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(out, PLACE, fmt, args);
	va_end(args);
}

void profile_lint_complain(struct lint *lint, const char *place, const char *fmt, ...)
{
	char raw[400], text[400];
	va_list args;

	va_start(args, fmt);
	phrase_vsay(raw, sizeof raw, fmt, args);
	va_end(args);
	phrase_render(raw, lint->language, text, sizeof text);
	lint->count++;
	lint->say(lint->arg, profile_line(lint->profile, place), text);
}

static void lint_title(
	struct lint *lint, const char *place, const char *of, const struct profile_title *title)
{
	static const char *const names[] = {
		[LANGUAGE_EN] = "en",
		[LANGUAGE_ZH_HANT] = "zh-Hant",
		[LANGUAGE_ZH_HANS] = "zh-Hans",
	};

	for (size_t i = 0; i < LANGUAGE_COUNT; i++)
		if (!title->text[i])
			complain(lint, place, "%s: the title is missing in %s", of, names[i]);
}

/* The place of a certificate's KEY. */
static void place_of(const struct lint *lint, const struct profile_certificate *one,
	const char *key, char out[static PLACE])
{
	place_at(out, "certificates[%zu].%s", (size_t)(one - lint->profile->certificates), key);
}

static bool has_ended(const struct lint *lint, const struct profile_certificate *one)
{
	return one->has_not_after && lint->now.seconds >= one->not_after.seconds + SECONDS_A_DAY;
}

/* True when ISSUERS of ONE, one above the other, lead to an anchor of STORE. */
static bool leads_to_store(const struct profile_certificate *one, const struct profile_store *store)
{
	for (; one; one = one->issuer)
		for (size_t i = 0; i < store->anchor_count; i++)
			if (store->anchors[i] == one)
				return true;
	return false;
}

static bool leads_anywhere(const struct profile *profile, const struct profile_certificate *one)
{
	for (size_t i = 0; i < profile->store_count; i++)
		if (leads_to_store(one, &profile->stores[i]))
			return true;
	return false;
}

static bool is_replacement(const struct profile *profile, const struct profile_certificate *one)
{
	for (size_t i = 0; i < profile->certificate_count; i++)
		if (profile->certificates[i].replaced_by == one)
			return true;
	return false;
}

static void lint_replacement(
	struct lint *lint, const struct profile_certificate *one, const char *place)
{
	const struct profile_certificate *next = one->replaced_by;

	if (next->role != one->role)
		complain(lint, place, "%s: replaced by %s, which is %s and not %s", one->id,
			next->id, profile_role_name(next->role), profile_role_name(one->role));
	/* One of another name is a successor, whose leafs have to be requested anyway. */
	if (next->role == PROFILE_ROLE_ISSUING && one->role == PROFILE_ROLE_ISSUING &&
		next->has_spki && one->has_spki && strcmp(next->name, one->name) == 0 &&
		memcmp(next->spki_sha256, one->spki_sha256, sizeof one->spki_sha256) != 0)
		complain(lint, place,
			"%s: replaced by %s, which has another key: no leaf fits both", one->id,
			next->id);
	while (next->replaced_by)
		next = next->replaced_by;
	if (next->state == PROFILE_STATE_RETIRED)
		complain(lint, place, "%s: its replacements end with %s, which is retired itself",
			one->id, next->id);
}

static void lint_retired(struct lint *lint, const struct profile_certificate *one)
{
	char place[PLACE];

	place_of(lint, one, "replaced_by", place);
	/* A cross certificate that has ended may have had its day. */
	if (!one->replaced_by && one->role != PROFILE_ROLE_ROOT &&
		!(one->role == PROFILE_ROLE_CROSS && has_ended(lint, one)))
		complain(lint, place,
			"%s: retired, but replaced_by does not say what takes its place", one->id);
	if (one->replaced_by)
		lint_replacement(lint, one, place);
	place_of(lint, one, "remove_by", place);
	if (!one->has_remove_by && one->role == PROFILE_ROLE_ISSUING)
		complain(
			lint, place, "%s: retired, but remove_by does not say until when", one->id);
}

static void lint_current(struct lint *lint, const struct profile_certificate *one)
{
	char place[PLACE], day[INSTANT_TEXT];

	place_of(lint, one, "remove_by", place);
	if (one->has_remove_by)
		complain(lint, place, "%s: remove_by on a certificate that is current", one->id);
	if (one->role == PROFILE_ROLE_ROOT)
		return;
	place_of(lint, one, "not_after", place);
	if (has_ended(lint, one)) {
		instant_format_day(one->not_after, day);
		complain(lint, place, "%s: current, but ended on %s", one->id, day);
	}
	place_of(lint, one, "url", place);
	if (!one->url)
		complain(lint, place, "%s: %s without a url to get it from", one->id,
			is_replacement(lint->profile, one) ? PHRASE("a replacement")
							   : PHRASE("to be served, but"));
	place_of(lint, one, "issuer", place);
	if (!leads_anywhere(lint->profile, one))
		complain(lint, place, "%s: its issuers lead to no anchor of any trust store",
			one->id);
	place_of(lint, one, "spki_sha256", place);
	if (one->role == PROFILE_ROLE_ISSUING && !one->has_spki)
		complain(lint, place, "%s: without spki_sha256 a reissue of it cannot be told",
			one->id);
}

static void lint_since(struct lint *lint, const struct profile_certificate *one)
{
	char place[PLACE];

	place_of(lint, one, "since", place);
	if (one->has_since && one->has_not_before && one->since.seconds < one->not_before.seconds)
		complain(lint, place, "%s: in use since a day before it begins", one->id);
}

static void lint_certificates(struct lint *lint)
{
	for (size_t i = 0; i < lint->profile->certificate_count; i++) {
		const struct profile_certificate *one = &lint->profile->certificates[i];

		if (one->state == PROFILE_STATE_RETIRED)
			lint_retired(lint, one);
		else
			lint_current(lint, one);
		lint_since(lint, one);
	}
}

static void lint_anchor(struct lint *lint, const struct profile_store *store, size_t number)
{
	const struct profile_certificate *anchor = store->anchors[number];
	char place[PLACE], day[INSTANT_TEXT];

	place_at(place, "trust_stores[%zu].anchors[%zu]", (size_t)(store - lint->profile->stores),
		number);
	if (anchor->role != PROFILE_ROLE_ROOT)
		complain(lint, place, "%s: the anchor %s is no root", store->id, anchor->id);
	if (has_ended(lint, anchor)) {
		instant_format_day(anchor->not_after, day);
		complain(lint, place, "%s: the anchor %s ended on %s", store->id, anchor->id, day);
	}
	const struct profile_leaving *leaving = &store->leaving[number];
	if (leaving->has_until && anchor->has_not_after &&
		leaving->until.seconds > anchor->not_after.seconds)
		complain(lint, place, "%s: the anchor %s leaves after it has ended", store->id,
			anchor->id);
	else if (leaving->has_until && lint->now.seconds >= leaving->until.seconds) {
		instant_format_day(leaving->until, day);
		complain(lint, place, "%s: the anchor %s has left this trust store on %s",
			store->id, anchor->id, day);
	}
}

static void lint_store(struct lint *lint, const struct profile_store *store)
{
	const struct profile *profile = lint->profile;
	bool reached = false;
	char place[PLACE];

	place_at(place, "trust_stores[%zu].title", (size_t)(store - profile->stores));
	lint_title(lint, place, store->id, &store->title);
	for (size_t i = 0; i < store->anchor_count; i++)
		lint_anchor(lint, store, i);
	for (size_t i = 0; i < profile->certificate_count; i++) {
		const struct profile_certificate *one = &profile->certificates[i];
		reached |= one->role != PROFILE_ROLE_ROOT && one->state == PROFILE_STATE_CURRENT &&
			   leads_to_store(one, store);
	}
	place_at(place, "trust_stores[%zu].anchors", (size_t)(store - profile->stores));
	if (!reached)
		complain(lint, place,
			"%s: no current certificate leads to an anchor of this trust store",
			store->id);
}

static void lint_serve(struct lint *lint)
{
	const struct profile *profile = lint->profile;
	bool issuing = false;
	char place[PLACE];

	for (size_t i = 0; i < profile->serve_count; i++) {
		const struct profile_serve *row = &profile->serve[i];
		bool exists = row->need == PROFILE_NEED_UNWANTED;

		issuing |= row->role == PROFILE_ROLE_ISSUING && row->need != PROFILE_NEED_UNWANTED;
		for (size_t j = 0; j < profile->certificate_count; j++)
			exists |= profile->certificates[j].role == row->role &&
				  profile->certificates[j].state == PROFILE_STATE_CURRENT;
		place_at(place, "serve[%zu].role", i);
		if (!exists)
			complain(lint, place, "serve: no current certificate is %s",
				profile_role_name(row->role));
		else if (row->role == PROFILE_ROLE_CROSS && row->need != PROFILE_NEED_UNWANTED &&
			 row->serves_count == 0)
			complain(lint, place,
				"serve: the cross certificate is asked for, but serves does not "
				"say "
				"for which trust stores");
	}
	if (!issuing)
		complain(lint, "serve", "serve: does not ask for the issuing certificate");
}

static void lint_expected(struct lint *lint, const struct profile_list *list, size_t number)
{
	const struct profile_certificate *one = list->expect_revoked[number];
	char place[PLACE];

	place_at(place, "revocation_lists[%zu].expect_revoked[%zu]",
		(size_t)(list - lint->profile->lists), number);
	if (one->issuer != list->issuer)
		complain(lint, place, "%s: expects %s to be revoked, which %s did not issue",
			list->id, one->id, list->issuer->id);
	if (one->state == PROFILE_STATE_CURRENT)
		complain(lint, place, "%s: expects %s to be revoked, which is current", list->id,
			one->id);
	if (!one->serial)
		complain(lint, place, "%s: expects %s to be revoked, whose serial is not given",
			list->id, one->id);
}

static bool is_expected(
	const struct profile_list *list, const struct profile_certificate *certificate)
{
	for (size_t i = 0; i < list->expect_count; i++)
		if (list->expect_revoked[i] == certificate)
			return true;
	return false;
}

/* Retired certificates of the list's issuer that are still good: revoked or not is worth a word. */
static void lint_unexpected(struct lint *lint, const struct profile_list *list, const char *place)
{
	for (size_t i = 0; list->covers_ca && i < lint->profile->certificate_count; i++) {
		const struct profile_certificate *one = &lint->profile->certificates[i];

		if (one->issuer == list->issuer && one->role == PROFILE_ROLE_ISSUING &&
			one->state == PROFILE_STATE_RETIRED && !has_ended(lint, one) &&
			!is_expected(list, one))
			complain(lint, place,
				"%s: covers %s, which is retired and has not ended, but "
				"expect_revoked does not have it",
				list->id, one->id);
	}
}

static void lint_list(struct lint *lint, const struct profile_list *list)
{
	const struct profile *profile = lint->profile;
	size_t number = (size_t)(list - profile->lists);
	bool covers = list->covers_leaf;
	char place[PLACE];

	for (size_t i = 0; i < profile->certificate_count; i++)
		covers |= list->covers_ca && profile->certificates[i].issuer == list->issuer;
	place_at(place, "revocation_lists[%zu].issuer", number);
	if (!covers)
		complain(lint, place,
			"%s: %s issued no certificate of this profile, so the list covers none",
			list->id, list->issuer->id);
	place_at(place, "revocation_lists[%zu].url", number);
	if (!list->url)
		complain(lint, place, "%s: without a url the list cannot be had", list->id);
	for (size_t i = 0; i < list->expect_count; i++)
		lint_expected(lint, list, i);
	place_at(place, "revocation_lists[%zu].expect_revoked", number);
	if (list->expect_count > 0 && !list->has_expect_from)
		complain(lint, place, "%s: expect_revoked without expect_from", list->id);
	lint_unexpected(lint, list, place);
}

size_t profile_lint(const struct profile *profile, struct instant now, enum language language,
	profile_lint_say *say, void *arg)
{
	struct lint lint = { .profile = profile,
		.now = now,
		.language = language,
		.say = say,
		.arg = arg,
		.count = 0 };

	lint_title(&lint, "title", profile->id, &profile->title);
	lint_certificates(&lint);
	lint_serve(&lint);
	for (size_t i = 0; i < profile->store_count; i++)
		lint_store(&lint, &profile->stores[i]);
	for (size_t i = 0; i < profile->list_count; i++)
		lint_list(&lint, &profile->lists[i]);
	profile_lint_leaf(&lint);
	profile_lint_dcv(&lint);
	return lint.count;
}
