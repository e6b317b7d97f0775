/* SPDX-License-Identifier: MIT */
/* Profiles drafted from certificates, and the example of the manual. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "rules/profile/profile.h"
#include "rules/profile/profile_draft.h"
#include "tests/forge.h"

#define BYTES (1u << 20)

/* As many ids of the forged PKI as stand in IDS, parted by blanks. */
static size_t collect(const struct forge_pki *pki, const char *ids, const struct cert *certs[16])
{
	size_t count = 0;

	while (*ids) {
		char id[64];
		size_t len = strcspn(ids, " ");

		memcpy(id, ids, len);
		id[len] = '\0';
		certs[count++] = forge_pki_cert(pki, id);
		ids += len + (ids[len] == ' ');
	}
	return count;
}

static struct profile *draft(
	const struct forge_pki *pki, const char *ids, const char *id, struct error *err)
{
	const struct cert *certs[16];
	struct buf text = BUF_INIT(BYTES);
	struct profile *profile = NULL;

	if (profile_draft(certs, collect(pki, ids, certs), id, pki->day, &text, err))
		profile = profile_parse("draft", &text, err);
	buf_release(&text);
	return profile;
}

static void describe(const struct profile *profile, struct buf *out)
{
	for (size_t i = 0; i < profile->certificate_count; i++) {
		const struct profile_certificate *one = &profile->certificates[i];

		(void)buf_addf(out, "%s %s %s%s%s%s%s\n", one->id, profile_role_name(one->role),
			one->state == PROFILE_STATE_CURRENT ? "current" : "retired",
			one->issuer ? " by " : "", one->issuer ? one->issuer->id : "",
			one->replaced_by ? " -> " : "",
			one->replaced_by ? one->replaced_by->id : "");
	}
}

static const struct {
	const char *descr, *ids, *drafted;
} rows[] = {
	{ "a root and its twins, old one first", "ssl-ca-3-17-2017 ssl-ca-3-17-2025 root-ca-3",
		"hongkong-post-root-ca-3 root current\n"
		"hongkong-post-e-cert-ssl-ca-3-17-2025 issuing current by hongkong-post-root-ca-3\n"
		"hongkong-post-e-cert-ssl-ca-3-17-2017 issuing retired by hongkong-post-root-ca-3 "
		"-> "
		"hongkong-post-e-cert-ssl-ca-3-17-2025\n" },
	{ "one certificate twice", "root-ca-3 ssl-ca-3-17-2025 ssl-ca-3-17-2025",
		"hongkong-post-root-ca-3 root current\n"
		"hongkong-post-e-cert-ssl-ca-3-17 issuing current by hongkong-post-root-ca-3\n" },
	{ "a cross certificate", "globalsign-r3 root-ca-3 root-ca-3-cross-2022 ssl-ca-3-17-2025",
		"globalsign root current\n"
		"hongkong-post-root-ca-3 root current\n"
		"hongkong-post-e-cert-ssl-ca-3-17 issuing current by hongkong-post-root-ca-3\n"
		"hongkong-post-root-ca-3-cross-2022 cross current by globalsign\n" },
};

Test(profile_draft, says_what_certificates_say)
{
	struct forge_pki pki;

	forge_pki_init(&pki, forge_day("2026-01-15"), FORGE_KEYS_FAST, NULL);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error err = { .code = ERROR_NONE };
		struct buf got = BUF_INIT(BYTES);
		CLEANUP(profile_freep)
		struct profile *profile = draft(&pki, rows[i].ids, NULL, &err);

		cr_assert_not_null(profile, "%s: %s", rows[i].descr, err.text);
		describe(profile, &got);
		cr_expect_str_eq(
			buf_text(&got), rows[i].drafted, "%s:\n%s", rows[i].descr, buf_text(&got));
		cr_expect_str_eq(profile->id, "hongkong-post-root-ca-3", "%s", rows[i].descr);
		buf_release(&got);
	}
	forge_pki_release(&pki);
}

/* Every certificate of the PKI: those of Root CA 1 have ended, and the crosses with it. */
Test(profile_draft, tells_stores_lists_and_authority)
{
	struct forge_pki pki;
	struct error err = { .code = ERROR_NONE };

	forge_pki_init(&pki, forge_day("2026-01-15"), FORGE_KEYS_FAST, NULL);
	CLEANUP(profile_freep)
	struct profile *profile = draft(&pki,
		"root-ca-1 root-ca-3-cross-2017-06 root-ca-3-cross-2017-08 root-ca-3-cross-2022 "
		"ev-ssl-ca-3-17-2017 ev-ssl-ca-3-17-2025 ssl-ca-3-17-2025 ssl-ca-3-17-2017 "
		"root-ca-3 "
		"globalsign-r3",
		"mine", &err);
	cr_assert_not_null(profile, "%s", err.text);
	cr_expect_str_eq(profile->id, "mine");
	cr_expect_eq(profile->leaf.authority_count, (size_t)2);
	cr_assert_eq(profile->store_count, (size_t)2);
	cr_expect_eq(profile->stores[0].anchor_count, (size_t)2);
	cr_assert_eq(profile->stores[1].anchor_count, (size_t)1);
	cr_expect_str_eq(profile->stores[1].anchors[0]->id, "globalsign");
	cr_assert_eq(profile->list_count, (size_t)1);
	cr_expect_eq(profile->lists[0].expect_count, (size_t)2);
	for (size_t i = 0; i < profile->certificate_count; i++) {
		const struct profile_certificate *one = &profile->certificates[i];
		if (one->role == PROFILE_ROLE_CROSS && strcmp(one->issuer->name, "GlobalSign") != 0)
			cr_expect_eq(one->state, PROFILE_STATE_RETIRED, "%s", one->id);
	}
	forge_pki_release(&pki);
}

