/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "rules/profile/profile.h"
#include "tests/profile_sound.h"

/* The built-in profile as it ought to be, a line a certificate. */
static const char snapshot[] =
	"root-ca-3 root current 5a2fc03f <- - | 2017-06-03 2042-06-03 - -\n"
	"root-ca-1 root current f9e67d33 <- - | 2003-05-15 2023-05-15 - -\n"
	"globalsign-r3 root current cbb522d7 <- - | 2009-03-18 2029-03-18 - -\n"
	"ssl-ca-3-17-2025 issuing current cb730c3a <- root-ca-3 | 2025-03-20 2032-06-03 2025-05-01 "
	"-\n"
	"ssl-ca-3-17-2017 issuing ssl-ca-3-17-2025 69ecdbc3 <- root-ca-3 | 2017-06-03 2032-06-03 - "
	"2026-06-15\n"
	"ev-ssl-ca-3-17-2025 issuing current 7adadc0d <- root-ca-3 | 2025-03-20 2032-06-03 "
	"2025-05-01 -\n"
	"ev-ssl-ca-3-17-2017 issuing ev-ssl-ca-3-17-2025 c18d53bf <- root-ca-3 | 2017-06-03 "
	"2032-06-03 - 2026-06-15\n"
	"root-ca-3-cross-2022 cross current 00482341 <- globalsign-r3 | 2022-11-16 2029-03-18 - "
	"-\n"
	"root-ca-3-cross-2017-06 cross root-ca-3-cross-2022 abfa404e <- root-ca-1 | 2017-06-03 "
	"2023-05-15 - -\n"
	"root-ca-3-cross-2017-08 cross root-ca-3-cross-2022 176aebf2 <- root-ca-1 | 2017-08-12 "
	"2023-05-15 - -\n"
	"root-ca-3-cross-2022-07-a cross root-ca-3-cross-2022 f8f60374 <- root-ca-1 | 2022-07-27 "
	"2023-05-15 - -\n"
	"root-ca-3-cross-2022-07-b cross root-ca-3-cross-2022 5544a24f <- root-ca-1 | 2022-07-27 "
	"2029-05-15 - -\n";

static struct profile *builtin;

static void set_up(void)
{
	struct error err = { .code = ERROR_NONE };

	builtin = profile_load("hongkong-post", &err);
	cr_assert_not_null(builtin, "%s", err.text);
}

static void tear_down(void)
{
	profile_free(builtin);
}

TestSuite(builtin, .init = set_up, .fini = tear_down);

static void add_day(struct buf *buf, const char *before, bool has, struct instant day)
{
	char text[INSTANT_TEXT] = "-";

	if (has)
		instant_format_day(day, text);
	(void)buf_addf(buf, "%s%s", before, text);
}

Test(builtin, has_all_twelve_certificates)
{
	struct buf got = BUF_INIT(65536);

	for (size_t i = 0; i < builtin->certificate_count; i++) {
		const struct profile_certificate *one = &builtin->certificates[i];
		const char *state = one->state == PROFILE_STATE_CURRENT ? "current"
				    : one->replaced_by                  ? one->replaced_by->id
									: "retired";

		(void)buf_addf(&got, "%s %s %s %.8s <- %s |", one->id, profile_role_name(one->role),
			state, one->sha256_text, one->issuer ? one->issuer->id : "-");
		add_day(&got, " ", one->has_not_before, one->not_before);
		add_day(&got, " ", one->has_not_after, one->not_after);
		add_day(&got, " ", one->has_since, one->since);
		add_day(&got, " ", one->has_remove_by, one->remove_by);
		(void)buf_add_char(&got, '\n');
	}
	cr_expect_str_eq(buf_text(&got), snapshot, "%s", buf_text(&got));
	buf_release(&got);
}

Test(builtin, knows_every_fingerprint_and_key)
{
	for (size_t i = 0; i < builtin->certificate_count; i++) {
		const struct profile_certificate *one = &builtin->certificates[i];

		cr_expect_eq(profile_by_fingerprint(builtin, one->sha256), one, "%s", one->id);
		cr_expect(one->has_spki && one->sha1 && one->serial, "%s", one->id);
		cr_expect_eq(one->url != NULL,
			one->role != PROFILE_ROLE_ROOT && one->state == PROFILE_STATE_CURRENT, "%s",
			one->id);
	}
}

