/* SPDX-License-Identifier: MIT */
/* What public CAs must not issue, and browsers want besides a path: policy.*. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "rules/verdict.h"
#include "tests/rule_rows.h"
#include "tests/stage.h"

#define AFTER "2026-07-01" /* the old intermediates had to be gone */
#define UP NEW " " CROSS
#define HK ",L=Hong Kong,ST=Hong Kong,C=HK"
#define NAME64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define NAME65 NAME64 "a"

/* Sixty-four and sixty-five characters of three bytes each. */
#define HAN8 "香港特別行政區政"
#define HAN64 HAN8 HAN8 HAN8 HAN8 HAN8 HAN8 HAN8 HAN8

static const struct rule_row subject_rows[] = {
	{ .descr = "an organization of 64 characters",
		.spec = { .subject = "CN=www.example.hk,O=" NAME64 HK },
		.above = UP,
		.status = "ok",
		.findings = "" },
	{ .descr = "one of 65",
		.spec = { .subject = "CN=www.example.hk,O=" NAME65 HK },
		.above = UP,
		.status = "ok",
		.findings = "note policy.attribute-too-long" },
	{ .descr = "64 characters of three bytes",
		.spec = { .subject = "CN=www.example.hk,O=" HAN64 HK },
		.above = UP,
		.status = "ok",
		.findings = "" },
	{ .descr = "65 of them",
		.spec = { .subject = "CN=www.example.hk,O=" HAN64 "府" HK },
		.above = UP,
		.status = "ok",
		.findings = "note policy.attribute-too-long" },
	{ .descr = "a locality may be longer",
		.spec = { .subject = "CN=www.example.hk,O=Example,L=" NAME65 ",C=HK" },
		.above = UP,
		.status = "ok",
		.findings = "" },
	{ .descr = "a unit",
		.spec = { .subject = "CN=www.example.hk,OU=Mail,O=Example" HK },
		.above = UP,
		.status = "ok",
		.findings = "note policy.organizational-unit" },
	{ .descr = "OV without an organization",
		.spec = { .subject = "CN=www.example.hk,C=HK" },
		.above = UP,
		.status = "ok",
		.findings = "note policy.organization" },
	{ .descr = "DV with one",
		.spec = { .policies = "2.23.140.1.2.1" },
		.above = UP,
		.status = "ok",
		.findings = "note policy.organization" },
	{ .descr = "DV without",
		.spec = { .subject = "CN=www.example.hk", .policies = "2.23.140.1.2.1" },
		.above = UP,
		.status = "ok",
		.findings = "" },
	{ .descr = "no reserved policy",
		.spec = { .subject = "CN=www.example.hk", .policies = "1.3.6.1.4.1.16030.1.7.21" },
		.above = UP,
		.status = "ok",
		.findings = "" },
	{ .descr = "a serial number of seven octets",
		.spec = { .serial = "01020304050607" },
		.above = UP,
		.status = "ok",
		.findings = "note policy.short-serial" },
	{ .descr = "of eight",
		.spec = { .serial = "0102030405060708" },
		.above = UP,
		.status = "ok",
		.findings = "" },
	{ .descr = "RSA 2048",
		.spec = { .key = "rsa:usual" },
		.above = UP,
		.status = "ok",
		.findings = "" },
	{ .descr = "RSA 2050",
		.spec = { .key = "rsa2050:odd" },
		.above = UP,
		.status = "ok",
		.findings = "note policy.unusual-key" },
	{ .descr = "RSA with the exponent 3",
		.spec = { .key = "rsa-3:small" },
		.above = UP,
		.status = "ok",
		.findings = "note policy.unusual-key" },
	{ .descr = "RSA with a large exponent",
		.spec = { .key = "rsa-e:large" },
		.above = UP,
		.status = "ok",
		.findings = "" },
};

Test(rules_policy, subjects_serials_and_keys)
{
	rule_rows_judge(AFTER, true, subject_rows, ARRAY_LEN(subject_rows));
}

static const struct rule_row old_rows[] = {
	{ .descr = "a unit the day before they were forbidden",
		.spec = { .subject = "CN=www.example.hk,OU=Mail,O=Example" HK },
		.issued = "2022-08-31T23:59:59Z",
		.ends = "2023-09-20",
		.above = UP,
		.status = "ok",
		.findings = "" },
	{ .descr = "and on that day",
		.spec = { .subject = "CN=www.example.hk,OU=Mail,O=Example" HK },
		.issued = "2022-09-01",
		.ends = "2023-09-20",
		.above = UP,
		.status = "ok",
		.findings = "note policy.organizational-unit" },
};

Test(rules_policy, units_were_allowed_once)
{
	/* Judged by what is about the leaf alone: nothing is retired or current in 2022. */
	for (size_t i = 0; i < ARRAY_LEN(old_rows); i++) {
		struct stage stage;
		struct forge_spec spec = old_rows[i].spec;
		char got[1024];

		stage_init(&stage, "2022-12-01", false);
		spec.not_before = forge_day(old_rows[i].issued);
		spec.not_after = forge_day(old_rows[i].ends);
		struct verdict *verdict = stage_judge(&stage,
			forge_leaf_as(&stage.pki, OLD, "www.example.hk", &spec), "leaf " OLD);
		stage_describe(verdict, got, sizeof got);
		cr_expect_eq(strstr(got, "policy.organizational-unit") != NULL,
			old_rows[i].findings[0] != '\0', "%s: %s", old_rows[i].descr, got);
		verdict_free(verdict);
		stage_release(&stage);
	}
}