static const struct {
	const char *descr, *ids, *id, *message;
} refused[] = {
	{ "no root", "ssl-ca-3-17-2025", NULL,
		"\"Hongkong Post e-Cert SSL CA 3 - 17\" was issued by \"Hongkong Post Root CA 3\", "
		"which "
		"is in none of the files" },
	{ "nothing that issues", "root-ca-3", NULL,
		"no certificate of an issuing CA is in the files" },
	{ "a root that has ended", "root-ca-1", NULL,
		"no root that has not ended is in the files; a profile needs one as an anchor" },
	{ "no id", "root-ca-3 ssl-ca-3-17-2025", "a b",
		"draft:4: id: \"a b\" is no id (letters, digits, \"-\", \"_\" and \".\", at most "
		"64)" },
};

Test(profile_draft, says_what_is_missing)
{
	struct forge_pki pki;

	forge_pki_init(&pki, forge_day("2026-01-15"), FORGE_KEYS_FAST, NULL);
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct error err = { .code = ERROR_NONE };
		CLEANUP(profile_freep)
		struct profile *profile = draft(&pki, refused[i].ids, refused[i].id, &err);

		cr_expect_null(profile, "%s", refused[i].descr);
		cr_expect_str_eq(
			err.text, refused[i].message, "%s: %s", refused[i].descr, err.text);
	}
	forge_pki_release(&pki);
}

Test(profile_draft, passes_leafs_over_and_survives_names)
{
	struct forge_pki pki;
	struct error err = { .code = ERROR_NONE };
	struct buf text = BUF_INIT(BYTES);

	forge_pki_init(&pki, forge_day("2026-01-15"), FORGE_KEYS_FAST, NULL);
	struct forge_cert *root = forge_cert(
		&pki.forge, &(struct forge_spec){ .subject = "CN=Say \"\\\\\": #1 {root},C=HK",
				    .key = "odd",
				    .ca = true,
				    .not_before = forge_day("2020-01-01"),
				    .not_after = forge_day("2040-01-01") });
	struct forge_cert *issuing = forge_cert(
		&pki.forge, &(struct forge_spec){ .subject = "CN=香港,C=HK",
				    .key = "odd-issuing",
				    .issuer = root,
				    .ca = true,
				    .not_before = forge_day("2020-01-01"),
				    .not_after = forge_day("2040-01-01") });
	const struct cert *certs[] = { forge_as_cert(issuing),
		forge_as_cert(forge_leaf(&pki, "ssl-ca-3-17-2025", "www.example.hk",
			(struct instant){ 0 }, (struct instant){ 0 })),
		forge_as_cert(root) };
	cr_assert(profile_draft(certs, ARRAY_LEN(certs), "odd", pki.day, &text, &err), "%s",
		err.text);
	cr_expect_not_null(strstr(buf_text(&text), "no CA's were passed over: 1."));
	CLEANUP(profile_freep) struct profile *profile = profile_parse("draft", &text, &err);
	cr_assert_not_null(profile, "%s\n%s", err.text, buf_text(&text));
	cr_expect_str_eq(profile->certificates[0].name, certs[2]->common_name);
	cr_expect_str_eq(profile->certificates[1].id, "ca");
	buf_release(&text);
	forge_pki_release(&pki);
}

static void hear(void *arg, size_t line, const char *text)
{
	(void)buf_addf(arg, "%zu: %s\n", line, text);
}

/* docs/profiles.md says of its example that it is complete. */
Test(profile_draft, the_manuals_example_has_forgotten_nothing)
{
	const char *top = getenv("CHAINMEND_SOURCE_ROOT");
	struct buf manual = BUF_INIT(BYTES), text = BUF_INIT(BYTES), heard = BUF_INIT(BYTES);
	struct error err = { .code = ERROR_NONE };
	char path[4096];

	cr_assert_not_null(top);
	(void)snprintf(path, sizeof path, "%s/docs/profiles.md", top);
	cr_assert(buf_read_file(&manual, path, &err), "%s", err.text);
	const char *begin = strstr(buf_text(&manual), "```yaml\n");
	cr_assert_not_null(begin);
	begin += strlen("```yaml\n");
	const char *end = strstr(begin, "```");
	cr_assert_not_null(end);
	cr_assert(buf_add(&text, begin, (size_t)(end - begin)));
	CLEANUP(profile_freep) struct profile *profile = profile_parse("example", &text, &err);
	cr_assert_not_null(profile, "%s", err.text);
	cr_expect_eq(profile_lint(profile, forge_day("2026-11-27"), LANGUAGE_EN, hear, &heard), 0,
		"%s", buf_text(&heard));
	buf_release(&manual);
	buf_release(&text);
	buf_release(&heard);
}
