/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke.h"

#include <string.h>

#include <criterion/criterion.h>

#include "checker/cert/cert.h"
#include "tests/forge.h"

#define TODAY "2026-07-01"
#define URL "http://crl1.eCert.gov.hk/crl/RootCA3ARL.crl"

struct fixture {
	struct forge_pki pki;
	struct forge_cert *leaf;
	struct forge_cert *ca_leaf; /* a leaf issued by the root itself, which nobody revoked */
};

static void fixture_init(struct fixture *f)
{
	const struct instant none = { 0 };

	forge_pki_init(&f->pki, forge_day(TODAY), FORGE_KEYS_FAST, NULL);
	f->leaf = forge_leaf(&f->pki, "ssl-ca-3-17-2025", "www.a.hk", none, none);
	f->ca_leaf = forge_leaf(&f->pki, "root-ca-3", "root.a.hk", none, none);
}

/* A list by Root CA 3 that revokes the SSL CA of 2017; a case changes one thing in it. */
static struct forge_list usual(const struct fixture *f, struct forge_revoked *room)
{
	*room = (struct forge_revoked){ .cert = forge_pki_find(&f->pki, "ssl-ca-3-17-2017"),
		.when = forge_day("2026-06-12T10:20:30Z"),
		.reason = "superseded" };
	return (struct forge_list){ .issuer = forge_pki_find(&f->pki, "root-ca-3"),
		.this_update = forge_day("2026-06-30"),
		.next_update = forge_day("2026-07-31"),
		.number = 1,
		.revoked = room,
		.revoked_count = 1 };
}

static struct revoke_list *read_as(struct fixture *f, const struct forge_list *forged,
	const char *issuer, enum revoke_scope scope, const char *url, const char *now)
{
	struct forge_bytes bytes = forge_crl(&f->pki.forge, forged);
	struct revoke_list *list = revoke_list_new(&(struct revoke_source){ .id = "arl",
							   .bytes = bytes.data,
							   .len = bytes.len,
							   .scope = scope,
							   .url = url },
		forge_pki_cert(&f->pki, issuer), forge_day(now));

	cr_assert(list);
	cr_assert_str_eq(revoke_list_id(list), "arl");
	return list;
}

static enum revoke_status ask(struct fixture *f, const struct revoke_list *list, const char *id)
{
	return revoke_list_look_up(list, forge_pki_cert(&f->pki, id)).status;
}

Test(revoke, answers_of_a_good_list)
{
	struct fixture f;
	struct forge_revoked entry;

	fixture_init(&f);
	struct forge_list forged = usual(&f, &entry);
	struct revoke_list *list = read_as(&f, &forged, "root-ca-3", REVOKE_SCOPE_CA, URL, TODAY);
	struct revoke_answer answer = revoke_list_look_up(
		list, forge_pki_cert(&f.pki, "ssl-ca-3-17-2017"));

	cr_expect_eq(revoke_list_state(list), REVOKE_LIST_GOOD);
	cr_expect_str_eq(revoke_list_why(list), "");
	cr_expect_eq(answer.status, REVOKE_REVOKED);
	cr_expect_eq(answer.since.seconds, forge_day("2026-06-12T10:20:30Z").seconds);
	cr_expect_str_eq(answer.reason, "superseded");

	/* The twin shares name and key, and is another certificate. */
	cr_expect_eq(ask(&f, list, "ssl-ca-3-17-2025"), REVOKE_NOT_REVOKED);
	cr_expect_eq(ask(&f, list, "ev-ssl-ca-3-17-2017"), REVOKE_NOT_REVOKED);
	cr_expect_eq(ask(&f, list, "root-ca-3-cross-2022"), REVOKE_NOT_COVERED, "other issuer");
	cr_expect_eq(revoke_list_look_up(list, forge_as_cert(f.leaf)).status, REVOKE_NOT_COVERED);
	cr_expect_eq(revoke_list_look_up(list, forge_as_cert(f.ca_leaf)).status, REVOKE_NOT_COVERED,
		"a leaf of the same issuer, on a list for CA certificates");
	revoke_list_free(list);
	forge_pki_release(&f.pki);
}

