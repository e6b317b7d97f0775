/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/observation.h"
#include "checker/target/target.h"
#include "rules/fleet.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"
#include "tests/stage.h"

#define GOOD "leaf ssl-ca-3-17-2025 root-ca-3-cross-2022"
#define OLD "leaf ssl-ca-3-17-2017 root-ca-3-cross-2022"

struct heap {
	struct verdict *got[16];
	size_t count, calls;
};

static void keep(void *arg, struct verdict *const *verdicts, size_t count)
{
	struct heap *heap = arg;

	heap->calls++;
	for (size_t i = 0; i < count; i++)
		heap->got[heap->count++] = verdicts[i];
}

static void clear(struct heap *heap)
{
	for (size_t i = 0; i < heap->count; i++)
		verdict_free(heap->got[i]);
	heap->count = heap->calls = 0;
}

/* One address of a service with ADDRESSES of them; "" is one that refused. */
static struct verdict *node(struct stage *stage, struct forge_cert *leaf, const char *chain,
	size_t addresses, unsigned number)
{
	struct observation *seen = stage_observe(stage, leaf, chain);

	seen->addresses = addresses;
	(void)snprintf(seen->address, sizeof seen->address, "127.0.0.%u", number);
	if (!chain[0])
		observation_end(seen, OUTCOME_REFUSED, "refused");
	struct verdict *verdict = verdict_new(seen, &stage->context, stage->profile, NULL);
	forge_must(verdict != NULL, "verdict_new");
	observation_free(seen);
	return verdict;
}

Test(fleet, compares_the_addresses_of_a_service)
{
	static const struct {
		const char *descr;
		const char *chains[3];
		const char *findings[3];
	} cases[] = {
		{ "all alike", { GOOD, GOOD, GOOD }, { "", "", "" } },
		{ "one left behind", { GOOD, OLD, GOOD },
			{ "warning deployment.nodes-differ",
				"critical migration.retired-intermediate +ssl-ca-3-17-2025 "
				"-ssl-ca-3-17-2017; warning deployment.nodes-differ",
				"warning deployment.nodes-differ" } },
		{ "one refuses", { GOOD, "", GOOD }, { "", "", "" } },
	};
	struct stage stage;
	struct heap heap = { .count = 0 };

	stage_init(&stage, "2026-07-01", false);
	struct forge_cert *leaf = forge_leaf(&stage.pki, "ssl-ca-3-17-2025", "www.example.hk",
		(struct instant){ 0 }, (struct instant){ 0 });
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fleet *fleet = fleet_new(stage.profile, (struct fleet_sink){ keep, &heap });

		for (unsigned k = 0; k < 3; k++) {
			cr_expect_eq(heap.count, (size_t)0, "%s: waits", cases[i].descr);
			cr_assert(fleet_add(
				fleet, node(&stage, leaf, cases[i].chains[k], 3, k), NULL));
		}
		cr_assert_eq(heap.count, (size_t)3, "%s", cases[i].descr);
		cr_expect_eq(heap.calls, (size_t)1, "%s: handed out at once", cases[i].descr);
		for (size_t k = 0; k < 3; k++) {
			char got[1024];
			stage_describe(heap.got[k], got, sizeof got);
			cr_expect_str_eq(got, cases[i].findings[k], "%s, %zu: got '%s'",
				cases[i].descr, k, got);
		}
		clear(&heap);
		fleet_free(fleet);
	}
	stage_release(&stage);
}

Test(fleet, waits_for_every_line_that_names_the_service)
{
	struct stage stage;
	struct heap heap = { .count = 0 };

	stage_init(&stage, "2026-07-01", false);
	struct forge_cert *leaf = forge_leaf(&stage.pki, "ssl-ca-3-17-2025", "www.example.hk",
		(struct instant){ 0 }, (struct instant){ 0 });
	struct fleet *fleet = fleet_new(stage.profile, (struct fleet_sink){ keep, &heap });
	struct target other = stage.target;

	stage.target.mates = other.mates = 2;
	cr_assert(fleet_add(fleet, node(&stage, leaf, GOOD, 1, 1), NULL));
	cr_expect_eq(heap.count, (size_t)0);

	struct verdict *last = node(&stage, leaf, OLD, 1, 2);
	target_unref(last->target);
	last->target = target_ref(&other);
	cr_assert(fleet_add(fleet, last, NULL));
	cr_expect_eq(heap.count, (size_t)2);
	cr_expect_eq(heap.got[0]->status, STATUS_WARNING);
	clear(&heap);

	/* Several addresses each: one line that is whole does not make the service so. */
	other.refs = 1;
	for (unsigned k = 1; k <= 4; k++) {
		struct verdict *one = node(&stage, leaf, GOOD, 2, k);
		if (k > 2) {
			target_unref(one->target);
			one->target = target_ref(&other);
		}
		cr_expect_eq(heap.count, (size_t)0, "%u", k);
		cr_assert(fleet_add(fleet, one, NULL));
	}
	cr_expect_eq(heap.count, (size_t)4);
	clear(&heap);
	fleet_free(fleet);
	stage_release(&stage);
}

