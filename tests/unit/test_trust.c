/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/trust/chain.h"
#include "checker/trust/trust.h"
#include "tests/forge.h"

static struct forge_pki pki;
static struct forge_cert *leaf;

static void set_up(void)
{
	forge_pki_init(&pki, forge_day("2026-07-01"), FORGE_KEYS_FAST, NULL);
	leaf = forge_leaf(&pki, "ssl-ca-3-17-2025", "www.example.hk", (struct instant){ 0 },
		(struct instant){ 0 });
}

static void tear_down(void)
{
	forge_pki_release(&pki);
}

TestSuite(trust, .init = set_up, .fini = tear_down);

/* "current" has both roots, "java" the second one alone. */
static struct trust *make_trust(bool with_pool)
{
	static const char *const known[] = { "ssl-ca-3-17-2025", "root-ca-3-cross-2022" };
	struct trust *trust = trust_new();

	forge_must(
		trust && trust_add_store(trust, "current") == 0 &&
			trust_add_store(trust, "java") == 1 &&
			trust_add_anchor(trust, 0, forge_pki_cert(&pki, "root-ca-3"), NULL) &&
			trust_add_anchor(trust, 0, forge_pki_cert(&pki, "globalsign-r3"), NULL) &&
			trust_add_anchor(trust, 1, forge_pki_cert(&pki, "globalsign-r3"), NULL),
		"trust");
	for (size_t i = 0; with_pool && i < ARRAY_LEN(known); i++)
		forge_must(trust_add_known(trust, forge_pki_cert(&pki, known[i]), NULL), known[i]);
	return trust;
}

static struct chain *make_chain(const struct cert *const *extra, const char *ids)
{
	const struct cert *served[LIMIT_CHAIN];
	size_t count = 0;

	served[count++] = forge_as_cert(leaf);
	while (*ids) {
		char id[64];
		size_t len = strcspn(ids, " ");
		(void)snprintf(id, sizeof id, "%.*s", (int)len, ids);
		ids += len + (ids[len] == ' ');
		served[count++] = forge_pki_cert(&pki, id);
	}
	for (; extra && *extra; extra++)
		served[count++] = *extra;
	struct chain *chain = chain_new(served, count, NULL);
	forge_must(chain != NULL, "chain_new");
	return chain;
}

