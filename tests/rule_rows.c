/* SPDX-License-Identifier: MIT */
#include "tests/rule_rows.h"

#include <stdio.h>

#include <criterion/criterion.h>

#include "rules/verdict.h"
#include "tests/stage.h"

static struct forge_cert *mint(struct stage *stage, const struct rule_row *row)
{
	struct forge_spec spec = row->spec;

	if (row->issued)
		spec.not_before = forge_day(row->issued);
	if (row->ends)
		spec.not_after = forge_day(row->ends);
	return forge_leaf_as(&stage->pki, row->issuer ? row->issuer : NEW,
		row->names ? row->names : "www.example.hk", &spec);
}

void rule_rows_judge(const char *day, bool revoked, const struct rule_row *rows, size_t count)
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
