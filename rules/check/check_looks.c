/* SPDX-License-Identifier: MIT */
/* What several looks at one address show together: looks.h. */
#include <string.h>

#include "checker/cert/cert.h"
#include "checker/target/target.h"
#include "rules/check/checks.h"
#include "rules/verdict.h"

/* Whose chain a look got: its own verdict, or that of the look that it is the same as; NULL when
 * it got none that could be judged. */
static const struct verdict *judged(const struct verdict *verdict, const struct verdict_look *look)
{
	const struct verdict *one = look->verdict;

	if (look->same_as == 1)
		one = verdict;
	else if (look->same_as > 1)
		one = verdict->looks.items[look->same_as - 2].verdict;
	return one->status == STATUS_UNREACHABLE ? NULL : one;
}

static const struct verdict_look *find(const struct verdict *verdict, enum look_kind kind)
{
	for (size_t i = 0; i < verdict->looks.count; i++)
		if (verdict->looks.items[i].kind == kind)
			return &verdict->looks.items[i];
	return NULL;
}

/* Faults that somebody has to do something about. */
static bool is_faulty(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		if (verdict->findings.all.items[i].severity > SEVERITY_NOTE)
			return true;
	return false;
}

static bool say_key_types(const struct verdict *good, const struct verdict *bad, bool by_scope,
	struct finding_list *list)
{
	const struct cert *fine = verdict_leaf(good), *odd = verdict_leaf(bad);

	if (!fine || !odd)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_deployment_key_types_differ, odd);
	if (!finding)
		return false;
	if (by_scope) {
		finding->severity = SEVERITY_NOTE;
		finding_say(finding,
			"two certificates are served: the one with the key %s is issued under the "
			"profile's authority, the one with the key %s is not",
			fine->key, odd->key);
	} else {
		finding_say(finding,
			"two certificates are served, and the chain of the one with the key %s is "
			"in order, that of the one with the key %s is not",
			fine->key, odd->key);
	}
	return true;
}

bool check_looks_key_types(const struct verdict *verdict, struct finding_list *list)
{
	const struct verdict_look *look = find(verdict, LOOK_RSA);

	if (!look)
		look = find(verdict, LOOK_ECDSA);
	const struct verdict *other = look ? judged(verdict, look) : NULL;
	if (!other || other == verdict)
		return true;
	bool foreign = verdict->status == STATUS_OUT_OF_SCOPE;
	if (foreign != (other->status == STATUS_OUT_OF_SCOPE))
		return say_key_types(
			foreign ? other : verdict, foreign ? verdict : other, true, list);
	bool faulty = is_faulty(verdict);
	if (faulty == is_faulty(other))
		return true;
	return say_key_types(faulty ? other : verdict, faulty ? verdict : other, false, list);
}

/* What a client with TLS 1.3 gets that takes a leaf with a key of KIND; NULL: nobody knows. */
static const struct verdict *with_key(const struct verdict *verdict, enum key_kind kind)
{
	static const enum look_kind looks[] = { LOOK_RSA, LOOK_ECDSA };
	const struct cert *leaf = verdict_leaf(verdict);

	if (leaf && leaf->key_kind == kind)
		return verdict;
	for (size_t i = 0; i < ARRAY_LEN(looks); i++) {
		const struct verdict_look *look = find(verdict, looks[i]);
		const struct verdict *other = look ? judged(verdict, look) : NULL;

		leaf = other ? verdict_leaf(other) : NULL;
		if (leaf && leaf->key_kind == kind)
			return other;
	}
	return NULL;
}

bool check_deployment_versions_differ(const struct verdict *verdict, struct finding_list *list)
{
	const struct verdict_look *look = find(verdict, LOOK_TLS12);
	const struct verdict *old = look && !look->same_as ? judged(verdict, look) : NULL;
	const struct cert *leaf = old ? verdict_leaf(old) : NULL;
	const struct verdict *new = leaf ? with_key(verdict, leaf->key_kind) : NULL;

	if (!new)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_deployment_versions_differ, leaf);
	if (!finding)
		return false;
	if (!service_same_above(old, new)) {
		finding_say(finding,
			"with %s other intermediate certificates are sent than with TLS 1.3",
			old->version);
		return true;
	}
	/* As between nodes: each program may have a certificate of its own. */
	finding->severity = SEVERITY_NOTE;
	finding_say(finding, "with %s another leaf certificate is sent than with TLS 1.3",
		old->version);
	return true;
}

bool check_deployment_default_certificate(const struct verdict *verdict, struct finding_list *list)
{
	const struct verdict_look *look = find(verdict, LOOK_NO_SNI);
	const struct verdict *other = look && !look->same_as ? judged(verdict, look) : NULL;
	const struct cert *leaf = other ? verdict_leaf(other) : NULL;
	const char *name = verdict->target->sni;

	if (!leaf || !name || cert_covers(leaf, name))
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_deployment_default_certificate, leaf);
	if (!finding)
		return false;
	finding_say(finding,
		"clients that send no server name get another certificate (%.200s), which does "
		"not cover %.100s",
		leaf->common_name[0] ? leaf->common_name : leaf->subject, name);
	return true;
}

/* The chain that a look got, as a number: 0 for none. */
static size_t chain_of(const struct verdict *verdict, size_t i)
{
	const struct verdict_look *look = &verdict->looks.items[i];

	if (look->same_as)
		return look->same_as;
	return judged(verdict, look) ? i + 2 : 0;
}

/* How many of the connections made alike got chain number CHAIN. */
static size_t count_chain(const struct verdict *verdict, size_t chain)
{
	size_t count = chain == 1;

	for (size_t i = 0; i < verdict->looks.count; i++)
		count += verdict->looks.items[i].kind == LOOK_AGAIN &&
			 chain_of(verdict, i) == chain;
	return count;
}

static const struct verdict *chain_at(const struct verdict *verdict, size_t chain)
{
	return chain == 1 ? verdict : verdict->looks.items[chain - 2].verdict;
}

static bool say_node(const struct verdict *verdict, size_t usual, size_t odd, size_t all,
	struct finding_list *list)
{
	const struct verdict *one = chain_at(verdict, odd);
	const struct cert *leaf = verdict_leaf(one);
	size_t count = count_chain(verdict, odd);
	struct finding *finding = leaf ? finding_list_add_about(
						 list, RULE_deployment_nodes_differ, leaf)
				       : finding_list_add(list, RULE_deployment_nodes_differ);

	if (!finding)
		return false;
	finding->look = LOOK_AGAIN;
	if (!service_same_above(one, chain_at(verdict, usual))) {
		finding_say(finding,
			"%zu of %zu connections to this address got other intermediate "
			"certificates "
			"than most: one of the nodes behind it differs",
			count, all);
		return true;
	}
	finding->severity = SEVERITY_NOTE;
	finding_say(finding,
		"%zu of %zu connections to this address got another leaf certificate than most: "
		"one of the nodes behind it differs",
		count, all);
	return true;
}

bool check_looks_nodes(const struct verdict *verdict, struct finding_list *list)
{
	size_t usual = 1, all = 1, chains = verdict->looks.count + 2;

	for (size_t i = 0; i < verdict->looks.count; i++)
		all += verdict->looks.items[i].kind == LOOK_AGAIN && chain_of(verdict, i) > 0;
	for (size_t chain = 2; chain < chains; chain++)
		if (count_chain(verdict, chain) > count_chain(verdict, usual))
			usual = chain;
	for (size_t chain = 1; chain < chains; chain++)
		if (chain != usual && count_chain(verdict, chain) > 0 &&
			!say_node(verdict, usual, chain, all, list))
			return false;
	return true;
}
