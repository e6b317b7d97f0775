/* SPDX-License-Identifier: MIT */
/*
 * Every rule, by what fires it and what does not.  A row says everything that
 * is found, so each row is also a test that all other rules stay silent.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/observation.h"
#include "rules/checks.h"
#include "rules/profile.h"
#include "rules/verdict.h"
#include "tests/stage.h"

#define AFTER "2026-07-01" /* the old intermediates had to be gone */
#define NEW "ssl-ca-3-17-2025"
#define OLD "ssl-ca-3-17-2017"
#define CROSS "root-ca-3-cross-2022"

struct leaf_row {
	const char *descr;
	const char *issuer;
	const char *names;
	struct forge_spec spec;
	const char *issued, *ends; /* NULL: the usual dates */
	const char *above;         /* what is served after the leaf */
	const char *status, *findings;
};

static struct forge_cert *mint(struct stage *stage, const struct leaf_row *row)
{
	struct forge_spec spec = row->spec;

	if (row->issued)
		spec.not_before = forge_day(row->issued);
	if (row->ends)
		spec.not_after = forge_day(row->ends);
	return forge_leaf_as(&stage->pki, row->issuer ? row->issuer : NEW,
		row->names ? row->names : "www.example.hk", &spec);
}

static void judge_rows(const char *day, bool revoked, const struct leaf_row *rows, size_t count)
{
	struct stage stage;

	stage_init(&stage, day, revoked);
	for (size_t i = 0; i < count; i++) {
		char chain[512], got[4096];

		(void)snprintf(chain, sizeof chain, "leaf%s%s", rows[i].above[0] ? " " : "",
			rows[i].above);
		struct verdict *verdict = stage_judge(&stage, mint(&stage, &rows[i]), chain);
		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(got, rows[i].findings, "%s: got '%s'", rows[i].descr, got);
		cr_expect_str_eq(status_name(verdict->status), rows[i].status, "%s: %s",
			rows[i].descr, status_name(verdict->status));
		verdict_free(verdict);
	}
	stage_release(&stage);
}

