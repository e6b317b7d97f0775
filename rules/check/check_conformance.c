/* SPDX-License-Identifier: MIT */
#include "checker/base/lang.h"
#include "checker/cert/cert.h"
#include "checker/conform/conform.h"
#include "checker/observation.h"
#include "rules/check/checks.h"

/* Whole sentences of faults.def, each with the certificate's name in it. */
static void say(struct finding *finding, enum conform_fault fault, const char *name)
{
	switch (fault) {
#define FAULT(symbol, group, book, text)          \
	case CONFORM_##symbol:                    \
		finding_say(finding, text, name); \
		break;
#include "checker/conform/faults.def"
#undef FAULT
	case CONFORM_COUNT:
		break;
	}
}

/* Clients mind next to nothing of this; those that refuse do so for a digest. */
static enum severity severity_of(enum conform_fault fault)
{
	return fault == CONFORM_DIGEST_WEAK ? SEVERITY_CRITICAL : SEVERITY_NOTE;
}

static bool say_faults(const struct scene *scene, struct finding_list *list, enum rule_id rule,
	enum conform_group group, size_t at)
{
	const struct cert *cert = scene->conform.certs[at];

	for (enum conform_fault fault = 0; fault < CONFORM_COUNT; fault++) {
		if (conform_group(fault) != group || !conform_has(&scene->conform.found[at], fault))
			continue;
		struct finding *finding = finding_list_add_about(list, rule, cert);
		if (!finding)
			return false;
		finding->severity = severity_of(fault);
		say(finding, fault, scene_name(cert));
	}
	return true;
}

static bool say_group(const struct scene *scene, struct finding_list *list, enum rule_id rule,
	enum conform_group group)
{
	if (!(scene->conform.groups & UINT32_C(1) << group))
		return true;
	for (size_t i = 0; i < scene->conform.count; i++)
		if (!say_faults(scene, list, rule, group, i))
			return false;
	return true;
}

#define CHECK(symbol, group)                                                                     \
	bool check_conformance_##symbol(const struct scene *scene, struct finding_list *list)    \
	{                                                                                        \
		return say_group(scene, list, RULE_conformance_##symbol, CONFORM_GROUP_##group); \
	}

CHECK(basic_constraints, BASIC_CONSTRAINTS)
CHECK(common_name, COMMON_NAME)
CHECK(encoding, ENCODING)
CHECK(extended_key_usage, EXTENDED_KEY_USAGE)
CHECK(extensions, EXTENSIONS)
CHECK(key, KEY)
CHECK(key_identifiers, KEY_IDENTIFIERS)
CHECK(key_usage, KEY_USAGE)
CHECK(serial, SERIAL)
CHECK(signature, SIGNATURE)
CHECK(subject, SUBJECT)
CHECK(subject_alternative_name, SUBJECT_ALTERNATIVE_NAME)
CHECK(validity, VALIDITY)
CHECK(version, VERSION)

/* --- Those that look at a whole path, too --- */

/* The trusted path of some store that WANTED finds fault with. */
static const struct trust_path *path_with(
	const struct scene *scene, bool (*wanted)(const struct trust_path *path))
{
	for (size_t s = 0; s < scene->facts->path_count; s++) {
		const struct trust_path *path = &scene->facts->paths[s];
		if (path->trusted == ANSWER_YES && wanted(path))
			return path;
	}
	return NULL;
}

static const struct cert *excluder(const struct trust_path *path)
{
	for (size_t i = 1; i < path->len; i++)
		if (conform_wildcard_excluded(path->certs[0], path->certs[i]))
			return path->certs[i];
	return NULL;
}

static bool excludes(const struct trust_path *path)
{
	return excluder(path) != NULL;
}

bool check_conformance_name_constraints(const struct scene *scene, struct finding_list *list)
{
	const struct trust_path *path = path_with(scene, excludes);

	if (!say_group(
		    scene, list, RULE_conformance_name_constraints, CONFORM_GROUP_NAME_CONSTRAINTS))
		return false;
	if (!path)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_conformance_name_constraints, path->certs[0]);
	if (!finding)
		return false;
	finding_say(finding,
		"a wildcard of %s may stand for a host that %s excludes (RFC 5280, 4.2.1.10)",
		scene_name(path->certs[0]), scene_name(excluder(path)));
	return true;
}

static bool is_without_policy(const struct trust_path *path)
{
	return path->policy_unsound;
}

bool check_conformance_policies(const struct scene *scene, struct finding_list *list)
{
	const struct trust_path *path = scene->conform.servers ? path_with(scene, is_without_policy)
							       : NULL;

	if (!say_group(scene, list, RULE_conformance_policies, CONFORM_GROUP_POLICIES))
		return false;
	if (!path)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_conformance_policies, path->certs[0]);
	if (!finding)
		return false;
	finding_say(finding,
		"a CA above %s demands a certificate policy, and none holds along the path "
		"(RFC 5280, 6.1.5)",
		scene_name(path->certs[0]));
	return true;
}

bool check_conformance_public_suffix(const struct scene *scene, struct finding_list *list)
{
	const struct facts *facts = scene->facts;
	/* Of a wildcard that does not even cover the name leaf.name-mismatch speaks. */
	bool asked = scene->conform.servers && (!facts->name || facts->name_covered);
	const char *wildcard = asked ? conform_public_wildcard(facts->leaf, facts->name) : NULL;

	if (!wildcard)
		return true;
	struct finding *finding = finding_list_add_about(
		list, RULE_conformance_public_suffix, facts->leaf);
	if (!finding)
		return false;
	finding_say(finding,
		"%s is a wildcard under which anybody may have a name (Baseline Requirements, "
		"3.2.2.6)",
		wildcard);
	return true;
}
