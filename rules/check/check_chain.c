/* SPDX-License-Identifier: MIT */
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/observation.h"
#include "checker/trust/chain.h"
#include "rules/check/checks.h"

/* Java refuses longer lists unless it is told otherwise; real chains have four. */
#define CHAIN_LONGEST 10

bool check_chain_duplicate(const struct scene *scene, struct finding_list *list)
{
	const struct chain *chain = scene->facts->chain;
	size_t copies = 0, first = 0;

	for (size_t i = 0; i < chain_len(chain); i++)
		if (chain_link_at(chain, i) == CHAIN_LINK_DUPLICATE && copies++ == 0)
			first = i;
	if (copies == 0)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_chain_duplicate, chain_cert(chain, first));
	if (!finding)
		return false;
	finding_say(finding,
		copies == 1 ? N_("%s is served more than once (%zu superfluous copy in all)")
			    : N_("%s is served more than once (%zu superfluous copies in all)"),
		scene_name(chain_cert(chain, first)), copies);
	finding_act(finding, ACTION_REORDER_CHAIN, NULL);
	return true;
}

/* The first certificate of a path that the server should have sent and did not. */
static const struct profile_certificate *missing_of_path(const struct scene *scene)
{
	for (size_t s = 0; s < scene->facts->path_count; s++) {
		const struct trust_path *path = &scene->facts->paths[s];
		for (size_t i = 1; i + 1 < path->len; i++) {
			const struct profile_certificate *known = profile_by_fingerprint(
				scene->profile, path->certs[i]->sha256);
			if (known && !scene_serves(scene, known))
				return known;
		}
	}
	return NULL;
}

bool check_chain_incomplete(const struct scene *scene, struct finding_list *list)
{
	const struct facts *facts = scene->facts;

	if (!facts->incomplete)
		return true;
	struct finding *finding = finding_list_add_about(list, RULE_chain_incomplete, facts->leaf);
	if (!finding)
		return false;
	const struct profile_certificate *issuing = scene->retired_key ? scene->retired_key
								       : scene->issuing;
	const struct profile_certificate *missing = facts->issuer_served ? missing_of_path(scene)
									 : issuing;
	char said[FINDING_TEXT];
	if (missing) {
		phrase_say(said, sizeof said,
			"%s (%s) is not served; clients that do not fetch missing certificates "
			"fail, browsers hide it",
			missing->name, missing->id);
		finding_say(finding,
			scene->scope_assumed ? N_("%s (the issuer is known by its name alone: its "
						  "certificate could not be had)")
					     : "%s",
			said);
		finding_act(finding, ACTION_INSTALL_CERTIFICATE, missing->id);
		return true;
	}
	finding_say(finding, "the certificate of the issuer, %s, is not served",
		facts->leaf->issuer_common_name[0] ? facts->leaf->issuer_common_name
						   : facts->leaf->issuer);
	finding_act(finding, ACTION_INSTALL_CERTIFICATE, NULL);
	return true;
}

bool check_chain_order(const struct scene *scene, struct finding_list *list)
{
	const struct chain *chain = scene->facts->chain;

	if (chain_is_ordered(chain))
		return true;
	struct finding *finding = finding_list_add(list, RULE_chain_order);
	if (!finding)
		return false;
	if (chain_leaf(chain) != 0)
		finding_say(finding, "%s stands first, the server's own certificate is number %zu",
			scene_name(chain_cert(chain, 0)), chain_leaf(chain) + 1);
	else
		finding_say(finding,
			"the certificates are not in order: leaf first, then each the issuer of "
			"the one before it");
	finding_act(finding, ACTION_REORDER_CHAIN, NULL);
	return true;
}

bool check_chain_root_sent(const struct scene *scene, struct finding_list *list)
{
	const struct chain *chain = scene->facts->chain;

	for (size_t i = 0; i < chain_len(chain); i++) {
		if (i == chain_leaf(chain) || chain_link_at(chain, i) != CHAIN_LINK_SELF)
			continue;
		struct finding *finding = finding_list_add_about(
			list, RULE_chain_root_sent, chain_cert(chain, i));
		if (!finding)
			return false;
		finding_say(finding, "the root %s is served; clients have it or do not trust it",
			scene_name(chain_cert(chain, i)));
		finding_act(finding, ACTION_REMOVE_CERTIFICATE, scene_id(scene, i));
	}
	return true;
}

bool check_chain_too_long(const struct scene *scene, struct finding_list *list)
{
	const struct observation *seen = scene->facts->observation;
	size_t count = chain_len(scene->facts->chain) + seen->chain_dropped;

	if (count <= CHAIN_LONGEST)
		return true;
	struct finding *finding = finding_list_add(list, RULE_chain_too_long);
	if (!finding)
		return false;
	finding_say(finding, "%zu certificates are served; Java refuses more than %d", count,
		CHAIN_LONGEST);
	return true;
}

