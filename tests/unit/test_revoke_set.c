/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke_set.h"

#include <criterion/criterion.h>

#include "checker/cert/cert.h"
#include "tests/forge.h"

#define TODAY "2026-07-01"

/* One distribution point that has no name: only a cRLIssuer, "CN=Keeper". */
static const struct forge_extension kept_by_keeper[] = {
	{ "crlDistributionPoints", "DER:30193017A215A4133011310F300D06035504030C064B6565706572" },
	{ NULL, NULL },
};

struct fixture {
	struct forge forge;
	struct forge_cert *ca, *leaf, *other_leaf, *signer, *keeper, *kept;
	struct forge_cert *stranger; /* has the authority's name, and nothing to do with it */
};

static struct forge_cert *authority(struct fixture *f, const char *subject, const char *key,
	const struct forge_cert *issuer, const char *usage)
{
	return forge_cert(&f->forge, &(struct forge_spec){ .subject = subject,
					     .key = key,
					     .issuer = issuer,
					     .ca = true,
					     .key_usage = usage,
					     .not_before = forge_day("2020-01-01"),
					     .not_after = forge_day("2040-01-01") });
}

static struct forge_cert *end_entity(
	struct fixture *f, const char *serial, const char *url, const struct forge_extension *extra)
{
	return forge_cert(&f->forge, &(struct forge_spec){ .subject = "CN=leaf",
					     .issuer = f->ca,
					     .serial = serial,
					     .crl_url = url,
					     .extra = extra,
					     .not_before = forge_day("2026-01-01"),
					     .not_after = forge_day("2027-01-01") });
}

static void fixture_init(struct fixture *f)
{
	forge_init(&f->forge, FORGE_KEYS_FAST);
	f->ca = authority(f, "CN=Authority,C=HK", "ca", NULL, NULL);
	f->signer = authority(f, "CN=Authority,C=HK", "signer", f->ca, "critical,cRLSign");
	f->stranger = authority(f, "CN=Authority,C=HK", "stranger", NULL, NULL);
	f->keeper = authority(f, "CN=Keeper", "keeper", f->ca, "critical,cRLSign");
	f->leaf = end_entity(f, "11", "http://a.test/a.crl", NULL);
	f->other_leaf = end_entity(f, "12", NULL, NULL);
	f->kept = end_entity(f, "13", NULL, kept_by_keeper);
}

/* Adds a list by ISSUER, fresh and complete but for what CHANGE is given. */
static void add(struct fixture *f, struct revoke_set *set, const struct forge_list *change)
{
	struct forge_list list = *change;
	struct error *none = NULL;

	list.issuer = list.issuer ? list.issuer : f->ca;
	if (!list.this_update.seconds)
		list.this_update = forge_day("2026-06-30");
	if (!list.next_update.seconds)
		list.next_update = forge_day("2026-07-31");
	struct forge_bytes bytes = forge_crl(&f->forge, &list);

	cr_assert(revoke_set_add(set, bytes.data, bytes.len, none));
}

static struct revoke_answer ask(
	struct fixture *f, const struct revoke_set *set, struct forge_cert *cert)
{
	return revoke_set_ask(
		set, forge_as_cert(cert), forge_as_cert(f->ca), forge_day(TODAY), NULL);
}

static enum revoke_status status(
	struct fixture *f, const struct revoke_set *set, struct forge_cert *cert)
{
	return ask(f, set, cert).status;
}