Test(rules, chain_and_leaf_after_the_deadline)
{
	static const char *const hostile_eku = "clientAuth";
	const struct leaf_row rows[] = {
		{ .descr = "as it should be",
			.above = NEW " " CROSS,
			.status = "ok",
			.findings = "" },
		{ .descr = "EV as it should be",
			.issuer = "ev-ssl-ca-3-17-2025",
			.above = "ev-ssl-ca-3-17-2025 " CROSS,
			.status = "ok",
			.findings = "" },
		{ .descr = "leaf only",
			.above = "",
			.status = "critical",
			.findings = "critical chain.incomplete +" NEW
				    "; warning migration.cross-missing +" CROSS },
		{ .descr = "leaf and cross",
			.above = CROSS,
			.status = "critical",
			.findings = "critical chain.incomplete +" NEW },
		{ .descr = "leaf and root",
			.above = "root-ca-3",
			.status = "critical",
			.findings = "critical chain.incomplete +" NEW
				    "; warning migration.cross-missing +" CROSS
				    "; note chain.root-sent -root-ca-3" },
		{ .descr = "root sent too",
			.above = NEW " " CROSS " root-ca-3",
			.status = "ok",
			.findings = "note chain.root-sent -root-ca-3" },
		{ .descr = "no cross",
			.above = NEW,
			.status = "warning",
			.findings = "warning migration.cross-missing +" CROSS },
		{ .descr = "wrong order",
			.above = CROSS " " NEW,
			.status = "warning",
			.findings = "warning chain.order ~" },
		{ .descr = "twice",
			.above = NEW " " NEW " " CROSS,
			.status = "ok",
			.findings = "note chain.duplicate ~" },
		{ .descr = "unrelated",
			.above = NEW " " CROSS " ev-ssl-ca-3-17-2025",
			.status = "warning",
			.findings = "warning chain.unrelated -ev-ssl-ca-3-17-2025" },
		{ .descr = "EV leaf with the OV intermediate",
			.issuer = "ev-ssl-ca-3-17-2025",
			.above = NEW " " CROSS,
			.status = "critical",
			.findings = "critical chain.incomplete +ev-ssl-ca-3-17-2025"
				    "; warning chain.unrelated -" NEW },
		{ .descr = "eleven",
			.status = "warning",
			.above = NEW " " CROSS " " NEW " " NEW " " NEW " " NEW " " NEW " " NEW
				     " " NEW " " NEW,
			.findings = "warning chain.too-long; note chain.duplicate ~" },
		{ .descr = "expired",
			.above = NEW " " CROSS,
			.issued = "2026-01-05",
			.ends = "2026-06-30T23:59:59Z",
			.status = "critical",
			.findings = "critical leaf.expired ?; note migration.renewal-due ?" },
		{ .descr = "in its last second",
			.above = NEW " " CROSS,
			.issued = "2026-01-05",
			.ends = "2026-07-01T00:00:01Z",
			.status = "critical",
			.findings = "critical leaf.expires-soon ?; note migration.renewal-due ?" },
		{ .descr = "seven days",
			.above = NEW " " CROSS,
			.issued = "2026-01-05",
			.ends = "2026-07-08T12:00:00Z",
			.status = "critical",
			.findings = "critical leaf.expires-soon ?; note migration.renewal-due ?" },
		{ .descr = "eight days",
			.above = NEW " " CROSS,
			.issued = "2026-01-05",
			.ends = "2026-07-09T00:00:00Z",
			.status = "warning",
			.findings = "warning leaf.expires-soon ?; note migration.renewal-due ?" },
		{ .descr = "thirty days",
			.above = NEW " " CROSS,
			.issued = "2026-02-05",
			.ends = "2026-07-31T12:00:00Z",
			.status = "warning",
			.findings = "warning leaf.expires-soon ?; note migration.renewal-due ?" },
		{ .descr = "thirty-one days",
			.above = NEW " " CROSS,
			.issued = "2026-02-05",
			.ends = "2026-08-01T00:00:00Z",
			.status = "ok",
			.findings = "note migration.renewal-due ?" },
		{ .descr = "not yet",
			.above = NEW " " CROSS,
			.issued = "2026-07-01T00:00:01Z",
			.ends = "2026-12-01",
			.status = "critical",
			.findings = "critical leaf.not-yet-valid !" },
		{ .descr = "other name",
			.names = "mail.example.hk",
			.above = NEW " " CROSS,
			.status = "critical",
			.findings = "critical leaf.name-mismatch ?" },
		{ .descr = "wildcard",
			.names = "*.example.hk",
			.above = NEW " " CROSS,
			.status = "ok",
			.findings = "" },
		{ .descr = "wildcard too high",
			.names = "*.hk",
			.above = NEW " " CROSS,
			.status = "critical",
			.findings = "critical leaf.name-mismatch ?" },
		{ .descr = "200 days",
			.above = NEW " " CROSS,
			.issued = "2026-05-01",
			.ends = "2026-11-16T23:59:59Z",
			.status = "ok",
			.findings = "" },
		{ .descr = "200 days and a second",
			.above = NEW " " CROSS,
			.issued = "2026-05-01",
			.ends = "2026-11-17T00:00:00Z",
			.status = "critical",
			.findings = "critical leaf.validity-too-long ?" },
		{ .descr = "398 days, issued before",
			.above = NEW " " CROSS,
			.issued = "2026-03-14",
			.ends = "2027-04-15T23:59:59Z",
			.status = "ok",
			.findings = "" },
		{ .descr = "RSA 1024",
			.spec = { .key = "rsa1024:weak" },
			.above = NEW " " CROSS,
			.status = "critical",
			.findings = "critical leaf.weak-key ?" },
		{ .descr = "Ed25519",
			.spec = { .key = "ed25519:odd" },
			.above = NEW " " CROSS,
			.status = "critical",
			.findings = "critical leaf.weak-key ?" },
		{ .descr = "P-384",
			.spec = { .key = "p384:fine" },
			.above = NEW " " CROSS,
			.status = "ok",
			.findings = "" },
		{ .descr = "SHA-1",
			.spec = { .digest = "SHA1" },
			.above = NEW " " CROSS,
			.status = "critical",
			.findings = "critical leaf.weak-signature ?" },
		{ .descr = "for clients only",
			.spec = { .eku = hostile_eku },
			.above = NEW " " CROSS,
			.status = "critical",
			.findings = "critical leaf.eku ?"
				    "; warning migration.leaf-client-auth ?" },
		{ .descr = "no purpose named",
			.spec = { .eku = "" },
			.above = NEW " " CROSS,
			.status = "warning",
			.findings = "warning leaf.eku ?" },
		{ .descr = "clientAuth after the CA stopped",
			.spec = { .eku = "serverAuth,clientAuth" },
			.above = NEW " " CROSS,
			.status = "warning",
			.findings = "warning migration.leaf-client-auth ?" },
	};

	judge_rows(AFTER, true, rows, ARRAY_LEN(rows));
}

