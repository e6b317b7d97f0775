/* SPDX-License-Identifier: MIT */
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/trust/chain.h"
#include "rules/check/checks.h"

/* Between leaf and root, on the way up, and sent once. */
static bool is_intermediate(const struct scene *scene, size_t place)
{
	const struct chain *chain = scene->facts->chain;
	enum chain_link link = chain_link_at(chain, place);

	return place != chain_leaf(chain) && chain_is_related(chain, place) &&
	       link != CHAIN_LINK_SELF && link != CHAIN_LINK_DUPLICATE;
}

static bool is_retired(const struct scene *scene, size_t place)
{
	return scene->known[place] && scene->known[place]->state == PROFILE_STATE_RETIRED;
}

/*
 * What to do about a bad certificate: put the one the profile wants in its
 * place.  Without one to take its place it is not taken away: the chain would
 * only become shorter.
 */
static void act_to_replace(const struct scene *scene, struct finding *finding, size_t place)
{
	const struct profile_certificate *known = scene->known[place];
	const struct profile_certificate *wanted = NULL;

	if (known)
		wanted = profile_replacement(known);
	else if (chain_certifies(scene->facts->chain, place, chain_leaf(scene->facts->chain)))
		wanted = scene->issuing;
	if (!wanted || wanted == known)
		return;
	if (!scene_serves(scene, wanted))
		finding_act(finding, ACTION_INSTALL_CERTIFICATE, wanted->id);
	finding_act(finding, ACTION_REMOVE_CERTIFICATE, scene_id(scene, place));
}

/* By some kind of client, and with nothing but what was served. */
static bool is_trusted_as_served(const struct facts *facts)
{
	for (size_t i = 0; i < facts->path_count; i++)
		if (facts->served[i].trusted == ANSWER_YES)
			return true;
	return false;
}

bool check_intermediate_expired(const struct scene *scene, struct finding_list *list)
{
	const struct facts *facts = scene->facts;

	for (size_t i = 0; i < chain_len(facts->chain); i++) {
		const struct cert *cert = chain_cert(facts->chain, i);
		char end[INSTANT_TEXT];

		/* A retired cross certificate has a rule of its own. */
		bool cross = is_retired(scene, i) && scene->known[i]->role == PROFILE_ROLE_CROSS;
		if (!is_intermediate(scene, i) || cross ||
			facts->now.seconds <= cert->not_after.seconds)
			continue;
		struct finding *finding = finding_list_add_about(
			list, RULE_intermediate_expired, cert);
		if (!finding)
			return false;
		if (is_trusted_as_served(facts))
			finding->severity = SEVERITY_WARNING;
		instant_format_day(cert->not_after, end);
		finding_say(finding, "%s, served as an intermediate, expired on %s",
			scene_name(cert), end);
		act_to_replace(scene, finding, i);
	}
	return true;
}

bool check_intermediate_eku_missing(const struct scene *scene, struct finding_list *list)
{
	const struct chain *chain = scene->facts->chain;

	for (size_t i = 0; i < chain_len(chain); i++) {
		const struct cert *cert = chain_cert(chain, i);

		/* Of a retired one everybody knows why it is retired. */
		if (!is_intermediate(scene, i) || is_retired(scene, i) || cert->eku_server ||
			!chain_certifies(chain, i, chain_leaf(chain)))
			continue;
		struct finding *finding = finding_list_add_about(
			list, RULE_intermediate_eku_missing, cert);
		if (!finding)
			return false;
		if (cert->has_eku && !cert->eku_any) {
			finding_say(finding,
				"the extended key usage of %s lacks serverAuth, so "
				"clients refuse what it certifies",
				scene_name(cert));
		} else {
			finding->severity = scene->in_scope ? SEVERITY_WARNING : SEVERITY_NOTE;
			finding_say(finding,
				"%s is not restricted to serverAuth by an extended "
				"key usage",
				scene_name(cert));
		}
		if (scene->in_scope)
			act_to_replace(scene, finding, i);
	}
	return true;
}

static bool certifies_something(const struct scene *scene, size_t place)
{
	const struct chain *chain = scene->facts->chain;

	for (size_t i = 0; i < chain_len(chain); i++)
		if (i != place && chain_is_related(chain, i) && chain_certifies(chain, place, i))
			return true;
	return false;
}

bool check_intermediate_not_ca(const struct scene *scene, struct finding_list *list)
{
	const struct chain *chain = scene->facts->chain;

	for (size_t i = 0; i < chain_len(chain); i++) {
		const struct cert *cert = chain_cert(chain, i);

		if (!is_intermediate(scene, i) || (cert->is_ca && cert->can_sign) ||
			!certifies_something(scene, i))
			continue;
		struct finding *finding = finding_list_add_about(
			list, RULE_intermediate_not_ca, cert);
		if (!finding)
			return false;
		finding_say(finding, "%s is served as an intermediate but %s", scene_name(cert),
			cert->is_ca ? PHRASE("its key usage does not let it sign certificates")
				    : PHRASE("is no CA certificate"));
		act_to_replace(scene, finding, i);
	}
	return true;
}