Test(builtin, says_what_to_serve_and_whom_it_serves)
{
	cr_assert_eq(builtin->serve_count, 3);
	cr_expect_eq(builtin->serve[0].role, PROFILE_ROLE_ISSUING);
	cr_expect_eq(builtin->serve[0].need, PROFILE_NEED_REQUIRED);
	cr_expect_eq(builtin->serve[1].role, PROFILE_ROLE_CROSS);
	cr_expect_eq(builtin->serve[1].need, PROFILE_NEED_RECOMMENDED);
	cr_assert_eq(builtin->serve[1].serves_count, 2);
	cr_expect_str_eq(builtin->stores[builtin->serve[1].serves[0]].id, "stock-java");
	cr_expect_str_eq(builtin->stores[builtin->serve[1].serves[1]].id, "legacy-devices");
	cr_expect_eq(builtin->serve[2].need, PROFILE_NEED_UNWANTED);

	cr_assert_eq(builtin->store_count, 3);
	cr_expect_eq(builtin->stores[0].anchor_count, 2);
	for (size_t i = 0; i < 3; i++)
		cr_expect_eq(builtin->stores[i].anchors[builtin->stores[i].anchor_count - 1],
			profile_by_id(builtin, "globalsign-r3"));
}

Test(builtin, says_how_leafs_are_judged)
{
	static const struct {
		const char *from;
		int64_t max;
	} rows[] = {
		{ "2020-09-01", 398 },
		{ "2026-03-15", 200 },
		{ "2027-03-15", 100 },
		{ "2029-03-15", 47 },
	};
	const struct profile_leaf *leaf = &builtin->leaf;
	char day[INSTANT_TEXT];

	cr_assert_eq(leaf->validity_count, ARRAY_LEN(rows));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		instant_format_day(leaf->validity[i].from, day);
		cr_expect_str_eq(day, rows[i].from);
		cr_expect_eq(leaf->validity[i].max_days, rows[i].max);
	}
	instant_format_day(leaf->client_auth_until, day);
	cr_expect_str_eq(day, "2025-04-30");
	cr_expect_eq(leaf->authority_count, 2);
	cr_expect_eq(leaf->rsa_min_bits, 2048);
	cr_expect_str_eq(leaf->curves[2], "P-521");
	cr_expect_eq(leaf->expires_warning_days, 30);
	cr_expect_eq(leaf->expires_critical_days, 7);
}

Test(builtin, expects_both_retired_intermediates_on_the_list)
{
	char day[INSTANT_TEXT];

	/* The roots' lists for CA certificates, and those of the two issuing authorities. */
	cr_assert_eq(builtin->list_count, 4);
	for (size_t i = 0; i < builtin->list_count; i++)
		cr_expect_eq(builtin->lists[i].covers_leaf, i >= 2, "%s", builtin->lists[i].id);
	const struct profile_list *list = &builtin->lists[0];
	cr_expect_str_eq(list->url, "http://crl1.eCert.gov.hk/crl/RootCA3ARL.crl");
	cr_assert_eq(list->expect_count, 2);
	cr_expect_eq(list->expect_revoked[0], profile_by_id(builtin, "ssl-ca-3-17-2017"));
	cr_expect_eq(list->expect_revoked[1], profile_by_id(builtin, "ev-ssl-ca-3-17-2017"));
	instant_format_day(list->expect_from, day);
	cr_expect_str_eq(day, "2026-06-15");
}

Test(builtin, is_listed_with_its_text)
{
	cr_expect_str_eq(profile_builtin_id(0), "hongkong-post");
	cr_expect_str_eq(profile_builtin_id(1), "letsencrypt");
	cr_expect_null(profile_builtin_id(2));
	cr_expect_null(profile_builtin_text(2));
	cr_expect_str_eq(builtin->id, profile_builtin_id(0));
	cr_expect_str_eq(builtin->source, "built in");

	struct buf text = BUF_INIT(1u << 20);
	cr_assert(buf_add_text(&text, profile_builtin_text(0)));
	CLEANUP(profile_freep) struct profile *again = profile_parse("again", &text, NULL);
	cr_assert_not_null(again);
	cr_expect_eq(again->certificate_count, builtin->certificate_count);
	buf_release(&text);
}

