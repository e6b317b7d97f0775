/* SPDX-License-Identifier: MIT */
/* Rules whose case takes more than a leaf: made-up CAs, lists, staples, what the server spoke. */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/observation.h"
#include "rules/check/checks.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"
#include "tests/rule_rows.h"
#include "tests/stage.h"

#define AFTER "2026-07-01" /* the old intermediates had to be gone */

Test(rules_more, due_day_goes_with_the_finding)
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

Test(rules_more, issuing_certificates_nobody_listed)
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

Test(rules_more, a_cross_certificate_nobody_listed)
{
	struct stage stage;
	char got[4096], wanted[512];

	stage_init(&stage, AFTER, true);
	const struct forge_cert *root = forge_pki_find(&stage.pki, "root-ca-3");
	struct forge_cert *cross = forge_cert(&stage.pki.forge,
		&(struct forge_spec){
			.subject = "CN=Hongkong Post Root CA 3,O=Hongkong Post,L=Hong Kong,"
				   "ST=Hong Kong,C=HK",
			.key = root->key,
			.issuer = forge_pki_find(&stage.pki, "globalsign-r3"),
			.ca = true,
			.not_before = forge_day("2024-01-01"),
			.not_after = forge_day("2028-01-01"),
		});
	struct forge_cert *leaf = forge_leaf(
		&stage.pki, NEW, "www.example.hk", (struct instant){ 0 }, (struct instant){ 0 });
	struct observation *seen = stage_observe(&stage, leaf, "leaf " NEW);

	forge_must(observation_add_der(seen, cross->der, cross->der_len), "add");
	struct verdict *verdict = verdict_new(seen, &stage.context, stage.profile, NULL);
	observation_free(seen);
	stage_describe(verdict, got, sizeof got);
	expand("warning migration.cross-missing +" CROSS
	       "; warning migration.unknown-intermediate +" CROSS " -@",
		forge_sha256(&stage.pki.forge, cross), wanted, sizeof wanted);
	cr_expect_str_eq(got, wanted, "got '%s'", got);
	cr_expect_eq(verdict->chain.items[2].role, ROLE_CROSS);
	cr_expect_eq(verdict->chain.items[0].issuers, 2u, "%x", verdict->chain.items[0].issuers);
	verdict_free(verdict);
	stage_release(&stage);
}

Test(rules_more, out_of_scope)
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
		"out-of-scope: critical migration.unknown-intermediate ?"
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

Test(rules_more, files_of_ca_certificates_alone)
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
			"critical migration.cross-retired +" CROSS " -root-ca-3-cross-2017-06" },
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

/* Not a reissue: what replaces the retired CA has a key of its own, so leafs have to go as well. */
Test(rules_more, retired_with_a_key_of_its_own)
{
	static const struct {
		const char *descr, *chain, *findings;
	} cases[] = {
		{ "served whole", "leaf ev-ssl-ca-3-17-2025 " CROSS,
			"critical migration.leaf-from-retired ?"
			"; critical migration.retired-intermediate ? +" NEW
			" -ev-ssl-ca-3-17-2025" },
		{ "leaf only", "leaf",
			"critical chain.incomplete +ev-ssl-ca-3-17-2025"
			"; critical migration.leaf-from-retired ?"
			"; warning migration.cross-missing +" CROSS },
	};
	struct stage stage;

	stage_init(&stage, AFTER, false);
	stage_edit_profile(&stage,
		"state: current\n    name: Hongkong Post e-Cert EV SSL CA 3 - 17",
		"state: retired\n    replaced_by: ssl-ca-3-17-2025\n    remove_by: 2026-06-15\n"
		"    name: Hongkong Post e-Cert EV SSL CA 3 - 17");
	struct forge_cert *leaf = forge_leaf(&stage.pki, "ev-ssl-ca-3-17-2025", "www.example.hk",
		(struct instant){ 0 }, (struct instant){ 0 });
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char got[4096];
		struct verdict *verdict = stage_judge(&stage, leaf, cases[i].chain);

		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(got, cases[i].findings, "%s: got '%s'", cases[i].descr, got);
		verdict_free(verdict);
	}
	stage_release(&stage);
}

/* A profile's own idea of how bad a rule is: its worst, not what is milder today. */
Test(rules_more, severities_of_a_profile)
{
	struct stage stage;
	char got[4096];

	stage_init(&stage, AFTER, true);
	stage_edit_profile(&stage, "leaf:\n",
		"severity: {migration.cross-missing: critical, "
		"chain.duplicate: warning}\nleaf:\n");
	struct forge_cert *leaf = forge_leaf(
		&stage.pki, NEW, "www.example.hk", (struct instant){ 0 }, (struct instant){ 0 });
	struct verdict *verdict = stage_judge(&stage, leaf, "leaf " NEW " " NEW);
	stage_describe(verdict, got, sizeof got);
	cr_expect_str_eq(got,
		"critical migration.cross-missing +" CROSS "; warning chain.duplicate ~",
		"got '%s'", got);
	verdict_free(verdict);
	stage_release(&stage);
}

/* A profile need not say which key is whose, and what it names may not be at hand. */
Test(rules_more, keys_that_nobody_knows)
{
	static const struct {
		const char *descr, *chain, *status, *findings;
	} cases[] = {
		{ "as it should be", "leaf " NEW " " CROSS, "ok", "" },
		{ "leaf only", "leaf", "critical",
			"critical chain.incomplete +" NEW
			"; warning migration.cross-missing +" CROSS },
		{ "the cure is a swap still", "leaf " OLD " " CROSS, "critical",
			"critical migration.retired-intermediate +" NEW " -" OLD
			"; critical revocation.intermediate-revoked +" NEW " -" OLD },
		{ "both", "leaf " OLD " " NEW " " CROSS, "critical",
			"critical migration.retired-and-current -" OLD
			"; critical revocation.intermediate-revoked -" OLD },
	};
	struct stage stage;

	stage_init(&stage, AFTER, true);
	stage_forget_keys(&stage);
	struct forge_cert *leaf = forge_leaf(
		&stage.pki, NEW, "www.example.hk", (struct instant){ 0 }, (struct instant){ 0 });
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char got[4096];
		struct verdict *verdict = stage_judge(&stage, leaf, cases[i].chain);

		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(got, cases[i].findings, "%s: got '%s'", cases[i].descr, got);
		cr_expect_str_eq(
			status_name(verdict->status), cases[i].status, "%s", cases[i].descr);
		verdict_free(verdict);
	}
	const struct forge_cert *root = forge_pki_find(&stage.pki, "root-ca-3");
	judge_under("reissue", &stage, issuing_like(&stage, NULL, root, "serverAuth", "2032-06-03"),
		leaf, "warning: warning migration.unknown-intermediate +" NEW " -@");
	stage_release(&stage);
}

Test(rules_more, untrusted_and_not_ca)
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

Test(rules_more, lists_in_every_state)
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

Test(rules_more, stapled_revocation)
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

Test(rules_more, legacy_tls_and_windows)
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
