/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "rules/profile/profile.h"
#include "rules/profile/profile_schema.h"
#include "tests/profile_sound.h"

static struct profile *parse(const char *text, size_t len, struct error *err)
{
	struct buf buf = BUF_INIT(2 * LIMIT_PROFILE_BYTES);

	cr_assert(buf_add(&buf, text, len));
	struct profile *profile = profile_parse("p.yaml", &buf, err);
	buf_release(&buf);
	return profile;
}

static struct profile *parse_text(const char *text, struct error *err)
{
	return parse(text, strlen(text), err);
}

static const struct {
	const char *descr, *text, *message;
} files[] = {
	{ "an empty file", "", "p.yaml:1: empty: nothing in it" },
	{ "only a comment", "# nothing\n\n", "p.yaml:1: empty: nothing in it" },
	{ "a document of nothing", "---\n...\n", "p.yaml:2: has no value" },
	{ "a word", "profile\n", "p.yaml:1: a profile has to be a mapping, not a single value" },
	{ "a list", "- a\n- b\n", "p.yaml:1: a profile has to be a mapping, not a list" },
	{ "JSON cut short", "{\"schema\": \"chainmend.profile/1\",\n \"id\": ",
		"p.yaml:3: not YAML: while parsing a flow node, did not find expected node "
		"content" },
	{ "JSON with an unknown key", "{\"schema\": \"chainmend.profile/1\",\n \"ids\": 1}",
		"p.yaml:2: unknown key 'ids'" },
	{ "JSON with null", "{\"schema\": \"chainmend.profile/1\",\n \"id\": null}",
		"p.yaml:2: id: has no value" },
	{ "UTF-16",
		"\xff\xfe"
		"a",
		"p.yaml:1: not UTF-8" },
	{ "nested without end", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "p.yaml:1: nested too deeply" },
	{ "a thousand laughs", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
		"p.yaml:1: anchors (&name) and aliases (*name) are not supported" },
	{ "an alias to itself", "a: &a [*a]\n",
		"p.yaml:1: anchors (&name) and aliases (*name) are not supported" },
	{ "an alias to nothing", "a: b\nc: *d\n",
		"p.yaml:2: anchors (&name) and aliases (*name) are not supported" },
	{ "directives without end", "%A\n%B\n%C\n%D\n%E\n---\na: b\n",
		"p.yaml:5: too many directives" },
	{ "a merge key", "<<: {schema: a}\n", "p.yaml:1: unknown key '<<'" },
};

Test(profile, names_what_is_no_profile_at_all)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct error err = { .code = ERROR_NONE };
		CLEANUP(profile_freep) struct profile *profile = parse_text(files[i].text, &err);

		cr_expect_null(profile, "%s", files[i].descr);
		cr_expect_str_eq(err.text, files[i].message, "%s:\n  %s", files[i].descr, err.text);
	}
}

Test(profile, is_bounded)
{
	struct buf text = BUF_INIT(2 * LIMIT_PROFILE_BYTES);
	struct error err = { .code = ERROR_NONE };

	while (text.len <= LIMIT_PROFILE_BYTES)
		cr_assert(buf_add_text(&text, "# a comment of no end\n"));
	CLEANUP(profile_freep) struct profile *profile = profile_parse("p.yaml", &text, &err);
	cr_expect_null(profile);
	cr_expect_eq(err.code, ERROR_LIMIT);
	cr_expect_str_eq(err.text, "p.yaml: larger than 1048576 bytes");
	buf_release(&text);
}

#define FOUR "4444444444444444444444444444444444444444444444444444444444444444"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"

static const char as_json[] =
	"{\"schema\": \"chainmend.profile/1\", \"id\": \"small\",\n"
	" \"title\": {\"en\": \"A small one\", \"zh-Hant\": \"\\u5c0f\"},\n"
	" \"certificates\": [\n"
	"  {\"id\": \"root\", \"role\": \"root\", \"name\": \"The Root\", \"sha256\": \"" ONES
	"\"},\n"
	"  {\"id\": \"ca\", \"role\": \"issuing\", \"name\": \"The CA\", \"issuer\": \"root\",\n"
	"   \"sha256\": \"" FOUR "\", \"not_after\": \"2032-01-01\"}],\n"
	" \"serve\": [{\"role\": \"issuing\", \"need\": \"required\"}],\n"
	" \"trust_stores\": [{\"id\": \"all\", \"anchors\": [\"root\"], \"title\": {\"en\": "
	"\"All\"}}],\n"
	" \"leaf\": {\"authority\": [\"ca\"], \"expires_soon_days\": [30, 7]},\n"
	" \"request\": {\"products\": [{\"id\": \"one\", \"names\": 1, \"wildcard\": true}]},\n"
	" \"severity\": {\"leaf.eku\": \"note\"}}\n";