/* The extension with a timestamp by each of LOGS ("aab": two by one log, one by another). */
static const char *sct_list(const char *logs, bool cut, char *out, size_t size)
{
	size_t count = strlen(logs), each = 300, len = count * each - cut;
	int used = snprintf(out, size, "DER:0482%04zx%04zx", len + 2, count * each);

	for (size_t i = 0; i < count * each - cut; i++) {
		size_t at = i % each;
		/* Two octets of length, the version, 32 of the log's id, and what nobody reads. */
		unsigned octet = at < 2 ? (unsigned)(each - 2) >> (8 * (1 - at)) & 0xff
				 : at >= 3 && at < 35 ? (unsigned)logs[i / each]
						      : 0;
		used += snprintf(out + used, size - (size_t)used, "%02x", octet);
	}
	return out;
}

static const struct {
	const char *descr, *logs, *ends, *edit, *findings;
	size_t scts;
	bool cut;
} logged[] = {
	{ "three by different logs", "abc", NULL, NULL, "", 3, false },
	{ "two for 199 days", "ab", NULL, NULL, "critical policy.certificate-transparency ?", 2,
		false },
	{ "three by two logs", "aab", NULL, NULL, "critical policy.certificate-transparency ?", 3,
		false },
	{ "two for 180 days", "ab", "2026-11-27T23:59:59Z", NULL, "", 2, false },
	{ "two for a second more", "ab", "2026-11-28T00:00:00Z", NULL,
		"critical policy.certificate-transparency ?", 2, false },
	{ "one for 150 days", "a", "2026-10-28T23:59:59Z", NULL,
		"critical policy.certificate-transparency ?", 1, false },
	{ "a list that is cut", "abcd", NULL, NULL, "critical policy.certificate-transparency ?", 0,
		true },
	{ "none of a CA that is not said to embed them", "", NULL, NULL, "", 0, false },
	{ "none of one that does", "", NULL, "leaf:\n  embeds_scts: true\n",
		"critical policy.certificate-transparency ?", 0, false },
	{ "three of one that does", "abc", NULL, "leaf:\n  embeds_scts: true\n", "", 3, false },
	{ "too few of a private CA", "a", NULL, "leaf:\n  private: true\n", "", 1, false },
};

Test(rules_policy, timestamps_are_counted_by_logs_and_lifetime)
{
	for (size_t i = 0; i < ARRAY_LEN(logged); i++) {
		struct stage stage;
		char list[4096], got[1024];
		struct forge_extension extra[] = { { "1.3.6.1.4.1.11129.2.4.2", list },
			{ NULL, NULL } };
		struct forge_spec spec = { .not_before = forge_day("2026-06-01"),
			.extra = logged[i].logs[0] ? extra : NULL };

		sct_list(logged[i].logs, logged[i].cut, list, sizeof list);
		if (logged[i].ends)
			spec.not_after = forge_day(logged[i].ends);
		stage_init(&stage, AFTER, true);
		if (logged[i].edit)
			stage_edit_profile(&stage, "leaf:\n", logged[i].edit);
		struct verdict *verdict = stage_judge(&stage,
			forge_leaf_as(&stage.pki, NEW, "www.example.hk", &spec), "leaf " UP);
		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(got, logged[i].findings, "%s: got '%s'", logged[i].descr, got);
		cr_expect_eq(verdict->has_scts, !logged[i].cut, "%s", logged[i].descr);
		if (!logged[i].cut)
			cr_expect_eq(verdict->scts, logged[i].scts, "%s", logged[i].descr);
		verdict_free(verdict);
		stage_release(&stage);
	}
}

static const struct {
	const char *descr, *edit, *findings;
} bound[] = {
	{ "a public CA's", NULL, "note policy.organizational-unit; note policy.short-serial" },
	{ "a private CA's", "leaf:\n  private: true\n", "" },
};

Test(rules_policy, only_public_authorities_are_bound)
{
	for (size_t i = 0; i < ARRAY_LEN(bound); i++) {
		struct stage stage;
		char got[1024];

		stage_init(&stage, AFTER, true);
		if (bound[i].edit)
			stage_edit_profile(&stage, "leaf:\n", bound[i].edit);
		struct verdict *verdict = stage_judge(&stage,
			forge_leaf_as(&stage.pki, NEW, "www.example.hk",
				&(struct forge_spec){ .serial = "0102",
					.subject = "CN=www.example.hk,OU=Mail,O=Example" HK }),
			"leaf " UP);
		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(got, bound[i].findings, "%s: got '%s'", bound[i].descr, got);
		verdict_free(verdict);
		stage_release(&stage);
	}
}

static const struct {
	const char *descr, *ends, *findings;
} lifetimes[] = {
	{ "199 days", "2026-12-16T23:59:59Z", "" },
	{ "200, which clients accept and the CA does not issue", "2026-12-17T23:59:59Z",
		"note leaf.validity-too-long" },
	{ "and a second more", "2026-12-18T00:00:00Z", "critical leaf.validity-too-long ?" },
};

Test(rules_policy, a_profile_may_say_what_the_ca_itself_issues)
{
	for (size_t i = 0; i < ARRAY_LEN(lifetimes); i++) {
		struct stage stage;
		char got[1024];

		stage_init(&stage, AFTER, true);
		stage_edit_profile(&stage, "{from: 2026-03-15, max: 200}",
			"{from: 2026-03-15, max: 200, own: 199}");
		struct verdict *verdict = stage_judge(&stage,
			forge_leaf(&stage.pki, NEW, "www.example.hk", forge_day("2026-06-01"),
				forge_day(lifetimes[i].ends)),
			"leaf " UP);
		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(
			got, lifetimes[i].findings, "%s: got '%s'", lifetimes[i].descr, got);
		verdict_free(verdict);
		stage_release(&stage);
	}
}
