/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert.h"
#include "checker/cert/cert_policy.h"
#include "rules/check/checks.h"

/* 2022-09-01: from this day on no organizationalUnitName (ballot SC-47). */
#define UNITS_UNTIL INT64_C(1661990400)

/* 64 bits (Baseline Requirements, 7.1). */
#define SERIAL_OCTETS 8

/* These rules bind public CAs: under another authority leafs may be private. */
static bool is_bound(const struct scene *scene)
{
	return scene->in_scope && scene->policy.read && !scene->profile->leaf.is_private &&
	       !scene->facts->leaf->self_signed;
}

bool check_policy_attribute_too_long(const struct scene *scene, struct finding_list *list)
{
	const struct cert_policy *policy = &scene->policy;

	if (!is_bound(scene) || !policy->long_attribute)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_policy_attribute_too_long, scene->facts->leaf);
	if (!finding)
		return false;
	finding_say(finding, "%s has %zu characters; at most %u are allowed",
		policy->long_attribute, policy->long_length, policy->long_bound);
	return true;
}

/* The timestamps of other ways than the certificate, and all of them. */
struct timestamps {
	struct sct_tally sent, all;
	unsigned wanted;
};

/* Chrome's and Apple's policies: enough in the certificate for its validity, or two that were sent.
 */
#define SENT_WANTED 2

static bool are_enough(const struct scene *scene, const struct timestamps *stamps)
{
	return stamps->sent.logs >= SENT_WANTED ||
	       (!scene->policy.scts_broken && stamps->all.logs >= stamps->wanted);
}

static void count_timestamps(const struct scene *scene, struct timestamps *stamps)
{
	*stamps = (struct timestamps){ .wanted = cert_policy_scts_wanted(scene->facts->leaf) };
	sct_add(&stamps->sent, &scene->facts->by_tls);
	sct_add(&stamps->sent, &scene->facts->by_staple);
	sct_add(&stamps->all, &stamps->sent);
	sct_add(&stamps->all, &scene->policy.embedded);
}

/* None in the certificate, of a CA that embeds them. */
static void say_none(
	const struct scene *scene, const struct timestamps *stamps, struct finding *finding)
{
	if (scene->facts->scts_asked) {
		finding_say(finding,
			"the certificate holds no signed certificate timestamp, though its CA "
			"embeds them, and the server sends those of %zu logs; browsers want %u",
			stamps->sent.logs, (unsigned)SENT_WANTED);
		return;
	}
	/* The handshake may bring them, where nobody has looked. */
	finding->severity = SEVERITY_WARNING;
	finding_say(finding,
		"the certificate holds no signed certificate timestamp, though its CA embeds them; "
		"unless the server sends %u by other ways, browsers refuse it",
		(unsigned)SENT_WANTED);
}

static void say_few(
	const struct scene *scene, const struct timestamps *stamps, struct finding *finding)
{
	const struct sct_tally *embedded = &scene->policy.embedded;

	if (stamps->sent.count > 0)
		finding_say(finding,
			"the certificate holds %zu signed certificate timestamps and the server "
			"sends %zu, by %zu different logs together; for its validity browsers want "
			"%u by different logs",
			embedded->count, stamps->sent.count, stamps->all.logs, stamps->wanted);
	else
		finding_say(finding,
			"the certificate holds %zu signed certificate timestamps, by %zu different "
			"logs; for its validity browsers want %u by different logs",
			embedded->count, embedded->logs, stamps->wanted);
}

bool check_policy_certificate_transparency(const struct scene *scene, struct finding_list *list)
{
	const struct cert_policy *policy = &scene->policy;
	struct timestamps stamps;

	if (!is_bound(scene) || (!policy->has_scts && !scene->profile->leaf.embeds_scts))
		return true;
	count_timestamps(scene, &stamps);
	if (are_enough(scene, &stamps))
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_policy_certificate_transparency, scene->facts->leaf);
	if (!finding)
		return false;
	if (!policy->has_scts)
		say_none(scene, &stamps, finding);
	else if (policy->scts_broken)
		finding_say(finding, "the list of signed certificate timestamps in the "
				     "certificate cannot be read, so browsers refuse it");
	else
		say_few(scene, &stamps, finding);
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	return true;
}

bool check_policy_organization(const struct scene *scene, struct finding_list *list)
{
	const struct cert_policy *policy = &scene->policy;
	bool named = policy->validation == VALIDATION_ORGANIZATION ||
		     policy->validation == VALIDATION_EXTENDED;
	bool wrong = named ? !policy->has_organization
			   : policy->validation == VALIDATION_DOMAIN && policy->has_organization;

	if (!is_bound(scene) || !wrong)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_policy_organization, scene->facts->leaf);
	if (!finding)
		return false;
	if (named)
		finding_say(finding,
			"the policy of the certificate is %s, but its subject names "
			"no organization",
			policy->validation == VALIDATION_EXTENDED ? "EV" : "OV");
	else
		finding_say(finding, "the policy of the certificate is DV, but its subject names "
				     "an organization");
	return true;
}

bool check_policy_organizational_unit(const struct scene *scene, struct finding_list *list)
{
	const struct cert *leaf = scene->facts->leaf;
	char issued[INSTANT_TEXT];

	if (!is_bound(scene) || scene->policy.units == 0 || leaf->not_before.seconds < UNITS_UNTIL)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_policy_organizational_unit, leaf);
	if (!finding)
		return false;
	instant_format_day(leaf->not_before, issued);
	finding_say(finding,
		"the subject holds the organizational unit \"%s\"; issued on %s, it must not hold "
		"any",
		scene->policy.unit, issued);
	return true;
}

bool check_policy_short_serial(const struct scene *scene, struct finding_list *list)
{
	size_t octets = scene->policy.serial_octets;

	if (!is_bound(scene) || octets >= SERIAL_OCTETS)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_policy_short_serial, scene->facts->leaf);
	if (!finding)
		return false;
	finding_say(
		finding, "the serial number takes %zu octets; 64 random bits take eight", octets);
	return true;
}

bool check_policy_unusual_key(const struct scene *scene, struct finding_list *list)
{
	const struct cert *leaf = scene->facts->leaf;
	bool odd_size = leaf->key_bits % 8 != 0;

	if (!is_bound(scene) || leaf->key_kind != KEY_RSA ||
		(!odd_size && scene->policy.usual_exponent))
		return true;
	struct finding *finding = finding_list_add_about(list, RULE_policy_unusual_key, leaf);
	if (!finding)
		return false;
	if (odd_size)
		finding_say(finding, "the RSA key has %u bits, which is no multiple of eight",
			leaf->key_bits);
	else
		finding_say(finding, "the RSA key's public exponent is even or less than 65537");
	return true;
}
