/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/observation.h"
#include "checker/trust/chain.h"
#include "rules/check/checks.h"

/* Where a profile does not say: the Baseline Requirements, 6.1.5, and common practice. */
#define RSA_MIN_BITS 2048
#define EXPIRES_WARNING_DAYS 30
#define EXPIRES_CRITICAL_DAYS 7

/* Whole days left until, and with, the last second of validity. */
static int64_t days_left(const struct scene *scene)
{
	int64_t seconds = scene->facts->leaf->not_after.seconds - scene->facts->now.seconds;

	return seconds < 0 ? -1 : seconds / SECONDS_A_DAY;
}

static void due_at_end(const struct scene *scene, struct finding *finding)
{
	finding->has_due = true;
	finding->due = instant_day(scene->facts->leaf->not_after);
}

bool check_leaf_expired(const struct scene *scene, struct finding_list *list)
{
	char end[INSTANT_TEXT];

	if (days_left(scene) >= 0)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_leaf_expired, scene->facts->leaf);
	if (!finding)
		return false;
	instant_format(scene->facts->leaf->not_after, end);
	due_at_end(scene, finding);
	finding_say(finding, "the certificate expired at %s", end);
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	return true;
}

bool check_leaf_not_yet_valid(const struct scene *scene, struct finding_list *list)
{
	char begin[INSTANT_TEXT];

	if (scene->facts->leaf->not_before.seconds <= scene->facts->now.seconds)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_leaf_not_yet_valid, scene->facts->leaf);
	if (!finding)
		return false;
	instant_format(scene->facts->leaf->not_before, begin);
	finding_say(finding, "the certificate is not valid before %s", begin);
	finding_act(finding, ACTION_REPLACE_LEAF, NULL);
	return true;
}

bool check_leaf_expires_soon(const struct scene *scene, struct finding_list *list)
{
	const struct profile_leaf *rules = &scene->profile->leaf;
	bool said = rules->expires_warning_days > 0;
	int64_t warning = said ? rules->expires_warning_days : EXPIRES_WARNING_DAYS;
	int64_t critical = said ? rules->expires_critical_days : EXPIRES_CRITICAL_DAYS;
	int64_t left = days_left(scene);
	char end[INSTANT_TEXT];

	if (left < 0 || left > warning)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_leaf_expires_soon, scene->facts->leaf);
	if (!finding)
		return false;
	finding->severity = left <= critical ? SEVERITY_CRITICAL : SEVERITY_WARNING;
	instant_format_day(scene->facts->leaf->not_after, end);
	due_at_end(scene, finding);
	finding_say(finding,
		left == 1 ? N_("the certificate ends on %s, in %lld day")
			  : N_("the certificate ends on %s, in %lld days"),
		end, (long long)left);
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	return true;
}

bool check_leaf_name_mismatch(const struct scene *scene, struct finding_list *list)
{
	const struct facts *facts = scene->facts;
	const struct cert *leaf = facts->leaf;

	if (!facts->name || (facts->name_covered && !facts->observation->sni_refused))
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_leaf_name_mismatch, scene->facts->leaf);
	if (!finding)
		return false;
	if (facts->observation->sni_refused)
		finding_say(finding,
			"the server refuses the name %s (alert unrecognized_name), so clients that "
			"ask "
			"for it get nothing; what was read is what it sends without a name",
			facts->name);
	else if (!leaf->san[0])
		finding_say(finding,
			"the certificate holds no subject alternative name at all, "
			"so it does not cover %s",
			facts->name);
	else
		finding_say(finding,
			leaf->san[1] ? N_("the certificate does not cover %s; it is for %.120s and "
					  "others")
				     : N_("the certificate does not cover %s; it is for %.120s"),
			facts->name, leaf->san[0]);
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	return true;
}

/* The row of the profile's table for a leaf issued on that day; NULL when it has none. */
static const struct profile_validity *validity_row(
	const struct profile_leaf *rules, struct instant issued)
{
	const struct profile_validity *row = NULL;

	for (size_t i = 0; i < rules->validity_count; i++)
		if (rules->validity[i].from.seconds <= issued.seconds)
			row = &rules->validity[i];
	return row;
}

