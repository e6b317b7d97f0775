/* SPDX-License-Identifier: MIT */
#include "reports/timeline/timeline.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "reports/report.h"
#include "rules/profile/profile.h"
#include "tests/sample.h"

/* 2026-06-20: the retired certificates are overdue, 100 days at most are less than a year away. */
static struct profile *profile;

static void set_up(void)
{
	struct error err = { .code = ERROR_NONE };

	profile = profile_load("hongkong-post", &err);
	cr_assert_not_null(profile, "%s", err.text);
}

static void tear_down(void)
{
	profile_free(profile);
}

TestSuite(timeline, .init = set_up, .fini = tear_down);

static struct instant day_of(const char *text)
{
	struct instant day;

	cr_assert(instant_parse(text, &day), "%s", text);
	return day;
}

/* "2026-07-31 leaf-ends 2: a.hk:443, b.hk:443; web team: 2", one a line, but for the profile's own.
 */
static void describe(const struct timeline *timeline, struct buf *out)
{
	for (size_t i = 0; i < timeline->events.count; i++) {
		const struct timeline_event *event = timeline->events.items[i];
		char day[INSTANT_TEXT];

		if (event->kind == TIMELINE_VALIDITY_RULE)
			continue;
		instant_format_day(event->day, day);
		(void)buf_addf(out, "%s%s %s%s%s %zu: ", out->len ? "\n" : "", day,
			timeline_kind_name(event->kind), event->subject[0] ? " " : "",
			event->subject, event->services);
		timeline_names(event, 2, LANGUAGE_EN, out);
		if (event->owners.count > 0)
			(void)buf_add_text(out, "; ");
		timeline_owners(event, 2, LANGUAGE_EN, out);
	}
	cr_assert_not(out->failed);
}

static void add(struct timeline *timeline, const struct sample *sample)
{
	struct error err = { .code = ERROR_NONE };

	cr_assert(timeline_add(timeline, &sample->verdict, &err), "%s", err.text);
}

static void begin(struct timeline *timeline)
{
	struct error err = { .code = ERROR_NONE };

	cr_assert(
		timeline_init(timeline, profile, sample_day(), LANGUAGE_EN, &err), "%s", err.text);
}

/* What is made of one service that is in order but for one thing. */
enum twist {
	NOTHING,
	LEAF,     /* its leaf ends on the day */
	PATH,     /* its path to stock-java does */
	DUE,      /* it has a finding due on the day */
	WAIVED,   /* and that is waived until the day */
	WARNED,   /* of the path that ends before the leaf */
	RETIRED,  /* it serves what is to be revoked */
	CLIENTS,  /* its leaf has clientAuth */
	NO_TRUST, /* nobody trusts its path, whatever it says */
	INSPECTED,
	UNREACHABLE,
};

static void twist_path(struct sample *sample, const char *day)
{
	sample->verdict.paths[1].has_until = true;
	sample->verdict.paths[1].until = day_of(day);
}

static void twist(struct sample *sample, enum twist twist, const char *day)
{
	struct finding *finding;

	switch (twist) {
	case NOTHING:
		return;
	case LEAF:
		sample->leaf.not_after = day_of(day);
		return;
	case NO_TRUST:
		sample->verdict.paths[1].trusted = ANSWER_NO;
		twist_path(sample, day);
		return;
	case WARNED:
		finding = sample_find(sample, RULE_trust_path_ends, SEVERITY_WARNING, "it ends");
		finding->has_due = true;
		finding->due = day_of(day);
		twist_path(sample, day);
		return;
	case PATH:
		twist_path(sample, day);
		return;
	case DUE:
	case WAIVED:
		finding = sample_find(sample, RULE_migration_retired_intermediate,
			SEVERITY_CRITICAL, "it is served");
		finding->has_due = true;
		finding->due = day_of(day);
		finding->waived.is = twist == WAIVED;
		finding->waived.until = day_of(day);
		return;
	case RETIRED:
		sample_serve(sample, ROLE_ISSUING, "ssl-ca-3-17-2017");
		return;
	case CLIENTS:
		(void)sample_find(
			sample, RULE_migration_leaf_client_auth, SEVERITY_NOTE, "it has it");
		return;
	case INSPECTED:
		(void)sample_find(sample, RULE_deployment_inspected, SEVERITY_NOTE, "a middlebox");
		return;
	case UNREACHABLE:
		sample_fail(sample, OUTCOME_REFUSED, "refused");
		return;
	}
}

static const struct {
	const char *descr;
	enum twist twist;
	const char *day, *want;
} rows[] = {
	{ "in order", NOTHING, "", "2026-07-31 leaf-ends 1: a.hk:443" },
	{ "the leaf has ended", LEAF, "2026-05-01", "2026-05-01 leaf-ends 1: a.hk:443" },
	{ "the last day looked at", LEAF, "2027-07-25", "2027-07-25 leaf-ends 1: a.hk:443" },
	{ "one later", LEAF, "2027-07-26", "" },
	{ "a path ends first", PATH, "2026-07-30T23:59:59Z",
		"2026-07-30 path-ends stock-java 1: a.hk:443\n2026-07-31 leaf-ends 1: a.hk:443" },
	{ "with the leaf, which is reason enough", PATH, "2026-07-31",
		"2026-07-31 leaf-ends 1: a.hk:443" },
	{ "an end that nobody waits for", NO_TRUST, "2026-07-30",
		"2026-07-31 leaf-ends 1: a.hk:443" },
	{ "a finding warns of the same", WARNED, "2026-07-30",
		"2026-07-30 path-ends stock-java 1: a.hk:443\n2026-07-31 leaf-ends 1: a.hk:443" },
	{ "a path ends that outlasts the leaf", WARNED, "2026-08-30",
		"2026-07-31 leaf-ends 1: a.hk:443\n"
		"2026-08-30 deadline trust.path-ends 1: a.hk:443" },
	{ "a deadline", DUE, "2026-06-15",
		"2026-06-15 deadline migration.retired-intermediate 1: a.hk:443\n"
		"2026-07-31 leaf-ends 1: a.hk:443" },
	{ "a waiver ends", WAIVED, "2026-09-01",
		"2026-07-31 leaf-ends 1: a.hk:443\n"
		"2026-09-01 waiver-ends migration.retired-intermediate 1: a.hk:443" },
	{ "to be revoked", RETIRED, "",
		"2026-06-15 revocation-expected root-ca-3-arl 1: a.hk:443\n"
		"2026-07-31 leaf-ends 1: a.hk:443" },
	{ "clientAuth", CLIENTS, "",
		"2025-05-01 client-auth-ends 1: a.hk:443\n2026-07-31 leaf-ends 1: a.hk:443" },
	{ "what a middlebox serves", INSPECTED, "", "" },
	{ "nothing was served", UNREACHABLE, "", "" },
};

