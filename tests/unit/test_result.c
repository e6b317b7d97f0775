/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "reports/renderer.h"
#include "reports/report.h"
#include "reports/result/result.h"
#include "tests/sample.h"

#define ROOM (16u << 20)

static struct result_pool *pool;

static void set_up(void)
{
	pool = result_pool_new();
	cr_assert_not_null(pool);
}

static void tear_down(void)
{
	result_pool_free(pool);
}

TestSuite(result, .init = set_up, .fini = tear_down);

static void render(const struct verdict *verdict, struct buf *out)
{
	CLEANUP(renderer_freep) struct renderer *renderer = renderer_new();

	cr_assert(
		renderer && report_render(report_format_by_name("ndjson"), renderer, verdict, out));
}

static void expect_same(const struct verdict *verdict, const char *descr)
{
	CLEANUP(buf_release) struct buf first = BUF_INIT(ROOM), again = BUF_INIT(ROOM);
	struct error err = { .code = ERROR_NONE };

	render(verdict, &first);
	CLEANUP(verdict_freep)
	struct verdict *read = result_read(pool, buf_text(&first), first.len, &err);
	cr_assert_not_null(read, "%s: %s", descr, err.text);
	render(read, &again);
	cr_expect_str_eq(buf_text(&again), buf_text(&first), "%s", descr);
}

Test(result, every_state_of_a_fleet_comes_back)
{
	static struct sample samples[SAMPLE_FLEET];
	size_t count = sample_fleet(samples);

	for (size_t i = 0; i < count; i++) {
		expect_same(&samples[i].verdict, samples[i].target.host);
		sample_release(&samples[i]);
	}
}

Test(result, what_is_seldom_said_comes_back)
{
	static const struct verdict_run run = { .version = "0.1.0",
		.profile = "hongkong-post",
		.profile_sha256 =
			"0011223344556677889900112233445566778899001122334455667788990011",
		.targets = 12,
		.duplicates = 3 };
	static struct sample sample;
	static char empty[] = "", other[] = "another, name", odd[] = "CN=a\\,b+OU=c,O=d";

	sample_init(&sample, "a.hk", 443, PROTOCOL_HTTPS);
	sample.target.address = sample_text(&sample, "192.0.2.7");
	sample.verdict.run = &run;
	sample.verdict.addresses = 3;
	sample.verdict.addresses_dropped = 5;
	sample.verdict.chain_dropped = 2;
	sample.verdict.stapled = sample.verdict.legacy_offer = sample.verdict.sni_refused = true;
	sample.verdict.client_cert_requested = true;
	sample.verdict.proven = PROOF_REFUTED;
	sample.verdict.validation = VALIDATION_EXTENDED;
	sample.verdict.has_scts = true;
	sample.verdict.scts = 3;
	sample.verdict.scts_by_tls = 2;
	sample.verdict.scts_by_staple = 1;
	sample.verdict.paths[0].trusted = ANSWER_UNKNOWN;
	sample.verdict.paths[1].trusted = ANSWER_NO;
	sample.chain[0].issuers = UINT32_C(1) << 31 | 1;
	sample.leaf.common_name = empty;
	sample.leaf.issuer_common_name = other;
	sample.leaf.san_dropped = 1;
	sample_find(&sample, RULE_leaf_eku, SEVERITY_NOTE, "of another look")->look = LOOK_NO_SNI;
	sample.verdict.banner = sample_text(&sample, "220 mail");
	expect_same(&sample.verdict, "all of it");
	sample.leaf.subject = odd;
	sample.leaf.common_name = sample_text(&sample, "a,b");
	expect_same(&sample.verdict, "a name with what separates in it");
	sample_release(&sample);
}

#define HEAD                                                                                    \
	"\"schema\":\"chainmend.result/1\",\"time\":\"2026-01-15T08:00:00Z\",\"as_of\":\"2026-" \
	"01-15\""