Test(rules, twins_and_crosses_after_the_deadline)
{
	const struct leaf_row rows[] = {
		{ .descr = "retired",
			.above = OLD " " CROSS,
			.status = "critical",
			.findings = "critical migration.retired-intermediate +" NEW " -" OLD
				    "; critical revocation.intermediate-revoked +" NEW " -" OLD },
		{ .descr = "retired, leaf of EV",
			.issuer = "ev-ssl-ca-3-17-2025",
			.above = "ev-ssl-ca-3-17-2017 " CROSS,
			.status = "critical",
			.findings = "critical migration.retired-intermediate +ev-ssl-ca-3-17-2025 "
				    "-ev-ssl-ca-3-17-2017"
				    "; critical revocation.intermediate-revoked "
				    "+ev-ssl-ca-3-17-2025 -ev-ssl-ca-3-17-2017" },
		{ .descr = "retired and no cross",
			.above = OLD,
			.status = "critical",
			.findings = "critical migration.retired-intermediate +" NEW " -" OLD
				    "; critical revocation.intermediate-revoked +" NEW " -" OLD
				    "; warning migration.cross-missing +" CROSS },
		{ .descr = "both, retired first",
			.above = OLD " " NEW " " CROSS,
			.status = "critical",
			.findings = "critical migration.retired-and-current -" OLD
				    "; critical revocation.intermediate-revoked -" OLD },
		{ .descr = "both, current first",
			.above = NEW " " OLD " " CROSS,
			.status = "critical",
			.findings = "critical migration.retired-and-current -" OLD
				    "; critical revocation.intermediate-revoked -" OLD },
		{ .descr = "retired OV beside an EV leaf",
			.issuer = "ev-ssl-ca-3-17-2025",
			.above = OLD " " CROSS,
			.status = "critical",
			.findings = "critical chain.incomplete +ev-ssl-ca-3-17-2025"
				    "; critical migration.retired-intermediate -" OLD
				    "; critical revocation.intermediate-revoked -" OLD },
		{ .descr = "old cross",
			.above = NEW " root-ca-3-cross-2017-08",
			.status = "warning",
			.findings = "warning migration.cross-retired +" CROSS
				    " -root-ca-3-cross-2017-08" },
		{ .descr = "old cross that outlives its issuer",
			.above = NEW " root-ca-3-cross-2022-07-b",
			.status = "warning",
			.findings = "warning migration.cross-retired +" CROSS
				    " -root-ca-3-cross-2022-07-b" },
		{ .descr = "old and new cross",
			.above = NEW " " CROSS " root-ca-3-cross-2017-08",
			.status = "warning",
			.findings = "warning migration.cross-retired -root-ca-3-cross-2017-08" },
		{ .descr = "leaf from before, under the current one",
			.issued = "2025-04-20",
			.ends = "2026-05-20",
			.above = NEW " " CROSS,
			.status = "critical",
			.findings = "critical leaf.expired ?; note migration.renewal-due ?" },
	};

	judge_rows(AFTER, true, rows, ARRAY_LEN(rows));
}

Test(rules, severity_of_the_retired_one_follows_the_day)
{
	static const struct {
		const char *day, *status, *findings;
	} cases[] = {
		{ "2025-04-30", "ok",
			"note migration.leaf-from-retired +" NEW
			"; note migration.retired-intermediate +" NEW " -" OLD },
		{ "2025-05-01", "warning",
			"warning migration.retired-intermediate +" NEW " -" OLD
			"; note migration.leaf-from-retired +" NEW },
		{ "2026-04-01", "warning",
			"warning migration.retired-intermediate +" NEW " -" OLD
			"; note migration.leaf-from-retired +" NEW },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct leaf_row row = { .descr = cases[i].day,
			.issuer = OLD,
			.issued = "2025-04-25",
			.ends = "2026-05-27T23:59:59Z",
			.above = OLD " " CROSS,
			.status = cases[i].status,
			.findings = strcmp(cases[i].day, "2026-04-01") == 0
					    ? "warning migration.retired-intermediate +" NEW
					      " -" OLD "; note migration.leaf-from-retired +" NEW
					      "; note migration.renewal-due ? +" NEW
					    : cases[i].findings };
		judge_rows(cases[i].day, false, &row, 1);
	}
	/* One day, and no more, between a warning and the end of it. */
	const struct leaf_row eve = { .descr = "the eve",
		.above = OLD " " CROSS,
		.status = "warning",
		.findings = "warning migration.retired-intermediate +" NEW " -" OLD };
	const struct leaf_row day = { .descr = "the day",
		.above = OLD " " CROSS,
		.status = "critical",
		.findings = "critical migration.retired-intermediate +" NEW " -" OLD };
	judge_rows("2026-06-14", false, &eve, 1);
	judge_rows("2026-06-15", false, &day, 1);
}