Test(trust, finds_the_best_path_of_each_store)
{
	static const struct {
		const char *descr, *above;
		bool pool;
		enum answer trusted[2];
		enum completion by[2];
		size_t len[2];
	} cases[] = {
		{ "whole chain", "ssl-ca-3-17-2025 root-ca-3-cross-2022", true,
			{ ANSWER_YES, ANSWER_YES }, { COMPLETION_SERVED, COMPLETION_SERVED },
			{ 3, 4 } },
		{ "no cross", "ssl-ca-3-17-2025", true, { ANSWER_YES, ANSWER_YES },
			{ COMPLETION_SERVED, COMPLETION_PROFILE }, { 3, 4 } },
		{ "no cross, nothing known", "ssl-ca-3-17-2025", false, { ANSWER_YES, ANSWER_NO },
			{ COMPLETION_SERVED, COMPLETION_NOTHING }, { 3, 0 } },
		{ "leaf only", "", true, { ANSWER_YES, ANSWER_YES },
			{ COMPLETION_PROFILE, COMPLETION_PROFILE }, { 3, 4 } },
		{ "leaf only, nothing known", "", false, { ANSWER_NO, ANSWER_NO },
			{ COMPLETION_NOTHING, COMPLETION_NOTHING }, { 0, 0 } },
		{ "the retired twin does as well", "ssl-ca-3-17-2017 root-ca-3-cross-2022", false,
			{ ANSWER_YES, ANSWER_YES }, { COMPLETION_SERVED, COMPLETION_SERVED },
			{ 3, 4 } },
		{ "an expired cross first hides nothing",
			"ssl-ca-3-17-2025 root-ca-3-cross-2017-08 root-ca-3-cross-2022", false,
			{ ANSWER_YES, ANSWER_YES }, { COMPLETION_SERVED, COMPLETION_SERVED },
			{ 3, 4 } },
		{ "wrong order", "root-ca-3-cross-2022 ssl-ca-3-17-2025", false,
			{ ANSWER_YES, ANSWER_YES }, { COMPLETION_SERVED, COMPLETION_SERVED },
			{ 3, 4 } },
		{ "root served", "ssl-ca-3-17-2025 root-ca-3", false, { ANSWER_YES, ANSWER_NO },
			{ COMPLETION_SERVED, COMPLETION_NOTHING }, { 3, 0 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(trust_freep) struct trust *trust = make_trust(cases[i].pool);
		CLEANUP(chain_freep) struct chain *chain = make_chain(NULL, cases[i].above);
		struct trust_path paths[2], served[2];

		trust_paths(trust, chain, pki.day, paths, served);
		for (size_t s = 0; s < 2; s++) {
			cr_expect_eq(paths[s].trusted, cases[i].trusted[s], "%s, store %zu: %s",
				cases[i].descr, s, paths[s].reason);
			cr_expect_eq(paths[s].completed_by, cases[i].by[s], "%s, store %zu",
				cases[i].descr, s);
			cr_expect_eq(
				paths[s].len, cases[i].len[s], "%s, store %zu", cases[i].descr, s);
		}
	}
}

Test(trust, says_why_not)
{
	static const struct {
		const char *descr, *day;
		enum path_fault fault;
	} cases[] = {
		{ "leaf expired", "2027-07-01", PATH_FAULT_EXPIRED },
		{ "not yet", "2026-01-01", PATH_FAULT_NOT_YET },
	};
	CLEANUP(trust_freep) struct trust *trust = make_trust(false);
	CLEANUP(chain_freep)
	struct chain *chain = make_chain(NULL, "ssl-ca-3-17-2025 root-ca-3-cross-2022");
	struct trust_path paths[2], served[2];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		trust_paths(trust, chain, forge_day(cases[i].day), paths, served);
		cr_expect_eq(paths[0].trusted, ANSWER_NO, "%s", cases[i].descr);
		cr_expect_eq(
			paths[0].fault, cases[i].fault, "%s: %s", cases[i].descr, paths[0].reason);
		cr_expect_eq(paths[0].culprit, chain_cert(chain, 0), "%s", cases[i].descr);
	}
	/* The root of 2009 ends in 2029: its store has nothing left, the other has. */
	struct forge_cert *was = leaf;
	leaf = forge_leaf(&pki, "ssl-ca-3-17-2025", "www.example.hk", forge_day("2029-03-01"),
		forge_day("2029-04-10"));
	CLEANUP(chain_freep)
	struct chain *late = make_chain(NULL, "ssl-ca-3-17-2025 root-ca-3-cross-2022");
	trust_paths(trust, late, forge_day("2029-03-20"), paths, served);
	cr_expect_eq(paths[0].trusted, ANSWER_YES);
	cr_expect_eq(paths[1].trusted, ANSWER_NO);
	cr_expect_eq(paths[1].fault, PATH_FAULT_EXPIRED);
	leaf = was;
}

Test(trust, an_anchor_that_is_missing_makes_no_unknown)
{
	CLEANUP(trust_freep) struct trust *trust = make_trust(false);
	CLEANUP(chain_freep) struct chain *chain = make_chain(NULL, "ssl-ca-3-17-2025");
	struct trust_path paths[2], served[2];

	trust_miss_anchor(trust, 1, "anchor globalsign-x is not in the system's store");
	trust_miss_anchor(trust, 0, "another one is missing");
	trust_paths(trust, chain, pki.day, paths, served);
	cr_expect_eq(paths[0].trusted, ANSWER_YES, "a yes stands");
	cr_expect_eq(paths[1].trusted, ANSWER_UNKNOWN);
	cr_expect(strstr(paths[1].reason, "globalsign-x") != NULL, "%s", paths[1].reason);
}

#define KNOTS_MAX 10

/* CAS authorities, each certified by the EACH next ones, and a leaf under the first. */
static struct chain *make_knot(size_t cas, size_t each)
{
	const struct cert *extra[LIMIT_CHAIN] = { NULL };
	struct forge_cert *self[KNOTS_MAX];
	char name[KNOTS_MAX][32], key[KNOTS_MAX][16];
	struct forge_spec spec = { .ca = true,
		.not_before = forge_day("2020-01-01"),
		.not_after = forge_day("2040-01-01") };
	size_t count = 0;

	for (size_t i = 0; i < cas; i++) {
		(void)snprintf(name[i], sizeof name[i], "CN=Knot %zu", i);
		(void)snprintf(key[i], sizeof key[i], "knot%zu", i);
		spec.subject = name[i];
		spec.key = key[i];
		self[i] = forge_cert(&pki.forge, &spec);
	}
	for (size_t i = 0; i < cas; i++) {
		for (size_t k = 1; k <= each; k++) {
			spec.subject = name[i];
			spec.key = key[i];
			spec.issuer = self[(i + k) % cas];
			extra[count++] = forge_as_cert(forge_cert(&pki.forge, &spec));
		}
	}
	leaf = forge_cert(&pki.forge, &(struct forge_spec){ .subject = "CN=www.example.hk",
					      .key = "leaf",
					      .issuer = self[0],
					      .not_before = forge_day("2026-01-01"),
					      .not_after = forge_day("2026-12-01") });
	return make_chain(extra, "");
}

/* More lines than anyone can look at, and none to an anchor. */
Test(trust, ends_on_a_graph_of_cas)
{
	static const struct {
		const char *descr;
		size_t cas, each;
		bool cut;
	} cases[] = {
		{ "four, each by each", 4, 3, false },
		{ "six, each by each", 6, 5, true },
		{ "ten, each by three others", 10, 3, true },
		{ "a ring", 10, 1, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(trust_freep) struct trust *trust = make_trust(true);
		CLEANUP(chain_freep) struct chain *chain = make_knot(cases[i].cas, cases[i].each);
		struct trust_path paths[2], served[2];

		trust_paths(trust, chain, pki.day, paths, served);
		cr_expect_eq(paths[0].trusted, ANSWER_NO, "%s", cases[i].descr);
		cr_expect_eq(paths[0].completed_by, COMPLETION_NOTHING, "%s", cases[i].descr);
		cr_expect_eq(strstr(paths[0].reason, "search cut short") != NULL, cases[i].cut,
			"%s: %s", cases[i].descr, paths[0].reason);
	}
}

/* "trusted current,java; expired java; ...": every line, good ones first. */
static void describe_lines(
	const struct trust *trust, const struct trust_lines *lines, char got[512])
{
	size_t len = 0;

	got[0] = '\0';
	for (size_t i = 0; i < lines->count; i++) {
		const struct trust_line *line = &lines->items[i];

		len += (size_t)snprintf(got + len, 512 - len, "%s%s", i > 0 ? "; " : "",
			line->trusted ? "trusted" : path_fault_name(line->fault));
		for (size_t s = 0; s < trust_store_count(trust); s++)
			if (line->stores & UINT32_C(1) << s)
				len += (size_t)snprintf(
					got + len, 512 - len, " %s", trust_store_id(trust, s));
	}
}

Test(trust, explains_every_line)
{
	static const struct {
		const char *descr, *above, *lines;
	} cases[] = {
		{ "both roots", "ssl-ca-3-17-2025 root-ca-3-cross-2022",
			"trusted current java; trusted current" },
		{ "an expired cross beside the good one",
			"ssl-ca-3-17-2025 root-ca-3-cross-2017-08 root-ca-3-cross-2022",
			"trusted current java; trusted current; no-anchor" },
		{ "a twin doubles them", "ssl-ca-3-17-2025 ssl-ca-3-17-2017",
			"trusted current; trusted current" },
		{ "nothing above", "", "no-anchor" },
	};
	CLEANUP(trust_freep) struct trust *trust = make_trust(false);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(chain_freep) struct chain *chain = make_chain(NULL, cases[i].above);
		CLEANUP(trust_lines_release) struct trust_lines lines = { .items = NULL };
		char got[512];

		cr_assert(trust_explain(trust, chain, pki.day, &lines));
		describe_lines(trust, &lines, got);
		cr_expect_str_eq(got, cases[i].lines, "%s: got '%s'", cases[i].descr, got);
		cr_expect_not(lines.cut_short, "%s", cases[i].descr);
	}
}

/* An issuer of the right name with another key is on a line of its own. */
Test(trust, explains_a_wrong_signature)
{
	struct forge_cert *fake = forge_cert(&pki.forge,
		&(struct forge_spec){ .subject = "CN=Hongkong Post e-Cert SSL CA 3 - 17,"
						 "O=Hongkong Post,L=Hong Kong,ST=Hong "
						 "Kong,C=HK",
			.key = "fake",
			.ca = true,
			.no_ski = true,
			.issuer = forge_pki_find(&pki, "root-ca-3"),
			.not_before = forge_day("2020-01-01"),
			.not_after = forge_day("2030-01-01") });
	const struct cert *extra[] = { forge_as_cert(fake), NULL };
	CLEANUP(trust_freep) struct trust *trust = make_trust(false);
	CLEANUP(chain_freep) struct chain *chain = make_chain(extra, "ssl-ca-3-17-2025");
	CLEANUP(trust_lines_release) struct trust_lines lines = { .items = NULL };
	char got[512];

	cr_assert(trust_explain(trust, chain, pki.day, &lines));
	describe_lines(trust, &lines, got);
	cr_expect_str_eq(got, "trusted current; signature");
	cr_expect_eq(lines.items[1].culprit, chain_cert(chain, 0));
}

/* Any number of bad certificates leaves the good path to be found. */
Test(trust, bad_ones_use_up_nothing)
{
	const struct cert *served[LIMIT_CHAIN];
	CLEANUP(trust_freep) struct trust *trust = make_trust(false);
	struct trust_path paths[2], own[2];
	size_t count = 0;

	served[count++] = forge_as_cert(leaf);
	for (; count + 1 < LIMIT_CHAIN; count++)
		served[count] = forge_as_cert(forge_cert(&pki.forge,
			&(struct forge_spec){ .subject = "CN=Hongkong Post e-Cert SSL CA "
							 "3 - 17,O=Hongkong Post,L=Hong "
							 "Kong,ST=Hong Kong,C=HK",
				.key = "ssl-ca-3-17",
				.ca = true,
				.issuer = forge_pki_find(&pki, "root-ca-3"),
				.not_before = forge_day("2020-01-01"),
				.not_after = forge_day("2021-01-01") }));
	served[count++] = forge_pki_cert(&pki, "ssl-ca-3-17-2025");
	CLEANUP(chain_freep) struct chain *chain = chain_new(served, count, NULL);
	trust_paths(trust, chain, pki.day, paths, own);
	cr_expect_eq(paths[0].trusted, ANSWER_YES, "%s", paths[0].reason);
}