#define LEAST HEAD ",\"status\":\"ok\",\"target\":{\"host\":\"a.hk\"}"
#define PRINT "\"0011223344556677889900112233445566778899001122334455667788990011\""

static const struct {
	const char *descr, *text;
	const char *want; /* in the error; NULL: it is read */
} rows[] = {
	{ "the least", "{" LEAST "}", NULL },
	{ "keys of a newer version", "{" LEAST ",\"further\":[{\"a\":{}}],\"paths\":[]}", NULL },
	{ "nulls", "{" LEAST ",\"error\":null,\"tls\":null,\"timing\":null,\"run\":null}", NULL },
	{ "no JSON", "{" LEAST, "not JSON" },
	{ "no object", "[1]", "\"record\" is not an object" },
	{ "two values", "{" LEAST "} {}", "not JSON" },
	{ "a key twice", "{" LEAST ",\"status\":\"ok\"}", "not JSON: duplicate object key" },
	{ "a NUL", "{" LEAST ",\"x\":\"\\u0000\"}", "not JSON" },
	{ "another schema",
		"{\"schema\":\"chainmend.result/2\",\"time\":\"\",\"as_of\":\"\",\"status\":\"\"}",
		"\"schema\" is not \"chainmend.result/1\"" },
	{ "no target", "{" HEAD ",\"status\":\"ok\"}", "there is no \"target\"" },
	{ "no host", "{" HEAD ",\"status\":\"ok\",\"target\":{}}", "there is no \"target.host\"" },
	{ "a null where something has to be",
		"{" HEAD ",\"status\":null,\"target\":{\"host\":\"a.hk\"}}",
		"\"status\" is not there" },
	{ "an unknown status", "{" HEAD ",\"status\":\"fine\",\"target\":{\"host\":\"a.hk\"}}",
		"\"status\": this version knows no 'fine'" },
	{ "an unknown rule",
		"{" LEAST
		",\"findings\":[{\"rule\":\"x.y\",\"severity\":\"note\",\"message\":\"\"}]}",
		"\"findings.rule\": this version knows no 'x.y'" },
	{ "an unknown action",
		"{" LEAST ",\"findings\":[{\"rule\":\"leaf.eku\",\"severity\":\"note\","
		"\"message\":\"\",\"actions\":[{\"do\":\"pray\"}]}]}",
		"\"actions.do\": this version knows no 'pray'" },
	{ "a day that is none",
		"{" LEAST ",\"findings\":[{\"rule\":\"leaf.eku\",\"severity\":\"note\","
		"\"message\":\"\",\"due\":\"2026-02-30\"}]}",
		"\"findings.due\" is not a time" },
	{ "a port", "{" HEAD ",\"status\":\"ok\",\"target\":{\"host\":\"a\",\"port\":65536}}",
		"\"target.port\" is not a number in its bounds" },
	{ "a negative number", "{" LEAST ",\"chain_dropped\":-1}", "\"chain_dropped\"" },
	{ "a label that is no text",
		"{" HEAD ",\"status\":\"ok\",\"target\":{\"host\":\"a\",\"labels\":{\"x\":1}}}",
		"\"target.labels\" is not a text" },
	{ "a source without a line",
		"{" HEAD ",\"status\":\"ok\",\"target\":{\"host\":\"a\",\"source\":\"x\"}}",
		"\"target.source\" is not FILE:LINE" },
	{ "a fingerprint", "{" LEAST ",\"chain\":[{\"sha256\":\"00\",\"role\":\"leaf\"}]}",
		"a fingerprint is not 64 hexadecimal digits" },
	{ "a place beyond the chain",
		"{" LEAST ",\"chain\":[{\"sha256\":" PRINT
		",\"role\":\"leaf\",\"issued_by\":[32]}]}",
		"\"chain.issued_by\" is not a number in its bounds" },
	{ "an id that is none",
		"{" LEAST ",\"paths\":[{\"trust_store\":\"\\u001b[2J\",\"trusted\":true,"
		"\"completed_by\":\"served\"}]}",
		"\"paths.trust_store\" is not an id: it is not printable" },
	{ "a long address",
		"{" HEAD ",\"status\":\"ok\",\"target\":{\"host\":\"a\",\"address\":\"0123456789"
		"01234567890123456789012345678901234567890123456789012345\"}}",
		"\"target.address\" is not an id: it is too long" },
	{ "a look that is the same as itself",
		"{" LEAST ",\"looks\":[{\"look\":\"rsa\",\"same_as\":0}]}",
		"\"looks.same_as\" is not an earlier look" },
	{ "an unknown look", "{" LEAST ",\"looks\":[{\"look\":\"deep\"}]}",
		"\"looks.look\": this version knows no 'deep'" },
	{ "a line of a store that no path is of",
		"{" LEAST ",\"lines\":[{\"certificates\":[],\"trust_stores\":[\"x\"]}]}",
		"\"lines.trust_stores\" is not a list of stores" },
	{ "a place beyond the line",
		"{" LEAST ",\"lines\":[{\"certificates\":[],\"trust_stores\":[],\"trusted\":false,"
		"\"at\":0}]}",
		"\"lines.at\" is not a place" },
	{ "text where numbers are", "{" LEAST ",\"timing\":{\"dns_ms\":\"1\"}}",
		"\"timing.dns_ms\" is not a number" },
};

