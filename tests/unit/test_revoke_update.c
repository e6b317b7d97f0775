/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <criterion/criterion.h>

#include "checker/cert/cert.h"
#include "checker/revoke/revoke.h"
#include "tests/forge.h"

#define TODAY "2026-07-01"

static struct revoke_list *read_base(struct forge_pki *pki, const struct forge_list *forged)
{
	struct forge_bytes bytes = forge_crl(&pki->forge, forged);
	const struct revoke_source source = {
		.id = "arl", .bytes = bytes.data, .len = bytes.len, .scope = REVOKE_SCOPE_CA
	};
	struct revoke_list *list = revoke_list_new(
		&source, forge_pki_cert(pki, "root-ca-3"), forge_day(TODAY));

	cr_assert(list && revoke_list_state(list) == REVOKE_LIST_GOOD);
	return list;
}

static enum revoke_status ask(struct forge_pki *pki, const struct revoke_list *list, const char *id)
{
	return revoke_list_look_up(list, forge_pki_cert(pki, id)).status;
}

static const struct {
	const char *descr;
	struct forge_list delta;
	const char *now, *why; /* NULL: it is taken */
} cases[] = {
	{ "goes on from the list", { .delta = true, .base = 5, .number = 6 }, TODAY, NULL },
	{ "not a delta list", { .number = 6 }, TODAY, "not a delta list" },
	{ "of a later list", { .delta = true, .base = 6, .number = 7 }, TODAY, "a later list" },
	{ "older", { .delta = true, .base = 3, .number = 4 }, TODAY, "older" },
	{ "of another point", { .delta = true, .base = 5, .number = 6, .only_ca = true }, TODAY,
		"another list" },
	{ "damaged", { .delta = true, .base = 5, .number = 6, .broken_signature = true }, TODAY,
		"not its issuer's" },
	{ "past", { .delta = true, .base = 5, .number = 6 }, "2026-07-09", "out of date" },
};

/* What a delta list changes, and which lists it may change (5.2.4). */
Test(revoke, updates)
{
	struct forge_pki pki;

	forge_pki_init(&pki, forge_day(TODAY), FORGE_KEYS_FAST, NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct forge_revoked entry = { .cert = forge_pki_find(
							     &pki, "ssl-ca-3-17-2017"),
			.when = forge_day("2026-06-12"),
			.reason = "certificateHold" };
		struct forge_list forged = { .issuer = forge_pki_find(&pki, "root-ca-3"),
			.this_update = forge_day("2026-06-30"),
			.next_update = forge_day("2026-07-31"),
			.number = 5,
			.revoked = &entry,
			.revoked_count = 1 };
		struct forge_list delta = cases[i].delta;
		const struct forge_revoked changes[] = {
			{ .cert = entry.cert, .when = entry.when, .reason = "removeFromCRL" },
			{ .cert = forge_pki_find(&pki, "ssl-ca-3-17-2025"),
				.when = forge_day("2026-06-30"),
				.reason = "certificateHold" },
		};
		const char *why = NULL;

		delta.issuer = forged.issuer;
		delta.this_update = forge_day("2026-06-30");
		delta.next_update = forge_day("2026-07-08");
		delta.revoked = changes;
		delta.revoked_count = ARRAY_LEN(changes);
		CLEANUP(revoke_list_freep)
		struct revoke_list *list = read_base(&pki, &forged);
		struct forge_bytes bytes = forge_crl(&pki.forge, &delta);
		const struct revoke_source source = {
			.id = "delta", .bytes = bytes.data, .len = bytes.len
		};
		bool taken = revoke_list_update(list, &source, forge_day(cases[i].now), &why);

		cr_expect_eq(taken, !cases[i].why, "%s: %s", cases[i].descr, why ? why : "");
		cr_expect(taken || strstr(why, cases[i].why), "%s: %s", cases[i].descr, why);
		cr_expect_eq(ask(&pki, list, "ssl-ca-3-17-2017"),
			taken ? REVOKE_NOT_REVOKED : REVOKE_REVOKED, "%s", cases[i].descr);
		cr_expect_eq(ask(&pki, list, "ssl-ca-3-17-2025"),
			taken ? REVOKE_REVOKED : REVOKE_NOT_REVOKED, "%s", cases[i].descr);
		struct revoke_description said;
		cr_assert(revoke_list_describe(list, &said));
		cr_expect_eq(said.has_delta, taken);
		cr_expect_eq(said.delta_entries, taken ? 2u : 0u);
	}
	forge_pki_release(&pki);
}