Test(rules, due_day_goes_with_the_finding)
{
	struct stage stage;
	char day[INSTANT_TEXT];

	stage_init(&stage, "2026-01-15", false);
	struct verdict *verdict = stage_judge(&stage,
		forge_leaf(&stage.pki, NEW, "www.example.hk", (struct instant){ 0 },
			(struct instant){ 0 }),
		"leaf " OLD " " CROSS);
	cr_assert_eq(verdict->findings.all.count, (size_t)1);
	cr_expect(verdict->findings.all.items[0].has_due);
	instant_format_day(verdict->findings.all.items[0].due, day);
	cr_expect_str_eq(day, "2026-06-15");
	cr_expect_str_eq(verdict->findings.all.items[0].certificate,
		forge_pki_cert(&stage.pki, OLD)->sha256_text);
	verdict_free(verdict);
	stage_release(&stage);
}

/* An issuing certificate made for one test, with the CA's name, and perhaps its key. */
static struct forge_cert *issuing_like(struct stage *stage, const char *key,
	const struct forge_cert *issuer, const char *eku, const char *ends)
{
	const struct forge_cert *real = forge_pki_find(&stage->pki, NEW);

	return forge_cert(&stage->pki.forge,
		&(struct forge_spec){
			.subject =
				"CN=Hongkong Post e-Cert SSL CA 3 - 17,O=Hongkong Post,L=Hong Kong,"
				"ST=Hong Kong,C=HK",
			.key = key ? key : real->key,
			.issuer = issuer,
			.not_before = forge_day("2025-09-01"),
			.not_after = forge_day(ends),
			.ca = true,
			.eku = eku,
		});
}

/* PATTERN with the first 40 digits of FINGERPRINT for each "@". */
static void expand(const char *pattern, const char *fingerprint, char *out, size_t size)
{
	size_t used = 0;

	for (; *pattern && used + 41 < size; pattern++) {
		int len = *pattern == '@' ? snprintf(out + used, size - used, "%.40s", fingerprint)
					  : snprintf(out + used, size - used, "%c", *pattern);
		used += (size_t)len;
	}
	out[used] = '\0';
}

static void judge_under(const char *descr, struct stage *stage, struct forge_cert *issuing,
	struct forge_cert *leaf, const char *expected)
{
	char got[4096], wanted[4096];
	struct observation *seen = stage_observe(stage, leaf, "leaf");

	forge_must(observation_add_der(seen, issuing->der, issuing->der_len), "add");
	const struct forge_cert *cross = forge_pki_find(&stage->pki, CROSS);
	forge_must(observation_add_der(seen, cross->der, cross->der_len), "add");
	struct verdict *verdict = verdict_new(seen, &stage->context, stage->profile, NULL);
	observation_free(seen);
	size_t used = (size_t)snprintf(got, sizeof got, "%s: ", status_name(verdict->status));
	stage_describe(verdict, got + used, sizeof got - used);
	expand(expected, forge_sha256(&stage->pki.forge, issuing), wanted, sizeof wanted);
	cr_expect_str_eq(got, wanted, "%s: got '%s'", descr, got);
	verdict_free(verdict);
}

