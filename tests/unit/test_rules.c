/* SPDX-License-Identifier: MIT */
/* Every rule about chains and leafs, by what fires it and what does not. */
#include <string.h>

#include <criterion/criterion.h>

#include "rules/rule.h"
#include "tests/rule_rows.h"

#define AFTER "2026-07-01" /* the old intermediates had to be gone */

static const struct rule_row chain_rows[] = {
	{ .descr = "as it should be", .above = NEW " " CROSS, .status = "ok", .findings = "" },
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
		.above = NEW " " CROSS " " NEW " " NEW " " NEW " " NEW " " NEW " " NEW " " NEW
			     " " NEW,
		.findings = "warning chain.too-long; note chain.duplicate ~" },
};

Test(rules, chains_after_the_deadline)
{
	rule_rows_judge(AFTER, true, chain_rows, ARRAY_LEN(chain_rows));
}

static const struct rule_row leaf_rows[] = {
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
		.spec = { .eku = "clientAuth" },
		.above = NEW " " CROSS,
		.status = "critical",
		.findings = "critical leaf.eku ?"
			    "; critical migration.leaf-client-auth ?" },
	{ .descr = "no purpose named",
		.spec = { .eku = "" },
		.above = NEW " " CROSS,
		.status = "warning",
		.findings = "warning leaf.eku ?" },
	{ .descr = "clientAuth after the CA stopped",
		.spec = { .eku = "serverAuth,clientAuth" },
		.above = NEW " " CROSS,
		.status = "critical",
		.findings = "critical migration.leaf-client-auth ?" },
};

Test(rules, leafs_after_the_deadline)
{
	rule_rows_judge(AFTER, true, leaf_rows, ARRAY_LEN(leaf_rows));
}

static const struct rule_row twin_rows[] = {
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
		.status = "critical",
		.findings = "critical migration.cross-retired +" CROSS
			    " -root-ca-3-cross-2017-08" },
	{ .descr = "old cross that outlives its issuer",
		.above = NEW " root-ca-3-cross-2022-07-b",
		.status = "warning",
		.findings = "warning migration.cross-retired +" CROSS
			    " -root-ca-3-cross-2022-07-b" },
	{ .descr = "old and new cross",
		.above = NEW " " CROSS " root-ca-3-cross-2017-08",
		.status = "critical",
		.findings = "critical migration.cross-retired -root-ca-3-cross-2017-08" },
	{ .descr = "leaf from before, under the current one",
		.issued = "2025-04-20",
		.ends = "2026-05-20",
		.above = NEW " " CROSS,
		.status = "critical",
		.findings = "critical leaf.expired ?; note migration.renewal-due ?" },
};

Test(rules, twins_and_crosses_after_the_deadline)
{
	rule_rows_judge(AFTER, true, twin_rows, ARRAY_LEN(twin_rows));
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
		const struct rule_row row = { .descr = cases[i].day,
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
		rule_rows_judge(cases[i].day, false, &row, 1);
	}
	/* One day, and no more, between a warning and the end of it. */
	const struct rule_row eve = { .descr = "the eve",
		.above = OLD " " CROSS,
		.status = "warning",
		.findings = "warning migration.retired-intermediate +" NEW " -" OLD };
	const struct rule_row day = { .descr = "the day",
		.above = OLD " " CROSS,
		.status = "critical",
		.findings = "critical migration.retired-intermediate +" NEW " -" OLD };
	rule_rows_judge("2026-06-14", false, &eve, 1);
	rule_rows_judge("2026-06-15", false, &day, 1);
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