/* The day on which the profiles are looked at. */
static struct instant today(void)
{
	struct instant day;

	cr_assert(instant_parse("2026-11-27", &day));
	return day;
}

static void hear(void *arg, size_t line, const char *text)
{
	struct buf *heard = arg;

	cr_expect_gt(line, 0);
	(void)buf_addf(heard, "%s\n", text);
}

Test(builtin, has_forgotten_nothing)
{
	struct buf heard = BUF_INIT(65536);

	cr_expect_eq(profile_lint(builtin, today(), LANGUAGE_EN, hear, &heard), 0, "%s",
		buf_text(&heard));
	cr_expect_str_eq(buf_text(&heard), "");
	buf_release(&heard);
}

Test(builtin, others_load_under_their_names_and_have_forgotten_nothing)
{
	for (size_t i = 0; profile_builtin_id(i); i++) {
		struct buf heard = BUF_INIT(65536);
		struct error err = { .code = ERROR_NONE };
		CLEANUP(profile_freep)
		struct profile *profile = profile_load(profile_builtin_id(i), &err);

		cr_assert_not_null(profile, "%s", err.text);
		cr_expect_str_eq(profile->id, profile_builtin_id(i));
		cr_expect_eq(profile_lint(profile, today(), LANGUAGE_EN, hear, &heard), 0, "%s: %s",
			profile->id, buf_text(&heard));
		buf_release(&heard);
	}
}