Test(rules, issuing_certificates_nobody_listed)
{
	struct stage stage;

	stage_init(&stage, AFTER, true);
	const struct forge_cert *root = forge_pki_find(&stage.pki, "root-ca-3");
	struct forge_cert *leaf = forge_leaf(
		&stage.pki, NEW, "www.example.hk", (struct instant){ 0 }, (struct instant){ 0 });

	judge_under("reissue", &stage, issuing_like(&stage, NULL, root, "serverAuth", "2032-06-03"),
		leaf, "warning: warning migration.unknown-intermediate +" NEW " -@");
	judge_under("reissue without purpose", &stage,
		issuing_like(&stage, NULL, root, NULL, "2032-06-03"), leaf,
		"warning: warning intermediate.eku-missing +" NEW " -@"
		"; warning migration.unknown-intermediate +" NEW " -@");
	judge_under("reissue for clients", &stage,
		issuing_like(&stage, NULL, root, "clientAuth", "2032-06-03"), leaf,
		"critical: critical intermediate.eku-missing +" NEW " -@"
		"; warning migration.unknown-intermediate +" NEW " -@");
	judge_under("expired reissue, the good one is known", &stage,
		issuing_like(&stage, NULL, root, "serverAuth", "2026-06-30"), leaf,
		"critical: critical intermediate.expired +" NEW " -@"
		"; warning migration.unknown-intermediate +" NEW " -@");
	stage_release(&stage);
}

Test(rules, out_of_scope)
{
	struct stage stage;

	stage_init(&stage, AFTER, true);
	struct forge *forge = &stage.pki.forge;
	struct forge_cert *own_root = forge_cert(
		forge, &(struct forge_spec){ .subject = "CN=Somebody Else,C=HK",
			       .key = "else",
			       .ca = true,
			       .not_before = forge_day("2020-01-01"),
			       .not_after = forge_day("2040-01-01") });
	struct forge_cert *impostor = issuing_like(
		&stage, "impostor", own_root, "serverAuth", "2032-06-03");
	struct forge_cert *leaf = forge_leaf_as(&stage.pki, NEW, "www.example.hk",
		&(struct forge_spec){ .issuer = impostor, .issuer_key = "impostor" });

	judge_under("same name, another key", &stage, impostor, leaf,
		"out-of-scope: critical migration.unknown-intermediate +" NEW " -@"
		"; warning chain.unrelated -" CROSS);

	const char *const san[] = { "DNS:www.example.hk", NULL };
	struct forge_cert *self = forge_cert(
		forge, &(struct forge_spec){ .subject = "CN=www.example.hk",
			       .key = "self",
			       .san = san,
			       .eku = "serverAuth",
			       .not_before = forge_day("2026-01-01"),
			       .not_after = forge_day("2027-01-01") });
	struct verdict *verdict = stage_judge(&stage, self, "leaf");
	char got[4096];
	stage_describe(verdict, got, sizeof got);
	cr_expect_str_eq(got, "critical leaf.self-signed ?", "got '%s'", got);
	cr_expect_eq(verdict->status, STATUS_OUT_OF_SCOPE);
	verdict_free(verdict);
	stage_release(&stage);
}

Test(rules, files_of_ca_certificates_alone)
{
	static const struct {
		const char *descr, *chain, *findings;
	} cases[] = {
		{ "current and cross", NEW " " CROSS, "" },
		{ "current alone", NEW, "warning migration.cross-missing +" CROSS },
		{ "retired and cross", OLD " " CROSS,
			"critical migration.retired-intermediate +" NEW " -" OLD
			"; critical revocation.intermediate-revoked +" NEW " -" OLD },
		{ "both", NEW " " OLD " " CROSS,
			"critical migration.retired-and-current -" OLD
			"; critical revocation.intermediate-revoked -" OLD },
		{ "a cross alone", CROSS, "" },
		{ "a retired cross alone", "root-ca-3-cross-2017-06",
			"warning migration.cross-retired +" CROSS " -root-ca-3-cross-2017-06" },
	};
	struct stage stage;

	stage_init(&stage, AFTER, true);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char got[4096];
		struct verdict *verdict = stage_judge(&stage, NULL, cases[i].chain);

		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(got, cases[i].findings, "%s: got '%s'", cases[i].descr, got);
		cr_expect_neq(verdict->chain.items[0].role, ROLE_LEAF, "%s", cases[i].descr);
		verdict_free(verdict);
	}
	stage_release(&stage);
}