Test(timeline, days_of_one_service)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(buf_release) struct buf got = BUF_INIT(65536);
		struct timeline timeline;
		struct sample sample;

		begin(&timeline);
		sample_init(&sample, "a.hk", 443, PROTOCOL_HTTPS);
		twist(&sample, rows[i].twist, rows[i].day);
		add(&timeline, &sample);
		describe(&timeline, &got);
		cr_expect_str_eq(
			buf_text(&got), rows[i].want, "%s: %s", rows[i].descr, buf_text(&got));
		sample_release(&sample);
		timeline_release(&timeline);
	}
}

/* Hosts h00 to h19, each at two addresses, and every third without an owner. */
#define SERVICES 20

static void add_fleet(struct timeline *timeline, bool turned)
{
	for (size_t i = 0; i < SERVICES; i++) {
		size_t number = turned ? SERVICES - 1 - i : i;
		struct sample sample;
		char host[32];

		(void)snprintf(host, sizeof host, "h%02zu.hk", number);
		sample_init(&sample, host, 443, PROTOCOL_HTTPS);
		if (number % 3)
			sample_owner(&sample, number % 3 == 1 ? "web team" : "mail team");
		add(timeline, &sample);
		add(timeline, &sample);
		sample_release(&sample);
	}
}

Test(timeline, counts_each_service_once_in_whatever_order)
{
	for (size_t turned = 0; turned < 2; turned++) {
		CLEANUP(buf_release) struct buf got = BUF_INIT(65536);
		struct timeline timeline;

		begin(&timeline);
		add_fleet(&timeline, turned);
		describe(&timeline, &got);
		cr_expect_str_eq(buf_text(&got),
			"2026-07-31 leaf-ends 20: h00.hk:443, h01.hk:443 and 18 more; "
			"mail team: 6, web team: 7",
			"%s", buf_text(&got));
		cr_expect_eq(timeline.events.items[0]->name_count, (size_t)TIMELINE_NAMES);
		timeline_release(&timeline);
	}
}

Test(timeline, has_the_rules_to_come)
{
	struct timeline timeline;
	size_t found = 0;

	begin(&timeline);
	for (size_t i = 0; i < timeline.events.count; i++) {
		const struct timeline_event *event = timeline.events.items[i];

		cr_expect_eq(event->kind, TIMELINE_VALIDITY_RULE);
		cr_expect_eq(event->max_days, 100, "%lld", (long long)event->max_days);
		cr_expect_eq(event->day.seconds, day_of("2027-03-15").seconds);
		found++;
	}
	cr_expect_eq(found, (size_t)1, "200 days are past, 47 are years ahead");
	timeline_release(&timeline);
}

Test(timeline, more_days_than_are_kept_are_counted)
{
	struct timeline timeline;
	struct sample sample;

	begin(&timeline);
	sample_init(&sample, "a.hk", 443, PROTOCOL_HTTPS);
	for (size_t i = 0; i < TIMELINE_EVENTS + 10; i++) {
		sample.leaf.not_after.seconds = sample_day().seconds - (int64_t)i * SECONDS_A_DAY;
		add(&timeline, &sample);
	}
	cr_expect_eq(timeline.events.count, (size_t)TIMELINE_EVENTS);
	cr_expect_eq(timeline.dropped, (size_t)11, "%zu", timeline.dropped);
	sample_release(&sample);
	timeline_release(&timeline);
}

static const struct {
	int64_t days;
	const char *want;
} distances[] = {
	{ -2, "2 days ago" },
	{ -1, "1 day ago" },
	{ 0, "today" },
	{ 1, "in 1 day" },
	{ 400, "in 400 days" },
};

Test(timeline, says_how_far)
{
	for (size_t i = 0; i < ARRAY_LEN(distances); i++) {
		char got[TIMELINE_DISTANCE];

		timeline_distance(distances[i].days, LANGUAGE_EN, got);
		cr_expect_str_eq(got, distances[i].want);
	}
}

Test(timeline, every_kind_has_words)
{
	static char subject[] = "migration.retired-intermediate";

	for (size_t i = 0; i < TIMELINE_KIND_COUNT; i++) {
		CLEANUP(buf_release) struct buf got = BUF_INIT(4096);
		struct timeline_event event = {
			.kind = (enum timeline_kind)i, .subject = subject, .max_days = 100
		};

		timeline_sentence(&event, LANGUAGE_EN, &got);
		cr_expect_gt(got.len, (size_t)20, "%zu: %s", i, buf_text(&got));
	}
}
