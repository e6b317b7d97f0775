/* SPDX-License-Identifier: MIT */
/* Comparisons: which class each pair of results is of, how results are matched, what is written. */
#include "reports/compare/comparison.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/base/buf.h"
#include "reports/compare/comparison_report.h"
#include "tests/sample.h"

#define RETIRED RULE_migration_retired_intermediate
#define ORDER RULE_chain_order

/*
 * A result in a word: "ok", "out", "warn", "crit", "gone" (unreachable), then what was found: "+c"
 * a critical and "+w" a warning finding, in capitals when waived.
 */
static void add(struct comparison *comparison, enum side side, const char *host,
	const char *address, const char *word)
{
	static const struct {
		const char *word;
		enum status status;
	} statuses[] = { { "ok", STATUS_OK }, { "out", STATUS_OUT_OF_SCOPE },
		{ "warn", STATUS_WARNING }, { "crit", STATUS_CRITICAL },
		{ "gone", STATUS_UNREACHABLE } };
	struct sample sample;

	sample_init(&sample, host, 443, PROTOCOL_HTTPS);
	for (const char *c = word; (c = strchr(c, '+')); c++) {
		bool critical = c[1] == 'c' || c[1] == 'C';
		struct finding *finding = sample_find(&sample, critical ? RETIRED : ORDER,
			critical ? SEVERITY_CRITICAL : SEVERITY_WARNING, "found");

		finding->waived.is = c[1] == 'C' || c[1] == 'W';
	}
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (strncmp(word, statuses[i].word, strlen(statuses[i].word)) == 0)
			sample.verdict.status = statuses[i].status;
	if (sample.verdict.status == STATUS_UNREACHABLE)
		sample.verdict.outcome = OUTCOME_TIMEOUT;
	(void)snprintf(sample.verdict.address, sizeof sample.verdict.address, "%s", address);
	cr_assert(comparison_add(comparison, side, &sample.verdict));
	sample_release(&sample);
}

static const struct {
	const char *descr, *old, *new, *class;
} pairs[] = {
	{ "nothing", "ok", "ok", "unchanged" },
	{ "a warning", "ok", "warn+w", "regressed" },
	{ "critical", "ok", "crit+c", "regressed" },
	{ "from a warning", "warn+w", "crit+c", "regressed" },
	{ "out of scope is in order", "out", "warn+w", "regressed" },
	{ "another authority", "ok", "out", "unchanged" },
	{ "critical out of scope", "out", "out+c", "regressed" },
	{ "critical as before", "crit+c", "crit+c", "unchanged" },
	{ "critical, with a warning less", "crit+c+w", "crit+c", "unchanged" },
	{ "critical, with a warning more", "crit+c", "crit+c+w", "unchanged" },
	{ "mended", "crit+c", "ok", "fixed" },
	{ "half mended", "crit+c+w", "warn+w", "fixed" },
	{ "no answer", "ok", "gone", "unreachable" },
	{ "no answer any more", "crit+c", "gone", "unreachable" },
	{ "still no answer", "gone", "gone", "unchanged" },
	{ "an answer, in order", "gone", "ok", "fixed" },
	{ "an answer, and what it is", "gone", "crit+c", "new" },
	{ "waived since", "crit+c", "ok+C", "unchanged" },
	{ "waived, then mended", "ok+C", "ok", "unchanged" },
	{ "the waiver has ended", "ok+C", "crit+c", "regressed" },
	{ "a waived one comes", "ok", "ok+C", "unchanged" },
	{ "one mended, one waived", "crit+c+w", "ok+W", "fixed" },
	{ "in NEW only", NULL, "crit+c", "new" },
	{ "in OLD only", "crit+c", NULL, "gone" },
};