/* One thing at a time is wrong with the list. */
struct fault {
	const char *descr;
	void (*change)(struct fixture *f, struct forge_list *list, struct forge_revoked *entry);
	const char *issuer; /* whose certificate is at hand; NULL: root-ca-3 */
	enum revoke_scope scope;
	const char *why; /* "" when good */
	enum revoke_list_state state;
	enum revoke_status of_2017, of_2025;
};

#define GOOD REVOKE_LIST_GOOD, REVOKE_REVOKED, REVOKE_NOT_REVOKED
#define BAD REVOKE_LIST_INVALID, REVOKE_INVALID, REVOKE_INVALID

static void as_it_is(struct fixture *f, struct forge_list *list, struct forge_revoked *entry)
{
	(void)f, (void)list, (void)entry;
}

#define CHANGE(name, statement)                                                                   \
	static void name(struct fixture *f, struct forge_list *list, struct forge_revoked *entry) \
	{                                                                                         \
		(void)f, (void)list, (void)entry;                                                 \
		statement;                                                                        \
	}                                                                                         \
	struct change_##name

CHANGE(in_pem, list->pem = true);
CHANGE(broken, list->broken_signature = true);
CHANGE(other_key, list->key = "someone-else");
CHANGE(other_issuer, list->issuer = forge_pki_find(&f->pki, "globalsign-r3"));
CHANGE(delta, list->delta = true);
CHANGE(unknown_critical, list->unknown_critical = true);
CHANGE(unknown, list->unknown = true);
CHANGE(entry_unknown, entry->unknown_critical = true);
CHANGE(only_ca, list->only_ca = true);
CHANGE(only_user, list->only_user = true);
CHANGE(only_user_plainly, list->only_user = list->idp_not_critical = true);
CHANGE(only_both, list->only_user = list->only_ca = true);
CHANGE(only_attribute, list->only_attribute = true);
CHANGE(indirect, list->indirect = true);
CHANGE(some_reasons, list->some_reasons = true);
CHANGE(right_url, list->url = URL);
CHANGE(host_in_capitals, list->url = "HTTP://CRL1.ECERT.GOV.HK/crl/RootCA3ARL.crl");
CHANGE(path_in_capitals, list->url = "http://crl1.eCert.gov.hk/CRL/RootCA3ARL.crl");
CHANGE(other_url, list->url = "http://crl1.eCert.gov.hk/crl/other.crl");
CHANGE(without_next, list->next_update.seconds = 0);
CHANGE(without_next_old, list->next_update.seconds = 0;
	list->this_update = forge_day("2026-06-23"));
CHANGE(taken_off, entry->reason = "removeFromCRL");
CHANGE(on_hold, entry->reason = "certificateHold");
CHANGE(empty, list->revoked_count = 0);

