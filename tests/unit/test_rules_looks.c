/* SPDX-License-Identifier: MIT */
/* What several looks at one address show, by what fires it and what does not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/caa.h"
#include "checker/observation.h"
#include "rules/verdict.h"
#include "tests/stage.h"

#define NEW "ssl-ca-3-17-2025"
#define OLD "ssl-ca-3-17-2017"
#define CROSS "root-ca-3-cross-2022"
#define GOOD "leaf " NEW " " CROSS
#define RETIRED "leaf " OLD " " CROSS
#define SWAP " +" NEW " -" OLD

/* Whose leaf is served. */
enum leaf { LEAF_EC, LEAF_RSA, LEAF_TWIN, LEAF_OTHER_NAME, LEAF_EXPIRED, LEAF_FOREIGN, LEAFS };

struct look_row {
	enum look_kind kind; /* LOOK_MAIN: no more of them */
	enum leaf leaf;
	const char *chain; /* "": refused */
};

struct looks_row {
	const char *descr;
	struct look_row main;
	struct look_row looks[5];
	const char *status, *findings, *looked;
};

static const struct looks_row rows[] = {
	{ "one certificate, whatever is asked", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_RSA, LEAF_EC, "" }, { LOOK_TLS12, LEAF_EC, GOOD },
			{ LOOK_NO_SNI, LEAF_EC, GOOD }, { LOOK_AGAIN, LEAF_EC, GOOD } },
		"ok", "", "" },
	{ "two certificates, both in order", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_RSA, LEAF_RSA, GOOD }, { LOOK_TLS12, LEAF_RSA, GOOD } }, "ok", "", "" },
	{ "the RSA one was forgotten", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_RSA, LEAF_RSA, RETIRED } }, "critical",
		"critical migration.retired-intermediate" SWAP
		"; warning deployment.key-types-differ",
		"rsa -" },
	{ "the elliptic-curve one was forgotten", { LOOK_MAIN, LEAF_RSA, GOOD },
		{ { LOOK_ECDSA, LEAF_EC, RETIRED } }, "critical",
		"critical migration.retired-intermediate" SWAP
		"; warning deployment.key-types-differ",
		"ecdsa -" },
	{ "both were: once found, once said", { LOOK_MAIN, LEAF_EC, RETIRED },
		{ { LOOK_RSA, LEAF_RSA, RETIRED } }, "critical",
		"critical migration.retired-intermediate" SWAP, "-" },
	{ "one of another CA", { LOOK_MAIN, LEAF_FOREIGN, "leaf root-ca-1" },
		{ { LOOK_RSA, LEAF_RSA, GOOD } }, "ok", NULL, NULL },
	{ "without TLS 1.3 the old chain", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_TLS12, LEAF_EC, RETIRED } }, "critical",
		"critical migration.retired-intermediate" SWAP
		"; warning deployment.versions-differ",
		"tls1.2 -" },
	{ "without TLS 1.3 another leaf", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_TLS12, LEAF_TWIN, GOOD } }, "ok", "note deployment.versions-differ", "-" },
	{ "without TLS 1.3 the other key: nothing to compare it with", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_TLS12, LEAF_RSA, GOOD } }, "ok", "", "" },
	{ "... and something", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_RSA, LEAF_RSA, GOOD }, { LOOK_TLS12, LEAF_RSA, RETIRED } }, "critical",
		"critical migration.retired-intermediate" SWAP
		"; warning deployment.versions-differ",
		"tls1.2 -" },
	{ "no TLS 1.2 at all", { LOOK_MAIN, LEAF_EC, GOOD }, { { LOOK_TLS12, LEAF_EC, "" } }, "ok",
		"", "" },
	{ "another default certificate", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_NO_SNI, LEAF_OTHER_NAME, GOOD } }, "ok",
		"note deployment.default-certificate", "-" },
	{ "another one that is good for the name", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_NO_SNI, LEAF_TWIN, GOOD } }, "ok", "", "" },
	{ "a retired default chain is a warning", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_NO_SNI, LEAF_OTHER_NAME, RETIRED } }, "warning",
		"warning migration.retired-intermediate" SWAP
		"; note deployment.default-certificate",
		"no-sni -" },
	{ "an expired default certificate, too", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_NO_SNI, LEAF_EXPIRED, GOOD } }, "warning", "warning leaf.expired ?",
		"no-sni" },
	{ "what else is wrong with it is nobody's concern", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_NO_SNI, LEAF_OTHER_NAME, "leaf" } }, "ok",
		"note deployment.default-certificate", "-" },
	{ "a default certificate of another CA", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_NO_SNI, LEAF_FOREIGN, "leaf" } }, "ok", "", "" },
	{ "one node of three was left behind", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_AGAIN, LEAF_EC, RETIRED }, { LOOK_AGAIN, LEAF_EC, GOOD } }, "critical",
		"critical migration.retired-intermediate" SWAP "; warning deployment.nodes-differ",
		"again again" },
	{ "the main look met the odd one", { LOOK_MAIN, LEAF_EC, RETIRED },
		{ { LOOK_AGAIN, LEAF_EC, GOOD }, { LOOK_AGAIN, LEAF_EC, GOOD } }, "critical",
		"critical migration.retired-intermediate" SWAP "; warning deployment.nodes-differ",
		"- again" },
	{ "each node its own leaf", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_AGAIN, LEAF_TWIN, GOOD } }, "ok", "note deployment.nodes-differ",
		"again" },
	{ "a connection that failed says nothing", { LOOK_MAIN, LEAF_EC, GOOD },
		{ { LOOK_AGAIN, LEAF_EC, "" } }, "ok", "", "" },
};