Test(profile, is_read_as_json_too)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(profile_freep) struct profile *profile = parse_text(as_json, &err);

	cr_assert_not_null(profile, "%s", err.text);
	cr_expect_str_eq(profile->id, "small");
	cr_expect_str_eq(profile_title_in(&profile->title, LANGUAGE_ZH_HANT), "小");
	cr_expect_eq(profile->certificate_count, 2);
	cr_expect_eq(profile->certificates[1].issuer, &profile->certificates[0]);
	cr_expect_eq(profile->leaf.authority[0], &profile->certificates[1]);
	cr_expect_eq(profile->leaf.expires_critical_days, 7);
	cr_expect(profile->severity_set[RULE_leaf_eku]);
	cr_expect_eq(profile->severity[RULE_leaf_eku], SEVERITY_NOTE);
}

Test(profile, keeps_what_is_written)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(profile_freep) struct profile *profile = parse_text(profile_sound, &err);
	char day[INSTANT_TEXT];

	cr_assert_not_null(profile, "%s", err.text);
	cr_expect_str_eq(profile->source, "p.yaml");
	const struct profile_certificate *new = profile_by_id(profile, "new");
	const struct profile_certificate *old = profile_by_id(profile, "old");
	const struct profile_certificate *top = profile_by_id(profile, "root");
	cr_assert(new &&old &&top);

	cr_expect_eq(top->role, PROFILE_ROLE_ROOT);
	cr_expect_eq(top->state, PROFILE_STATE_CURRENT);
	cr_expect(!top->issuer && !top->has_spki && !top->sha1 && !top->eku && !top->url);
	cr_expect(!top->has_not_before && !top->has_not_after && !top->has_since);

	cr_expect_eq(new->role, PROFILE_ROLE_ISSUING);
	cr_expect_eq(new->issuer, top);
	cr_expect_null(new->replaced_by);
	cr_expect_str_eq(new->sha256_text,
		"22222222222222222222222222222222222222222222222222222222222222ab");
	cr_expect_eq(new->sha256[31], 0xab);
	cr_expect_str_eq(new->sha1, "22222222222222222222222222222222222222cd");
	cr_expect(new->has_spki);
	cr_expect_eq(new->spki_sha256[31], 0xef);
	cr_expect_null(new->serial);
	cr_expect_str_eq(new->eku[0], "serverAuth");
	cr_expect_null(new->eku[1]);
	cr_expect_str_eq(new->url, "http://ca.example/new.crt");
	cr_expect(new->has_not_before &&new->has_not_after &&new->has_since);
	cr_expect(!new->has_remove_by);
	instant_format_day(new->since, day);
	cr_expect_str_eq(day, "2025-02-01");
	instant_format_day(new->not_before, day);
	cr_expect_str_eq(day, "2025-01-01");
	instant_format_day(new->not_after, day);
	cr_expect_str_eq(day, "2032-01-01");

	cr_expect_eq(old->state, PROFILE_STATE_RETIRED);
	cr_expect_eq(old->replaced_by, new);
	cr_expect(old->has_remove_by);
	instant_format_day(old->remove_by, day);
	cr_expect_str_eq(day, "2026-01-01");
	cr_expect_str_eq(old->serial, "0F");
}

Test(profile, keeps_what_is_written_below_certificates)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(profile_freep) struct profile *profile = parse_text(profile_sound, &err);
	char day[INSTANT_TEXT];

	cr_assert_not_null(profile, "%s", err.text);
	cr_expect_eq(profile->serve_count, 2);
	cr_expect_eq(profile->serve[0].need, PROFILE_NEED_REQUIRED);
	cr_expect_eq(profile->serve[0].serves_count, 1);
	cr_expect_eq(profile->serve[0].serves[0], 0);
	cr_expect_eq(profile->serve[1].role, PROFILE_ROLE_ROOT);
	cr_expect_eq(profile->serve[1].need, PROFILE_NEED_UNWANTED);
	cr_expect_eq(profile->serve[1].serves_count, 0);

	cr_expect_eq(profile->store_count, 1);
	cr_expect_str_eq(profile->stores[0].id, "all");
	cr_expect_eq(profile->stores[0].anchors[0], profile_by_id(profile, "root"));

	cr_assert_eq(profile->list_count, 1);
	const struct profile_list *list = &profile->lists[0];
	cr_expect(list->covers_ca && !list->covers_leaf);
	cr_expect_str_eq(list->url, "http://ca.example/arl.crl");
	cr_expect_eq(list->expect_count, 1);
	cr_expect_eq(list->expect_revoked[0], profile_by_id(profile, "old"));
	cr_expect(list->has_expect_from);

	const struct profile_leaf *leaf = &profile->leaf;
	cr_expect(leaf->has_client_auth_until);
	cr_assert_eq(leaf->validity_count, 2);
	instant_format_day(leaf->validity[1].from, day);
	cr_expect_str_eq(day, "2026-03-15");
	cr_expect_eq(leaf->validity[1].max_days, 200);
	cr_expect_eq(leaf->rsa_min_bits, 2048);
	cr_expect_str_eq(leaf->curves[0], "P-256");
	cr_expect_null(leaf->curves[1]);
	cr_expect_eq(leaf->expires_warning_days, 30);
	cr_expect_eq(leaf->expires_critical_days, 7);

	cr_expect(profile->severity_set[RULE_migration_cross_missing]);
	cr_expect_eq(profile->severity[RULE_migration_cross_missing], SEVERITY_NOTE);
	cr_expect_eq(profile->severity[RULE_leaf_eku], SEVERITY_WARNING);
	cr_expect(!profile->severity_set[RULE_leaf_expired]);
}