static const struct fault faults[] = {
	{ "nothing is wrong", as_it_is, NULL, REVOKE_SCOPE_CA, "", GOOD },
	{ "PEM", in_pem, NULL, REVOKE_SCOPE_CA, "", GOOD },
	{ "issuer known by its cross certificate: the key is the same", as_it_is,
		"root-ca-3-cross-2022", REVOKE_SCOPE_CA, "", GOOD },
	{ "... an expired one as well", as_it_is, "root-ca-3-cross-2017-06", REVOKE_SCOPE_CA, "",
		GOOD },
	{ "signature is damaged", broken, NULL, REVOKE_SCOPE_CA, "its signature", BAD },
	{ "another key of the same name", other_key, NULL, REVOKE_SCOPE_CA, "its signature", BAD },
	{ "another issuer", other_issuer, NULL, REVOKE_SCOPE_CA, "another authority", BAD },
	{ "delta list", delta, NULL, REVOKE_SCOPE_CA, "delta list", BAD },
	{ "unknown critical extension", unknown_critical, NULL, REVOKE_SCOPE_CA, "unknown critical",
		BAD },
	{ "unknown extension, not critical", unknown, NULL, REVOKE_SCOPE_CA, "", GOOD },
	{ "unknown critical extension of an entry", entry_unknown, NULL, REVOKE_SCOPE_CA,
		"an entry of it", BAD },
	{ "CA certificates only, wanted for those", only_ca, NULL, REVOKE_SCOPE_CA, "", GOOD },
	{ "CA certificates only, wanted for all", only_ca, NULL, REVOKE_SCOPE_ALL, "", GOOD },
	{ "CA certificates only, wanted for leafs", only_ca, NULL, REVOKE_SCOPE_LEAF,
		"CA certificates only", REVOKE_LIST_INVALID, REVOKE_NOT_COVERED,
		REVOKE_NOT_COVERED },
	{ "user certificates only", only_user, NULL, REVOKE_SCOPE_CA, "not about CA", BAD },
	{ "... in an extension that is not critical", only_user_plainly, NULL, REVOKE_SCOPE_CA,
		"not about CA", BAD },
	{ "user certificates only, wanted for all", only_user, NULL, REVOKE_SCOPE_ALL, "",
		REVOKE_LIST_GOOD, REVOKE_NOT_COVERED, REVOKE_NOT_COVERED },
	{ "both only", only_both, NULL, REVOKE_SCOPE_CA, "excludes every", BAD },
	{ "attribute certificates only", only_attribute, NULL, REVOKE_SCOPE_CA, "attribute", BAD },
	{ "indirect: its own issuer's certificates are on it, too", indirect, NULL, REVOKE_SCOPE_CA,
		"", GOOD },
	{ "some reasons: what it lacks may be revoked for another", some_reasons, NULL,
		REVOKE_SCOPE_CA, "", REVOKE_LIST_GOOD, REVOKE_REVOKED, REVOKE_NOT_COVERED },
	{ "its own URL", right_url, NULL, REVOKE_SCOPE_CA, "", GOOD },
	{ "host of the URL in capitals", host_in_capitals, NULL, REVOKE_SCOPE_CA, "", GOOD },
	{ "path of the URL in capitals", path_in_capitals, NULL, REVOKE_SCOPE_CA, "",
		REVOKE_LIST_GOOD, REVOKE_INVALID, REVOKE_INVALID },
	{ "another URL", other_url, NULL, REVOKE_SCOPE_CA, "", REVOKE_LIST_GOOD, REVOKE_INVALID,
		REVOKE_INVALID },
	{ "no nextUpdate, a day old", without_next, NULL, REVOKE_SCOPE_CA, "", GOOD },
	{ "no nextUpdate, eight days old", without_next_old, NULL, REVOKE_SCOPE_CA, "does not say",
		REVOKE_LIST_EXPIRED, REVOKE_REVOKED, REVOKE_EXPIRED },
	{ "taken off the list again", taken_off, NULL, REVOKE_SCOPE_CA, "", REVOKE_LIST_GOOD,
		REVOKE_NOT_REVOKED, REVOKE_NOT_REVOKED },
	{ "on hold", on_hold, NULL, REVOKE_SCOPE_CA, "", GOOD },
	{ "empty", empty, NULL, REVOKE_SCOPE_CA, "", REVOKE_LIST_GOOD, REVOKE_NOT_REVOKED,
		REVOKE_NOT_REVOKED },
};

Test(revoke, faults_of_lists)
{
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		const struct fault *fault = &faults[i];
		struct forge_revoked entry;
		struct forge_list forged = usual(&f, &entry);

		fault->change(&f, &forged, &entry);
		struct revoke_list *list = read_as(&f, &forged,
			fault->issuer ? fault->issuer : "root-ca-3", fault->scope, URL, TODAY);
		const char *why = revoke_list_why(list);

		cr_expect_eq(revoke_list_state(list), fault->state, "%s: %s", fault->descr, why);
		cr_expect(*fault->why ? strstr(why, fault->why) != NULL : !*why, "%s: '%s'",
			fault->descr, why);
		cr_expect_eq(ask(&f, list, "ssl-ca-3-17-2017"), fault->of_2017, "%s", fault->descr);
		cr_expect_eq(ask(&f, list, "ssl-ca-3-17-2025"), fault->of_2025, "%s", fault->descr);
		revoke_list_free(list);
	}
	forge_pki_release(&f.pki);
}

