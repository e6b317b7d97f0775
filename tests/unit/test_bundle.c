/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "reports/bundle/bundle.h"
#include "rules/profile/profile.h"
#include "tests/forge.h"
#include "tests/stage.h"

static struct stage stage;

static void set_up(void)
{
	stage_init(&stage, "2026-07-01", true);
}

static void tear_down(void)
{
	stage_release(&stage);
}

TestSuite(bundle, .init = set_up, .fini = tear_down);

/* A trust with the stage's anchors that knows no certificate of the profile. */
static struct trust *bare_trust(void)
{
	static const struct {
		const char *store, *anchors[2];
	} stores[] = { { "current", { "root-ca-3", "globalsign-r3" } },
		{ "stock-java", { "globalsign-r3", NULL } } };
	struct trust *trust = trust_new();

	forge_must(trust != NULL, "trust_new");
	for (size_t s = 0; s < ARRAY_LEN(stores); s++) {
		forge_must(trust_add_store(trust, stores[s].store) == s, "trust_add_store");
		for (size_t i = 0; i < 2 && stores[s].anchors[i]; i++)
			forge_must(trust_add_anchor(trust, s,
					   forge_pki_cert(&stage.pki, stores[s].anchors[i]), NULL),
				"trust_add_anchor");
	}
	return trust;
}

#define POOL 16

struct pool {
	struct bundle_given items[POOL];
	size_t count;
};

/* Certificates of the PKI by their ids, with blanks between them. */
static struct pool pool_of(const char *ids)
{
	struct pool pool = { .count = 0 };

	while (*ids) {
		char id[64];
		size_t len = strcspn(ids, " ");
		(void)snprintf(id, sizeof id, "%.*s", (int)len, ids);
		ids += len + (ids[len] == ' ');
		pool.items[pool.count++] = (struct bundle_given){
			.cert = forge_pki_cert(&stage.pki, id), .said = true
		};
	}
	return pool;
}

static const char *id_of(const struct cert *cert)
{
	for (size_t i = 0; i < FORGE_PKI_CERTS; i++)
		if (cert_equal(cert, forge_pki_cert(&stage.pki, stage.pki.ids[i])))
			return stage.pki.ids[i];
	return cert->common_name;
}

/* "above above; -left out: why; ?missing; !why not", all in one line. */
static void describe(const struct bundle *bundle, struct buf *out)
{
	char text[BUNDLE_TEXT];

	for (size_t i = 0; i < bundle->count; i++)
		(void)buf_addf(out, "%s%s", i ? " " : "", id_of(bundle->above[i]));
	for (size_t i = 0; i < bundle->left_out.count; i++) {
		const struct bundle_left_out *left = &bundle->left_out.items[i];
		phrase_render(left->why, LANGUAGE_EN, text, sizeof text);
		(void)buf_addf(out, "; -%s: %s", id_of(left->cert), text);
	}
	for (size_t i = 0; i < bundle->missing_count; i++)
		(void)buf_addf(out, "; %s%s", bundle->missing[i].required ? "?" : "~",
			bundle->missing[i].known ? bundle->missing[i].known->id
						 : bundle->missing[i].name);
	phrase_render(bundle->why, LANGUAGE_EN, text, sizeof text);
	if (bundle->state == BUNDLE_IMPOSSIBLE)
		(void)buf_addf(out, "; !%s", text);
}

static void expect_bundle(
	const char *descr, const struct bundle_request *request, const char *wanted)
{
	CLEANUP(bundle_release) struct bundle bundle;
	CLEANUP(buf_release) struct buf text = BUF_INIT(8192);

	cr_assert(bundle_make(request, &bundle, NULL), "%s", descr);
	describe(&bundle, &text);
	cr_expect_str_eq(buf_text(&text), wanted, "%s: %s", descr, buf_text(&text));
}

