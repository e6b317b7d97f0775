/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/arena.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/caa.h"
#include "checker/facts.h"
#include "checker/target/target.h"
#include "checker/trust/chain.h"
#include "rules/check/checks.h"
#include "rules/looks.h"

const char *status_name(enum status status)
{
	static const char *const names[STATUS_COUNT] = {
		[STATUS_OK] = N_("ok"),
		[STATUS_OUT_OF_SCOPE] = N_("out-of-scope"),
		[STATUS_WARNING] = N_("warning"),
		[STATUS_CRITICAL] = N_("critical"),
		[STATUS_UNREACHABLE] = N_("unreachable"),
	};

	assert(status < STATUS_COUNT);
	return names[status];
}

const char *role_name(enum role role)
{
	static const char *const names[] = {
		[ROLE_LEAF] = N_("leaf"),
		[ROLE_ISSUING] = N_("issuing"),
		[ROLE_CROSS] = N_("cross"),
		[ROLE_ROOT] = N_("root"),
		[ROLE_OTHER] = N_("other"),
	};

	assert(role < ARRAY_LEN(names));
	return names[role];
}

/* A root's key under another issuer: a cross certificate that the profile does not list. */
static bool has_root_key(const struct scene *scene, const struct cert *cert)
{
	for (size_t i = 0; i < scene->profile->certificate_count; i++) {
		const struct profile_certificate *one = &scene->profile->certificates[i];
		const uint8_t *key = one->role == PROFILE_ROLE_ROOT ? scene_key(scene, one) : NULL;
		if (key && memcmp(key, cert->spki_sha256, FINGERPRINT_BYTES) == 0)
			return true;
	}
	return false;
}

static enum role role_at(const struct scene *scene, size_t place)
{
	static const enum role by_profile[] = {
		[PROFILE_ROLE_ROOT] = ROLE_ROOT,
		[PROFILE_ROLE_ISSUING] = ROLE_ISSUING,
		[PROFILE_ROLE_CROSS] = ROLE_CROSS,
	};
	const struct chain *chain = scene->facts->chain;
	const struct cert *cert = chain_cert(chain, place);

	if (!cert->readable)
		return ROLE_OTHER;
	if (scene->known[place])
		return by_profile[scene->known[place]->role];
	if (cert_equal(cert, chain_cert(chain, chain_leaf(chain))))
		return ROLE_LEAF;
	if (cert->self_signed)
		return ROLE_ROOT;
	if (has_root_key(scene, cert))
		return ROLE_CROSS;
	return chain_is_related(chain, place) ? ROLE_ISSUING : ROLE_OTHER;
}

static uint32_t issuers_of(const struct chain *chain, size_t place)
{
	uint32_t issuers = 0;

	for (size_t i = 0; i < chain_len(chain); i++)
		if (chain_certifies(chain, i, place))
			issuers |= UINT32_C(1) << i;
	return issuers;
}

static bool copy_chain(struct verdict *verdict, const struct scene *scene, struct error *err)
{
	const struct chain *chain = scene->facts->chain;

	for (size_t i = 0; i < chain_len(chain); i++) {
		if (!vec_reserve(&verdict->chain))
			return error_set_memory(err);
		verdict->chain.items[verdict->chain.count++] = (struct verdict_certificate){
			.cert = cert_ref(chain_cert(chain, i)),
			.role = role_at(scene, i),
			.known_as = scene->known[i] ? scene->known[i]->id : NULL,
			.issuers = issuers_of(chain, i),
		};
	}
	return true;
}

/* The certificates of a path are of the chain, which the verdict holds, or of the trust. */
static bool copy_paths(struct verdict *verdict, const struct facts *facts, struct error *err)
{
	verdict->paths = calloc(facts->path_count + 1, sizeof *verdict->paths);
	if (!verdict->paths)
		return error_set_memory(err);
	verdict->path_count = facts->path_count;
	for (size_t i = 0; i < facts->path_count; i++) {
		const struct trust_path *from = &facts->paths[i];
		struct verdict_path *to = &verdict->paths[i];

		to->store = trust_store_id(facts->context->trust, from->store);
		to->trusted = from->trusted;
		to->completed_by = from->completed_by;
		memcpy(to->said, from->reason, sizeof to->said);
		phrase_render(to->said, LANGUAGE_EN, to->reason, sizeof to->reason);
		to->has_until = from->trusted == ANSWER_YES;
		to->until = from->until;
		to->len = from->len;
		for (size_t k = 0; k < from->len; k++)
			to->certs[k] = from->certs[k]->sha256_text;
	}
	return true;
}