Test(rules, untrusted_and_not_ca)
{
	struct stage stage;

	stage_init(&stage, AFTER, true);
	struct forge *forge = &stage.pki.forge;
	const struct forge_cert *root = forge_pki_find(&stage.pki, "root-ca-3");
	const struct forge_cert *real = forge_pki_find(&stage.pki, NEW);
	const struct forge_extension only_others[] = {
		{ "nameConstraints", "critical,permitted;DNS:other.hk" }, { NULL, NULL }
	};
	struct forge_spec spec = {
		.subject = "CN=Hongkong Post e-Cert SSL CA 3 - 17,O=Hongkong Post,L=Hong Kong,"
			   "ST=Hong Kong,C=HK",
		.key = real->key,
		.issuer = root,
		.eku = "serverAuth",
		.ca = true,
		.not_before = forge_day("2025-09-01"),
		.not_after = forge_day("2032-06-03"),
		.extra = only_others,
	};
	struct forge_cert *leaf = forge_leaf(
		&stage.pki, NEW, "www.example.hk", (struct instant){ 0 }, (struct instant){ 0 });

	/* The genuine one is known, but clients have what was served. */
	judge_under("constrained away", &stage, forge_cert(forge, &spec), leaf,
		"critical: critical chain.untrusted +" NEW
		"; warning migration.unknown-intermediate +" NEW " -@");
	spec.extra = NULL;
	spec.ca = false;
	judge_under("no CA", &stage, forge_cert(forge, &spec), leaf,
		"critical: critical intermediate.not-ca +" NEW " -@"
		"; warning migration.unknown-intermediate +" NEW " -@");
	stage_release(&stage);

	/* A whole store that has neither root: nobody trusts a chain that is in order. */
	stage_init(&stage, AFTER, true);
	trust_free(stage.trust);
	stage.trust = trust_new();
	stage.context.trust = stage.trust;
	size_t store = trust_add_store(stage.trust, "current");
	trust_store_is_whole(stage.trust, store);
	forge_must(
		trust_add_anchor(stage.trust, store, forge_pki_cert(&stage.pki, "root-ca-1"), NULL),
		"anchor");
	struct verdict *verdict = stage_judge(&stage,
		forge_leaf(&stage.pki, NEW, "www.example.hk", (struct instant){ 0 },
			(struct instant){ 0 }),
		"leaf " NEW " " CROSS);
	char got[4096];
	stage_describe(verdict, got, sizeof got);
	cr_expect_str_eq(got, "critical chain.untrusted", "got '%s'", got);
	verdict_free(verdict);
	stage_release(&stage);
}

Test(rules, lists_in_every_state)
{
	static const struct {
		const char *descr, *findings;
		int state;
	} cases[] = {
		{ "unavailable", "note revocation.list-unavailable", REVOKE_LIST_UNAVAILABLE },
		{ "expired", "warning revocation.list-expired", REVOKE_LIST_EXPIRED },
		{ "invalid", "warning revocation.list-invalid", REVOKE_LIST_INVALID },
	};
	struct stage stage;

	stage_init(&stage, AFTER, false);
	struct forge_bytes arl = forge_pki_arl(&stage.pki, false);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char got[4096];

		revoke_list_free(stage.list);
		if (cases[i].state == REVOKE_LIST_UNAVAILABLE)
			stage.list = revoke_list_unavailable("root-ca-3-arl", "no answer");
		else if (cases[i].state == REVOKE_LIST_EXPIRED)
			stage.list = revoke_list_new(&(struct revoke_source){ .id = "root-ca-3-arl",
							     .bytes = arl.data,
							     .len = arl.len,
							     .scope = REVOKE_SCOPE_CA },
				forge_pki_cert(&stage.pki, "root-ca-3"), forge_day("2031-01-01"));
		else
			stage.list = revoke_list_new(&(struct revoke_source){ .id = "root-ca-3-arl",
							     .bytes = arl.data,
							     .len = arl.len,
							     .scope = REVOKE_SCOPE_CA },
				forge_pki_cert(&stage.pki, "root-ca-1"), forge_day(AFTER));
		cr_assert_eq(
			(int)revoke_list_state(stage.list), cases[i].state, "%s", cases[i].descr);
		struct verdict *verdict = stage_judge(&stage,
			forge_leaf(&stage.pki, NEW, "www.example.hk", (struct instant){ 0 },
				(struct instant){ 0 }),
			"leaf " NEW " " CROSS);
		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(got, cases[i].findings, "%s: got '%s'", cases[i].descr, got);
		verdict_free(verdict);
	}
	stage_release(&stage);
}

