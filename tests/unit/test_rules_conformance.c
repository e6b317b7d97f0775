/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <criterion/criterion.h>

#include "checker/cert/cert.h"
#include "checker/observation.h"
#include "checker/trust/trust.h"
#include "rules/verdict.h"
#include "tests/stage.h"

#define DAY "2026-07-01"

static struct stage stage;

static void set_up(void)
{
	stage_init(&stage, DAY, false);
}

static void tear_down(void)
{
	stage_release(&stage);
}

TestSuite(rules_conformance, .init = set_up, .fini = tear_down);

static void describe(struct forge_cert *leaf, char got[static 4096])
{
	struct verdict *verdict = stage_judge(
		&stage, leaf, "leaf ssl-ca-3-17-2025 root-ca-3-cross-2022");

	cr_assert_not_null(verdict);
	stage_describe(verdict, got, 4096);
	verdict_free(verdict);
}

/* Each is a note, and all that is found, where clients do not refuse it. */
Test(rules_conformance, faults_of_a_leaf)
{
	static const struct {
		const char *descr;
		struct forge_spec spec;
		struct forge_extension extra;
		const char *findings;
	} cases[] = {
		{ "as it should be", { 0 }, { 0 }, "" },
		{ "a length without a CA", { .no_basic_constraints = true },
			{ "2.5.29.19", "critical,DER:3003020100" },
			"note conformance.basic-constraints" },
		{ "another common name", { .subject = "CN=other.example.hk,O=Example Bureau,C=HK" },
			{ 0 }, "note conformance.common-name" },
		{ "any purpose", { .eku = "serverAuth,anyExtendedKeyUsage" }, { 0 },
			"note conformance.extended-key-usage" },
		{ "a critical address", { 0 },
			{ "authorityInfoAccess", "critical,OCSP;URI:http://o.example.hk/" },
			"critical chain.untrusted; note conformance.extensions" },
		{ "no authority key", { .no_aki = true }, { 0 },
			"note conformance.key-identifiers" },
		{ "an EC key for encryption",
			{ .key_usage = "critical,digitalSignature,keyEncipherment" }, { 0 },
			"note conformance.key-usage" },
		{ "constraints of a leaf", { 0 },
			{ "nameConstraints", "critical,permitted;DNS:example.hk" },
			"note conformance.name-constraints" },
		{ "a policy twice", { .policies = "2.23.140.1.2.2,2.23.140.1.2.2" }, { 0 },
			"note conformance.policies" },
		{ "a negative serial number", { .serial = "-5A5A5A5A5A5A5A5A5A" }, { 0 },
			"note conformance.serial" },
		{ "an old string type", { .subject = "CN=www.example.hk,O=\\xE9,C=HK" }, { 0 },
			"note conformance.subject" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_spec spec = cases[i].spec;
		const struct forge_extension extra[] = { cases[i].extra, { NULL, NULL } };
		char got[4096];

		if (cases[i].extra.name)
			spec.extra = extra;
		describe(forge_leaf_as(&stage.pki, "ssl-ca-3-17-2025", "www.example.hk", &spec),
			got);
		cr_expect_str_eq(got, cases[i].findings, "%s: got '%s'", cases[i].descr, got);
	}
}

/* Other rules speak of these as well, or the certificate is no longer what was signed. */
Test(rules_conformance, faults_beside_others)
{
	static const char *const names[] = { "DNS:www.example.hk", "DNS:a_b.example.hk", NULL };
	static const char *const public[] = { "DNS:*.com.hk", NULL };
	static const struct {
		const char *descr;
		struct forge_spec spec;
		const char *from, *to, *finding;
	} cases[] = {
		{ "a name with an underscore", { .san = names }, NULL, NULL,
			"note conformance.subject-alternative-name" },
		{ "anybody's names", { .san = public }, NULL, NULL,
			"note conformance.public-suffix" },
		{ "version 1", { .version1 = true }, NULL, NULL, "note conformance.version" },
		{ "a key of another kind, of another CA",
			{ .key = "ed25519:x", .issuer_name = "CN=Other", .issuer_key = "other" },
			NULL, NULL, "note conformance.key" },
		{ "TRUE in another form", { 0 }, "\x01\x01\xff\x04", "\x01\x01\x01\x04",
			"note conformance.encoding" },
		{ "another algorithm inside", { 0 }, "\x04\x03\x02", "\x04\x03\x03",
			"note conformance.signature" },
		{ "the end before the beginning",
			{ .not_before = { 1782000000 }, .not_after = { 1781000000 } }, NULL, NULL,
			"note conformance.validity" },
	};

	char public_name[] = "www.com.hk", *usual = stage.target.sni;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_cert *leaf = forge_leaf_as(
			&stage.pki, "ssl-ca-3-17-2025", "www.com.hk", &cases[i].spec);
		uint8_t der[4096];
		char got[4096];

		cr_assert_leq(leaf->der_len, sizeof der);
		memcpy(der, leaf->der, leaf->der_len);
		for (size_t at = 0; cases[i].from; at++) {
			size_t len = strlen(cases[i].from);
			cr_assert_lt(at + len, leaf->der_len, "%s: not found", cases[i].descr);
			if (memcmp(der + at, cases[i].from, len) != 0)
				continue;
			memcpy(der + at, cases[i].to, len);
			break;
		}
		stage.target.sni = public_name;
		describe(forge_cert_from(&stage.pki.forge, der, leaf->der_len), got);
		stage.target.sni = usual;
		cr_expect_not_null(
			strstr(got, cases[i].finding), "%s: got '%s'", cases[i].descr, got);
	}
}

