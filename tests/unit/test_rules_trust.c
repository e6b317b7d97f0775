/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <criterion/criterion.h>

#include "checker/cert/cert.h"
#include "checker/trust/trust.h"
#include "rules/verdict.h"
#include "tests/stage.h"

/* Store 1 has the second root alone, so it has but one path; "current" has both. */
Test(rules_trust, path_ends)
{
	static const struct {
		const char *descr, *until, *findings;
		enum answer java;
	} cases[] = {
		{ "nobody says", NULL, "", ANSWER_YES },
		{ "after the leaf, in a year", "2027-07-01", "", ANSWER_YES },
		{ "half a year ahead", "2026-12-01", "warning trust.path-ends", ANSWER_YES },
		{ "a month ahead", "2026-07-31", "critical trust.path-ends", ANSWER_YES },
		{ "it has left", "2026-07-01", "", ANSWER_NO },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct stage stage;
		char got[4096];

		stage_init(&stage, "2026-07-01", false);
		if (cases[i].until)
			forge_must(trust_anchor_leaves(stage.trust, 1,
					   forge_pki_cert(&stage.pki, "globalsign-r3"),
					   forge_day(cases[i].until), NULL),
				"leaving");
		struct forge_cert *leaf = forge_leaf(&stage.pki, "ssl-ca-3-17-2025",
			"www.example.hk", (struct instant){ 0 }, (struct instant){ 0 });
		struct verdict *verdict = stage_judge(
			&stage, leaf, "leaf ssl-ca-3-17-2025 root-ca-3-cross-2022");
		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(got, cases[i].findings, "%s: got '%s'", cases[i].descr, got);
		cr_expect_eq(verdict->paths[1].trusted, cases[i].java, "%s: %s", cases[i].descr,
			verdict->paths[1].reason);
		if (cases[i].java == ANSWER_YES && cases[i].until &&
			forge_day(cases[i].until).seconds < forge_as_cert(leaf)->not_after.seconds)
			cr_expect_eq(verdict->paths[1].until.seconds,
				forge_day(cases[i].until).seconds, "%s", cases[i].descr);
		verdict_free(verdict);
		stage_release(&stage);
	}
}