Test(revoke_set, one_list)
{
	static const struct {
		const char *descr;
		struct forge_list list;
		enum revoke_status leaf, other;
	} cases[] = {
		{ "plain", { .number = 1 }, REVOKE_REVOKED, REVOKE_NOT_REVOKED },
		{ "for users only", { .only_user = true }, REVOKE_REVOKED, REVOKE_NOT_REVOKED },
		{ "for authorities only", { .only_ca = true }, REVOKE_INVALID, REVOKE_INVALID },
		{ "for attribute certificates", { .only_attribute = true }, REVOKE_INVALID,
			REVOKE_INVALID },
		{ "for one reason", { .some_reasons = true }, REVOKE_REVOKED, REVOKE_UNAVAILABLE },
		{ "of the leaf's point", { .url = "http://A.test/a.crl" }, REVOKE_REVOKED,
			REVOKE_INVALID },
		{ "of another point", { .url = "http://a.test/b.crl" }, REVOKE_INVALID,
			REVOKE_INVALID },
		{ "damaged", { .broken_signature = true }, REVOKE_INVALID, REVOKE_INVALID },
		{ "of another key", { .key = "stranger" }, REVOKE_INVALID, REVOKE_INVALID },
		{ "unknown critical extension", { .unknown_critical = true }, REVOKE_INVALID,
			REVOKE_INVALID },
		{ "a delta list alone", { .delta = true, .number = 2 }, REVOKE_UNAVAILABLE,
			REVOKE_UNAVAILABLE },
		{ "out of date", { .next_update.seconds = 1782777600 }, REVOKE_REVOKED,
			REVOKE_EXPIRED },
		{ "not yet valid", { .this_update.seconds = 1783036800 }, REVOKE_INVALID,
			REVOKE_INVALID },
	};
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_revoked entry = {
			.cert = f.leaf, .when = forge_day("2026-06-01"), .reason = "keyCompromise"
		};
		struct forge_list list = cases[i].list;
		CLEANUP(revoke_set_freep) struct revoke_set *set = revoke_set_new(NULL);

		list.revoked = &entry;
		list.revoked_count = 1;
		add(&f, set, &list);
		cr_assert_eq(revoke_set_count(set), 1u);
		cr_expect_eq(status(&f, set, f.leaf), cases[i].leaf, "%s: %d", cases[i].descr,
			(int)status(&f, set, f.leaf));
		cr_expect_eq(status(&f, set, f.other_leaf), cases[i].other, "%s: %d",
			cases[i].descr, (int)status(&f, set, f.other_leaf));
	}
	forge_release(&f.forge);
}

Test(revoke_set, no_list)
{
	struct fixture f;

	fixture_init(&f);
	CLEANUP(revoke_set_freep) struct revoke_set *set = revoke_set_new(NULL);

	cr_assert(revoke_set_add(set, (const uint8_t *)"nonsense", 8, NULL));
	cr_expect_eq(revoke_set_count(set), 0u);
	cr_expect_eq(status(&f, set, f.leaf), REVOKE_UNAVAILABLE);
	add(&f, set, &(struct forge_list){ .issuer = f.keeper });
	cr_expect_eq(status(&f, set, f.leaf), REVOKE_UNAVAILABLE, "a list of somebody else");
	forge_release(&f.forge);
}

/* Lists for some reasons each cover a certificate only together. */
Test(revoke_set, reasons_add_up)
{
	static const struct forge_extension rest[] = {
		/* onlySomeReasons: all but keyCompromise (bit 1), as BIT STRING 3F 80 */
		{ "issuingDistributionPoint", "critical,DER:30058303073F80" },
		{ NULL, NULL },
	};
	struct fixture f;

	fixture_init(&f);
	CLEANUP(revoke_set_freep) struct revoke_set *set = revoke_set_new(NULL);

	add(&f, set, &(struct forge_list){ .some_reasons = true });
	cr_expect_eq(status(&f, set, f.leaf), REVOKE_UNAVAILABLE);
	add(&f, set, &(struct forge_list){ .extra = rest });
	cr_expect_eq(status(&f, set, f.leaf), REVOKE_NOT_REVOKED);
	forge_release(&f.forge);
}

Test(revoke_set, delta_lists)
{
	static const struct {
		const char *descr;
		struct forge_list delta;
		enum revoke_status leaf, other;
	} cases[] = {
		/* The complete list, number 5, has the leaf on hold. */
		{ "goes on from the list", { .number = 6, .base = 5 }, REVOKE_NOT_REVOKED,
			REVOKE_REVOKED },
		{ "goes on from one before it", { .number = 6, .base = 3 }, REVOKE_NOT_REVOKED,
			REVOKE_REVOKED },
		{ "goes on from a later one", { .number = 8, .base = 7 }, REVOKE_REVOKED,
			REVOKE_NOT_REVOKED },
		{ "older than the list", { .number = 4, .base = 3 }, REVOKE_REVOKED,
			REVOKE_NOT_REVOKED },
		{ "of another scope", { .number = 6, .base = 5, .only_user = true }, REVOKE_REVOKED,
			REVOKE_NOT_REVOKED },
		{ "not signed", { .number = 6, .base = 5, .broken_signature = true },
			REVOKE_REVOKED, REVOKE_NOT_REVOKED },
		{ "of another authority", { .number = 6, .base = 5, .key = "stranger" },
			REVOKE_REVOKED, REVOKE_NOT_REVOKED },
		{ "without a number", { .base = 5 }, REVOKE_REVOKED, REVOKE_NOT_REVOKED },
	};
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_revoked held = {
			.cert = f.leaf, .when = forge_day("2026-06-01"), .reason = "certificateHold"
		};
		struct forge_revoked changes[] = {
			{ .cert = f.leaf,
				.when = forge_day("2026-06-30"),
				.reason = "removeFromCRL" },
			{ .cert = f.other_leaf, .when = forge_day("2026-06-30") },
		};
		struct forge_list delta = cases[i].delta;
		CLEANUP(revoke_set_freep) struct revoke_set *set = revoke_set_new(NULL);

		delta.delta = true;
		delta.revoked = changes;
		delta.revoked_count = ARRAY_LEN(changes);
		add(&f, set,
			&(struct forge_list){ .number = 5, .revoked = &held, .revoked_count = 1 });
		add(&f, set, &delta);
		cr_expect_eq(status(&f, set, f.leaf), cases[i].leaf, "%s", cases[i].descr);
		cr_expect_eq(status(&f, set, f.other_leaf), cases[i].other, "%s", cases[i].descr);
	}
	forge_release(&f.forge);
}

