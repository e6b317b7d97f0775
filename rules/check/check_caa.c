/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/text.h"
#include "checker/caa.h"
#include "checker/cert/cert.h"
#include "checker/observation.h"
#include "rules/check/checks.h"

/* NAME is covered by a wildcard alone, so the next certificate will ask for that one. */
static bool is_by_wildcard(const struct cert *leaf, const char *name)
{
	for (char *const *san = leaf->san; san && *san; san++)
		if (text_equal_nocase(*san, name))
			return false;
	return cert_covers(leaf, name);
}

bool check_leaf_caa_forbids(const struct scene *scene, struct finding_list *list)
{
	const struct facts *facts = scene->facts;
	const struct caa *caa = facts->observation->caa;
	const struct profile *profile = scene->profile;
	char issuers[160];

	if (!caa || !scene->in_scope || profile->dcv.caa_count == 0)
		return true;
	bool wildcard = facts->name && is_by_wildcard(facts->leaf, facts->name);
	if (caa_judge(caa, profile->dcv.caa, profile->dcv.caa_count, wildcard) != CAA_FORBIDS)
		return true;
	struct finding *finding = finding_list_add_about(list, RULE_leaf_caa_forbids, facts->leaf);
	if (!finding)
		return false;
	caa_list(caa, wildcard, issuers, sizeof issuers);
	if (issuers[0])
		finding_say(finding,
			"the CAA records of %s let only %s issue, so this CA (%s) has to refuse "
			"the "
			"next certificate",
			caa->domain, issuers, profile->dcv.caa[0]);
	else
		finding_say(finding,
			"the CAA records of %s let nobody issue, so this CA (%s) has to refuse the "
			"next "
			"certificate",
			caa->domain, profile->dcv.caa[0]);
	return true;
}