static struct stage stage;
static struct forge_cert *leafs[LEAFS];

static void set_up(void)
{
	const struct instant none = { 0 };

	stage_init(&stage, "2026-07-01", false);
	leafs[LEAF_EC] = forge_leaf(&stage.pki, NEW, "www.example.hk", none, none);
	leafs[LEAF_TWIN] = forge_leaf(&stage.pki, NEW, "www.example.hk", none, none);
	leafs[LEAF_OTHER_NAME] = forge_leaf(&stage.pki, NEW, "default.example.hk", none, none);
	leafs[LEAF_FOREIGN] = forge_leaf(&stage.pki, "root-ca-1", "www.example.hk", none, none);
	leafs[LEAF_EXPIRED] = forge_leaf(&stage.pki, NEW, "www.example.hk", forge_day("2026-01-05"),
		forge_day("2026-06-30"));
	leafs[LEAF_RSA] = forge_leaf_as(
		&stage.pki, NEW, "www.example.hk", &(struct forge_spec){ .key = "rsa:node" });
}

static void tear_down(void)
{
	stage_release(&stage);
}

TestSuite(rules_looks, .init = set_up, .fini = tear_down);

static struct observation *look_at(const struct look_row *row)
{
	struct observation *seen = stage_observe(&stage, leafs[row->leaf], row->chain);

	if (row->chain[0])
		seen->outcome = OUTCOME_SERVED;
	else
		observation_end(seen, OUTCOME_HANDSHAKE, "no shared cipher");
	if (row->kind == LOOK_TLS12)
		(void)snprintf(seen->version, sizeof seen->version, "TLSv1.2");
	return seen;
}

static struct verdict *judge(const struct looks_row *row)
{
	struct observation *seen = look_at(&row->main);

	for (size_t i = 0; i < ARRAY_LEN(row->looks) && row->looks[i].kind != LOOK_MAIN; i++)
		cr_assert(observation_add_look(seen, row->looks[i].kind, look_at(&row->looks[i])));
	struct verdict *verdict = verdict_new(seen, &stage.context, stage.profile, NULL);
	cr_assert(verdict != NULL);
	observation_free(seen);
	return verdict;
}

/* "rsa -": which look showed each finding, "-" for the main one. */
static void describe_looks(const struct verdict *verdict, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < verdict->findings.all.count && used < size; i++) {
		enum look_kind kind = verdict->findings.all.items[i].look;
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "",
			kind == LOOK_MAIN ? "-" : look_name(kind));
	}
}