Test(result, what_is_wrong_is_said)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct error err = { .code = ERROR_NONE };
		CLEANUP(verdict_freep)
		struct verdict *read = result_read(pool, rows[i].text, strlen(rows[i].text), &err);

		cr_expect_eq(!read, rows[i].want != NULL, "%s: %s", rows[i].descr, err.text);
		cr_expect_eq(!read, err.code != ERROR_NONE, "%s", rows[i].descr);
		if (rows[i].want)
			cr_expect_not_null(
				strstr(err.text, rows[i].want), "%s: %s", rows[i].descr, err.text);
	}
}

static struct verdict *read_chain(size_t certificates, size_t stores)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(ROOM);
	struct error err = { .code = ERROR_NONE };

	(void)buf_add_text(&text, "{" LEAST ",\"chain\":[");
	for (size_t i = 0; i < certificates; i++)
		(void)buf_addf(&text, "%s{\"sha256\":" PRINT ",\"role\":\"other\"}", i ? "," : "");
	(void)buf_add_text(&text, "],\"paths\":[");
	for (size_t i = 0; i < stores; i++)
		(void)buf_addf(&text,
			"%s{\"trust_store\":\"s%zu\",\"trusted\":null,\"completed_by\":\"served\"}",
			i ? "," : "", i);
	(void)buf_add_text(&text, "]}");
	struct verdict *verdict = result_read(pool, buf_text(&text), text.len, &err);
	cr_expect(verdict || err.code == ERROR_LIMIT, "%s", err.text);
	return verdict;
}

Test(result, numbers_of_things_are_bounded)
{
	struct verdict *most = read_chain(LIMIT_CHAIN, LIMIT_TRUST_STORES);

	cr_assert_not_null(most);
	cr_expect_eq(most->chain.count, (size_t)LIMIT_CHAIN);
	cr_expect_str_eq(most->paths[LIMIT_TRUST_STORES - 1].store, "s15");
	verdict_free(most);
	cr_expect_null(read_chain(LIMIT_CHAIN + 1, 1));
	cr_expect_null(read_chain(1, LIMIT_TRUST_STORES + 1));
}

#define OTHER "\"1111223344556677889900112233445566778899001122334455667788990011\""
#define LINE                                                                                   \
	"{\"certificates\":[{\"sha256\":" PRINT ",\"subject\":\"CN=a\",\"not_after\":"         \
	"\"2026-06-15T00:00:00Z\",\"served\":true},{\"sha256\":" OTHER ",\"subject\":\"O=b\"," \
	"\"common_name\":\"b\",\"not_after\":\"2027-06-15T00:00:00Z\",\"served\":false}],"     \
	"\"trust_stores\":[\"two\"],\"left_stores\":[\"one\"],\"trusted\":false,\"fault\":"    \
	"\"expired\",\"reason\":\"over\",\"at\":1,\"until\":\"2026-06-15T00:00:00Z\"}"