/*
 * Anchors known one by one are those of the profile's own authority: about a
 * leaf of any other they say nothing.
 */
static void forget_foreign_answers(struct facts *facts)
{
	for (size_t i = 0; i < facts->path_count; i++) {
		struct trust_path *path = &facts->paths[i];
		if (path->trusted != ANSWER_NO || path->fault != PATH_FAULT_NO_ANCHOR ||
			trust_store_whole(facts->context->trust, path->store))
			continue;
		path->trusted = ANSWER_UNKNOWN;
		phrase_say(path->reason, sizeof path->reason,
			"unknown: only this profile's anchors of the store are known");
	}
}

/* A profile sets how bad a rule is at its worst; what is milder today stays so. */
void verdict_grade(struct verdict *verdict, const struct profile *profile)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		struct finding *finding = &verdict->findings.all.items[i];
		if (!profile->severity_set[finding->rule])
			continue;
		enum severity own = profile->severity[finding->rule];
		if (finding->severity == rule_at(finding->rule)->severity ||
			finding->severity > own)
			finding->severity = own;
	}
}

static bool run_rules(const struct scene *scene, struct finding_list *list, struct error *err)
{
	static const struct {
		bool (*check)(const struct scene *scene, struct finding_list *list);
		bool needs_leaf;
	} predicates[] = {
#define RULE_ENDPOINT(symbol) { check_##symbol, false },
#define RULE_FLEET(symbol)
#define RULE_LEAF(symbol) { check_##symbol, true },
#define RULE_LOOKS(symbol)
#define RULE_SERVICE(symbol)
#define RULE(symbol, id, severity, subject, reference) RULE_##subject(symbol)
#include "rules/rules.def"
#undef RULE
#undef RULE_ENDPOINT
#undef RULE_FLEET
#undef RULE_LEAF
#undef RULE_LOOKS
#undef RULE_SERVICE
	};

	for (size_t i = 0; i < ARRAY_LEN(predicates); i++) {
		if (predicates[i].needs_leaf && scene->is_bundle)
			continue;
		if (!predicates[i].check(scene, list))
			return error_set_memory(err);
	}
	return true;
}

static bool judge(struct verdict *verdict, struct facts *facts, const struct profile *profile,
	struct error *err)
{
	struct scene scene;

	if (!facts->chain)
		return true;
	if (!facts->leaf) {
		/* The list was read, its first certificate was not one: nothing to judge. */
		scene = (struct scene){ .facts = facts, .profile = profile };
		if (verdict->outcome == OUTCOME_SERVED) {
			verdict->outcome = OUTCOME_HANDSHAKE;
			phrase_say(verdict->said, sizeof verdict->said,
				"the server's certificate cannot be decoded");
			phrase_render(verdict->said, LANGUAGE_EN, verdict->message,
				sizeof verdict->message);
		}
		return copy_chain(verdict, &scene, err);
	}
	scene_set(&scene, facts, profile);
	if (!scene.is_bundle) {
		verdict->validation = scene.policy.validation;
		verdict->has_scts = scene.policy.read && !scene.policy.scts_broken;
		verdict->scts = scene.policy.embedded.count;
		verdict->scts_by_tls = facts->by_tls.count;
		verdict->scts_by_staple = facts->by_staple.count;
	}
	if (!scene.in_scope)
		forget_foreign_answers(facts);
	verdict->status = scene.in_scope ? STATUS_OK : STATUS_OUT_OF_SCOPE;
	if (!copy_paths(verdict, facts, err) || !copy_chain(verdict, &scene, err) ||
		!run_rules(&scene, &verdict->findings, err))
		return false;
	if (!verdict_note_revocations(verdict, facts))
		return error_set_memory(err);
	verdict_grade(verdict, profile);
	verdict_settle(verdict);
	return true;
}