/* What is consistent and still not what a profile ought to be; all that is said of it. */
static const struct {
	const char *descr, *old, *new, *said;
} forgotten[] = {
	{ "nothing", "id: small", "id: small", "" },
	{ "a title in one script", ", zh-Hant: 小, zh-Hans: 小小", ", zh-Hans: 小",
		"small: the title is missing in zh-Hant\n" },
	{ "a store's title", "en: All, zh-Hant: 全, zh-Hans: 全", "en: All, zh-Hant: 全",
		"all: the title is missing in zh-Hans\n" },
	{ "what takes its place", "    replaced_by: new\n", "",
		"old: retired, but replaced_by does not say what takes its place\n" },
	{ "until when", "    remove_by: 2026-01-01\n", "",
		"old: retired, but remove_by does not say until when\n" },
	{ "where the replacement is", "    url: http://ca.example/new.crt\n", "",
		"new: a replacement without a url to get it from\n" },
	{ "the key",
		"    spki_sha256: "
		"33333333333333333333333333333333333333333333333333333333333333EF\n",
		"",
		"new: without spki_sha256 a reissue of it cannot be told\n"
		"leaf: the authority new has no spki_sha256, so its key is unknown\n" },
	{ "that a replacement has the same key", "    serial: 0F\n",
		"    serial: 0F\n    spki_sha256: "
		"4444444444444444444444444444444444444444444444444444444444444444\n",
		"old: replaced by new, which has another key: no leaf fits both\n" },
	{ "that a root takes no intermediate's place", "replaced_by: new", "replaced_by: root",
		"old: replaced by root, which is root and not issuing\n" },
	{ "that the replacement is retired", "    since: 2025-02-01\n",
		"    since: 2025-02-01\n    state: retired\n    remove_by: 2027-01-01\n",
		"new: retired, but replaced_by does not say what takes its place\n"
		"old: its replacements end with new, which is retired itself\n"
		"serve: no current certificate is issuing\n"
		"all: no current certificate leads to an anchor of this trust store\n"
		"arl: covers new, which is retired and has not ended, but expect_revoked does not "
		"have it\n" },
	{ "that it is current", "    since: 2025-02-01\n", "    remove_by: 2025-02-01\n",
		"new: remove_by on a certificate that is current\n" },
	{ "a cross certificate's store", "  - id: old\n",
		"  - {id: other, role: root, name: Other, sha256: "
		"8888888888888888888888888888888888888888888888888888888888888888}\n"
		"  - {id: cross, role: cross, name: The Root, issuer: other, sha256: "
		"9999999999999999999999999999999999999999999999999999999999999999}\n"
		"  - id: old\n",
		"cross: to be served, but without a url to get it from\n"
		"cross: its issuers lead to no anchor of any trust store\n" },
	{ "who leads to a store", "  - {id: all, anchors: [root]",
		"  - {id: more, anchors: [old], title: {en: M, zh-Hant: M, zh-Hans: M}}\n"
		"  - {id: all, anchors: [root]",
		"more: the anchor old is no root\n"
		"more: no current certificate leads to an anchor of this trust store\n" },
	{ "the issuing certificate", "{role: issuing, need: required",
		"{role: cross, need: required",
		"serve: no current certificate is cross\n"
		"serve: does not ask for the issuing certificate\n" },
	{ "that the list is another's", "    issuer: root\n    url: http://ca.example/arl",
		"    issuer: new\n    url: http://ca.example/arl",
		"arl: new issued no certificate of this profile, so the list covers none\n"
		"arl: expects old to be revoked, which new did not issue\n" },
	{ "where the list is", "    url: http://ca.example/arl.crl\n", "",
		"arl: without a url the list cannot be had\n" },
	{ "since when it is expected", "    expect_from: 2026-01-02\n", "",
		"arl: expect_revoked without expect_from\n" },
	{ "that the expected is current", "expect_revoked: [old]", "expect_revoked: [new]",
		"arl: expects new to be revoked, which is current\n"
		"arl: expects new to be revoked, whose serial is not given\n"
		"arl: covers old, which is retired and has not ended, but expect_revoked does not "
		"have it\n" },
	{ "that an authority issues", "authority: [new]", "authority: [new, root]",
		"leaf: the authority root has no spki_sha256, so its key is unknown\n"
		"leaf: the authority root is root, not issuing\n" },
	{ "the keys", "  keys: {rsa_min_bits: 2048, curves: [P-256]}\n", "",
		"leaf: no keys.rsa_min_bits, so any RSA key passes\n"
		"leaf: no keys.curves, so any elliptic curve passes\n" },
	{ "what a curve is called", "[P-256]", "[P-256, secp384r1]",
		"leaf: the curve \"secp384r1\" is none of P-224, P-256, P-384, P-521\n" },
	{ "the lifetime",
		"  validity_days: [{from: 2020-09-01, max: 398}, {from: 2026-03-15, max: 200}]\n",
		"", "leaf: no validity_days, so any lifetime passes\n" },
	{ "that lifetimes became shorter", ", {from: 2026-03-15, max: 200}", "",
		"leaf: validity_days allows 398 days from 2026-03-15 on; public CAs may issue for "
		"200\n" },
	{ "that they did not for a private CA", "  keys: {rsa", "  private: true\n  keys: {rsa",
		"" },
	{ "that it has ended", "not_after: 2032-01-01", "not_after: 2026-11-26",
		"new: current, but ended on 2026-11-26\n" },
	{ "its last day", "not_after: 2032-01-01", "not_after: 2026-11-27", "" },
	{ "that it began later", "since: 2025-02-01", "since: 2024-12-31",
		"new: in use since a day before it begins\n" },
	{ "that an anchor has ended", "    serial: 01\n",
		"    serial: 01\n    not_after: 2026-11-01\n",
		"all: the anchor root ended on 2026-11-01\n" },
	{ "that an anchor has left", "anchors: [root]", "anchors: [{id: root, until: 2026-11-27}]",
		"all: the anchor root has left this trust store on 2026-11-27\n" },
	{ "that it leaves tomorrow", "anchors: [root]", "anchors: [{id: root, until: 2026-11-28}]",
		"" },
	{ "whom a cross certificate serves", "  - {role: root, need: unwanted}\n",
		"  - {role: root, need: unwanted}\n  - {role: cross, need: recommended}\n",
		"serve: no current certificate is cross\n" },
	{ "what is expected of a list", "    expect_revoked: [old]\n    expect_from: 2026-01-02\n",
		"",
		"arl: covers old, which is retired and has not ended, but expect_revoked does not "
		"have it\n" },
	{ "a successor is no reissue",
		"    name: The CA\n    issuer: root\n    sha256: "
		"4444444444444444444444444444444444444444444444444444444444444444\n",
		"    name: An Older CA\n    issuer: root\n    sha256: "
		"4444444444444444444444444444444444444444444444444444444444444444\n    "
		"spki_sha256: 4444444444444444444444444444444444444444444444444444444444444444\n",
		"" },
	{ "the country", "  country: HK\n", "", "request: no country, so any country passes\n" },
	{ "that keys have grown", "{type: rsa, bits: 2048}", "{type: rsa, bits: 1024}",
		"request: asks for RSA keys of 1024 bits, and leaf.keys takes no less than "
		"2048\n" },
	{ "where the file goes", "  file: /.well-known/file.txt\n", "",
		"server: proves by a file, but dcv.file does not say where\n" },
	{ "to whom it writes",
		"[file, dns]}\n    - {id: ev, names: 50}\ndcv:\n  from: 2026-03-15\n  days: 30\n"
		"  file: /.well-known/file.txt\n  txt_ttl: 3600\n  email: [admin]\n",
		"[email]}\ndcv:\n",
		"server: proves by e-mail, but dcv.email does not say to whom\n" },
	{ "that no file does for a wildcard", "wildcard: false, dcv: [file",
		"wildcard: true, dcv: [file", "server: a file proves nothing for a wildcard\n" },
	{ "when e-mail ends", "  caa: [",
		"  email_discouraged: 2026-03-15\n  email_until: 2026-03-14\n  caa: [",
		"dcv: email_until is before email_discouraged, so nobody is told in time\n" },
	{ "the end", "  expires_soon_days: [30, 7]\n", "",
		"leaf: no expires_soon_days, so nobody is warned before the end\n" },
	{ "the end's end", "[30, 7]", "[30]",
		"leaf: expires_soon_days has no second number, for critical\n" },
};

