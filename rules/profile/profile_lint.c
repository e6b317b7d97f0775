/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/text.h"
#include "rules/profile/profile.h"

struct lint {
	const struct profile *profile;
	void (*say)(void *arg, const char *text);
	void *arg;
	size_t count;
};

static void PRINTF_LIKE(2, 3) complain(struct lint *lint, const char *fmt, ...)
{
	char raw[400], text[400];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(raw, sizeof raw, fmt, args);
	va_end(args);
	text_printable(raw, strlen(raw), text, sizeof text);
	lint->count++;
	lint->say(lint->arg, text);
}

static void lint_title(struct lint *lint, const char *of, const struct profile_title *title)
{
	static const char *const names[] = {
		[LANGUAGE_EN] = "en",
		[LANGUAGE_ZH_HANT] = "zh-Hant",
		[LANGUAGE_ZH_HANS] = "zh-Hans",
	};

	for (size_t i = 0; i < LANGUAGE_COUNT; i++)
		if (!title->text[i])
			complain(lint, "%s: the title is missing in %s", of, names[i]);
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

static void lint_retired(struct lint *lint, const struct profile_certificate *one)
{
	const struct profile_certificate *next = one->replaced_by;

	if (!next && one->role != PROFILE_ROLE_ROOT)
		complain(lint, "%s: retired, but replaced_by does not say what takes its place",
			one->id);
	if (!one->has_remove_by && one->role == PROFILE_ROLE_ISSUING)
		complain(lint, "%s: retired, but remove_by does not say until when", one->id);
	if (!next)
		return;
	if (next->role != one->role)
		complain(lint, "%s: replaced by %s, which is %s and not %s", one->id, next->id,
			profile_role_name(next->role), profile_role_name(one->role));
	if (next->role == PROFILE_ROLE_ISSUING && one->role == PROFILE_ROLE_ISSUING &&
		next->has_spki && one->has_spki &&
		memcmp(next->spki_sha256, one->spki_sha256, sizeof one->spki_sha256) != 0)
		complain(lint, "%s: replaced by %s, which has another key: no leaf fits both",
			one->id, next->id);
	while (next->replaced_by)
		next = next->replaced_by;
	if (next->state == PROFILE_STATE_RETIRED)
		complain(lint, "%s: its replacements end with %s, which is retired itself", one->id,
			next->id);
}

static void lint_current(struct lint *lint, const struct profile_certificate *one)
{
	if (one->has_remove_by)
		complain(lint, "%s: remove_by on a certificate that is current", one->id);
	if (one->role == PROFILE_ROLE_ROOT)
		return;
	if (!one->url)
		complain(lint, "%s: %s without a url to get it from", one->id,
			is_replacement(lint->profile, one) ? "a replacement" : "to be served, but");
	if (!leads_anywhere(lint->profile, one))
		complain(lint, "%s: its issuers lead to no anchor of any trust store", one->id);
	if (one->role == PROFILE_ROLE_ISSUING && !one->has_spki)
		complain(lint, "%s: without spki_sha256 a reissue of it cannot be told", one->id);
}

static void lint_certificates(struct lint *lint)
{
	for (size_t i = 0; i < lint->profile->certificate_count; i++) {
		const struct profile_certificate *one = &lint->profile->certificates[i];

		if (one->state == PROFILE_STATE_RETIRED)
			lint_retired(lint, one);
		else
			lint_current(lint, one);
	}
}

static void lint_store(struct lint *lint, const struct profile_store *store)
{
	const struct profile *profile = lint->profile;
	bool reached = false;

	lint_title(lint, store->id, &store->title);
	for (size_t i = 0; i < store->anchor_count; i++)
		if (store->anchors[i]->role != PROFILE_ROLE_ROOT)
			complain(lint, "%s: the anchor %s is no root", store->id,
				store->anchors[i]->id);
	for (size_t i = 0; i < profile->certificate_count; i++) {
		const struct profile_certificate *one = &profile->certificates[i];
		reached |= one->role != PROFILE_ROLE_ROOT && one->state == PROFILE_STATE_CURRENT &&
			   leads_to_store(one, store);
	}
	if (!reached)
		complain(lint, "%s: no current certificate leads to an anchor of this trust store",
			store->id);
}

static void lint_serve(struct lint *lint)
{
	const struct profile *profile = lint->profile;
	bool issuing = false;

	for (size_t i = 0; i < profile->serve_count; i++) {
		const struct profile_serve *row = &profile->serve[i];
		bool exists = row->need == PROFILE_NEED_UNWANTED;

		issuing |= row->role == PROFILE_ROLE_ISSUING && row->need != PROFILE_NEED_UNWANTED;
		for (size_t j = 0; j < profile->certificate_count; j++)
			exists |= profile->certificates[j].role == row->role &&
				  profile->certificates[j].state == PROFILE_STATE_CURRENT;
		if (!exists)
			complain(lint, "serve: no current certificate is %s",
				profile_role_name(row->role));
	}
	if (!issuing)
		complain(lint, "serve: does not ask for the issuing certificate");
}

static void lint_list(struct lint *lint, const struct profile_list *list)
{
	const struct profile *profile = lint->profile;
	bool covers = list->covers_leaf;

	for (size_t i = 0; i < profile->certificate_count; i++)
		covers |= list->covers_ca && profile->certificates[i].issuer == list->issuer;
	if (!covers)
		complain(lint,
			"%s: %s issued no certificate of this profile, so the list covers none",
			list->id, list->issuer->id);
	if (!list->url)
		complain(lint, "%s: without a url the list cannot be had", list->id);
	for (size_t i = 0; i < list->expect_count; i++) {
		const struct profile_certificate *one = list->expect_revoked[i];

		if (one->issuer != list->issuer)
			complain(lint, "%s: expects %s to be revoked, which %s did not issue",
				list->id, one->id, list->issuer->id);
		if (one->state == PROFILE_STATE_CURRENT)
			complain(lint, "%s: expects %s to be revoked, which is current", list->id,
				one->id);
		if (!one->serial)
			complain(lint, "%s: expects %s to be revoked, whose serial is not given",
				list->id, one->id);
	}
	if (list->expect_count > 0 && !list->has_expect_from)
		complain(lint, "%s: expect_revoked without expect_from", list->id);
}

static void lint_curves(struct lint *lint)
{
	/* Baseline Requirements, 6.1.5, and the smaller one that old servers have. */
	static const char *const known[] = { "P-224", "P-256", "P-384", "P-521" };
	const char *const *curve = lint->profile->leaf.curves;

	for (; curve && *curve; curve++) {
		bool found = false;
		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			found |= strcmp(*curve, known[i]) == 0;
		if (!found)
			complain(lint,
				"leaf: the curve \"%s\" is none of P-224, P-256, P-384, P-521",
				*curve);
	}
}

static void lint_leaf(struct lint *lint)
{
	const struct profile_leaf *leaf = &lint->profile->leaf;

	for (size_t i = 0; i < leaf->authority_count; i++) {
		if (!leaf->authority[i]->has_spki)
			complain(lint,
				"leaf: the authority %s has no spki_sha256, so its key is unknown",
				leaf->authority[i]->id);
		if (leaf->authority[i]->role != PROFILE_ROLE_ISSUING)
			complain(lint, "leaf: the authority %s is %s, not issuing",
				leaf->authority[i]->id,
				profile_role_name(leaf->authority[i]->role));
	}
	if (leaf->rsa_min_bits == 0)
		complain(lint, "leaf: no keys.rsa_min_bits, so any RSA key passes");
	if (!leaf->curves)
		complain(lint, "leaf: no keys.curves, so any elliptic curve passes");
	if (leaf->validity_count == 0)
		complain(lint, "leaf: no validity_days, so any lifetime passes");
	if (leaf->expires_warning_days == 0)
		complain(lint, "leaf: no expires_soon_days, so nobody is warned before the end");
	else if (leaf->expires_critical_days == 0)
		complain(lint, "leaf: expires_soon_days has no second number, for critical");
	lint_curves(lint);
}

size_t profile_lint(
	const struct profile *profile, void (*say)(void *arg, const char *text), void *arg)
{
	struct lint lint = { .profile = profile, .say = say, .arg = arg, .count = 0 };

	lint_title(&lint, profile->id, &profile->title);
	lint_certificates(&lint);
	lint_serve(&lint);
	for (size_t i = 0; i < profile->store_count; i++)
		lint_store(&lint, &profile->stores[i]);
	for (size_t i = 0; i < profile->list_count; i++)
		lint_list(&lint, &profile->lists[i]);
	lint_leaf(&lint);
	return lint.count;
}