/* What is there only when it was asked for; each row as a record has it. */
static const struct {
	const char *descr, *keys;
} asked[] = {
	{ "revocation",
		"\"revocation\":[{\"certificate\":" PRINT ",\"by\":\"list\",\"source\":\"arl\","
		"\"status\":\"revoked\",\"since\":\"2025-09-01T00:00:00Z\",\"reason\":"
		"\"superseded\"},{\"certificate\":" PRINT ",\"by\":\"staple\",\"source\":null,"
		"\"status\":\"expired\",\"since\":null,\"reason\":null}]" },
	{ "caa", "\"caa\":{\"status\":\"found\",\"domain\":\"b.hk\",\"reason\":null,\"records\":[{"
		 "\"critical\":true,\"tag\":\"issue\",\"value\":\"ca.example\"}]}" },
	{ "caa that is not known", "\"caa\":{\"status\":\"unknown\",\"domain\":null,\"reason\":"
				   "\"no answer\",\"records\":[]}" },
	{ "looks", "\"looks\":[{\"look\":\"rsa\",\"error\":null,\"tls\":{\"version\":null,"
		   "\"cipher\":null,"
		   "\"stapled\":true,\"legacy_offer\":false,\"sni_refused\":false,"
		   "\"client_certificate_requested\":false,\"complete\":false,\"proven\":null},"
		   "\"same_as\":\"main\",\"chain\":[]},{\"look\":\"again\",\"error\":{\"kind\":"
		   "\"reset\","
		   "\"message\":\"over\"},\"tls\":null,\"same_as\":0,\"chain\":[],\"chain_"
		   "dropped\":2}]" },
	{ "lines", "\"lines\":[" LINE "," LINE "],\"lines_cut_short\":true" },
	{ "no lines", "\"lines\":[],\"lines_cut_short\":false" },
};

#define PATHS                                                                                \
	"\"paths\":[{\"trust_store\":\"one\",\"trusted\":null,\"completed_by\":\"served\"}," \
	"{\"trust_store\":\"two\",\"trusted\":null,\"completed_by\":\"served\"}]"

Test(result, what_was_asked_for_comes_back)
{
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(ROOM), again = BUF_INIT(ROOM);
		struct error err = { .code = ERROR_NONE };

		(void)buf_addf(&text, "{%s,%s,%s}", LEAST, PATHS, asked[i].keys);
		CLEANUP(verdict_freep)
		struct verdict *read = result_read(pool, buf_text(&text), text.len, &err);
		cr_assert_not_null(read, "%s: %s", asked[i].descr, err.text);
		render(read, &again);
		cr_expect_not_null(strstr(buf_text(&again), asked[i].keys), "%s: %s",
			asked[i].descr, buf_text(&again));
	}
}

/* What people will read is printable even when the record was written by somebody else. */
Test(result, text_is_made_printable)
{
	static const char text[] = "{" LEAST
				   ",\"error\":{\"kind\":\"reset\",\"message\":\"\\u001b[2J\"},"
				   "\"chain\":[{\"sha256\":" PRINT
				   ",\"subject\":\"CN=\\u202ex\",\"role\":\"leaf\"}]}";
	struct error err = { .code = ERROR_NONE };
	CLEANUP(verdict_freep)
	struct verdict *read = result_read(pool, text, sizeof text - 1, &err);

	cr_assert_not_null(read, "%s", err.text);
	cr_expect_str_eq(read->message, "\\u{001B}[2J");
	cr_expect_str_eq(read->chain.items[0].cert->common_name, "\\u{202E}x");
	cr_expect_not_null(read->chain.items[0].cert->san);
}
