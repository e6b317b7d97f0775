/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/caa.h"
#include "checker/dcv/dcv_seen.h"
#include "checker/target/domain.h"
#include "rules/dcv/dcv.h"
#include "rules/dcv/dcv_parts.h"
#include "rules/profile/profile.h"

/* Zones that are signed as they are asked for have signatures of a day or so. */
#define SIGNED_SOON_SECONDS (12 * 3600)

#define LIST_BYTES 300

static void list_names(const struct profile_dcv *dcv, char out[static LIST_BYTES])
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < dcv->caa_count; i++) {
		if (used + strlen(dcv->caa[i]) + 3 > LIST_BYTES)
			continue;
		used += (size_t)snprintf(
			out + used, LIST_BYTES - used, "%s%s", used ? ", " : "", dcv->caa[i]);
	}
}

static void say_forbidden(
	const struct profile_dcv *dcv, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	char others[LIST_BYTES], own[LIST_BYTES];

	caa_list(&seen->caa, seen->is_wildcard, others, sizeof others);
	list_names(dcv, own);
	if (others[0])
		dcv_say(verdict, DCV_FAULT_CAA_FORBIDS,
			"the CAA records of %s let %s issue, and not this CA, which is called: %s",
			seen->caa.domain, others, own);
	else
		dcv_say(verdict, DCV_FAULT_CAA_FORBIDS,
			"the CAA records of %s let nobody issue, or have a critical property that "
			"no CA knows; this CA is called: %s",
			seen->caa.domain, own);
}

/* Is what failed a suffix, above all that the owner of the name has? */
static bool is_above(const struct dcv_seen *seen)
{
	const char *own = domain_registered(seen->name);

	return own && strlen(seen->caa.domain) < strlen(own);
}

void dcv_judge_caa(
	const struct dcv_request *request, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	const struct profile_dcv *dcv = &request->profile->dcv;
	const struct caa *caa = &seen->caa;

	/* Baseline Requirements, 3.2.2.8.1: what fails validation permits nothing. */
	if (seen->caa_bogus) {
		dcv_say(verdict, DCV_FAULT_CAA_BOGUS,
			"the signatures of %s are wrong (DNSSEC), so its CAA records cannot be had "
			"and no CA may issue",
			caa->domain);
		return;
	}
	if (caa->status == CAA_UNKNOWN && is_above(seen)) {
		dcv_say(verdict, DCV_FAULT_CAA_ABOVE,
			"nothing at the name itself or at its domain forbids the CA; whether %s "
			"has CAA records, which is a registry's, cannot be found out here: %s",
			caa->domain, caa->why ? caa->why : "");
		return;
	}
	if (caa->status == CAA_UNKNOWN) {
		dcv_say(verdict, DCV_FAULT_CAA_UNKNOWN,
			"the CAA records of %s cannot be had: %s; while that is so, CAs do not "
			"issue",
			caa->domain, caa->why ? caa->why : "");
		return;
	}
	if (dcv->caa_count == 0)
		return;
	switch (caa_judge(caa, dcv->caa, dcv->caa_count, seen->is_wildcard)) {
	case CAA_FORBIDS:
		say_forbidden(dcv, seen, verdict);
		break;
	case CAA_SAYS_NOTHING:
		dcv_say(verdict, DCV_FAULT_CAA_MANY,
			"%s has more CAA records than are looked at here", caa->domain);
		break;
	case CAA_ALLOWS:
		break;
	}
}

static void judge_signatures(
	const struct dcv_request *request, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	const struct dcv_look *first = NULL;
	char time[INSTANT_TEXT];

	for (size_t i = 0; i < seen->looks.count; i++) {
		const struct dcv_look *look = &seen->looks.items[i];
		if (look->is_signed &&
			(!first || look->signed_until.seconds < first->signed_until.seconds))
			first = look;
	}
	if (!first)
		return;
	int64_t left = first->signed_until.seconds - request->now.seconds;
	instant_format(first->signed_until, time);
	if (left < 0)
		dcv_say(verdict, DCV_FAULT_DNSSEC_EXPIRED,
			"signatures of %s ended at %s (DNSSEC), as %s has them", seen->zone, time,
			first->host[0] ? first->host : first->address);
	else if (left < SIGNED_SOON_SECONDS)
		dcv_say(verdict, DCV_FAULT_DNSSEC_ENDS,
			"signatures of %s end at %s (DNSSEC), as %s has them", seen->zone, time,
			first->host[0] ? first->host : first->address);
}

static bool say_bogus(const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	for (size_t i = 0; i < seen->looks.count; i++)
		if (seen->looks.items[i].bogus) {
			dcv_say(verdict, DCV_FAULT_DNSSEC_BOGUS,
				"the signatures of %s are wrong (DNSSEC): the resolver %s refuses "
				"the answer, which it has when it does not check",
				seen->zone[0] ? seen->zone : seen->name,
				seen->looks.items[i].address);
			return true;
		}
	return false;
}

/* Baseline Requirements, 3.2.2.4 and 3.2.2.8.1: CAs validate up to the root, since 2026-03-15. */
void dcv_judge_dnssec(
	const struct dcv_request *request, const struct dcv_seen *seen, struct dcv_verdict *verdict)
{
	bool authentic = false, bogus = say_bogus(seen, verdict);

	for (size_t i = 0; i < seen->looks.count; i++)
		authentic |= seen->looks.items[i].authentic;
	if (seen->keys == DCV_KEYS_NONE)
		return;
	if (seen->keys == DCV_KEYS_DIFFER && !authentic)
		dcv_say(verdict, DCV_FAULT_DNSSEC_KEYS,
			"the zone above names keys of %s (DS records) that the zone does not have",
			seen->zone);
	else if (seen->keys == DCV_KEYS_MATCH)
		judge_signatures(request, seen, verdict);
	if (seen->keys == DCV_KEYS_MATCH && !authentic && !bogus)
		dcv_say(verdict, DCV_FAULT_DNSSEC_UNCHECKED,
			"%s is signed (DNSSEC), and no resolver that was asked has checked the "
			"signatures; the CA will",
			seen->zone);
}
