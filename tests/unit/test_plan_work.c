/* SPDX-License-Identifier: MIT */
/* What is to be done about a verdict: the cheapest that suffices, and what is to be served. */
#include "reports/plan/work.h"

#include <string.h>

#include <criterion/criterion.h>

#include "checker/base/arena.h"
#include "checker/base/buf.h"
#include "rules/profile/profile.h"
#include "tests/stage.h"

#define SSL "ssl-ca-3-17-2025"
#define SSL_OLD "ssl-ca-3-17-2017"
#define EV "ev-ssl-ca-3-17-2025"
#define EV_OLD "ev-ssl-ca-3-17-2017"
#define CROSS "root-ca-3-cross-2022"
#define CROSS_OLD "root-ca-3-cross-2017-08"

static struct stage stage;
static struct arena texts;

static void set_up(void)
{
	stage_init(&stage, "2026-07-01", true);
	arena_init(&texts, NULL, 0);
}

static void tear_down(void)
{
	arena_release(&texts);
	stage_release(&stage);
}

static struct work_maker maker(void)
{
	return (struct work_maker){ .profile = stage.profile,
		.trust = stage.trust,
		.today = instant_day(stage.context.now),
		.texts = &texts };
}

static const char *needs_of(const struct work *work, struct buf *out)
{
	for (size_t need = 0; need < WORK_NEED_COUNT; need++)
		if (work->needs[need])
			(void)buf_addf(out, "%s%s", out->len > 0 ? " " : "",
				work_need_name((enum work_need)need));
	return buf_text(out);
}

static const char *ids_of(const struct work_certificates *list, struct buf *out)
{
	for (size_t i = 0; i < list->all.count; i++)
		(void)buf_addf(out, "%s%s", i > 0 ? " " : "",
			list->all.items[i].known ? list->all.items[i].known->id : "?");
	return buf_text(out);
}

static struct instant day(const char *text)
{
	struct instant at = { .seconds = 0 };

	if (text)
		cr_assert(instant_parse(text, &at));
	return at;
}

static const struct {
	const char *descr, *issuer, *chain, *needs, *serve;
	const char *from, *to; /* of the leaf; NULL: fresh */
} rows[] = {
	{ "as it should be", SSL, "leaf " SSL " " CROSS, "", SSL " " CROSS, NULL, NULL },
	{ "a root that nobody needs is a note", SSL, "leaf " SSL " " CROSS " root-ca-3", "",
		SSL " " CROSS, NULL, NULL },
	{ "the retired one", SSL, "leaf " SSL_OLD " " CROSS, "chain", SSL " " CROSS, NULL, NULL },
	{ "both", SSL, "leaf " SSL_OLD " " SSL " " CROSS, "chain", SSL " " CROSS, NULL, NULL },
	{ "the retired one, for extended validation", EV, "leaf " EV_OLD " " CROSS, "chain",
		EV " " CROSS, NULL, NULL },
	{ "nothing above the leaf", SSL, "leaf", "chain", SSL " " CROSS, NULL, NULL },
	{ "that of another leaf", EV, "leaf " SSL " " CROSS, "chain", EV " " CROSS, NULL, NULL },
	{ "no cross certificate", SSL, "leaf " SSL, "chain", SSL " " CROSS, NULL, NULL },
	{ "a retired cross certificate", SSL, "leaf " SSL " " CROSS_OLD, "chain", SSL " " CROSS,
		NULL, NULL },
	{ "out of order", SSL, "leaf " CROSS " " SSL, "chain", SSL " " CROSS, NULL, NULL },
	{ "expired", SSL, "leaf " SSL " " CROSS, "request", SSL " " CROSS, "2026-02-01",
		"2026-06-20" },
	{ "expired, and the retired one", SSL, "leaf " SSL_OLD " " CROSS, "chain request",
		SSL " " CROSS, "2026-02-01", "2026-06-20" },
	{ "ends within the month", SSL, "leaf " SSL " " CROSS, "request", SSL " " CROSS,
		"2026-02-01", "2026-07-20" },
};

static void expect_row(size_t number)
{
	struct forge_cert *leaf = forge_leaf(&stage.pki, rows[number].issuer, "www.example.hk",
		day(rows[number].from), day(rows[number].to));
	struct verdict *verdict = stage_judge(&stage, leaf, rows[number].chain);
	CLEANUP(buf_release) struct buf needs = BUF_INIT(1000);
	CLEANUP(buf_release) struct buf serve = BUF_INIT(1000);
	const struct work_maker by = maker();
	struct work work;

	cr_assert(work_make(&by, verdict, NULL, &work));
	cr_expect_str_eq(needs_of(&work, &needs), rows[number].needs, "%s: %s", rows[number].descr,
		buf_text(&needs));
	cr_expect_str_eq(ids_of(&work.serve, &serve), rows[number].serve, "%s: %s",
		rows[number].descr, buf_text(&serve));
	cr_expect_eq(
		work_is_needed(&work), rows[number].needs[0] != '\0', "%s", rows[number].descr);
	for (size_t i = 0; i < work.serve.all.count; i++) {
		cr_expect_not_null(work.serve.all.items[i].held, "%s", rows[number].descr);
		cr_expect_eq(strlen(work.serve.all.items[i].sha1), (size_t)40);
	}
	work_release(&work);
	verdict_free(verdict);
}

Test(plan_work, the_cheapest_that_suffices, .init = set_up, .fini = tear_down)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_row(i);
}

Test(plan_work, what_is_waived_asks_for_nothing, .init = set_up, .fini = tear_down)
{
	struct forge_cert *leaf = forge_leaf(
		&stage.pki, SSL, "www.example.hk", day(NULL), day(NULL));
	struct verdict *verdict = stage_judge(&stage, leaf, "leaf " SSL_OLD " " CROSS);
	const struct work_maker by = maker();
	struct work work;

	for (size_t i = 0; i < verdict->findings.all.count; i++)
		verdict->findings.all.items[i].waived.is = true;
	cr_assert(work_make(&by, verdict, NULL, &work));
	cr_expect_not(work_is_needed(&work));
	cr_expect_eq(work.findings.count, (size_t)0);
	work_release(&work);
	verdict_free(verdict);
}

Test(plan_work, the_retired_ones_are_known_by_thumbprint, .init = set_up, .fini = tear_down)
{
	struct forge_cert *leaf = forge_leaf(
		&stage.pki, SSL, "www.example.hk", day(NULL), day(NULL));
	struct verdict *verdict = stage_judge(&stage, leaf, "leaf " SSL_OLD " " CROSS);
	const struct work_maker by = maker();
	bool found = false;
	struct work work;

	cr_assert(work_make(&by, verdict, NULL, &work));
	for (size_t i = 0; i < work.remove.all.count; i++) {
		const struct work_certificate *one = &work.remove.all.items[i];

		cr_assert_not_null(one->known);
		cr_expect_eq(one->known->state, PROFILE_STATE_RETIRED, "%s", one->known->id);
		cr_expect_not(work_certificates_have(&work.serve, one->sha256));
		found |= strcmp(one->known->id, SSL_OLD) == 0 && one->sha1[0] != '\0';
	}
	cr_expect(found, "the one that is served is not among those to be removed");
	cr_expect(work.has_due);
	work_release(&work);
	verdict_free(verdict);
}