Test(comparison, classes)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		CLEANUP(comparison_freep) struct comparison *comparison = comparison_new();

		cr_assert_not_null(comparison);
		if (pairs[i].old)
			add(comparison, SIDE_OLD, "a.hk", "192.0.2.1", pairs[i].old);
		if (pairs[i].new)
			add(comparison, SIDE_NEW, "a.hk", "192.0.2.1", pairs[i].new);
		cr_assert(comparison_settle(comparison));
		cr_assert_eq(comparison->changes.count, 1, "%s", pairs[i].descr);
		const char *class = change_class_name(comparison->changes.items[0].class);
		cr_expect_str_eq(class, pairs[i].class, "%s: %s", pairs[i].descr, class);
	}
}

/* Addresses of one service with what stood there: "1=ok 2=crit+c"; - is a name without any. */
static void add_all(struct comparison *comparison, enum side side, const char *text)
{
	char number[8], word[32], address[32];
	int used;

	while (sscanf(text, " %7[^=]=%31s%n", number, word, &used) == 2) {
		(void)snprintf(address, sizeof address, "192.0.2.%s", number);
		add(comparison, side, "a.hk", number[0] == '-' ? "" : address, word);
		text += used;
	}
}

static const struct {
	const char *descr, *old, *new, *classes; /* as many as there are of each, in their order */
} fleets[] = {
	{ "the same addresses", "1=ok 2=crit+c", "2=crit+c 1=ok", "unchanged unchanged" },
	{ "one moved", "1=ok", "2=ok", "unchanged" },
	{ "one moved and is worse", "1=ok", "2=crit+c", "regressed" },
	{ "one moved and was mended", "1=crit+c 2=ok", "3=ok 2=ok", "fixed unchanged" },
	{ "one more, as good", "1=ok", "1=ok 2=ok", "new unchanged" },
	{ "one more, worse than any was", "1=ok", "1=ok 2=crit+c", "regressed unchanged" },
	{ "one more, no worse than one was", "1=crit+c", "1=crit+c 2=crit+c", "new unchanged" },
	{ "one less", "1=ok 2=ok", "1=ok", "gone unchanged" },
	{ "the name leads nowhere", "1=ok 2=ok", "-=gone", "unreachable unreachable" },
	{ "it leads somewhere again", "-=gone", "1=ok 2=ok", "new fixed" },
	{ "two moved: worst with worst", "1=ok 2=crit+c", "3=crit+c 4=ok", "unchanged unchanged" },
	{ "the last of several results counts", "1=crit+c 1=ok", "1=ok", "unchanged" },
};

Test(comparison, addresses_of_a_service)
{
	for (size_t i = 0; i < ARRAY_LEN(fleets); i++) {
		CLEANUP(comparison_freep) struct comparison *comparison = comparison_new();
		char classes[256] = "";
		size_t len = 0;

		cr_assert_not_null(comparison);
		add_all(comparison, SIDE_OLD, fleets[i].old);
		add_all(comparison, SIDE_NEW, fleets[i].new);
		cr_assert(comparison_settle(comparison));
		for (size_t k = 0; k < comparison->changes.count; k++)
			len += (size_t)snprintf(classes + len, sizeof classes - len, "%s%s",
				k > 0 ? " " : "",
				change_class_name(comparison->changes.items[k].class));
		cr_expect_str_eq(classes, fleets[i].classes, "%s: %s", fleets[i].descr, classes);
	}
}

static const struct {
	const char *old, *new, *class;
} findings[] = {
	{ "ok", "crit+c", "new" },
	{ "crit+c", "ok", "fixed" },
	{ "crit+c", "crit+c", "unchanged" },
	{ "crit+c", "ok+C", "waived" },
	{ "ok+C", "ok+C", "unchanged" },
	{ "ok+C", "crit+c", "regressed" },
};

