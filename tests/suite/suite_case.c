/* SPDX-License-Identifier: MIT */
#include "tests/suite/suite_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/base/vec.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file.h"
#include "checker/facts.h"
#include "checker/observation.h"
#include "checker/target/name.h"
#include "checker/target/target.h"
#include "checker/trust/chain.h"
#include "checker/trust/trust.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"
#include "tests/forge.h"
#include "tests/suite/suite_lists.h"

#define POLICIES 16

struct bench {
	const json_t *test;
	struct instant now;
	struct trust *trust;
	struct trust_terms terms;
	const char *policies[POLICIES + 1];
	struct target target;
	struct observation *seen;
	VEC(const struct cert *) certs; /* all of the case, the served first, the anchors last */
	size_t served;                  /* how many the server sent */
};

static const char *text_at(const json_t *test, const char *key)
{
	return json_string_value(json_object_get(test, key));
}

/* --- Certificates --- */

static bool keep(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	struct bench *bench = arg;
	const struct cert *cert = cert_new(der, len, err);

	forge_must(cert && vec_reserve(&bench->certs), "memory");
	bench->certs.items[bench->certs.count++] = cert;
	return true;
}

/* False when PEM holds no certificate: then there is none. */
static bool read_pem(struct bench *bench, const json_t *pem)
{
	const char *text = json_string_value(pem);
	struct error err = { .code = ERROR_NONE };
	struct cert_file file = { .path = "case" };

	if (!text)
		return false;
	file.bytes = (const uint8_t *)text;
	file.len = strlen(text);
	return cert_file_read(&file, keep, bench, &err);
}

/* What does not fit into one list is what a client has in its cache. */
static void serve(struct bench *bench, size_t leafs)
{
	for (size_t i = 0; i < bench->certs.count; i++) {
		size_t len;
		const struct cert *cert = bench->certs.items[i];
		const uint8_t *der = cert_der(cert, &len);

		if (i < leafs || i < LIMIT_CHAIN) {
			forge_must(observation_add_der(bench->seen, der, len), "memory");
			continue;
		}
		struct error err = { .code = ERROR_NONE };
		if (!trust_add_known(bench->trust, cert, &err))
			break;
	}
	bench->served = bench->certs.count;
}

static void trust_in(struct bench *bench)
{
	forge_must(trust_add_store(bench->trust, "anchors") == 0, "store");
	trust_store_is_whole(bench->trust, 0);
	for (size_t i = bench->served; i < bench->certs.count; i++)
		if (bench->certs.items[i]->readable)
			forge_must(trust_add_anchor(bench->trust, 0, bench->certs.items[i], NULL),
				"anchor");
}

static bool read_certs(struct bench *bench)
{
	const json_t *test = bench->test;
	size_t index;
	json_t *pem;

	if (!read_pem(bench, json_object_get(test, "peer_certificate")))
		return false;
	size_t leafs = bench->certs.count;
	json_array_foreach(json_object_get(test, "untrusted_intermediates"), index, pem)(
		void) !read_pem(bench, pem);
	serve(bench, leafs);
	json_array_foreach(json_object_get(test, "trusted_certs"), index, pem)(void) !read_pem(
		bench, pem);
	trust_in(bench);
	return true;
}

/* --- Terms --- */

/* A time without one: any will do, so it is the present.  Fractions of a second are cut off. */
static void read_time(struct bench *bench)
{
	const char *text = text_at(bench->test, "validation_time");
	char whole[64];

	bench->now = clock_now();
	if (!text)
		return;
	(void)snprintf(whole, sizeof whole, "%s", text);
	char *dot = strchr(whole, '.');
	if (dot) {
		size_t digits = strspn(dot + 1, "0123456789");
		memmove(dot, dot + 1 + digits, strlen(dot + 1 + digits) + 1);
	}
	forge_must(instant_parse(whole, &bench->now), text);
}

