/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/observation.h"
#include "rules/check/checks.h"
#include "rules/verdict.h"

bool check_deployment_legacy_tls_only(const struct scene *scene, struct finding_list *list)
{
	const struct observation *seen = scene->facts->observation;
	bool old = strcmp(seen->version, "TLSv1") == 0 || strcmp(seen->version, "TLSv1.1") == 0 ||
		   strcmp(seen->version, "SSLv3") == 0;

	if (!old && !seen->legacy_offer)
		return true;
	struct finding *finding = finding_list_add(list, RULE_deployment_legacy_tls_only);
	if (!finding)
		return false;
	if (old)
		finding_say(finding, "the server speaks nothing newer than %s (%s)", seen->version,
			seen->cipher[0] ? seen->cipher : PHRASE("cipher not known"));
	else
		finding_say(finding,
			"the server answers only an offer with outdated or rare algorithms "
			"(%s, %s)",
			seen->version[0] ? seen->version : PHRASE("version not known"),
			seen->cipher[0] ? seen->cipher : PHRASE("cipher not known"));
	finding_act(finding, ACTION_UPDATE_TLS, NULL);
	return true;
}

/* The next certificate of the chain from *PLACE on that is not the leaf; NULL at the end. */
static const struct cert *next_above(const struct verdict *verdict, size_t *place)
{
	while (*place < verdict->chain.count) {
		const struct verdict_certificate *at = &verdict->chain.items[(*place)++];
		if (at->role != ROLE_LEAF)
			return at->cert;
	}
	return NULL;
}

bool service_same_above(const struct verdict *a, const struct verdict *b)
{
	const struct cert *left, *right;
	size_t i = 0, k = 0;

	do {
		left = next_above(a, &i);
		right = next_above(b, &k);
		if (left && right && !cert_equal(left, right))
			return false;
	} while (left && right);
	return left == right;
}

static bool same_leaf(const struct verdict *a, const struct verdict *b)
{
	const struct cert *left = verdict_leaf(a), *right = verdict_leaf(b);

	return left && right ? cert_equal(left, right) : left == right;
}

static bool same_key_kind(const struct verdict *a, const struct verdict *b)
{
	const struct cert *left = verdict_leaf(a), *right = verdict_leaf(b);

	return !left || !right || left->key_kind == right->key_kind;
}

/* The addresses of the service that are not like ONE, as many as OUT has room for and the number
 * of the rest; returns how many they are. */
static size_t others(const struct service *service, const struct verdict *one,
	bool (*same)(const struct verdict *a, const struct verdict *b), char *out, size_t size)
{
	const size_t rest = sizeof "%s and %zu more" + 24; /* as a phrase */
	size_t count = 0, left = 0, used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < service->count; i++) {
		const struct verdict *other = service->verdicts[i];
		if (same(one, other))
			continue;
		count++;
		if (left > 0 || used + strlen(", ") + strlen(other->address) + rest > size) {
			left++;
			continue;
		}
		int len = snprintf(
			out + used, size - used, "%s%s", used ? ", " : "", other->address);
		used += len > 0 ? (size_t)len : 0;
	}
	if (left > 0) {
		char named[200];

		(void)snprintf(named, sizeof named, "%s", out);
		phrase_say(out, size, "%s and %zu more", named, left);
	}
	return count;
}

bool check_deployment_nodes_differ(const struct service *service)
{
	for (size_t i = 0; i < service->count; i++) {
		struct verdict *verdict = service->verdicts[i];
		char list[200];
		bool above = others(service, verdict, service_same_above, list, sizeof list) > 0;

		if (!above && others(service, verdict, same_leaf, list, sizeof list) == 0)
			continue;
		struct finding *finding = finding_list_add(
			&verdict->findings, RULE_deployment_nodes_differ);
		if (!finding)
			return false;
		/* Each node may well have a certificate of its own; not so what stands above it. */
		if (!above)
			finding->severity = SEVERITY_NOTE;
		finding_say(finding,
			above ? N_("this address sends other intermediate certificates than %s")
			      : N_("this address sends another leaf certificate than %s"),
			list);
	}
	return true;
}

bool check_deployment_key_types_differ(const struct service *service)
{
	for (size_t i = 0; i < service->count; i++) {
		struct verdict *verdict = service->verdicts[i];
		const struct cert *leaf = verdict_leaf(verdict);
		char list[200];

		if (!leaf || others(service, verdict, same_key_kind, list, sizeof list) == 0)
			continue;
		struct finding *finding = finding_list_add(
			&verdict->findings, RULE_deployment_key_types_differ);
		if (!finding)
			return false;
		finding_say(finding,
			"this address has a certificate with a key of another type (%s) "
			"than %s",
			leaf->key, list);
	}
	return true;
}