bool check_leaf_validity_too_long(const struct scene *scene, struct finding_list *list)
{
	const struct cert *leaf = scene->facts->leaf;
	const struct profile_validity *row = validity_row(&scene->profile->leaf, leaf->not_before);
	int64_t days = cert_validity_days(leaf);
	char issued[INSTANT_TEXT];

	/* The table is the profile's, for its own CA: others' leafs may be private. */
	if (!scene->in_scope || !row)
		return true;
	bool own = days <= row->max_days;
	if (own && (row->own_days == 0 || days <= row->own_days))
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_leaf_validity_too_long, scene->facts->leaf);
	if (!finding)
		return false;
	instant_format_day(leaf->not_before, issued);
	if (own) {
		/* No client minds; but the CA says that it does not issue such ones. */
		finding->severity = SEVERITY_NOTE;
		finding_say(finding,
			"the certificate, issued on %s, is valid for %lld days; clients accept "
			"that, but the CA itself says to issue for %lld at most",
			issued, (long long)days, (long long)row->own_days);
		return true;
	}
	finding_say(finding,
		"the certificate is valid for %lld days; one issued on %s may be "
		"valid for %lld",
		(long long)days, issued, (long long)row->max_days);
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	return true;
}

static bool is_curve_allowed(const struct profile_leaf *rules, const char *curve)
{
	static const char *const usual[] = { "P-256", "P-384", "P-521", NULL };

	for (const char *const *one = rules->curves ? rules->curves : usual; *one; one++)
		if (strcmp(*one, curve) == 0)
			return true;
	return false;
}

static bool is_key_weak(const struct scene *scene)
{
	const struct cert *leaf = scene->facts->leaf;
	const struct profile_leaf *rules = &scene->profile->leaf;
	unsigned least = rules->rsa_min_bits ? rules->rsa_min_bits : RSA_MIN_BITS;

	switch (leaf->key_kind) {
	case KEY_RSA:
		return leaf->key_bits < least;
	case KEY_EC:
		return !is_curve_allowed(rules, leaf->curve);
	case KEY_EDWARDS: /* strong, but no browser's CA may issue for it */
	case KEY_OTHER:
		return true;
	}
	return true;
}

bool check_leaf_weak_key(const struct scene *scene, struct finding_list *list)
{
	if (!is_key_weak(scene))
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_leaf_weak_key, scene->facts->leaf);
	if (!finding)
		return false;
	finding_say(finding, "the key is %s, which is too weak or of a kind that clients refuse",
		scene->facts->leaf->key);
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	return true;
}

bool check_leaf_weak_signature(const struct scene *scene, struct finding_list *list)
{
	/* Nobody relies on what a certificate says of itself: leaf.self-signed speaks. */
	if (!scene->facts->leaf->weak_signature || scene->facts->leaf->self_signed)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_leaf_weak_signature, scene->facts->leaf);
	if (!finding)
		return false;
	finding_say(finding, "the certificate is signed with %s, which clients refuse",
		scene->facts->leaf->signature);
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	return true;
}

bool check_leaf_eku(const struct scene *scene, struct finding_list *list)
{
	const struct cert *leaf = scene->facts->leaf;

	if (leaf->eku_server || leaf->eku_any || leaf->self_signed)
		return true;
	struct finding *finding = finding_list_add_about(list, RULE_leaf_eku, scene->facts->leaf);
	if (!finding)
		return false;
	if (leaf->has_eku) {
		finding_say(finding, "the certificate's extended key usage lacks serverAuth, so "
				     "clients refuse it for a TLS server");
	} else {
		/* RFC 5280 lets it pass; Apple's clients do not. */
		finding->severity = SEVERITY_WARNING;
		finding_say(finding, "the certificate has no extended key usage; some clients "
				     "want serverAuth in it");
	}
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	return true;
}

bool check_leaf_self_signed(const struct scene *scene, struct finding_list *list)
{
	if (!scene->facts->leaf->self_signed)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_leaf_self_signed, scene->facts->leaf);
	if (!finding)
		return false;
	finding_say(finding, "the server's certificate is signed by nobody but itself");
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	return true;
}