/* On some path that a client may build, though a link of it was not served. */
static bool is_on_path(const struct scene *scene, size_t place)
{
	const struct cert *cert = chain_cert(scene->facts->chain, place);

	for (size_t s = 0; s < scene->facts->path_count; s++)
		for (size_t i = 0; i < scene->facts->paths[s].len; i++)
			if (cert_equal(scene->facts->paths[s].certs[i], cert))
				return true;
	return false;
}

/* What other rules speak of, or what belongs there though a link to it is missing. */
static bool is_accounted_for(const struct scene *scene, size_t place)
{
	const struct profile_certificate *known = scene->known[place];
	enum chain_link link = chain_link_at(scene->facts->chain, place);

	if (link == CHAIN_LINK_DUPLICATE || link == CHAIN_LINK_SELF)
		return true;
	if (!known || !scene->in_scope)
		return false;
	return known->role == PROFILE_ROLE_CROSS || known->state == PROFILE_STATE_RETIRED ||
	       scene->is_bundle;
}

bool check_chain_unrelated(const struct scene *scene, struct finding_list *list)
{
	const struct chain *chain = scene->facts->chain;

	for (size_t i = 0; i < chain_len(chain); i++) {
		const struct cert *cert = chain_cert(chain, i);
		if (i == chain_leaf(chain) || chain_is_related(chain, i) || is_on_path(scene, i) ||
			is_accounted_for(scene, i))
			continue;
		struct finding *finding = finding_list_add_about(list, RULE_chain_unrelated, cert);
		if (!finding)
			return false;
		if (scene->known[i])
			finding_say(finding,
				"%s (%s) is served but certifies nothing on the way from the leaf",
				scene_name(cert), scene->known[i]->id);
		else
			finding_say(finding,
				"%s is served but certifies nothing on the way from the leaf",
				scene_name(cert));
		finding_act(finding, ACTION_REMOVE_CERTIFICATE, scene_id(scene, i));
	}
	return true;
}

/* True when another rule names what is wrong with this path. */
static bool is_said_elsewhere(const struct scene *scene, const struct trust_path *path)
{
	bool served = false;

	for (size_t i = 0; path->culprit && i < chain_len(scene->facts->chain); i++)
		served |= cert_equal(path->culprit, chain_cert(scene->facts->chain, i));
	switch (path->fault) {
	case PATH_FAULT_EXPIRED:
	case PATH_FAULT_NOT_CA:
	case PATH_FAULT_PURPOSE:
		return served;
	case PATH_FAULT_NOT_YET:
		return path->culprit == scene->facts->leaf;
	default:
		return false;
	}
}

/*
 * The path by which a store's clients come to refuse what was served; NULL when
 * they do not, when another rule says why, or when nobody can tell.
 */
static const struct trust_path *refusal(const struct scene *scene, size_t store, bool *ret_open)
{
	const struct trust_path *best = &scene->facts->paths[store];
	const struct trust_path *served = &scene->facts->served[store];
	const struct trust_path *path = served->completed_by == COMPLETION_SERVED ? served : best;

	*ret_open = best->trusted == ANSWER_UNKNOWN;
	if (*ret_open || path->trusted == ANSWER_YES || is_said_elsewhere(scene, path)) {
		/* What only the pool completes is incomplete, not trusted. */
		*ret_open |= path->completed_by != COMPLETION_PROFILE;
		return NULL;
	}
	return path;
}

bool check_chain_untrusted(const struct scene *scene, struct finding_list *list)
{
	const struct facts *facts = scene->facts;
	const struct trust_path *worst = NULL;

	if (facts->incomplete || facts->leaf->self_signed)
		return true;
	for (size_t s = 0; s < facts->path_count; s++) {
		bool open;
		const struct trust_path *path = refusal(scene, s, &open);
		if (open)
			return true;
		if (path && (!worst || path->completed_by != COMPLETION_NOTHING))
			worst = path;
	}
	if (!worst)
		return true;
	const struct cert *culprit = worst->culprit ? worst->culprit : facts->leaf;
	struct finding *finding = finding_list_add_about(list, RULE_chain_untrusted, culprit);
	if (!finding)
		return false;
	finding_say(finding, "no kind of client trusts this chain: %s", worst->reason);
	if (scene->in_scope && scene->issuing && !scene_serves(scene, scene->issuing))
		finding_act(finding, ACTION_INSTALL_CERTIFICATE, scene->issuing->id);
	return true;
}
