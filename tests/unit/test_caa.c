/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <openssl/ssl.h>

#include "checker/caa.h"
#include "checker/observation.h"
#include "tests/dns.h"
#include "tests/peer.h"
#include "tests/trial.h"

static char hongkong_post[] = "hongkongpost.gov.hk", ecert[] = "ecert.gov.hk";
static char *const names[] = { ecert, hongkong_post };

static const struct {
	const char *descr;
	enum caa_status status;
	struct caa_record records[3];
	size_t count, dropped;
	bool wildcard;
	enum caa_answer answer;
	const char *list;
} table[] = {
	{ "none", CAA_NONE, { { false, "", "" } }, 0, 0, false, CAA_ALLOWS, "" },
	{ "not known", CAA_UNKNOWN, { { false, "", "" } }, 0, 0, false, CAA_SAYS_NOTHING, "" },
	{ "this CA", CAA_FOUND, { { false, "issue", "ecert.gov.hk" } }, 1, 0, false, CAA_ALLOWS,
		"ecert.gov.hk" },
	{ "its other name, in capitals, with parameters", CAA_FOUND,
		{ { false, "issue", "a.example" },
			{ false, "ISSUE", " HongkongPost.gov.hk ; account=7" } },
		2, 0, false, CAA_ALLOWS, "a.example, HongkongPost.gov.hk" },
	{ "another CA", CAA_FOUND, { { false, "issue", "letsencrypt.org" } }, 1, 0, false,
		CAA_FORBIDS, "letsencrypt.org" },
	{ "a name that begins alike", CAA_FOUND, { { false, "issue", "ecert.gov.hk.example" } }, 1,
		0, false, CAA_FORBIDS, "ecert.gov.hk.example" },
	{ "nobody", CAA_FOUND, { { false, "issue", ";" } }, 1, 0, false, CAA_FORBIDS, "" },
	{ "no word about issuing", CAA_FOUND, { { false, "iodef", "mailto:a@b" } }, 1, 0, false,
		CAA_ALLOWS, "" },
	{ "wildcards for another CA", CAA_FOUND,
		{ { false, "issue", "ecert.gov.hk" }, { false, "issuewild", "a.example" } }, 2, 0,
		true, CAA_FORBIDS, "a.example" },
	{ "... which is no matter without one", CAA_FOUND,
		{ { false, "issue", "ecert.gov.hk" }, { false, "issuewild", "a.example" } }, 2, 0,
		false, CAA_ALLOWS, "ecert.gov.hk" },
	{ "wildcards as everything else", CAA_FOUND, { { false, "issue", "ecert.gov.hk" } }, 1, 0,
		true, CAA_ALLOWS, "ecert.gov.hk" },
	{ "wildcards alone", CAA_FOUND, { { false, "issuewild", "a.example" } }, 1, 0, false,
		CAA_ALLOWS, "" },
	{ "critical and unknown", CAA_FOUND,
		{ { false, "issue", "ecert.gov.hk" }, { true, "future", "x" } }, 2, 0, false,
		CAA_FORBIDS, "ecert.gov.hk" },
	{ "unknown", CAA_FOUND, { { false, "issue", "ecert.gov.hk" }, { false, "future", "x" } }, 2,
		0, false, CAA_ALLOWS, "ecert.gov.hk" },
	{ "critical and known", CAA_FOUND, { { true, "issue", "ecert.gov.hk" } }, 1, 0, false,
		CAA_ALLOWS, "ecert.gov.hk" },
	{ "more than are kept", CAA_FOUND, { { false, "issue", "a.example" } }, 1, 3, false,
		CAA_SAYS_NOTHING, "a.example" },
};

Test(caa, says_who_may_issue)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct caa caa = { .status = table[i].status,
			.count = table[i].count,
			.dropped = table[i].dropped };
		char list[100];

		memcpy(caa.records, table[i].records, sizeof table[i].records);
		cr_expect_eq(caa_judge(&caa, names, ARRAY_LEN(names), table[i].wildcard),
			table[i].answer, "%s", table[i].descr);
		caa_list(&caa, table[i].wildcard, list, sizeof list);
		cr_expect_str_eq(list, table[i].list, "%s: '%s'", table[i].descr, list);
	}
}