Test(revoke, to_the_second)
{
	static const struct {
		const char *descr, *now;
		enum revoke_list_state state;
		enum revoke_status of_2017, of_2025;
	} cases[] = {
		{ "a second before thisUpdate", "2026-06-29T23:59:59Z", BAD },
		{ "thisUpdate", "2026-06-30T00:00:00Z", GOOD },
		{ "a second before nextUpdate", "2026-07-30T23:59:59Z", GOOD },
		{ "nextUpdate", "2026-07-31T00:00:00Z", GOOD },
		{ "a second after: what it holds stays revoked", "2026-07-31T00:00:01Z",
			REVOKE_LIST_EXPIRED, REVOKE_REVOKED, REVOKE_EXPIRED },
	};
	struct fixture f;
	struct forge_revoked entry;

	fixture_init(&f);
	struct forge_list forged = usual(&f, &entry);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct revoke_list *list = read_as(
			&f, &forged, "root-ca-3", REVOKE_SCOPE_CA, URL, cases[i].now);

		cr_expect_eq(revoke_list_state(list), cases[i].state, "%s", cases[i].descr);
		cr_expect_eq(
			ask(&f, list, "ssl-ca-3-17-2017"), cases[i].of_2017, "%s", cases[i].descr);
		cr_expect_eq(
			ask(&f, list, "ssl-ca-3-17-2025"), cases[i].of_2025, "%s", cases[i].descr);
		revoke_list_free(list);
	}
	forge_pki_release(&f.pki);
}

Test(revoke, point_named_by_the_certificate)
{
	struct fixture f;
	struct forge_revoked entry;

	fixture_init(&f);
	struct forge_list forged = usual(&f, &entry);

	/* Fetched from a mirror: the certificates still say where it belongs. */
	forged.url = URL;
	struct revoke_list *list = read_as(
		&f, &forged, "root-ca-3", REVOKE_SCOPE_ALL, "http://mirror.test/a.crl", TODAY);

	cr_expect_eq(ask(&f, list, "ssl-ca-3-17-2017"), REVOKE_REVOKED);
	cr_expect_eq(ask(&f, list, "ssl-ca-3-17-2025"), REVOKE_NOT_REVOKED);
	cr_expect_eq(revoke_list_look_up(list, forge_as_cert(f.ca_leaf)).status, REVOKE_INVALID,
		"this one names another point");
	revoke_list_free(list);
	forge_pki_release(&f.pki);
}

Test(revoke, not_a_list)
{
	static const struct {
		const char *descr, *bytes;
		size_t len;
	} cases[] = {
		{ "nothing", "", 0 },
		{ "text", "<html>404</html>", 16 },
		{ "a digit", "0", 1 },
		{ "DER cut short", "\x30\x82\x01", 3 },
		{ "PEM of nothing", "-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n", 48 },
	};
	struct fixture f;
	struct forge_revoked entry;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct revoke_list *list = revoke_list_new(
			&(struct revoke_source){ .id = "x",
				.bytes = (const uint8_t *)cases[i].bytes,
				.len = cases[i].len,
				.scope = REVOKE_SCOPE_CA },
			forge_pki_cert(&f.pki, "root-ca-3"), forge_day(TODAY));

		cr_expect_eq(revoke_list_state(list), REVOKE_LIST_INVALID, "%s", cases[i].descr);
		cr_expect_eq(
			ask(&f, list, "ssl-ca-3-17-2017"), REVOKE_INVALID, "%s", cases[i].descr);
		revoke_list_free(list);
	}
	struct forge_list forged = usual(&f, &entry);
	struct forge_bytes whole = forge_crl(&f.pki.forge, &forged);
	struct forge_bytes longer = forge_keep(&f.pki.forge, whole.data, whole.len + 1);
	struct revoke_list *list = revoke_list_new(&(struct revoke_source){ .id = "x",
							   .bytes = longer.data,
							   .len = longer.len,
							   .scope = REVOKE_SCOPE_CA },
		forge_pki_cert(&f.pki, "root-ca-3"), forge_day(TODAY));

	cr_expect_eq(revoke_list_state(list), REVOKE_LIST_INVALID, "a byte behind the list");
	revoke_list_free(list);
	forge_pki_release(&f.pki);
}