Test(profile, says_what_was_forgotten)
{
	for (size_t i = 0; i < ARRAY_LEN(forgotten); i++) {
		struct buf text = BUF_INIT(65536), heard = BUF_INIT(65536);
		struct error err = { .code = ERROR_NONE };
		size_t lines = 0;

		profile_sound_change(&text, forgotten[i].old, forgotten[i].new);
		CLEANUP(profile_freep)
		struct profile *profile = profile_parse("p.yaml", &text, &err);
		cr_assert_not_null(profile, "%s: %s", forgotten[i].descr, err.text);
		size_t count = profile_lint(profile, today(), LANGUAGE_EN, hear, &heard);
		for (const char *c = buf_text(&heard); *c; c++)
			lines += *c == '\n';
		cr_expect_eq(count, lines, "%s: %zu", forgotten[i].descr, count);
		cr_expect_str_eq(buf_text(&heard), forgotten[i].said, "%s:\n%s", forgotten[i].descr,
			buf_text(&heard));
		buf_release(&text);
		buf_release(&heard);
	}
}

static void hear_lines(void *arg, size_t line, const char *text)
{
	(void)text;
	(void)buf_addf(arg, "%zu ", line);
}

Test(profile, says_where_it_was_forgotten)
{
	struct buf text = BUF_INIT(65536), heard = BUF_INIT(65536);

	profile_sound_change(&text, "    replaced_by: new\n", "");
	CLEANUP(profile_freep) struct profile *profile = profile_parse("p.yaml", &text, NULL);
	cr_assert_not_null(profile);
	cr_expect_eq(profile_lint(profile, today(), LANGUAGE_EN, hear_lines, &heard), 1);
	cr_expect_str_eq(
		buf_text(&heard), "24 ", "the certificate's own line, for want of a better one");
	buf_release(&text);
	buf_clear(&heard);
	text = (struct buf)BUF_INIT(65536);
	profile_sound_change(&text, "not_after: 2032-01-01", "not_after: 2026-11-26");
	CLEANUP(profile_freep) struct profile *ended = profile_parse("p.yaml", &text, NULL);
	cr_expect_eq(profile_lint(ended, today(), LANGUAGE_EN, hear_lines, &heard), 1);
	cr_expect_str_eq(buf_text(&heard), "20 ");
	buf_release(&text);
	buf_release(&heard);
}