Test(fleet, lets_pass_what_stands_alone)
{
	struct stage stage;
	struct heap heap = { .count = 0 };

	stage_init(&stage, "2026-07-01", false);
	struct forge_cert *leaf = forge_leaf(&stage.pki, "ssl-ca-3-17-2025", "www.example.hk",
		(struct instant){ 0 }, (struct instant){ 0 });
	struct fleet *fleet = fleet_new(stage.profile, (struct fleet_sink){ keep, &heap });
	struct verdict *alone = node(&stage, leaf, GOOD, 1, 1);
	cr_expect_not(fleet_concerns(fleet, alone));
	cr_assert(fleet_add(fleet, alone, NULL));
	cr_expect_eq(heap.count, (size_t)1);
	struct verdict *first = node(&stage, leaf, GOOD, 2, 1);
	cr_expect(fleet_concerns(fleet, first));
	cr_assert(fleet_add(fleet, first, NULL));
	cr_expect_eq(heap.count, (size_t)1);
	clear(&heap);
	/* What waits goes with the fleet: the leak checker of the test run sees to that. */
	fleet_free(fleet);
	stage_release(&stage);
}

Test(fleet, hands_out_what_waits_at_the_end)
{
	struct stage stage;
	struct heap heap = { .count = 0 };

	stage_init(&stage, "2026-07-01", false);
	struct forge_cert *leaf = forge_leaf(&stage.pki, "ssl-ca-3-17-2025", "www.example.hk",
		(struct instant){ 0 }, (struct instant){ 0 });
	struct fleet *fleet = fleet_new(stage.profile, (struct fleet_sink){ keep, &heap });
	cr_assert(fleet_add(fleet, node(&stage, leaf, GOOD, 3, 1), NULL));
	cr_assert(fleet_add(fleet, node(&stage, leaf, OLD, 3, 2), NULL));
	cr_expect(fleet_finish(fleet));
	cr_expect_not(fleet_finish(fleet));
	cr_expect_eq(heap.count, (size_t)2);
	clear(&heap);

	/* Each node its own leaf, the same above: worth a note, no more. */
	struct forge_cert *twin = forge_leaf(&stage.pki, "ssl-ca-3-17-2025", "www.example.hk",
		(struct instant){ 0 }, (struct instant){ 0 });
	struct forge_cert *ecdsa = forge_leaf_as(&stage.pki, "ssl-ca-3-17-2025", "www.example.hk",
		&(struct forge_spec){ .key = "rsa:node" });
	cr_assert(fleet_add(fleet, node(&stage, leaf, GOOD, 2, 1), NULL));
	cr_assert(fleet_add(fleet, node(&stage, twin, GOOD, 2, 2), NULL));
	cr_assert_eq(heap.count, (size_t)2);
	cr_expect_eq(heap.got[0]->status, STATUS_OK);
	char got[1024];
	stage_describe(heap.got[0], got, sizeof got);
	cr_expect_str_eq(got, "note deployment.nodes-differ");
	clear(&heap);

	cr_assert(fleet_add(fleet, node(&stage, leaf, GOOD, 2, 1), NULL));
	cr_assert(fleet_add(fleet, node(&stage, ecdsa, GOOD, 2, 2), NULL));
	stage_describe(heap.got[0], got, sizeof got);
	cr_expect_str_eq(got, "warning deployment.key-types-differ; note deployment.nodes-differ",
		"got '%s'", got);
	clear(&heap);
	fleet_free(fleet);
	stage_release(&stage);
}

/* The addresses that a message names, whichever of them answered first. */
Test(fleet, names_addresses_in_one_order)
{
	static const struct {
		const char *descr;
		unsigned arrivals[4];
	} table[] = {
		{ "in their order", { 8, 9, 10, 11 } },
		{ "another way", { 11, 9, 10, 8 } },
		{ "backwards", { 11, 10, 9, 8 } },
	};
	struct stage stage;

	stage_init(&stage, "2026-07-01", false);
	struct forge_cert *leaf = forge_leaf(&stage.pki, "ssl-ca-3-17-2025", "www.example.hk",
		(struct instant){ 0 }, (struct instant){ 0 });
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct heap heap = { .count = 0 };
		struct fleet *fleet = fleet_new(stage.profile, (struct fleet_sink){ keep, &heap });
		size_t found = 0;
		for (size_t k = 0; k < 4; k++) {
			unsigned number = table[i].arrivals[k];
			const char *chain = number == 8 ? OLD : GOOD;
			cr_assert(fleet_add(fleet, node(&stage, leaf, chain, 4, number), NULL));
		}
		for (size_t k = 0; k < heap.count; k++)
			for (size_t f = 0; f < heap.got[k]->findings.all.count; f++)
				found += strcmp(heap.got[k]->findings.all.items[f].message,
						 "this address sends other intermediate "
						 "certificates than "
						 "127.0.0.9, 127.0.0.10, 127.0.0.11") == 0;
		cr_expect_eq(found, (size_t)1, "%s: %zu", table[i].descr, found);
		clear(&heap);
		fleet_free(fleet);
	}
	stage_release(&stage);
}