static void copy_observation(struct verdict *verdict, const struct observation *from)
{
	verdict->target = target_ref(from->target);
	memcpy(verdict->address, from->address, sizeof verdict->address);
	verdict->addresses = from->addresses;
	verdict->addresses_dropped = from->addresses_dropped;
	verdict->time = from->time;
	verdict->outcome = from->outcome;
	memcpy(verdict->message, from->message, sizeof verdict->message);
	memcpy(verdict->said, from->said, sizeof verdict->said);
	memcpy(verdict->version, from->version, sizeof verdict->version);
	memcpy(verdict->cipher, from->cipher, sizeof verdict->cipher);
	verdict->stapled = from->staple.len > 0;
	verdict->legacy_offer = from->legacy_offer;
	verdict->sni_refused = from->sni_refused;
	verdict->client_cert_requested = from->client_cert_requested;
	verdict->complete = from->complete;
	verdict->proven = from->proven;
	verdict->chain_dropped = from->chain_dropped;
	verdict->dns_ms = from->dns_ms;
	verdict->connect_ms = from->connect_ms;
	verdict->tls_ms = from->tls_ms;
}

struct verdict *verdict_new(const struct observation *observation,
	const struct facts_context *context, const struct profile *profile, struct error *err)
{
	CLEANUP(verdict_freep) struct verdict *verdict = calloc(1, sizeof *verdict);
	struct facts facts;

	if (!verdict) {
		error_set_memory(err);
		return NULL;
	}
	copy_observation(verdict, observation);
	verdict->platform = observation->platform;
	if (observation->banner) {
		verdict->banner = text_copy(observation->banner, strlen(observation->banner));
		if (!verdict->banner)
			return error_set_memory(err), NULL;
	}
	if (observation->caa) {
		verdict->caa = malloc(sizeof *verdict->caa);
		if (!verdict->caa)
			return error_set_memory(err), NULL;
		*verdict->caa = *observation->caa;
	}
	verdict->as_of = context->now;
	verdict->status = STATUS_UNREACHABLE;
	if (!facts_derive(observation, context, &facts, err))
		return NULL;
	bool judged = judge(verdict, &facts, profile, err);
	/* Their certificates are of the chain, which the verdict holds, or of the trust. */
	verdict->lines = facts.lines;
	facts.lines = (struct trust_lines){ .items = NULL };
	facts_release(&facts);
	if (judged && observation->looks.count > 0)
		judged = looks_judge(verdict, observation, context, profile, err);
	return judged ? TAKE(verdict) : NULL;
}

void verdict_free(struct verdict *verdict)
{
	if (!verdict)
		return;
	for (size_t i = 0; i < verdict->chain.count; i++)
		cert_unref(verdict->chain.items[i].cert);
	free(verdict->chain.items);
	for (size_t i = 0; i < verdict->held.count; i++)
		cert_unref(verdict->held.items[i]);
	free(verdict->held.items);
	free(verdict->paths);
	free(verdict->revocations.items);
	for (size_t i = 0; i < verdict->looks.count; i++)
		verdict_free(verdict->looks.items[i].verdict);
	free(verdict->looks.items);
	free(verdict->caa);
	free(verdict->banner);
	trust_lines_release(&verdict->lines);
	finding_list_release(&verdict->findings);
	target_unref(verdict->target);
	if (verdict->texts)
		arena_release(verdict->texts);
	free(verdict->texts);
	free(verdict);
}

const char *verdict_platform(const struct verdict *verdict)
{
	const char *given = target_label(verdict->target, "platform");

	return given ? given : verdict->platform;
}

const struct cert *verdict_leaf(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->chain.count; i++)
		if (verdict->chain.items[i].role == ROLE_LEAF)
			return verdict->chain.items[i].cert;
	return NULL;
}

void verdict_settle(struct verdict *verdict)
{
	enum severity worst = SEVERITY_NOTE;

	finding_list_sort(&verdict->findings);
	if (verdict->status == STATUS_UNREACHABLE || verdict->status == STATUS_OUT_OF_SCOPE)
		return;
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		if (!verdict->findings.all.items[i].waived.is &&
			verdict->findings.all.items[i].severity > worst)
			worst = verdict->findings.all.items[i].severity;
	verdict->status = worst == SEVERITY_CRITICAL  ? STATUS_CRITICAL
			  : worst == SEVERITY_WARNING ? STATUS_WARNING
						      : STATUS_OK;
}