Test(comparison, classes_of_findings)
{
	for (size_t i = 0; i < ARRAY_LEN(findings); i++) {
		CLEANUP(comparison_freep) struct comparison *comparison = comparison_new();
		struct finding_change changes[RULE_COUNT];

		cr_assert_not_null(comparison);
		add(comparison, SIDE_OLD, "a.hk", "192.0.2.1", findings[i].old);
		add(comparison, SIDE_NEW, "a.hk", "192.0.2.1", findings[i].new);
		cr_assert(comparison_settle(comparison));
		cr_assert_eq(change_findings(&comparison->changes.items[0], changes), 1);
		cr_expect_eq(changes[0].rule, RETIRED);
		cr_expect_str_eq(finding_class_name(changes[0].class), findings[i].class,
			"%s to %s", findings[i].old, findings[i].new);
	}
}

Test(comparison, nothing_is_known_of_what_cannot_be_reached)
{
	CLEANUP(comparison_freep) struct comparison *comparison = comparison_new();
	struct finding_change changes[RULE_COUNT];

	cr_assert_not_null(comparison);
	add(comparison, SIDE_OLD, "a.hk", "192.0.2.1", "crit+c");
	add(comparison, SIDE_NEW, "a.hk", "192.0.2.1", "gone");
	cr_assert(comparison_settle(comparison));
	cr_expect_eq(change_findings(&comparison->changes.items[0], changes), 0);
	cr_expect_eq(comparison->findings[RETIRED][FINDING_FIXED], 0);
}

/* With a host that no syntax should let act. */
static struct buf written(const char *format, enum language language)
{
	CLEANUP(comparison_freep) struct comparison *comparison = comparison_new();
	const struct comparison_view view = { .language = language };
	struct buf out = BUF_INIT(1u << 20);

	cr_assert_not_null(comparison);
	add(comparison, SIDE_OLD, "<b>`|[x](y)\x1b[31m", "192.0.2.1", "ok");
	add(comparison, SIDE_NEW, "<b>`|[x](y)\x1b[31m", "192.0.2.1", "crit+c");
	add(comparison, SIDE_NEW, "quiet.hk", "192.0.2.2", "ok");
	add(comparison, SIDE_OLD, "quiet.hk", "192.0.2.2", "ok");
	cr_assert(comparison_settle(comparison));
	cr_assert(comparison_writer(format)(comparison, &view, &out));
	return out;
}

static const struct {
	const char *format, *has, *hasnt, *inert;
} outputs[] = {
	{ "text", "== Regressed: 1 ==", "quiet.hk", "<b>`|[x](y)\\u{001B}[31m" },
	{ "markdown", "## Regressed (1)", "quiet.hk", "`` <b>`\\|[x](y)\\u{001B}[31m:443 ``" },
	{ "html", "id=\"regressed\"", "quiet.hk", "&lt;b&gt;&#96;|[x](y)\\u{001B}[31m" },
	{ "ndjson", "\"change\":\"regressed\"", "\x1b", "\"host\":\"<b>`|[x](y)\\u001b[31m\"" },
};

Test(comparison, each_format_says_it_and_keeps_hosts_inert)
{
	for (size_t i = 0; i < ARRAY_LEN(outputs); i++) {
		CLEANUP(buf_release)
		struct buf out = written(outputs[i].format, LANGUAGE_EN);
		const char *text = buf_text(&out);

		cr_expect_not_null(
			strstr(text, outputs[i].has), "%s:\n%s", outputs[i].format, text);
		cr_expect_not_null(
			strstr(text, outputs[i].inert), "%s:\n%s", outputs[i].format, text);
		cr_expect_null(strstr(text, outputs[i].hasnt), "%s", outputs[i].format);
		cr_expect_null(strchr(text, '\x1b'), "%s", outputs[i].format);
	}
}

Test(comparison, records_have_what_is_unchanged_too)
{
	CLEANUP(buf_release) struct buf out = written("ndjson", LANGUAGE_EN);

	cr_expect_not_null(strstr(buf_text(&out), "{\"schema\":\"chainmend.change/1\","
						  "\"change\":\"unchanged\",\"target\":{\"host\":"
						  "\"quiet.hk\""));
}

Test(comparison, there_is_no_other_format)
{
	cr_expect_null(comparison_writer("xlsx"));
}