static bool trusts_nobody(void *arg, const struct cert *signer)
{
	(void)signer;
	++*(int *)arg;
	return false;
}

Test(revoke_set, lists_signed_with_another_key)
{
	struct fixture f;
	int asked = 0;

	fixture_init(&f);
	CLEANUP(revoke_set_freep) struct revoke_set *set = revoke_set_new(NULL);
	const struct revoke_trust nobody = { .trusts = trusts_nobody, .arg = &asked };

	add(&f, set, &(struct forge_list){ .issuer = f.signer });
	cr_expect_eq(status(&f, set, f.leaf), REVOKE_INVALID, "the signer is not at hand");
	cr_assert(revoke_set_add_signer(set, forge_as_cert(f.stranger), NULL));
	cr_assert(revoke_set_add_signer(set, forge_as_cert(f.signer), NULL));
	cr_expect_eq(status(&f, set, f.leaf), REVOKE_NOT_REVOKED, "issued by the issuer");
	cr_expect_eq(revoke_set_ask(set, forge_as_cert(f.leaf), forge_as_cert(f.ca),
			     forge_day(TODAY), &nobody)
			     .status,
		REVOKE_INVALID, "who knows the anchors does not trust it");
	cr_expect_eq(asked, 1, "and was asked");

	CLEANUP(revoke_set_freep) struct revoke_set *strange = revoke_set_new(NULL);

	cr_assert(revoke_set_add_signer(strange, forge_as_cert(f.stranger), NULL));
	add(&f, strange, &(struct forge_list){ .issuer = f.stranger });
	cr_expect_eq(status(&f, strange, f.leaf), REVOKE_INVALID, "a stranger of that name");
	forge_release(&f.forge);
}

Test(revoke_set, indirect_lists)
{
	struct fixture f;

	fixture_init(&f);
	const struct forge_revoked entries[] = {
		{ .serial = "11", .when = forge_day("2026-06-01") }, /* the keeper's own */
		{ .serial = "13", .when = forge_day("2026-06-02"), .owner = f.ca },
		{ .serial = "77", .when = forge_day("2026-06-03") }, /* still the authority's */
		{ .serial = "12", .when = forge_day("2026-06-04"), .owner = f.keeper },
	};
	struct forge_list list = { .issuer = f.keeper,
		.indirect = true,
		.revoked = entries,
		.revoked_count = ARRAY_LEN(entries) };
	CLEANUP(revoke_set_freep) struct revoke_set *set = revoke_set_new(NULL);

	cr_assert(revoke_set_add_signer(set, forge_as_cert(f.keeper), NULL));
	add(&f, set, &list);
	struct revoke_answer answer = ask(&f, set, f.kept);

	cr_expect_eq(answer.status, REVOKE_REVOKED);
	cr_expect_eq(answer.since.seconds, forge_day("2026-06-02").seconds);
	cr_expect_eq(status(&f, set, end_entity(&f, "77", NULL, kept_by_keeper)), REVOKE_REVOKED,
		"the issuer named before holds");
	cr_expect_eq(status(&f, set, end_entity(&f, "11", NULL, kept_by_keeper)),
		REVOKE_NOT_REVOKED, "that number is the keeper's");
	cr_expect_eq(status(&f, set, end_entity(&f, "12", NULL, kept_by_keeper)),
		REVOKE_NOT_REVOKED, "and so is this");
	cr_expect_eq(status(&f, set, f.leaf), REVOKE_UNAVAILABLE,
		"it does not say that another keeps its list");

	/* Not said to be indirect, a list may not name others at all. */
	CLEANUP(revoke_set_freep) struct revoke_set *direct = revoke_set_new(NULL);

	list.indirect = false;
	cr_assert(revoke_set_add_signer(direct, forge_as_cert(f.keeper), NULL));
	add(&f, direct, &list);
	cr_expect_neq(status(&f, direct, f.kept), REVOKE_NOT_REVOKED);
	forge_release(&f.forge);
}