/* A file of a fresh name with TEXT in it. */
static void write_file(char path[static 32], const char *text)
{
	(void)snprintf(path, 32, "/tmp/test_profile.XXXXXX");
	int fd = mkstemp(path);
	cr_assert(fd >= 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

Test(profile, is_loaded_from_a_file)
{
	struct error err = { .code = ERROR_NONE };
	char path[32], bad[32], message[128];

	write_file(path, profile_sound);
	CLEANUP(profile_freep) struct profile *profile = profile_load(path, &err);
	unlink(path);
	cr_assert_not_null(profile, "%s", err.text);
	cr_expect_str_eq(profile->id, "small");
	cr_expect_str_eq(profile->source, path);

	write_file(bad, "schema: chainmend.profile/1\nisd: a\n");
	cr_expect_null(profile_load(bad, &err));
	unlink(bad);
	(void)snprintf(message, sizeof message, "%s:2: unknown key 'isd'", bad);
	cr_expect_str_eq(err.text, message);
}

Test(profile, says_what_there_is_when_a_name_is_nothing)
{
	static const struct {
		const char *descr, *name, *message;
	} rows[] = {
		{ "a name of nothing", "hongkong-pest",
			"no profile \"hongkong-pest\": neither a file nor built in (built in: "
			"hongkong-post, letsencrypt)" },
		{ "a path of nothing", "/nowhere/at-all.yaml",
			"/nowhere/at-all.yaml: cannot be opened: No such file or directory" },
		{ "a file name of nothing", "nowhere.yaml",
			"nowhere.yaml: cannot be opened: No such file or directory" },
		{ "a folder", "/tmp", "/tmp: is a directory" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error err = { .code = ERROR_NONE };

		cr_expect_null(profile_load(rows[i].name, &err), "%s", rows[i].descr);
		cr_expect_str_eq(err.text, rows[i].message, "%s: %s", rows[i].descr, err.text);
	}
}

Test(profile, finds_certificates)
{
	CLEANUP(profile_freep) struct profile *profile = parse_text(profile_sound, NULL);
	uint8_t sha256[FINGERPRINT_BYTES];

	cr_assert_not_null(profile);
	memset(sha256, 0x44, sizeof sha256);
	cr_expect_eq(profile_by_fingerprint(profile, sha256), profile_by_id(profile, "old"));
	sha256[31] = 0x45;
	cr_expect_null(profile_by_fingerprint(profile, sha256));
	cr_expect_null(profile_by_id(profile, "older"));
	cr_expect_null(profile_by_id(profile, ""));
}

Test(profile, titles_fall_back_to_english)
{
	const struct profile_title both = { .text = { "one", "一", NULL } };

	cr_expect_str_eq(profile_title_in(&both, LANGUAGE_EN), "one");
	cr_expect_str_eq(profile_title_in(&both, LANGUAGE_ZH_HANT), "一");
	cr_expect_str_eq(profile_title_in(&both, LANGUAGE_ZH_HANS), "one");
}

Test(profile, names_its_roles)
{
	cr_expect_str_eq(profile_role_name(PROFILE_ROLE_ROOT), "root");
	cr_expect_str_eq(profile_role_name(PROFILE_ROLE_ISSUING), "issuing");
	cr_expect_str_eq(profile_role_name(PROFILE_ROLE_CROSS), "cross");
}

Test(language, is_known_by_tags_and_locales)
{
	static const struct {
		const char *name;
		bool known;
		enum language language;
	} rows[] = {
		{ "en", true, LANGUAGE_EN },
		{ "EN", true, LANGUAGE_EN },
		{ "en_GB.UTF-8", true, LANGUAGE_EN },
		{ "en-HK", true, LANGUAGE_EN },
		{ "C", true, LANGUAGE_EN },
		{ "C.UTF-8", true, LANGUAGE_EN },
		{ "POSIX", true, LANGUAGE_EN },
		{ "zh-Hant", true, LANGUAGE_ZH_HANT },
		{ "zh-hant", true, LANGUAGE_ZH_HANT },
		{ "zh-Hant-HK", true, LANGUAGE_ZH_HANT },
		{ "zh_HK", true, LANGUAGE_ZH_HANT },
		{ "zh_HK.UTF-8", true, LANGUAGE_ZH_HANT },
		{ "zh_HK.big5hkscs@radical", true, LANGUAGE_ZH_HANT },
		{ "zh_TW.UTF-8", true, LANGUAGE_ZH_HANT },
		{ "zh_MO", true, LANGUAGE_ZH_HANT },
		{ "zh-Hans", true, LANGUAGE_ZH_HANS },
		{ "zh-Hans-HK", true, LANGUAGE_ZH_HANS },
		{ "zh_CN.GB18030", true, LANGUAGE_ZH_HANS },
		{ "zh_SG", true, LANGUAGE_ZH_HANS },
		{ "zh", true, LANGUAGE_ZH_HANS },
		{ "", false, LANGUAGE_EN },
		{ ".UTF-8", false, LANGUAGE_EN },
		{ "e", false, LANGUAGE_EN },
		{ "eng", false, LANGUAGE_EN },
		{ "fr_FR.UTF-8", false, LANGUAGE_EN },
		{ "zh_XX", false, LANGUAGE_EN },
		{ "zhx", false, LANGUAGE_EN },
		{ "a-name-that-is-so-long-that-no-locale-and-no-tag-of-any-language-is-like-it",
			false, LANGUAGE_EN },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum language got = LANGUAGE_COUNT;

		cr_expect_eq(
			language_by_name(rows[i].name, &got), rows[i].known, "%s", rows[i].name);
		cr_expect_eq(got, rows[i].known ? rows[i].language : LANGUAGE_COUNT, "%s: %d",
			rows[i].name, got);
	}
}

/* The structs are filled after the file was checked; whatever is left to say then has a line too.
 */
Test(profile, passes_on_what_libcyaml_says)
{
	struct buf text = BUF_INIT(65536);
	struct error err = { .code = ERROR_NONE };

	cr_assert(
		buf_add_text(&text, "schema: a\nid: b\ncertificates:\n- id: c\n  role: unheard\n"));
	cr_expect_null(written_profile_new("p.yaml", &text, &err));
	cr_expect_eq(err.code, ERROR_SYNTAX);
	cr_expect_eq(strncmp(err.text, "p.yaml:5: ", 10), 0, "%s", err.text);
	cr_expect_not_null(strstr(err.text, "unheard"), "%s", err.text);
	buf_release(&text);
}

/* In either form, with text of more than one byte a character before it. */
Test(profile, anchors_may_leave_a_store)
{
	static const struct {
		const char *descr, *anchors, *message;
	} cases[] = {
		{ "in one line", "anchors: [{id: root, until: 2027-04-15}]", NULL },
		{ "the other way round", "anchors: [ {until: \"2027-04-15\", id: root} ]", NULL },
		{ "in lines", "anchors:\n      [{id: root,\n        until: 2027-04-15}]", NULL },
		{ "no day", "anchors: [{id: root, until: soon}]",
			"p.yaml:38: trust_stores[0].anchors[0]: \"soon\" is no day (YYYY-MM-DD)" },
		{ "something else", "anchors: [{id: root, from: 2027-04-15}]",
			"p.yaml:38: trust_stores[0].anchors[0]: has to be text, not a "
			"mapping" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf text = BUF_INIT(2 * LIMIT_PROFILE_BYTES), more = BUF_INIT(1u << 20);
		struct error err = { .code = ERROR_NONE };

		profile_sound_change(&text, "anchors: [root]", cases[i].anchors);
		cr_assert(buf_addf(&more, "# \xe8\xad\x89\xe6\x9b\xb8\n%s", buf_text(&text)));
		CLEANUP(profile_freep)
		struct profile *profile = profile_parse("p.yaml", &more, &err);
		if (cases[i].message) {
			cr_expect_null(profile, "%s", cases[i].descr);
			cr_expect_str_eq(
				err.text, cases[i].message, "%s: %s", cases[i].descr, err.text);
		} else {
			cr_assert_not_null(profile, "%s: %s", cases[i].descr, err.text);
			cr_expect_eq(profile->stores[0].anchors[0], profile_by_id(profile, "root"));
			cr_expect(profile->stores[0].leaving[0].has_until);
			cr_expect_eq(profile->stores[0].leaving[0].until.seconds, 1807747200);
		}
		buf_release(&text);
		buf_release(&more);
	}
}
