/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/dns/dns_message.h"
#include "checker/engine/resolve_direct.h"
#include "tests/dns.h"

static const struct {
	const char *text, *server; /* NULL: none */
} servers[] = {
	{ "192.0.2.53", "192.0.2.53:53" },
	{ "192.0.2.53:5353", "192.0.2.53:5353" },
	{ "2001:DB8::53", "[2001:db8::53]:53" },
	{ "[2001:db8:0::53]", "[2001:db8::53]:53" },
	{ "[2001:db8::53]:65535", "[2001:db8::53]:65535" },
	{ "[2001:db8::53]:65536", NULL },
	{ "[2001:db8::53]x", NULL },
	{ "192.0.2.53:0", NULL },
	{ "192.0.2.53:", NULL },
	{ "192.0.2.053", NULL },
	{ "dns.example", NULL },
	{ "", NULL },
	{ "[]", NULL },
	{ ":53", NULL },
};

Test(resolve_direct, reads_servers)
{
	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		char out[RESOLVE_SERVER_BYTES] = "";
		bool good = resolve_direct_server(servers[i].text, 53, out);

		cr_expect_eq(good, servers[i].server != NULL, "%s: %s", servers[i].text, out);
		if (good && servers[i].server)
			cr_expect_str_eq(out, servers[i].server, "%s: %s", servers[i].text, out);
	}
}

static const struct {
	const char *name;
	int code;
} questions[] = {
	{ "a.example.hk", DNS_NOERROR },
	{ "broken.example.hk", DNS_SERVFAIL },
};

Test(resolve_direct, gives_whatever_a_server_says)
{
	static const struct dns_entry zone[] = {
		{ "a.example.hk", 128, "issue", "ca.example" },
		{ "broken.example.hk", -1, NULL, NULL },
	};
	struct resolve_question asked[ARRAY_LEN(questions)];
	struct error err = { .code = ERROR_NONE };
	struct dns_caa caa;
	struct dns dns;

	dns_start(&dns, zone, ARRAY_LEN(zone));
	CLEANUP(resolve_direct_freep)
	struct resolve_direct *direct = resolve_direct_new(3, &err);
	cr_assert_not_null(direct);
	for (size_t i = 0; i < ARRAY_LEN(questions); i++)
		asked[i] = (struct resolve_question){ .server = dns.address,
			.name = questions[i].name,
			.type = DNS_CAA,
			.recurse = true };
	cr_assert(resolve_direct_ask(direct, asked, ARRAY_LEN(asked), &err), "%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		cr_assert_not_null(asked[i].answer, "%s: %s", asked[i].name, asked[i].why);
		cr_expect_eq(asked[i].answer->code, questions[i].code, "%s", asked[i].name);
		cr_expect_null(asked[i].why);
	}
	const struct dns_record *record = dns_message_next(
		asked[0].answer, NULL, DNS_CAA, "a.example.hk");
	cr_assert_not_null(record);
	cr_assert(dns_record_caa(record, &caa));
	cr_expect(caa.critical);
	for (size_t i = 0; i < ARRAY_LEN(questions); i++)
		dns_message_free(asked[i].answer);
	dns_stop(&dns);
}

/* A port of loopback that nobody answers at. */
Test(resolve_direct, gives_up_on_who_is_silent)
{
	static const struct dns_entry zone[] = { { "a.example.hk", 0, "issue", "ca.example" } };
	struct resolve_question asked[8];
	struct error err = { .code = ERROR_NONE };
	struct dns dns;
	char address[sizeof dns.address];

	dns_start(&dns, zone, ARRAY_LEN(zone));
	memcpy(address, dns.address, sizeof address);
	dns_stop(&dns);
	CLEANUP(resolve_direct_freep)
	struct resolve_direct *direct = resolve_direct_new(0.3, &err);
	for (size_t round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_LEN(asked); i++)
			asked[i] = (struct resolve_question){
				.server = address, .name = "a.example.hk", .type = DNS_TXT
			};
		cr_assert(resolve_direct_ask(direct, asked, ARRAY_LEN(asked), &err));
		for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
			cr_expect_null(asked[i].answer);
			cr_expect_not_null(asked[i].why);
		}
		if (round == 1)
			cr_expect_not_null(strstr(asked[0].why, "not asked any more"));
	}
}