Test(revoke, unavailable)
{
	struct fixture f;
	struct forge_revoked entry;

	fixture_init(&f);
	struct revoke_list *list = revoke_list_unavailable("arl", "timed out\n");

	cr_expect_eq(revoke_list_state(list), REVOKE_LIST_UNAVAILABLE);
	cr_expect_str_neq(revoke_list_why(list), "timed out\n", "made printable");
	cr_expect_eq(ask(&f, list, "ssl-ca-3-17-2017"), REVOKE_UNAVAILABLE);
	revoke_list_free(list);

	struct forge_list forged = usual(&f, &entry);
	struct forge_bytes bytes = forge_crl(&f.pki.forge, &forged);

	list = revoke_list_new(&(struct revoke_source){ .id = "arl",
				       .bytes = bytes.data,
				       .len = bytes.len,
				       .scope = REVOKE_SCOPE_CA },
		NULL, forge_day(TODAY));
	cr_expect_eq(revoke_list_state(list), REVOKE_LIST_UNAVAILABLE, "no issuer at hand");
	cr_expect_eq(ask(&f, list, "ssl-ca-3-17-2017"), REVOKE_UNAVAILABLE);
	revoke_list_free(list);
	forge_pki_release(&f.pki);
}

Test(revoke, issuer_that_may_not_sign_lists)
{
	struct fixture f;
	struct forge_revoked entry;

	fixture_init(&f);
	struct forge_list forged = usual(&f, &entry);
	struct forge_cert *mute = forge_cert(&f.pki.forge,
		&(struct forge_spec){ .subject = "CN=Hongkong Post Root CA 3,O=Hongkong "
						 "Post,L=Hong Kong,ST=Hong Kong,C=HK",
			.key = "root-ca-3",
			.ca = true,
			.key_usage = "critical,keyCertSign",
			.not_before = forge_day("2020-01-01"),
			.not_after = forge_day("2030-01-01") });
	struct forge_bytes bytes = forge_crl(&f.pki.forge, &forged);
	struct revoke_list *list = revoke_list_new(&(struct revoke_source){ .id = "arl",
							   .bytes = bytes.data,
							   .len = bytes.len,
							   .scope = REVOKE_SCOPE_CA },
		forge_as_cert(mute), forge_day(TODAY));

	cr_expect_eq(revoke_list_state(list), REVOKE_LIST_INVALID);
	cr_expect(strstr(revoke_list_why(list), "not for signing lists"));
	revoke_list_free(list);
	forge_pki_release(&f.pki);
}

/* A certificate of the same issuer's name, but of another key of it, is not on this list. */
Test(revoke, same_name_other_key)
{
	struct fixture f;
	struct forge_revoked entry;

	fixture_init(&f);
	struct forge_list forged = usual(&f, &entry);
	struct forge_cert *other_root = forge_cert(&f.pki.forge,
		&(struct forge_spec){ .subject = "CN=Hongkong Post Root CA 3,O=Hongkong "
						 "Post,L=Hong Kong,ST=Hong Kong,C=HK",
			.key = "other-root",
			.ca = true,
			.not_before = forge_day("2020-01-01"),
			.not_after = forge_day("2030-01-01") });
	struct forge_cert *other = forge_cert(
		&f.pki.forge, &(struct forge_spec){ .subject = "CN=x",
				      .issuer = other_root,
				      .ca = true,
				      .serial = "63FE03BD8BBB9512A4091ED93C5FED14C0E181D5",
				      .not_before = forge_day("2020-01-01"),
				      .not_after = forge_day("2030-01-01") });
	struct revoke_list *list = read_as(&f, &forged, "root-ca-3", REVOKE_SCOPE_CA, URL, TODAY);

	cr_expect_eq(revoke_list_look_up(list, forge_as_cert(other)).status, REVOKE_NOT_COVERED);
	revoke_list_free(list);
	forge_pki_release(&f.pki);
}