static struct bundle_request request_for(const struct cert *leaf, const struct pool *pool)
{
	return (struct bundle_request){ .leaf = leaf,
		.profile = stage.profile,
		.trust = stage.trust,
		.pool = pool->items,
		.pool_count = pool->count,
		.now = stage.context.now };
}

static const struct cert *leaf_of(const char *issuer)
{
	const struct instant usual = { 0 };

	return forge_as_cert(forge_leaf(&stage.pki, issuer, "www.example.hk", usual, usual));
}

#define RETIRED "the CA has retired it, and "
#define ROOT "it is a root: clients have it themselves or do not trust it"
#define STRAY "it is not on the way from this leaf to a root"

Test(bundle, serves_what_the_profile_wants)
{
	static const struct {
		const char *descr, *issuer, *pool, *wanted;
	} cases[] = {
		{ "all at hand", "ssl-ca-3-17-2025", "", "ssl-ca-3-17-2025 root-ca-3-cross-2022" },
		{ "extended validation has another issuer", "ev-ssl-ca-3-17-2025", "",
			"ev-ssl-ca-3-17-2025 root-ca-3-cross-2022" },
		{ "the retired twin was served", "ssl-ca-3-17-2017", "ssl-ca-3-17-2017",
			"ssl-ca-3-17-2025 root-ca-3-cross-2022; -ssl-ca-3-17-2017: " RETIRED
			"ssl-ca-3-17-2025 takes its place" },
		{ "the root was served", "ssl-ca-3-17-2025", "ssl-ca-3-17-2025 root-ca-3",
			"ssl-ca-3-17-2025 root-ca-3-cross-2022; -root-ca-3: " ROOT },
		{ "an old cross, and the order is wrong", "ssl-ca-3-17-2025",
			"root-ca-3-cross-2017-08 ssl-ca-3-17-2025",
			"ssl-ca-3-17-2025 root-ca-3-cross-2022; -root-ca-3-cross-2017-08: " RETIRED
			"root-ca-3-cross-2022 takes its place" },
		{ "the issuer of the other product", "ssl-ca-3-17-2025", "ev-ssl-ca-3-17-2025",
			"ssl-ca-3-17-2025 root-ca-3-cross-2022; -ev-ssl-ca-3-17-2025: " STRAY },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pool pool = pool_of(cases[i].pool);
		struct bundle_request request = request_for(leaf_of(cases[i].issuer), &pool);
		expect_bundle(cases[i].descr, &request, cases[i].wanted);
	}
}

Test(bundle, names_what_is_not_at_hand)
{
	static const struct {
		const char *descr, *issuer, *pool, *wanted;
		enum bundle_state state;
	} cases[] = {
		{ "nothing at hand", "ssl-ca-3-17-2025", "", "; ?ssl-ca-3-17-2025",
			BUNDLE_LACKING },
		{ "the retired twin alone", "ssl-ca-3-17-2025", "ssl-ca-3-17-2017",
			"; -ssl-ca-3-17-2017: " RETIRED
			"ssl-ca-3-17-2025 takes its place; ?ssl-ca-3-17-2025",
			BUNDLE_LACKING },
		{ "no cross", "ssl-ca-3-17-2025", "ssl-ca-3-17-2025",
			"ssl-ca-3-17-2025; ~root-ca-3-cross-2022", BUNDLE_WHOLE },
		{ "all in files", "ssl-ca-3-17-2025", "root-ca-3-cross-2022 ssl-ca-3-17-2025",
			"ssl-ca-3-17-2025 root-ca-3-cross-2022", BUNDLE_WHOLE },
	};
	CLEANUP(trust_freep) struct trust *trust = bare_trust();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(bundle_release) struct bundle bundle;
		struct pool pool = pool_of(cases[i].pool);
		struct bundle_request request = request_for(leaf_of(cases[i].issuer), &pool);

		request.trust = trust;
		expect_bundle(cases[i].descr, &request, cases[i].wanted);
		cr_assert(bundle_make(&request, &bundle, NULL));
		cr_expect_eq(bundle.state, cases[i].state, "%s", cases[i].descr);
		cr_expect(bundle.in_profile, "%s", cases[i].descr);
	}
}