Test(caa, lists_no_more_than_fits)
{
	struct caa caa = { .status = CAA_FOUND,
		.count = 2,
		.records = { { false, "issue", "a.example" }, { false, "issue", "b.example" } } };
	char list[16];

	caa_list(&caa, false, list, sizeof list);
	cr_expect_str_eq(list, "a.example");
}

/* --- In DNS --- */

static const struct dns_entry zone[] = {
	{ "a.example.hk", 0, "issue", "own.example" },
	{ "a.example.hk", 128, "issuewild", ";" },
	{ "b.example.hk", 0, NULL, NULL },
	{ "example.hk", 0, "issue", "parent.example" },
	{ "broken.test.hk", -1, NULL, NULL },
	{ "bad\nname.hk", 0, "issue", "x" },
	{ "evil.example.hk", 0, "issue", "\x1b[31m\xff" },
};

static const struct {
	const char *descr, *host;
	enum caa_status status;
	const char *domain;
	size_t count;
	const char *value;
} questions[] = {
	{ "of its own", "a.example.hk", CAA_FOUND, "a.example.hk", 2, NULL },
	{ "of its parent", "b.example.hk", CAA_FOUND, "example.hk", 1, "parent.example" },
	{ "of its parent, having no name itself", "x.y.example.hk", CAA_FOUND, "example.hk", 1,
		"parent.example" },
	{ "nowhere", "www.other.hk", CAA_NONE, "", 0, NULL },
	{ "a server that fails", "broken.test.hk", CAA_UNKNOWN, "", 0, NULL },
	{ "... above the name", "www.broken.test.hk", CAA_UNKNOWN, "", 0, NULL },
	{ "what a terminal would act on", "evil.example.hk", CAA_FOUND, "evil.example.hk", 1,
		"\\u{001B}[31m\\xFF" },
};

Test(caa, climbs_to_the_parents)
{
	struct forge forge;
	struct forge_cert *chain[TRIAL_CHAIN];
	struct trial trial;
	struct dns dns;
	struct peer peer = { .serve = peer_shake };

	forge_init(&forge, FORGE_KEYS_FAST);
	trial_chain(&forge, chain);
	trial_init(&trial);
	peer.tls = peer_tls(&forge, chain, 2, TLS1_2_VERSION, TLS1_3_VERSION);
	cr_assert(peer_listen(&peer, "127.0.0.1", 0));
	peer_start(&peer);
	dns_start(&dns, zone, ARRAY_LEN(zone));
	trial.options.caa = true;
	trial.options.resolver = dns.address;
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		trial_add(&trial, PROTOCOL_HTTPS, questions[i].host, peer.port);
		trial.targets[i].address = strdup("127.0.0.1");
	}
	trial_add(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	trial_run(&trial);
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		const struct observation *seen = trial_result(&trial, i);
		const struct caa *caa = seen->caa;

		cr_assert(caa, "%s", questions[i].descr);
		cr_expect_eq(caa->status, questions[i].status, "%s", questions[i].descr);
		cr_expect_str_eq(caa->domain, questions[i].domain, "%s", questions[i].descr);
		cr_expect_eq(caa->count, questions[i].count, "%s", questions[i].descr);
		cr_expect_eq(caa->why != NULL, caa->status == CAA_UNKNOWN);
		if (questions[i].value)
			cr_expect_str_eq(caa->records[0].value, questions[i].value, "%s: %s",
				questions[i].descr, caa->records[0].value);
	}
	cr_expect_null(trial_result(&trial, ARRAY_LEN(questions))->caa, "an address has no owner");
	cr_expect_gt(atomic_load(&dns.asked), 10u);
	dns_stop(&dns);
	peer_stop(&peer);
	trial_release(&trial);
	forge_release(&forge);
}