static const char *string_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	cr_assert_not_null(text, "facts without %s", key);
	return text;
}

static bool ends_with(const char *text, const char *tail)
{
	size_t len = strlen(text), tail_len = strlen(tail);

	return len >= tail_len && strcmp(text + len - tail_len, tail) == 0;
}

static void expect_fact(const struct profile_certificate *one, const json_t *fact)
{
	char name[256], day[INSTANT_TEXT], spki[FINGERPRINT_TEXT];
	const json_t *eku = json_object_get(fact, "eku");

	cr_expect_str_eq(one->sha1, string_of(fact, "sha1_thumbprint"), "%s", one->id);
	text_from_bytes(one->spki_sha256, FINGERPRINT_BYTES, spki);
	cr_expect_str_eq(spki, string_of(fact, "spki_sha256"), "%s", one->id);
	cr_expect(text_equal_nocase(one->serial, string_of(fact, "serial_hex")), "%s", one->id);
	instant_format_day(one->not_before, day);
	cr_expect_eq(strncmp(day, string_of(fact, "not_before"), 10), 0, "%s", one->id);
	instant_format_day(one->not_after, day);
	cr_expect_eq(strncmp(day, string_of(fact, "not_after"), 10), 0, "%s", one->id);
	if (!one->issuer)
		return;
	(void)snprintf(name, sizeof name, "CN=%s", one->name);
	cr_expect(ends_with(string_of(fact, "subject"), name), "%s", one->id);
	for (size_t i = 0; one->eku && one->eku[i]; i++)
		cr_expect_str_eq(
			one->eku[i], json_string_value(json_array_get(eku, i)), "%s", one->id);
	cr_expect_eq(one->eku != NULL, json_is_array(eku), "%s", one->id);
}

/* Against what was read out of the real certificates, where that is at hand. */
Test(builtin, agrees_with_the_real_certificates)
{
	const char *shared = getenv("CHAINMEND_SHARED");
	char path[512];

	if (!shared)
		cr_skip_test("CHAINMEND_SHARED is not set: not held against the real certificates");
	(void)snprintf(path, sizeof path, "%s/pki/real/facts.json", shared);
	json_t *facts = json_load_file(path, 0, NULL);
	cr_assert_not_null(facts, "%s cannot be read", path);

	size_t seen = 0, index;
	json_t *fact;
	json_array_foreach(json_object_get(facts, "certificates"), index, fact)
	{
		uint8_t sha256[FINGERPRINT_BYTES];
		const char *subject = string_of(fact, "subject");

		cr_assert(text_to_bytes(string_of(fact, "sha256"), sha256, sizeof sha256));
		const struct profile_certificate *one = profile_by_fingerprint(builtin, sha256);
		bool ours = ends_with(subject, " SSL CA 3 - 17") || ends_with(subject, "Root CA 3");
		cr_expect(one || !ours, "%s is not in the profile", string_of(fact, "file"));
		if (!one)
			continue;
		expect_fact(one, fact);
		seen++;
	}
	cr_expect_eq(seen, builtin->certificate_count);
	json_decref(facts);
}

Test(builtin, the_example_of_the_format_loads)
{
	const char *shared = getenv("CHAINMEND_SHARED");
	struct error err = { .code = ERROR_NONE };
	char path[512];

	if (!shared)
		cr_skip_test("CHAINMEND_SHARED is not set: the example is not at hand");
	(void)snprintf(path, sizeof path, "%s/contract/profile-hongkong-post.yaml", shared);
	CLEANUP(profile_freep) struct profile *example = profile_load(path, &err);
	cr_assert_not_null(example, "%s", err.text);
	for (size_t i = 0; i < example->certificate_count; i++) {
		const struct profile_certificate *one = &example->certificates[i];
		const struct profile_certificate *ours = profile_by_id(builtin, one->id);
		cr_assert_not_null(ours, "%s", one->id);
		cr_expect_str_eq(one->sha256_text, ours->sha256_text);
	}
}