/* A host that somebody answers for who calls himself ISSUER. */
struct guest {
	const char *host;
	const char *issuer;
	bool own_name; /* its leaf is for the host */
	bool inspected;
};

static const struct {
	const char *descr;
	const char *known; /* a root that somebody trusts */
	struct guest guests[5];
} inspections[] = {
	{ "one issuer for three owners", "CN=Some Root",
		{ { "www.a.gov.hk", "CN=Proxy", true, true },
			{ "www.b.com", "CN=Proxy", true, true },
			{ "mail.b.com", "CN=Proxy", true, true },
			{ "www.c.org", "CN=Proxy", true, true },
			{ "www.d.net", "CN=Proxy", true, true } } },
	{ "a CA of one's own, for hosts of one owner", "CN=Some Root",
		{ { "a.corp.example", "CN=Ours", true, false },
			{ "b.corp.example", "CN=Ours", true, false },
			{ "c.corp.example", "CN=Ours", true, false },
			{ "www.example.hk", "CN=Ours", true, false } } },
	{ "one that is trusted", "CN=Public",
		{ { "www.a.gov.hk", "CN=Public", true, false },
			{ "www.b.com", "CN=Public", true, false },
			{ "www.c.org", "CN=Public", true, false } } },
	{ "appliances with one certificate for all", "CN=Some Root",
		{ { "www.a.gov.hk", "CN=Vendor", false, false },
			{ "www.b.com", "CN=Vendor", false, false },
			{ "www.c.org", "CN=Vendor", false, false } } },
	{ "a few that share nothing", "CN=Some Root",
		{ { "www.a.gov.hk", "CN=One", true, false }, { "www.b.com", "CN=Two", true, false },
			{ "www.c.org", "CN=Three", true, false } } },
};

static struct verdict *answer(struct stage *stage, const struct guest *guest, struct target *target)
{
	char san_text[80];
	const char *const san[] = { san_text, NULL };
	struct forge_spec spec = { .subject = guest->issuer,
		.key = guest->issuer,
		.ca = true,
		.not_before = forge_day("2020-01-01"),
		.not_after = forge_day("2040-01-01") };
	struct forge_cert *root = forge_cert(&stage->pki.forge, &spec);

	(void)snprintf(san_text, sizeof san_text, "DNS:%s",
		guest->own_name ? guest->host : "appliance.example");
	spec = (struct forge_spec){ .subject = "CN=leaf",
		.issuer = root,
		.not_before = forge_day("2026-06-01"),
		.not_after = forge_day("2026-09-01"),
		.san = san };
	struct forge_cert *leaf = forge_cert(&stage->pki.forge, &spec);
	*target = stage->target;
	atomic_init(&target->refs, 1);
	target->host = target->sni = (char *)(uintptr_t)guest->host;
	struct observation *seen = stage_observe(stage, leaf, "leaf");
	forge_must(observation_add_der(seen, root->der, root->der_len), "memory");
	target_unref(seen->target);
	seen->target = target_ref(target);
	struct verdict *verdict = verdict_new(seen, &stage->context, stage->profile, NULL);
	forge_must(verdict != NULL, "verdict_new");
	observation_free(seen);
	return verdict;
}

static bool is_inspected(size_t i, const struct verdict *verdict)
{
	for (size_t k = 0; k < 5 && inspections[i].guests[k].host; k++)
		if (strcmp(inspections[i].guests[k].host, verdict->target->host) == 0)
			return inspections[i].guests[k].inspected;
	forge_must(false, "sense of a host that nobody asked for");
	return false;
}

Test(fleet, says_that_a_middlebox_answers)
{
	struct stage stage;

	stage_init(&stage, "2026-07-01", false);
	for (size_t i = 0; i < ARRAY_LEN(inspections); i++) {
		struct heap heap = { .count = 0 };
		struct fleet *fleet = fleet_new(stage.profile, (struct fleet_sink){ keep, &heap });
		struct target targets[5];
		size_t count = 0;

		cr_assert(fleet_know(fleet, inspections[i].known));
		for (; count < 5 && inspections[i].guests[count].host; count++)
			cr_assert(fleet_add(fleet,
				answer(&stage, &inspections[i].guests[count], &targets[count]),
				NULL));
		while (fleet_finish(fleet))
			;
		cr_expect_eq(heap.count, count, "%s: %zu", inspections[i].descr, heap.count);
		for (size_t k = 0; k < heap.count; k++) {
			const struct verdict *verdict = heap.got[k];
			bool wanted = is_inspected(i, verdict);
			char got[1024];

			stage_describe(verdict, got, sizeof got);
			cr_expect_eq(strcmp(got, "note deployment.inspected") == 0, wanted,
				"%s, %s: '%s'", inspections[i].descr, verdict->target->host, got);
			cr_expect_eq(verdict->status, STATUS_OUT_OF_SCOPE);
			cr_expect_eq(verdict->chain.count, (size_t)2, "the evidence");
		}
		clear(&heap);
		fleet_free(fleet);
	}
	stage_release(&stage);
}