/* RFC 5280, 4.2.1.13: cRLIssuer says that another authority keeps the list. */
Test(revoke, list_kept_by_another)
{
	/* One distribution point: its name a URI, its cRLIssuer "CN=K". */
	static const struct forge_extension kept_elsewhere[] = {
		{ "crlDistributionPoints",
			"DER:30233021"
			"A00DA00B8609687474703A2F2F612FA210A40E300C310A300806035504030C014B" },
		{ NULL, NULL },
	};
	struct fixture f;
	struct forge_revoked entry;

	fixture_init(&f);
	struct forge_list forged = usual(&f, &entry);
	struct forge_cert *cert = forge_leaf_as(&f.pki, "root-ca-3", "x.hk",
		&(struct forge_spec){ .crl_url = "", .extra = kept_elsewhere });
	struct revoke_list *list = read_as(&f, &forged, "root-ca-3", REVOKE_SCOPE_ALL, URL, TODAY);

	cr_expect_eq(revoke_list_look_up(list, forge_as_cert(cert)).status, REVOKE_NOT_COVERED);
	cr_expect_eq(
		revoke_list_look_up(list, forge_as_cert(f.ca_leaf)).status, REVOKE_NOT_REVOKED);
	revoke_list_free(list);
	forge_pki_release(&f.pki);
}

Test(revoke, a_hundred_thousand_entries)
{
	static const char *const serials[] = { "7000000000", "700000C350", "700001869F" };
	struct fixture f;
	struct forge_revoked entry;

	fixture_init(&f);
	struct forge_list forged = usual(&f, &entry);

	forged.padding = 100000;
	struct revoke_list *list = read_as(&f, &forged, "root-ca-3", REVOKE_SCOPE_ALL, URL, TODAY);

	cr_assert_eq(revoke_list_state(list), REVOKE_LIST_GOOD);
	cr_expect_eq(ask(&f, list, "ssl-ca-3-17-2017"), REVOKE_REVOKED);
	cr_expect_eq(ask(&f, list, "ssl-ca-3-17-2025"), REVOKE_NOT_REVOKED);
	for (size_t i = 0; i < ARRAY_LEN(serials); i++) {
		struct forge_cert *cert = forge_leaf_as(
			&f.pki, "root-ca-3", "x.hk", &(struct forge_spec){ .serial = serials[i] });
		struct revoke_answer answer = revoke_list_look_up(list, forge_as_cert(cert));

		cr_expect_eq(answer.status, REVOKE_REVOKED, "%s", serials[i]);
		cr_expect_null(answer.reason);
	}
	revoke_list_free(list);
	forge_pki_release(&f.pki);
}

Test(revoke, names_serials_of_certificates_that_are_not_at_hand)
{
	struct forge_pki pki;

	forge_pki_init(&pki, forge_day("2026-07-01"), FORGE_KEYS_FAST, NULL);
	struct forge_bytes bytes = forge_pki_arl(&pki, true);
	const struct revoke_source source = {
		.id = "arl", .bytes = bytes.data, .len = bytes.len, .scope = REVOKE_SCOPE_CA
	};
	CLEANUP(revoke_list_freep)
	struct revoke_list *list = revoke_list_new(
		&source, forge_pki_cert(&pki, "root-ca-3"), forge_day("2026-07-01"));

	cr_expect(revoke_list_names(list, forge_pki_cert(&pki, "ssl-ca-3-17-2017")->serial));
	cr_expect(revoke_list_names(list, "63FE03BD8BBB9512A4091ED93C5FED14C0E181D5"), "any case");
	cr_expect_not(revoke_list_names(list, forge_pki_cert(&pki, "ssl-ca-3-17-2025")->serial));
	cr_expect_not(revoke_list_names(list, "no number"));
	CLEANUP(revoke_list_freep)
	struct revoke_list *none = revoke_list_unavailable("arl", "gone");
	cr_expect_not(revoke_list_names(none, "63FE03BD8BBB9512A4091ED93C5FED14C0E181D5"));
	forge_pki_release(&pki);
}
