/* SPDX-License-Identifier: MIT */
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/revoke/revoke.h"
#include "checker/trust/chain.h"
#include "rules/check/checks.h"

/* One finding of RULE for each list in STATE. */
static bool say_lists(const struct scene *scene, struct finding_list *list, enum rule_id rule,
	enum revoke_list_state state, const char *words)
{
	const struct facts *facts = scene->facts;
	/* The profile's lists are about its own certificates; the others somebody asked for. */
	size_t from = scene->in_scope ? 0 : facts->context->list_count;

	for (size_t i = from; i < facts_list_count(facts); i++) {
		const struct revoke_list *one = facts_list(facts, i);
		if (revoke_list_state(one) != state)
			continue;
		struct finding *finding = finding_list_add(list, rule);
		if (!finding)
			return false;
		finding_say(finding, "revocation list %s %s: %s", revoke_list_id(one), words,
			revoke_list_why(one));
	}
	return true;
}

bool check_revocation_list_unavailable(const struct scene *scene, struct finding_list *list)
{
	return say_lists(scene, list, RULE_revocation_list_unavailable, REVOKE_LIST_UNAVAILABLE,
		PHRASE("could not be had, so nothing is known from it"));
}

bool check_revocation_list_expired(const struct scene *scene, struct finding_list *list)
{
	return say_lists(scene, list, RULE_revocation_list_expired, REVOKE_LIST_EXPIRED,
		PHRASE("is out of date"));
}

bool check_revocation_list_invalid(const struct scene *scene, struct finding_list *list)
{
	return say_lists(scene, list, RULE_revocation_list_invalid, REVOKE_LIST_INVALID,
		PHRASE("cannot be relied on"));
}

/* What the lists prove against CERT; true when it is revoked as of now. */
static bool is_listed(const struct scene *scene, const struct cert *cert,
	struct revoke_answer *ret_answer, const char **ret_list)
{
	const struct facts *facts = scene->facts;

	for (size_t i = 0; cert->readable && i < facts_list_count(facts); i++) {
		struct revoke_answer answer = revoke_list_look_up(facts_list(facts, i), cert);
		if (answer.status == REVOKE_REVOKED && answer.since.seconds <= facts->now.seconds) {
			*ret_answer = answer;
			*ret_list = revoke_list_id(facts_list(facts, i));
			return true;
		}
	}
	return false;
}

static void say_revoked(struct finding *finding, const char *what,
	const struct revoke_answer *answer, const char *by)
{
	char since[INSTANT_TEXT];

	instant_format_day(answer->since, since);
	if (answer->reason)
		finding_say(finding, "%s is revoked since %s, reason %s, says %s", what, since,
			answer->reason, by);
	else
		finding_say(finding, "%s is revoked since %s, says %s", what, since, by);
}

/* Its replacement in its place; where there is none, only another CA certificate helps. */
static void act_on_revoked(const struct scene *scene, struct finding *finding, size_t place)
{
	const struct profile_certificate *known = scene->known[place];
	const struct profile_certificate *next = known ? profile_replacement(known) : NULL;

	if (known && (!next || next == known)) {
		finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
		return;
	}
	if (next && !scene_serves(scene, next) &&
		(next->role != PROFILE_ROLE_ISSUING || next == scene->issuing))
		finding_act(finding, ACTION_INSTALL_CERTIFICATE, next->id);
	finding_act(finding, ACTION_REMOVE_CERTIFICATE, scene_id(scene, place));
}

bool check_revocation_intermediate_revoked(const struct scene *scene, struct finding_list *list)
{
	const struct chain *chain = scene->facts->chain;

	for (size_t i = 0; i < chain_len(chain); i++) {
		const struct cert *cert = chain_cert(chain, i);
		struct revoke_answer answer;
		const char *by;

		if ((i == chain_leaf(chain) && !scene->is_bundle) ||
			chain_link_at(chain, i) == CHAIN_LINK_DUPLICATE ||
			!is_listed(scene, cert, &answer, &by))
			continue;
		struct finding *finding = finding_list_add_about(
			list, RULE_revocation_intermediate_revoked, cert);
		if (!finding)
			return false;
		say_revoked(finding, scene_name(cert), &answer, by);
		act_on_revoked(scene, finding, i);
	}
	return true;
}

static bool is_revoked(const struct facts *facts, const struct revoke_answer *answer)
{
	return answer->status == REVOKE_REVOKED && answer->since.seconds <= facts->now.seconds;
}

bool check_revocation_leaf_revoked(const struct scene *scene, struct finding_list *list)
{
	const struct facts *facts = scene->facts;
	struct revoke_answer answer = facts->staple;
	const char *by = PHRASE("the stapled OCSP answer");

	if (!is_revoked(facts, &answer)) {
		answer = facts->ocsp;
		by = PHRASE("its OCSP responder");
	}
	if (!is_revoked(facts, &answer) && !is_listed(scene, facts->leaf, &answer, &by))
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_revocation_leaf_revoked, facts->leaf);
	if (!finding)
		return false;
	say_revoked(finding, PHRASE("the certificate"), &answer, by);
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	return true;
}
