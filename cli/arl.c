/* SPDX-License-Identifier: MIT */
#include "cli/arl.h"

#include <stdlib.h>
#include <string.h>

#include "cli/supply/setup.h"
#include "cli/supply/supply.h"
#include "rules/profile/profile.h"

/* A list that is due so soon has to be had anew before the next nightly run. */
#define DUE_SECONDS SECONDS_A_DAY

const char *arl_status_name(enum arl_status status)
{
	static const char *const names[] = {
		[ARL_OK] = "ok",
		[ARL_WARNING] = "warning",
		[ARL_CRITICAL] = "critical",
		[ARL_UNREACHABLE] = "unreachable",
	};

	return names[status];
}

const char *arl_state_name(const struct arl *arl)
{
	static const char *const names[] = {
		[REVOKE_LIST_GOOD] = N_("good"),
		[REVOKE_LIST_UNAVAILABLE] = N_("unavailable"),
		[REVOKE_LIST_EXPIRED] = N_("expired"),
		[REVOKE_LIST_INVALID] = N_("invalid"),
	};

	return names[revoke_list_state(arl->list)];
}

const char *arl_way_name(const struct arl *arl)
{
	static const char *const names[] = {
		[SUPPLY_NOT_HAD] = "none",
		[SUPPLY_FETCHED] = "fetched",
		[SUPPLY_UNCHANGED] = "unchanged",
		[SUPPLY_CACHED] = "cached",
		[SUPPLY_KEPT] = "kept",
	};

	return names[arl->origin->way];
}

static bool is_expected(const struct profile_list *wanted, const struct profile_certificate *known)
{
	for (size_t i = 0; i < wanted->expect_count; i++)
		if (wanted->expect_revoked[i] == known)
			return true;
	return false;
}

static bool is_due(const struct profile_list *wanted, struct instant now)
{
	return !wanted->has_expect_from || now.seconds >= wanted->expect_from.seconds;
}

/* Twins of the list's issuer have its name and key, so what they issued is on the list, too. */
static bool is_of_issuer(const struct profile_list *wanted, const struct profile_certificate *known)
{
	const struct profile_certificate *issuer = known->issuer;

	if (!issuer || !known->serial)
		return false;
	return issuer == wanted->issuer ||
	       (issuer->has_spki && wanted->issuer->has_spki &&
		       memcmp(issuer->spki_sha256, wanted->issuer->spki_sha256,
			       FINGERPRINT_BYTES) == 0);
}

static bool add_certificate(struct arl *arl, const struct profile_certificate *known)
{
	struct arl_certificate certificate = {
		.known = known,
		.answer = revoke_list_look_up_serial(arl->list, known->serial),
		.expected = is_expected(arl->wanted, known),
	};

	certificate.overdue = certificate.expected && is_due(arl->wanted, arl->now) &&
			      revoke_list_state(arl->list) == REVOKE_LIST_GOOD &&
			      certificate.answer.status != REVOKE_REVOKED;
	if (!vec_reserve(&arl->certificates))
		return false;
	arl->certificates.items[arl->certificates.count++] = certificate;
	return true;
}

static enum arl_status status_of(const struct arl *arl)
{
	switch (revoke_list_state(arl->list)) {
	case REVOKE_LIST_UNAVAILABLE:
		return ARL_UNREACHABLE;
	case REVOKE_LIST_EXPIRED:
	case REVOKE_LIST_INVALID:
		return ARL_CRITICAL;
	case REVOKE_LIST_GOOD:
		break;
	}
	for (size_t i = 0; i < arl->certificates.count; i++)
		if (arl->certificates.items[i].overdue)
			return ARL_CRITICAL;
	if (arl->origin->way == SUPPLY_KEPT || !arl->said.has_next ||
		arl->said.next_update.seconds - arl->now.seconds < DUE_SECONDS)
		return ARL_WARNING;
	return ARL_OK;
}

bool arl_make(const struct setup *setup, size_t number, struct arl *ret_arl)
{
	const struct profile *profile = setup->profile;

	*ret_arl = (struct arl){ .wanted = &profile->lists[number],
		.list = setup->lists[number],
		.origin = &setup->origins[number],
		.now = setup->context.now };
	ret_arl->has_description = revoke_list_describe(ret_arl->list, &ret_arl->said);
	for (size_t i = 0; i < profile->certificate_count; i++)
		if (is_of_issuer(ret_arl->wanted, &profile->certificates[i]) &&
			!add_certificate(ret_arl, &profile->certificates[i]))
			return false;
	ret_arl->status = status_of(ret_arl);
	return true;
}

void arl_release(struct arl *arl)
{
	free(arl->certificates.items);
	arl->certificates.items = NULL;
	arl->certificates.count = 0;
}