Test(bundle, never_ends_before_the_leaf)
{
	static const struct {
		const char *descr, *from, *until, *today, *wanted;
	} cases[] = {
		{ "as long as the cross", "2029-01-01", "2029-03-18", "2029-01-01",
			"ssl-ca-3-17-2025 root-ca-3-cross-2022" },
		{ "longer than the cross", "2029-01-01", "2029-03-19T12:00:00Z", "2029-01-01",
			"ssl-ca-3-17-2025; -root-ca-3-cross-2022: it ends on 2029-03-18, before "
			"the leaf does" },
		{ "expired itself, before its issuer was issued", "2023-01-01", "2024-01-01",
			"2026-07-01", "ssl-ca-3-17-2025 root-ca-3-cross-2022" },
		{ "not valid yet", "2027-01-01", "2027-06-01", "2026-12-01",
			"ssl-ca-3-17-2025 root-ca-3-cross-2022" },
		{ "longer than its issuer", "2032-01-01", "2032-07-01", "2032-01-01",
			"; -ssl-ca-3-17-2025: it ends on 2032-06-03, before the leaf does"
			"; !Hongkong Post e-Cert SSL CA 3 - 17 ends on 2032-06-03, before the leaf "
			"does" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pool none = { .count = 0 };
		const struct cert *leaf = forge_as_cert(forge_leaf(&stage.pki, "ssl-ca-3-17-2025",
			"www.example.hk", forge_day(cases[i].from), forge_day(cases[i].until)));
		struct bundle_request request = request_for(leaf, &none);

		request.now = forge_day(cases[i].today);
		expect_bundle(cases[i].descr, &request, cases[i].wanted);
	}
}

Test(bundle, a_name_is_no_issuer)
{
	struct forge *forge = &stage.pki.forge;
	const char *subject = "CN=Hongkong Post e-Cert SSL CA 3 - 17,O=Hongkong Post,"
			      "L=Hong Kong,ST=Hong Kong,C=HK";
	struct forge_cert *stranger = forge_cert(
		forge, &(struct forge_spec){ .subject = subject,
			       .key = "stranger",
			       .ca = true,
			       .no_ski = true,
			       .issuer = forge_pki_find(&stage.pki, "root-ca-1"),
			       .not_before = forge_day("2025-03-20"),
			       .not_after = forge_day("2040-06-03") });
	struct forge_cert *twin = forge_cert(
		forge, &(struct forge_spec){ .subject = subject,
			       .key = forge_pki_find(&stage.pki, "ssl-ca-3-17-2025")->key,
			       .ca = true,
			       .issuer = forge_pki_find(&stage.pki, "root-ca-3"),
			       .not_before = forge_day("2025-03-20"),
			       .not_after = forge_day("2040-06-03") });
	struct pool pool = { .count = 2 };

	pool.items[0] = (struct bundle_given){ forge_as_cert(stranger), true };
	pool.items[1] = (struct bundle_given){ forge_as_cert(twin), true };
	cr_assert_str_eq(pool.items[1].cert->subject,
		forge_pki_cert(&stage.pki, "ssl-ca-3-17-2025")->subject);
	struct bundle_request request = request_for(leaf_of("ssl-ca-3-17-2025"), &pool);
	expect_bundle("one of its name with another key, and one with its key", &request,
		"ssl-ca-3-17-2025 root-ca-3-cross-2022"
		"; -Hongkong Post e-Cert SSL CA 3 - 17: " STRAY
		"; -Hongkong Post e-Cert SSL CA 3 - 17: ssl-ca-3-17-2025 has the same name and key "
		"and is served instead");

	/* The twin is none of the profile's: it does not take the place of what is. */
	CLEANUP(trust_freep) struct trust *trust = bare_trust();
	request.trust = trust;
	expect_bundle("the CA's own is not at hand", &request,
		"; -Hongkong Post e-Cert SSL CA 3 - 17: " STRAY
		"; -Hongkong Post e-Cert SSL CA 3 - 17: it is none of the CA's certificates that "
		"the profile knows; ?ssl-ca-3-17-2025");
}

Test(bundle, a_key_retired_for_good_needs_a_request)
{
	struct pool none = { .count = 0 };

	/* The replacement has another key. */
	stage_edit_profile(
		&stage, "replaced_by: ssl-ca-3-17-2025", "replaced_by: ev-ssl-ca-3-17-2025");
	stage_edit_profile(&stage,
		"  - id: ssl-ca-3-17-2025\n    role: issuing\n    state: current",
		"  - id: ssl-ca-3-17-2025\n    role: issuing\n    state: retired\n    replaced_by: "
		"ev-ssl-ca-3-17-2025");
	struct bundle_request request = request_for(leaf_of("ssl-ca-3-17-2025"), &none);
	expect_bundle("retired", &request,
		"; !the leaf was issued with the key of Hongkong Post e-Cert SSL CA 3 - 17, which "
		"the CA has retired for good: a new certificate has to be requested");
}

Test(bundle, leafs_that_are_none)
{
	struct forge *forge = &stage.pki.forge;
	struct pool none = { .count = 0 };
	struct forge_cert *own = forge_cert(forge, &(struct forge_spec){ .subject = "CN=own",
							   .not_before = forge_day("2026-01-01"),
							   .not_after = forge_day("2027-01-01") });
	struct forge_cert *junk = forge_cert_from(forge, "junk", 4);
	struct bundle_request request = request_for(forge_as_cert(own), &none);

	expect_bundle("self-signed", &request, "");
	request = request_for(forge_as_cert(junk), &none);
	expect_bundle("no certificate", &request, "; !the certificate cannot be decoded");
	request = request_for(forge_pki_cert(&stage.pki, "ssl-ca-3-17-2025"), &none);
	expect_bundle("a CA's", &request,
		"; !Hongkong Post e-Cert SSL CA 3 - 17 is the certificate of a CA and no server's");
}

/* --- Leafs of other CAs --- */

struct other {
	struct forge_cert *root, *twin_root, *inter, *cross, *leaf;
};

static struct forge_cert *issue(
	const char *subject, const char *key, const struct forge_cert *by, const char *until)
{
	return forge_cert(&stage.pki.forge, &(struct forge_spec){ .subject = subject,
						    .key = key,
						    .issuer = by,
						    .ca = true,
						    .not_before = forge_day("2020-01-01"),
						    .not_after = forge_day(until) });
}

static struct other make_other(void)
{
	static const char *const names[] = { "DNS:other.example", NULL };
	struct other other;

	other.root = issue("CN=Other Root", "other-root", NULL, "2040-01-01");
	other.twin_root = issue("CN=Old Root", "old-root", NULL, "2040-01-01");
	other.cross = issue("CN=Other Root", "other-root", other.twin_root, "2039-01-01");
	other.inter = issue("CN=Other CA", "other-ca", other.root, "2035-01-01");
	other.leaf = forge_cert(
		&stage.pki.forge, &(struct forge_spec){ .subject = "CN=other.example",
					  .san = names,
					  .eku = "serverAuth",
					  .issuer = other.inter,
					  .not_before = forge_day("2026-06-01"),
					  .not_after = forge_day("2026-12-01") });
	return other;
}

static struct forge_cert *part(const struct other *other, char letter)
{
	return letter == 'r'   ? other->root
	       : letter == 'o' ? other->twin_root
	       : letter == 'i' ? other->inter
			       : other->cross;
}

Test(bundle, any_ca_gets_the_best_path)
{
	/* r: its root, o: the older root, i: intermediate, c: cross by the older root. */
	static const struct {
		const char *descr, *first, *second, *pool, *wanted;
	} cases[] = {
		{ "to the root that clients have", "r", "", "irc",
			"Other CA; -Other Root: " ROOT
			"; -Other Root: clients need it no more than the CA wants it to be "
			"served" },
		{ "through the cross where they have the older one", "o", "", "ic",
			"Other CA Other Root" },
		{ "for two kinds of clients the longer one serves both", "r", "o", "ic",
			"Other CA Other Root" },
		{ "nobody trusts it, a private CA", "", "", "ir", "Other CA; -Other Root: " ROOT },
		{ "without its root", "", "", "i", "Other CA; ?Other Root" },
		{ "without anything", "r", "", "", "; ?Other CA" },
	};
	struct other other = make_other();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(trust_freep) struct trust *trust = trust_new();
		const char *stores[] = { cases[i].first, cases[i].second };
		struct pool pool = { .count = 0 };

		forge_must(trust != NULL, "trust_new");
		for (size_t s = 0; s < 2; s++)
			forge_must(trust_add_store(trust, s ? "second" : "first") == s &&
					   (!*stores[s] ||
						   trust_add_anchor(trust, s,
							   forge_as_cert(part(&other, *stores[s])),
							   NULL)),
				"a store");
		for (const char *at = cases[i].pool; *at; at++)
			pool.items[pool.count++] = (struct bundle_given){
				forge_as_cert(part(&other, *at)), true
			};
		struct bundle_request request = request_for(forge_as_cert(other.leaf), &pool);
		request.trust = trust;
		expect_bundle(cases[i].descr, &request, cases[i].wanted);
	}
}