/* False when the case wants what we do not offer. */
static bool read_purpose(struct bench *bench)
{
	const json_t *wanted = json_object_get(bench->test, "extended_key_usage");
	const char *purpose = text_at(bench->test, "x_purpose");
	size_t index;
	json_t *one;

	bench->terms.purpose = purpose && strcmp(purpose, "none") == 0 ? TRUST_FOR_ANYTHING
								       : TRUST_FOR_SERVERS;
	json_array_foreach(wanted, index, one)
	{
		const char *name = json_string_value(one);

		if (name && strcmp(name, "serverAuth") == 0)
			bench->terms.purpose = TRUST_FOR_SERVERS;
		else if (name && strcmp(name, "clientAuth") == 0)
			bench->terms.purpose = TRUST_FOR_CLIENTS;
		else if (name && strcmp(name, "anyExtendedKeyUsage") == 0)
			bench->terms.purpose = TRUST_FOR_ANYTHING;
		else
			return false;
	}
	return true;
}

static void read_policies(struct bench *bench)
{
	const json_t *wanted = json_object_get(bench->test, "x_initial_policy_set");
	struct trust_policies *policies = &bench->terms.policies;
	size_t index, count = 0;
	json_t *one;

	if (!json_is_true(json_object_get(bench->test, "x_policy_check")))
		return;
	json_array_foreach(wanted, index, one) if (count < POLICIES && json_is_string(one))
		bench->policies[count++] = json_string_value(one);
	policies->accepted = bench->policies;
	policies->explicit_wanted = json_is_true(json_object_get(bench->test, "x_explicit_policy"));
	policies->mapping_inhibited = json_is_true(
		json_object_get(bench->test, "x_inhibit_mapping"));
	policies->any_inhibited = json_is_true(json_object_get(bench->test, "x_inhibit_any"));
}

/* False: not for a TLS client. */
static bool read_terms(struct bench *bench, int level)
{
	const json_t *depth = json_object_get(bench->test, "max_chain_depth");
	const char *kind = text_at(bench->test, "validation_kind");

	bench->terms.level = level;
	/* Nothing so old is of the web. */
	bench->terms.is_private = level == 0;
	if (json_is_integer(depth)) {
		bench->terms.has_depth = true;
		bench->terms.depth = (unsigned)json_integer_value(depth);
	}
	read_time(bench);
	if (!kind || strcmp(kind, "SERVER") != 0 || !read_purpose(bench))
		return false;
	read_policies(bench);
	return true;
}

static bool read_name(struct bench *bench)
{
	const json_t *peer = json_object_get(bench->test, "expected_peer_name");
	const char *kind = text_at(peer, "kind"), *name = text_at(peer, "value");

	if (!name)
		return true;
	if (!kind || strcmp(kind, "RFC822") == 0)
		return false;
	bench->target.sni = text_copy(name, strlen(name));
	return bench->target.sni != NULL;
}

/* --- Judging --- */

static void bench_release(struct bench *bench)
{
	observation_free(bench->seen);
	trust_free(bench->trust);
	for (size_t i = 0; i < bench->certs.count; i++)
		cert_unref(bench->certs.items[i]);
	free(bench->certs.items);
	free(bench->target.host);
	free(bench->target.sni);
}

/* With lists, some path has to be good whose certificates are all known not to be revoked. */
static bool is_unrevoked(struct bench *bench)
{
	const json_t *crls = json_object_get(bench->test, "crls");
	bool clear = false;
	struct trust_lines lines;

	if (json_array_size(crls) == 0)
		return true;
	CLEANUP(suite_lists_freep)
	struct suite_lists *lists = suite_lists_new(&(struct suite_papers){
		.crls = crls,
		.certs = bench->certs.items,
		.cert_count = bench->certs.count,
		.trust = bench->trust,
		.now = bench->now,
		.leaf_only = json_is_true(json_object_get(bench->test, "x_crl_leaf_only")),
	});
	size_t served = bench->served < LIMIT_CHAIN ? bench->served : LIMIT_CHAIN;
	CLEANUP(chain_freep)
	struct chain *chain = chain_new(bench->certs.items, served, NULL);
	forge_must(chain && trust_explain(bench->trust, chain, bench->now, &lines), "memory");
	for (size_t i = 0; i < lines.count && !clear; i++)
		clear = lines.items[i].trusted &&
			suite_lists_clear(lists, lines.items[i].certs, lines.items[i].len);
	trust_lines_release(&lines);
	return clear;
}