Test(rules_looks, are_judged_and_compared)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct verdict *verdict = judge(&rows[i]);
		char got[1024], looked[200];

		stage_describe(verdict, got, sizeof got);
		describe_looks(verdict, looked, sizeof looked);
		cr_expect_str_eq(status_name(verdict->status), rows[i].status, "%s: %s: %s",
			rows[i].descr, status_name(verdict->status), got);
		if (rows[i].findings)
			cr_expect_str_eq(got, rows[i].findings, "%s: got '%s'", rows[i].descr, got);
		if (rows[i].looked)
			cr_expect_str_eq(
				looked, rows[i].looked, "%s: got '%s'", rows[i].descr, looked);
		verdict_free(verdict);
	}
}

/* In scope by either of two certificates. */
Test(rules_looks, name_the_certificate_of_another_ca)
{
	const struct looks_row row = { .main = { LOOK_MAIN, LEAF_EC, GOOD },
		.looks = { { LOOK_RSA, LEAF_FOREIGN, "leaf" } } };
	struct verdict *verdict = judge(&row);
	bool said = false;

	for (size_t i = 0; i < verdict->findings.all.count; i++)
		said |= verdict->findings.all.items[i].rule == RULE_deployment_key_types_differ &&
			verdict->findings.all.items[i].severity == SEVERITY_NOTE;
	cr_expect(said);
	verdict_free(verdict);
}

Test(rules_looks, keep_no_chain_twice)
{
	const struct looks_row row = { .main = { LOOK_MAIN, LEAF_EC, GOOD },
		.looks = { { LOOK_TLS12, LEAF_EC, GOOD }, { LOOK_NO_SNI, LEAF_TWIN, GOOD },
			{ LOOK_AGAIN, LEAF_TWIN, GOOD }, { LOOK_AGAIN, LEAF_EC, "leaf" } } };
	static const size_t same_as[] = { 1, 0, 3, 0 }, lengths[] = { 0, 3, 0, 1 };
	struct verdict *verdict = judge(&row);

	cr_assert_eq(verdict->looks.count, ARRAY_LEN(same_as));
	for (size_t i = 0; i < ARRAY_LEN(same_as); i++) {
		cr_expect_eq(verdict->looks.items[i].same_as, same_as[i], "%zu: %zu", i,
			verdict->looks.items[i].same_as);
		cr_expect_eq(verdict->looks.items[i].verdict->chain.count, lengths[i], "%zu", i);
	}
	verdict_free(verdict);
}

/* --- What DNS says beside them --- */

static const struct {
	const char *descr;
	enum leaf leaf;
	enum caa_status status;
	const char *tag, *value;
	const char *findings;
} caas[] = {
	{ "this CA may issue", LEAF_EC, CAA_FOUND, "issue", "ecert.gov.hk", "" },
	{ "another may", LEAF_EC, CAA_FOUND, "issue", "letsencrypt.org",
		"warning leaf.caa-forbids" },
	{ "nobody may", LEAF_EC, CAA_FOUND, "issue", ";", "warning leaf.caa-forbids" },
	{ "wildcards are not what it has", LEAF_EC, CAA_FOUND, "issuewild", ";", "" },
	{ "no records", LEAF_EC, CAA_NONE, "", "", "" },
	{ "unknown stays unknown", LEAF_EC, CAA_UNKNOWN, "", "", "" },
};

Test(rules_looks, what_caa_records_forbid)
{
	for (size_t i = 0; i < ARRAY_LEN(caas); i++) {
		struct observation *seen = stage_observe(&stage, leafs[caas[i].leaf], GOOD);
		char got[1024];

		seen->caa = calloc(1, sizeof *seen->caa);
		cr_assert_not_null(seen->caa);
		seen->caa->status = caas[i].status;
		seen->caa->count = caas[i].status == CAA_FOUND;
		(void)snprintf(seen->caa->domain, sizeof seen->caa->domain, "example.hk");
		(void)snprintf(seen->caa->records[0].tag, sizeof seen->caa->records[0].tag, "%s",
			caas[i].tag);
		(void)snprintf(seen->caa->records[0].value, sizeof seen->caa->records[0].value,
			"%s", caas[i].value);
		struct verdict *verdict = verdict_new(seen, &stage.context, stage.profile, NULL);
		cr_assert(verdict != NULL);
		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(got, caas[i].findings, "%s: '%s'", caas[i].descr, got);
		verdict_free(verdict);
		observation_free(seen);
	}
}
