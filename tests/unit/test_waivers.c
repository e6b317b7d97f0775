/* SPDX-License-Identifier: MIT */
/* Waivers: what a file may say, whom a pattern means, and what a waived finding changes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/limits.h"
#include "checker/target/place.h"
#include "rules/verdict.h"
#include "rules/waiver/waivers.h"
#include "tests/rule_rows.h"
#include "tests/stage.h"

#define HEAD "schema: chainmend.waivers/1\nwaivers:\n"
#define ONE(rule, host, until)                                                      \
	HEAD "  - rule: " rule "\n    host: '" host "'\n    reason: the box goes\n" \
	     "    until: " until "\n    by: mail team\n"

static struct waivers *parse(const char *text, struct error *err)
{
	struct buf buf = BUF_INIT(LIMIT_PROFILE_BYTES);

	cr_assert(buf_add_text(&buf, text));
	struct waivers *waivers = waivers_parse("w.yaml", &buf, err);
	buf_release(&buf);
	return waivers;
}

static const struct {
	const char *descr, *text, *message;
} faults[] = {
	{ "a profile", "schema: chainmend.profile/1\n",
		"w.yaml:1: schema: \"chainmend.profile/1\" is not \"chainmend.waivers/1\"" },
	{ "no list", "schema: chainmend.waivers/1\n", "w.yaml:1: missing key 'waivers'" },
	{ "an unknown key", HEAD "  - {rul: a}\n", "w.yaml:3: unknown key 'rul' in waivers[0]" },
	{ "nobody answers for it",
		HEAD "  - {rule: leaf.eku, host: a.hk, reason: r, until: 2026-01-01}\n",
		"w.yaml:3: missing key 'by' in waivers[0]" },
	{ "a rule there is not", ONE("leaf.ek", "a.hk", "2026-01-01"),
		"w.yaml:3: waivers[0].rule: \"leaf.ek\": there is no such rule; `chainmend "
		"explain` lists them" },
	{ "no day", ONE("leaf.eku", "a.hk", "2026-02-30"),
		"w.yaml:6: waivers[0].until: \"2026-02-30\": no day (YYYY-MM-DD)" },
	{ "a moment", ONE("leaf.eku", "a.hk", "2026-02-03T00:00:00Z"),
		"w.yaml:6: waivers[0].until: \"2026-02-03T00:00:00Z\": no day (YYYY-MM-DD)" },
	{ "a port there is not", ONE("leaf.eku", "a.hk:65536", "2026-01-01"),
		"w.yaml:4: waivers[0].host: \"a.hk:65536\": \"65536\" is no port" },
	{ "half a bracket", ONE("leaf.eku", "[2001:db8::1", "2026-01-01"),
		"w.yaml:4: waivers[0].host: \"[2001:db8::1\": brackets that do not fit" },
};

Test(waivers, says_what_is_wrong_and_where)
{
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct error err = { .code = ERROR_NONE };
		CLEANUP(waivers_freep) struct waivers *waivers = parse(faults[i].text, &err);

		cr_expect_null(waivers, "%s", faults[i].descr);
		cr_expect_str_eq(
			err.text, faults[i].message, "%s:\n  %s", faults[i].descr, err.text);
	}
}

Test(waivers, none_at_all_is_a_file_too)
{
	CLEANUP(waivers_freep)
	struct waivers *waivers = parse("schema: chainmend.waivers/1\nwaivers: []\n", NULL);

	cr_expect_not_null(waivers);
	cr_expect_str_eq(waivers_text(waivers), "schema: chainmend.waivers/1\nwaivers: []\n");
}

static const struct {
	const char *descr, *pattern, *host, *address, *sni;
	uint16_t port;
	bool has;
} places[] = {
	{ "any", "*", "a.hk", "", NULL, 443, true },
	{ "any at a port", "*:25", "a.hk", "", NULL, 25, true },
	{ "any at another port", "*:25", "a.hk", "", NULL, 443, false },
	{ "the host", "www.example.hk", "www.example.hk", "", NULL, 443, true },
	{ "the host in capitals", "WWW.Example.HK", "www.example.hk", "", NULL, 443, true },
	{ "the host in Unicode", "香港.hk", "xn--j6w193g.hk", "", NULL, 443, true },
	{ "another host", "www.example.hk", "www2.example.hk", "", NULL, 443, false },
	{ "a host that ends like it", "example.hk", "www.example.hk", "", NULL, 443, false },
	{ "the name that was asked for", "www.example.hk", "192.0.2.1", "", "www.example.hk", 443,
		true },
	{ "the host at its port", "www.example.hk:443", "www.example.hk", "", NULL, 443, true },
	{ "the host at another", "www.example.hk:443", "www.example.hk", "", NULL, 8443, false },
	{ "below", "*.example.hk", "www.example.hk", "", NULL, 443, true },
	{ "far below", "*.example.hk", "a.b.example.hk", "", NULL, 443, true },
	{ "not below itself", "*.example.hk", "example.hk", "", NULL, 443, false },
	{ "not below a name that ends like it", "*.example.hk", "notexample.hk", "", NULL, 443,
		false },
	{ "an address", "192.0.2.7", "a.hk", "192.0.2.7", NULL, 443, true },
	{ "another address", "192.0.2.7", "a.hk", "192.0.2.8", NULL, 443, false },
	{ "the first of a network", "192.0.2.64/26", "a.hk", "192.0.2.64", NULL, 443, true },
	{ "the last of it", "192.0.2.64/26", "a.hk", "192.0.2.127", NULL, 443, true },
	{ "the one before", "192.0.2.64/26", "a.hk", "192.0.2.63", NULL, 443, false },
	{ "the one behind", "192.0.2.64/26", "a.hk", "192.0.2.128", NULL, 443, false },
	{ "a network at a port", "192.0.2.0/24:8443", "a.hk", "192.0.2.1", NULL, 8443, true },
	{ "a network at another", "192.0.2.0/24:8443", "a.hk", "192.0.2.1", NULL, 443, false },
	{ "everything of a family", "0.0.0.0/0", "a.hk", "203.0.113.9", NULL, 443, true },
	{ "and none of the other", "0.0.0.0/0", "a.hk", "2001:db8::1", NULL, 443, false },
	{ "IPv6", "2001:db8::/33", "a.hk", "2001:db8:7fff::1", NULL, 443, true },
	{ "IPv6 behind it", "2001:db8::/33", "a.hk", "2001:db8:8000::", NULL, 443, false },
	{ "IPv6 at a port", "[2001:db8::1]:443", "a.hk", "2001:db8::1", NULL, 443, true },
	{ "IPv6 at another", "[2001:db8::1]:444", "a.hk", "2001:db8::1", NULL, 443, false },
	{ "an address as the host", "192.0.2.0/24", "192.0.2.9", "", NULL, 443, true },
	{ "a file", "./a/chain.pem", "./a/chain.pem", "", NULL, 0, true },
	{ "another file", "./a/chain.pem", "./b/chain.pem", "", NULL, 0, false },
};

Test(waivers, a_pattern_means_these_services)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		char host[64], sni[64];
		struct target target = { .host = host, .port = places[i].port };
		struct error err = { .code = ERROR_NONE };
		struct place place;

		(void)snprintf(host, sizeof host, "%s", places[i].host);
		(void)snprintf(sni, sizeof sni, "%s", places[i].sni ? places[i].sni : "");
		target.sni = places[i].sni ? sni : NULL;
		cr_assert(place_parse(places[i].pattern, &place, &err), "%s: %s", places[i].descr,
			err.text);
		cr_expect_eq(place_has(&place, &target, places[i].address), places[i].has, "%s",
			places[i].descr);
	}
}

static struct verdict *judge(struct stage *stage)
{
	return stage_judge(stage,
		forge_leaf(&stage->pki, NEW, "www.example.hk", (struct instant){ 0 },
			(struct instant){ 0 }),
		"leaf " NEW);
}

static const struct {
	const char *descr, *file, *status;
	bool waived;
} rows[] = {
	{ "it runs", ONE("migration.cross-missing", "*.example.hk", "2026-01-16"), "ok", true },
	{ "it ends on its day", ONE("migration.cross-missing", "*.example.hk", "2026-01-15"),
		"warning", false },
	{ "it has ended", ONE("migration.cross-missing", "*.example.hk", "2025-01-15"), "warning",
		false },
	{ "another host", ONE("migration.cross-missing", "*.example.com", "2026-02-15"), "warning",
		false },
	{ "another rule", ONE("leaf.expired", "*", "2026-02-15"), "warning", false },
};

Test(waivers, a_waived_finding_counts_for_no_status_and_stays)
{
	struct stage stage;

	stage_init(&stage, "2026-01-15", false);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(waivers_freep) struct waivers *waivers = parse(rows[i].file, NULL);
		struct verdict *verdict = judge(&stage);
		size_t chain = verdict->chain.count, paths = verdict->path_count;

		cr_assert_not_null(waivers, "%s", rows[i].descr);
		cr_assert_eq(verdict->status, STATUS_WARNING);
		cr_assert_eq(verdict->findings.all.count, (size_t)1);
		struct finding before = verdict->findings.all.items[0];
		for (size_t again = 0; again < 2; again++) {
			waivers_apply(waivers, verdict);
			cr_assert_eq(verdict->findings.all.count, (size_t)1);
		}
		const struct finding *after = &verdict->findings.all.items[0];
		cr_expect_str_eq(status_name(verdict->status), rows[i].status, "%s", rows[i].descr);
		cr_expect_eq(after->waived.is, rows[i].waived, "%s", rows[i].descr);
		cr_expect_str_eq(after->waived.by, rows[i].waived ? "mail team" : "");
		cr_expect_str_eq(after->waived.reason, rows[i].waived ? "the box goes" : "");
		cr_expect_eq(after->severity, before.severity);
		cr_expect_str_eq(after->message, before.message);
		cr_expect_eq(after->action_count, before.action_count);
		cr_expect_eq(verdict->chain.count, chain);
		cr_expect_eq(verdict->path_count, paths);
		verdict_free(verdict);
	}
	stage_release(&stage);
}

Test(waivers, others_still_count)
{
	struct stage stage;
	char got[512];

	stage_init(&stage, "2026-01-15", false);
	CLEANUP(waivers_freep)
	struct waivers *waivers = parse(ONE("chain.incomplete", "*", "2026-02-01"), NULL);
	struct verdict *verdict = stage_judge(&stage,
		forge_leaf(&stage.pki, NEW, "www.example.hk", (struct instant){ 0 },
			(struct instant){ 0 }),
		"leaf");
	cr_assert_eq(verdict->status, STATUS_CRITICAL);
	waivers_apply(waivers, verdict);
	cr_expect_eq(verdict->status, STATUS_WARNING);
	stage_describe(verdict, got, sizeof got);
	cr_expect_str_eq(
		got, "warning migration.cross-missing +" CROSS "; critical chain.incomplete +" NEW);
	verdict_free(verdict);
	stage_release(&stage);
}

static void collect(void *arg, const char *text)
{
	char *all = arg, said[400];

	phrase_render(text, LANGUAGE_EN, said, sizeof said);
	(void)snprintf(all + strlen(all), 400 - strlen(all), "%s;", said);
}

Test(waivers, tells_what_has_expired_and_what_fits_nothing)
{
	struct stage stage;
	char expired[400] = "", unused[400] = "", used[400] = "";

	stage_init(&stage, "2026-01-15", false);
	CLEANUP(waivers_freep)
	struct waivers *waivers = parse(HEAD
		"  - {rule: leaf.eku, host: a.hk, reason: r, until: 2026-01-15, by: me}\n"
		"  - {rule: migration.cross-missing, host: '*', reason: r, until: 2026-01-16, "
		"by: me}\n",
		NULL);
	waivers_tell_expired(waivers, stage.context.now, collect, expired);
	cr_expect_str_eq(
		expired, "w.yaml:3: the waiver of leaf.eku for a.hk expired on 2026-01-15;");
	waivers_tell_unused(waivers, stage.context.now, collect, unused);
	cr_expect_str_eq(
		unused, "w.yaml:4: the waiver of migration.cross-missing for * fits no finding;");
	struct verdict *verdict = judge(&stage);
	waivers_apply(waivers, verdict);
	waivers_tell_unused(waivers, stage.context.now, collect, used);
	cr_expect_str_eq(used, "");
	verdict_free(verdict);
	stage_release(&stage);
}