static const struct finding *find(const struct verdict *verdict, enum rule_id rule)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		if (verdict->findings.all.items[i].rule == rule)
			return &verdict->findings.all.items[i];
	return NULL;
}

/* The first that a conformance rule found; what is old is fine where the level says so. */
static const struct finding *find_broken(const struct bench *bench, const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];
		bool strength = finding->rule == RULE_conformance_key ||
				finding->rule == RULE_conformance_signature;

		if (strncmp(rule_at(finding->rule)->id, "conformance.", 12) == 0 &&
			!(strength && bench->terms.level == 0))
			return finding;
	}
	return NULL;
}

/*
 * Until Chrome 58 clients took the common name where a certificate has no alternative one (RFC
 * 2818, 3.1).  Cases that are to be judged as of a day before it were made for such clients.
 */
static bool is_named_of_old(const struct bench *bench)
{
	const struct cert *leaf = bench->certs.items[0];

	return bench->now.seconds < forge_day("2017-04-19").seconds && !leaf->san[0] &&
	       bench->target.sni && name_matches(leaf->common_name, bench->target.sni);
}

static void judge(struct bench *bench, const struct profile *profile, bool *ret_trusted,
	bool *ret_conforms, struct suite_answer *answer)
{
	struct facts_context context = { .trust = bench->trust, .now = bench->now };
	CLEANUP(verdict_freep)
	struct verdict *verdict = verdict_new(bench->seen, &context, profile, NULL);

	forge_must(verdict != NULL, "a verdict");
	const struct finding *name = is_named_of_old(bench)
					     ? NULL
					     : find(verdict, RULE_leaf_name_mismatch);
	const struct finding *broken = find_broken(bench, verdict);
	bool path = verdict->path_count > 0 && verdict->paths[0].trusted == ANSWER_YES;
	bool unrevoked = path && !name && is_unrevoked(bench);

	*ret_trusted = unrevoked;
	*ret_conforms = !broken;
	(void)snprintf(answer->why, sizeof answer->why, "%s",
		!path        ? (verdict->path_count > 0 ? verdict->paths[0].reason : "no chain")
		: name       ? name->message
		: !unrevoked ? "revoked, or not known not to be"
		: broken     ? broken->message
			     : "");
}

static enum suite_outcome compare(bool accepted, bool expected)
{
	if (accepted == expected)
		return SUITE_RIGHT;
	return accepted ? SUITE_FALSE_ACCEPT : SUITE_FALSE_REJECT;
}

struct suite_answer suite_case_judge(const json_t *test, int level, const struct profile *profile)
{
	CLEANUP(bench_release)
	struct bench bench = { .test = test, .trust = trust_new() };
	struct suite_answer answer = { .outcome = SUITE_SKIPPED, .trust_outcome = SUITE_SKIPPED };
	const char *expected = text_at(test, "expected_result");
	bool trusted = false, conforms = false;

	bench.target = (struct target){ .host = text_copy("case", 4), .protocol = PROTOCOL_TLS };
	atomic_init(&bench.target.refs, 1);
	bench.seen = observation_new(&bench.target);
	forge_must(bench.trust && bench.seen && bench.target.host && expected, "a case");
	bench.seen->outcome = OUTCOME_SERVED;
	bench.seen->addresses = 1;
	if (!read_terms(&bench, level) || !read_name(&bench)) {
		(void)snprintf(answer.why, sizeof answer.why, "it wants what no TLS client does");
		return answer;
	}
	trust_set_terms(bench.trust, &bench.terms);
	if (read_certs(&bench))
		judge(&bench, profile, &trusted, &conforms, &answer);
	bool wanted = strcmp(expected, "SUCCESS") == 0;
	answer.trust_outcome = compare(trusted, wanted);
	answer.outcome = compare(trusted && conforms, wanted);
	return answer;
}