Test(rules, stapled_revocation)
{
	struct stage stage;
	char got[4096];

	stage_init(&stage, AFTER, false);
	struct forge_cert *leaf = forge_leaf(
		&stage.pki, NEW, "www.example.hk", (struct instant){ 0 }, (struct instant){ 0 });
	for (int revoked = 0; revoked <= 1; revoked++) {
		struct forge_bytes answer = forge_ocsp(
			&stage.pki.forge, &(struct forge_ocsp){ .leaf = leaf,
						  .issuer = forge_pki_find(&stage.pki, NEW),
						  .status = revoked ? FORGE_REVOKED : FORGE_GOOD,
						  .revoked_at = forge_day("2026-06-20"),
						  .this_update = forge_day("2026-06-30"),
						  .next_update = forge_day("2026-07-03") });
		struct observation *seen = stage_observe(&stage, leaf, "leaf " NEW " " CROSS);
		seen->staple.bytes = malloc(answer.len);
		memcpy(seen->staple.bytes, answer.data, answer.len);
		seen->staple.len = answer.len;
		struct verdict *verdict = verdict_new(seen, &stage.context, stage.profile, NULL);
		observation_free(seen);
		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(
			got, revoked ? "critical revocation.leaf-revoked ?" : "", "got '%s'", got);
		verdict_free(verdict);
	}
	stage_release(&stage);
}

Test(rules, legacy_tls_and_windows)
{
	static const struct {
		const char *descr, *version, *platform, *chain, *findings;
		bool legacy;
	} cases[] = {
		{ "TLS 1.0", "TLSv1", NULL, "leaf " NEW " " CROSS,
			"warning deployment.legacy-tls-only !", true },
		{ "TLS 1.1", "TLSv1.1", NULL, "leaf " NEW " " CROSS,
			"warning deployment.legacy-tls-only !", true },
		{ "TLS 1.2 by the legacy offer", "TLSv1.2", NULL, "leaf " NEW " " CROSS,
			"warning deployment.legacy-tls-only !", true },
		{ "TLS 1.2", "TLSv1.2", NULL, "leaf " NEW " " CROSS, "", false },
		{ "no cross on Exchange", "TLSv1.2", "exchange-2016", "leaf " NEW,
			"note migration.cross-missing +" CROSS, false },
		{ "no cross on IIS", "TLSv1.2", "IIS 10", "leaf " NEW,
			"note migration.cross-missing +" CROSS, false },
		{ "no cross on nginx", "TLSv1.2", "nginx", "leaf " NEW,
			"warning migration.cross-missing +" CROSS, false },
	};
	struct stage stage;

	stage_init(&stage, AFTER, true);
	struct forge_cert *leaf = forge_leaf(
		&stage.pki, NEW, "www.example.hk", (struct instant){ 0 }, (struct instant){ 0 });
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char got[4096], name[] = "platform", value[32];
		struct label label = { name, value };
		struct observation *seen = stage_observe(&stage, leaf, cases[i].chain);

		(void)snprintf(seen->version, sizeof seen->version, "%s", cases[i].version);
		seen->legacy_offer = cases[i].legacy;
		if (cases[i].platform) {
			(void)snprintf(value, sizeof value, "%s", cases[i].platform);
			stage.target.labels.items = &label;
			stage.target.labels.count = 1;
		}
		struct verdict *verdict = verdict_new(seen, &stage.context, stage.profile, NULL);
		stage.target.labels.count = 0;
		observation_free(seen);
		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(got, cases[i].findings, "%s: got '%s'", cases[i].descr, got);
		verdict_free(verdict);
	}
	stage_release(&stage);
}

Test(rules, words_for_each)
{
	for (enum rule_id rule = 0; rule < RULE_COUNT; rule++) {
		const struct rule *row = rule_at(rule);
		enum rule_id found;

		cr_expect(row->title[0] && row->explanation[0] && row->fix[0] && row->reference[0],
			"%s", row->id);
		cr_expect(rule_by_id(row->id, &found) && found == rule, "%s", row->id);
		cr_expect(rule == 0 || strcmp(rule_at(rule - 1)->id, row->id) < 0,
			"%s is not in its place", row->id);
	}
	enum rule_id none;
	cr_expect_not(rule_by_id("chain.nonsense", &none));
}