Test(bundle, says_whose_clients_are_content)
{
	CLEANUP(bundle_release) struct bundle bundle;
	struct pool pool = pool_of("ssl-ca-3-17-2025");
	struct bundle_request request = request_for(leaf_of("ssl-ca-3-17-2025"), &pool);
	CLEANUP(trust_freep) struct trust *trust = bare_trust();

	request.trust = trust;
	cr_assert(bundle_make(&request, &bundle, NULL));
	cr_expect_eq(bundle.store_count, 2);
	cr_expect_eq(bundle.trusted[0], ANSWER_YES);
	cr_expect_eq(bundle.trusted[1], ANSWER_NO, "no cross, and Java knows the other root alone");
}

/* --- Leafs known from a record, without bytes --- */

static const struct cert *described(const struct cert *leaf)
{
	const struct cert_description description = { .sha256 = leaf->sha256_text,
		.readable = true,
		.subject = leaf->subject,
		.issuer = leaf->issuer,
		.serial = leaf->serial,
		.key = leaf->key,
		.signature = leaf->signature,
		.not_before = leaf->not_before,
		.not_after = leaf->not_after };
	const struct cert *made = cert_new_described(&description, NULL);

	forge_must(made != NULL, "cert_new_described");
	return made;
}

Test(bundle, a_leaf_without_bytes)
{
	CLEANUP(cert_unrefp) const struct cert *leaf = described(leaf_of("ssl-ca-3-17-2025"));
	struct pool none = { .count = 0 };
	struct bundle_request request = request_for(leaf, &none);
	const struct cert *other = forge_pki_cert(&stage.pki, "ev-ssl-ca-3-17-2025");

	expect_bundle(
		"by the name of its issuer", &request, "ssl-ca-3-17-2025 root-ca-3-cross-2022");
	request.issuer_key = forge_pki_cert(&stage.pki, "ssl-ca-3-17-2017")->spki_sha256;
	expect_bundle("by name and key", &request, "ssl-ca-3-17-2025 root-ca-3-cross-2022");
	request.issuer_key = other->spki_sha256;
	expect_bundle(
		"another key than the name's", &request, "; ?Hongkong Post e-Cert SSL CA 3 - 17");
}
