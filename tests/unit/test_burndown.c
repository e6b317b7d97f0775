/* SPDX-License-Identifier: MIT */
#include "reports/history/burndown.h"

#include <criterion/criterion.h>

#include "checker/base/error.h"
#include "reports/digest.h"
#include "reports/report.h"
#include "tests/sample.h"

/* A service as a letter: m to migrate, n with a note about it, w another warning, u unreachable,
 * o out of scope, . in order. */
static void add(struct digest *digest, char what)
{
	struct error err = { .code = ERROR_NONE };
	struct sample sample;

	sample_init(&sample, "www.example.hk", 443, PROTOCOL_HTTPS);
	if (what == 'm' || what == 'n')
		(void)sample_find(&sample, RULE_migration_retired_intermediate,
			what == 'm' ? SEVERITY_CRITICAL : SEVERITY_NOTE, "old");
	if (what == 'w')
		(void)sample_find(&sample, RULE_chain_order, SEVERITY_WARNING, "order");
	if (what == 'u')
		sample_fail(&sample, OUTCOME_REFUSED, "refused");
	if (what == 'o')
		sample.verdict.status = STATUS_OUT_OF_SCOPE;
	cr_assert(digest_add(digest, &sample.verdict, &err), "%s", err.text);
	sample_release(&sample);
}

static const struct {
	const char *descr, *services;
	bool any;
	size_t open, known, unknown;
} rows[] = {
	{ "nothing", "", false, 0, 0, 0 },
	{ "nothing of this profile", "oo", false, 0, 0, 0 },
	{ "nothing that answers", "uu", false, 0, 0, 0 },
	{ "all done", "..", true, 0, 2, 0 },
	{ "one left", "m.", true, 1, 2, 0 },
	{ "a note is no work", "n", true, 0, 1, 0 },
	{ "other faults are other work", "w", true, 0, 1, 0 },
	{ "what does not answer is neither", "mu.o", true, 1, 2, 1 },
};

Test(burndown, counts_what_is_left)
{
	struct error err = { .code = ERROR_NONE };
	struct profile *profile = profile_load("hongkong-post", &err);
	struct report_run run = { .profile = profile, .as_of = sample_day() };

	cr_assert_not_null(profile, "%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct digest digest;
		struct burndown burndown;

		digest_init(&digest, &run);
		for (const char *c = rows[i].services; *c; c++)
			add(&digest, *c);
		cr_expect_eq(burndown_of(&digest, &burndown), rows[i].any, "%s", rows[i].descr);
		if (rows[i].any) {
			cr_expect_eq(burndown.now.open, rows[i].open, "%s", rows[i].descr);
			cr_expect_eq(burndown.known, rows[i].known, "%s", rows[i].descr);
			cr_expect_eq(burndown.now.unknown, rows[i].unknown, "%s", rows[i].descr);
			cr_expect_eq(burndown.days, -5, "%s", rows[i].descr);
		}
		digest_release(&digest);
	}
	profile_free(profile);
}
