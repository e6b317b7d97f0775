/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "rules/profile/profile_lint.h"

#define complain profile_lint_complain

/* Baseline Requirements, 6.3.2. */
static const struct {
	const char *from;
	int64_t max_days;
} limits[] = {
	{ "2020-09-01", 398 },
	{ "2026-03-15", 200 },
	{ "2027-03-15", 100 },
	{ "2029-03-15", 47 },
};

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
			complain(lint, "leaf.keys.curves",
				"leaf: the curve \"%s\" is none of P-224, P-256, P-384, P-521",
				*curve);
	}
}

/* What the profile allows of what is issued on DAY; 0: anything. */
static int64_t longest_on(const struct profile_leaf *leaf, struct instant day)
{
	int64_t days = 0;

	for (size_t i = 0; i < leaf->validity_count; i++)
		if (leaf->validity[i].from.seconds <= day.seconds)
			days = leaf->validity[i].max_days;
	return days;
}

/* Limits that hold already and that the profile does not know. */
static void lint_lifetimes(struct lint *lint)
{
	const struct profile_leaf *leaf = &lint->profile->leaf;

	if (leaf->validity_count == 0)
		complain(lint, "leaf", "leaf: no validity_days, so any lifetime passes");
	for (size_t i = 0; i < ARRAY_LEN(limits) && leaf->validity_count > 0; i++) {
		struct instant from;
		if (leaf->is_private || !instant_parse(limits[i].from, &from) ||
			from.seconds > lint->now.seconds)
			continue;
		int64_t days = longest_on(leaf, from);
		if (days > limits[i].max_days)
			complain(lint, "leaf.validity_days",
				"leaf: validity_days allows %lld days from %s on; public CAs may "
				"issue for %lld",
				(long long)days, limits[i].from, (long long)limits[i].max_days);
	}
}

static void lint_authority(struct lint *lint, size_t number)
{
	const struct profile_certificate *one = lint->profile->leaf.authority[number];
	char place[PROFILE_LINT_PLACE];

	(void)snprintf(place, sizeof place, "leaf.authority[%zu]", number);
	if (!one->has_spki)
		complain(lint, place,
			"leaf: the authority %s has no spki_sha256, so its key is unknown",
			one->id);
	if (one->role != PROFILE_ROLE_ISSUING)
		complain(lint, place, "leaf: the authority %s is %s, not issuing", one->id,
			profile_role_name(one->role));
}

void profile_lint_leaf(struct lint *lint)
{
	const struct profile_leaf *leaf = &lint->profile->leaf;

	for (size_t i = 0; i < leaf->authority_count; i++)
		lint_authority(lint, i);
	if (leaf->rsa_min_bits == 0)
		complain(lint, "leaf.keys", "leaf: no keys.rsa_min_bits, so any RSA key passes");
	if (!leaf->curves)
		complain(lint, "leaf.keys", "leaf: no keys.curves, so any elliptic curve passes");
	lint_lifetimes(lint);
	if (leaf->expires_warning_days == 0)
		complain(lint, "leaf",
			"leaf: no expires_soon_days, so nobody is warned before the end");
	else if (leaf->expires_critical_days == 0)
		complain(lint, "leaf.expires_soon_days",
			"leaf: expires_soon_days has no second number, for critical");
	lint_curves(lint);
}