/* All clients refuse it, and no other rule looks above the leaf. */
Test(rules_conformance, an_intermediate_signed_with_sha1_is_critical)
{
	struct forge_cert *weak = forge_cert(
		&stage.pki.forge, &(struct forge_spec){ .subject = "CN=Weak,C=HK",
					  .key = "weak",
					  .issuer = forge_pki_find(&stage.pki, "root-ca-3"),
					  .ca = true,
					  .eku = "serverAuth",
					  .digest = "SHA1",
					  .not_before = forge_day("2020-01-01"),
					  .not_after = forge_day("2030-01-01") });
	struct forge_cert *leaf = forge_leaf_as(&stage.pki, "ssl-ca-3-17-2025", "www.example.hk",
		&(struct forge_spec){ .issuer = weak });
	struct observation *seen = stage_observe(&stage, leaf, "leaf");
	char got[4096];

	forge_must(observation_add_der(seen, weak->der, weak->der_len), "memory");
	struct verdict *verdict = verdict_new(seen, &stage.context, stage.profile, NULL);
	stage_describe(verdict, got, sizeof got);
	cr_expect_not_null(strstr(got, "critical conformance.signature"), "got '%s'", got);
	verdict_free(verdict);
	observation_free(seen);
}

/* What only the web's CAs are bound by is not said where none is meant. */
Test(rules_conformance, private_trust_is_not_bound_by_the_baseline_requirements)
{
	struct forge_spec spec = { .subject = "CN=other.example.hk,O=Example Bureau,C=HK",
		.serial = "-5A5A5A5A5A5A5A5A5A" };
	struct forge_cert *leaf = forge_leaf_as(
		&stage.pki, "ssl-ca-3-17-2025", "www.example.hk", &spec);
	char got[4096];

	describe(leaf, got);
	cr_expect_not_null(strstr(got, "conformance.common-name"), "got '%s'", got);
	trust_set_terms(stage.trust, &(struct trust_terms){ .is_private = true });
	describe(leaf, got);
	cr_expect_null(strstr(got, "conformance.common-name"), "got '%s'", got);
	cr_expect_not_null(strstr(got, "conformance.serial"), "got '%s'", got);
}
