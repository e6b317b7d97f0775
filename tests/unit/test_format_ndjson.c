/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "reports/renderer.h"
#include "reports/report.h"
#include "tests/sample.h"

static struct sample *sample;

static void set_up(void)
{
	sample = calloc(1, sizeof *sample);
	cr_assert_not_null(sample);
	sample_init(sample, "www.example.hk", 443, PROTOCOL_HTTPS);
}

static void tear_down(void)
{
	sample_release(sample);
	free(sample);
}

TestSuite(ndjson, .init = set_up, .fini = tear_down);

/* The record of the sample, as any reader sees it. */
static json_t *record(void)
{
	char path[] = "/tmp/chainmend-ndjson-XXXXXX";
	struct buf got = BUF_INIT(1 << 20);
	struct error err = { .code = ERROR_NONE };
	struct report_run run = { .profile = sample_profile(), .as_of = sample_day() };
	struct report_summary summary = { .targets = 1 };
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	struct report *report = report_open(report_format_by_name("ndjson"), path, &run, &err);
	cr_assert_not_null(report, "%s", err.text);
	cr_assert(report_add(report, &sample->verdict, &err), "%s", err.text);
	cr_assert(report_close(report, &summary, &err), "%s", err.text);
	report_free(report);
	cr_assert(buf_read_file(&got, path, &err), "%s", err.text);
	(void)close(fd);
	(void)unlink(path);
	json_error_t why;
	json_t *read = json_loadb(got.data, got.len, JSON_REJECT_DUPLICATES, &why);
	cr_assert_not_null(read, "%s: %s", why.text, got.data);
	cr_expect_eq(strcspn(got.data, "\n"), got.len - 1, "more than one line");
	cr_expect_null(strstr(got.data, ", "), "not compact");
	buf_release(&got);
	return read;
}

/* The value at PATH: keys and places, parted by slashes. */
static json_t *at(json_t *value, const char *path)
{
	char part[64];

	while (value && *path) {
		size_t len = strcspn(path, "/");

		cr_assert_lt(len, sizeof part);
		memcpy(part, path, len);
		part[len] = '\0';
		value = json_is_array(value)
				? json_array_get(value, (size_t)strtoul(part, NULL, 10))
				: json_object_get(value, part);
		path += len + (path[len] == '/');
	}
	return value;
}

/* The keys of an object in their order, parted by blanks. */
static void expect_keys(json_t *object, const char *path, const char *want)
{
	char got[512] = "";
	size_t used = 0;
	const char *key;
	json_t *value;

	object = at(object, path);
	cr_assert(json_is_object(object), "'%s' is no object", path);
	json_object_foreach(object, key, value) used += (size_t)snprintf(
		got + used, sizeof got - used, "%s%s", used ? " " : "", key);
	cr_expect_str_eq(got, want, "'%s' has: %s", path, got);
}

/* WANT is JSON; NULL: the key is not there at all. */
static void expect_value(json_t *whole, const char *path, const char *want)
{
	json_t *value = at(whole, path);

	if (!want || !value) {
		cr_expect(!want && !value, "'%s' is %s", path, value ? "there" : "missing");
		return;
	}
	char *got = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	json_t *parsed = json_loads(want, JSON_DECODE_ANY, NULL);
	cr_assert_not_null(parsed, "%s", want);
	cr_expect(json_equal(value, parsed), "'%s' is %s, not %s", path, got, want);
	json_decref(parsed);
	free(got);
}

Test(ndjson, has_the_keys_of_the_contract_in_its_order)
{
	sample_serve(sample, ROLE_ISSUING, "ssl-ca-3-17-2017");
	struct finding *finding = sample_find(
		sample, RULE_migration_retired_intermediate, SEVERITY_CRITICAL, "retired");
	finding_act(finding, ACTION_REMOVE_CERTIFICATE, "ssl-ca-3-17-2017");
	finding_act(finding, ACTION_REORDER_CHAIN, NULL);
	json_t *got = record();

	expect_keys(got, "",
		"schema time as_of target status error tls chain validation scts paths findings "
		"timing");
	expect_keys(got, "target", "host port protocol address sni labels source");
	expect_keys(got, "tls",
		"version cipher stapled legacy_offer sni_refused "
		"client_certificate_requested complete proven");
	for (int i = 0; i < 2; i++)
		expect_keys(got, i ? "chain/1" : "chain/0",
			"sha256 subject issuer serial not_before not_after key spki_sha256 "
			"signature eku san role known_as issued_by");
	expect_keys(got, "paths/0", "trust_store trusted completed_by reason until certificates");
	expect_keys(got, "findings/0", "rule severity message due certificate actions");
	expect_keys(got, "findings/0/actions/0", "do certificate");
	expect_keys(got, "findings/0/actions/1", "do");
	expect_keys(got, "timing", "dns_ms connect_ms tls_ms");
	json_decref(got);
}

struct expected {
	const char *path, *want;
};

static void expect_all(const struct expected *all, size_t count)
{
	json_t *got = record();

	for (size_t i = 0; i < count; i++)
		expect_value(got, all[i].path, all[i].want);
	json_decref(got);
}

Test(ndjson, a_result_in_order)
{
	static const struct expected all[] = {
		{ "schema", "\"chainmend.result/1\"" },
		{ "time", "\"2026-06-20T08:00:00Z\"" },
		{ "as_of", "\"2026-06-20\"" },
		{ "target/host", "\"www.example.hk\"" },
		{ "target/port", "443" },
		{ "target/protocol", "\"https\"" },
		{ "target/address", "\"192.0.2.1\"" },
		{ "target/sni", "\"www.example.hk\"" },
		{ "target/labels", "{\"owner\":\"mail team\"}" },
		{ "target/source", "\"fleet.csv:12\"" },
		{ "target/unicode", NULL },
		{ "status", "\"ok\"" },
		{ "error", "null" },
		{ "tls/version", "\"TLSv1.2\"" },
		{ "tls/stapled", "false" },
		{ "tls/complete", "true" },
		{ "tls/proven", "true" },
		{ "chain/0/role", "\"leaf\"" },
		{ "chain/0/known_as", "null" },
		{ "chain/0/eku", "[\"serverAuth\"]" },
		{ "chain/0/san", "[]" },
		{ "chain/0/not_before", "\"2026-01-13T00:00:00Z\"" },
		{ "chain/0/san_dropped", NULL },
		{ "chain/0/issued_by", "[1]" },
		{ "chain/1/known_as", "\"ssl-ca-3-17-2025\"" },
		{ "chain/1/issued_by", "[]" },
		{ "chain/1/spki_sha256",
			"\"3b00000000000000000000000000000000000000000000000000000000000000\"" },
		{ "chain/1/eku", "[]" },
		{ "chain_dropped", NULL },
		{ "paths/0/trust_store", "\"current\"" },
		{ "paths/0/trusted", "true" },
		{ "paths/0/completed_by", "\"served\"" },
		{ "paths/0/reason", "null" },
		{ "findings", "[]" },
		{ "timing", "{\"dns_ms\":0.3,\"connect_ms\":1.2,\"tls_ms\":14}" },
	};

	sample_owner(sample, "mail team");
	sample_serve(sample, ROLE_ISSUING, "ssl-ca-3-17-2025");
	expect_all(all, ARRAY_LEN(all));
}

Test(ndjson, an_unreachable_name)
{
	static const struct expected all[] = {
		{ "status", "\"unreachable\"" },
		{ "error", "{\"kind\":\"dns\",\"message\":\"the name does not exist\"}" },
		{ "target/port", "443" },
		{ "target/address", "null" },
		{ "tls", "null" },
		{ "chain", "[]" },
		{ "paths", "[]" },
		{ "timing", "{\"dns_ms\":0.3,\"connect_ms\":null,\"tls_ms\":null}" },
	};

	sample_fail(sample, OUTCOME_DNS, "the name does not exist");
	expect_all(all, ARRAY_LEN(all));
}

Test(ndjson, a_bad_line)
{
	static char fault[] = "a blank stands in the name";
	static const struct expected all[] = {
		{ "target/host", "\"www.example.hk\"" },
		{ "target/port", "null" },
		{ "target/protocol", "null" },
		{ "target/sni", "null" },
		{ "error/kind", "\"bad-target\"" },
	};

	sample_fail(sample, OUTCOME_BAD_TARGET, fault);
	sample->target.fault = fault;
	sample->target.sni = NULL;
	sample->target.port = 0;
	expect_all(all, ARRAY_LEN(all));
}

Test(ndjson, a_chain_though_the_connection_failed)
{
	static const struct expected all[] = {
		{ "status", "\"ok\"" },
		{ "error", "{\"kind\":\"reset\",\"message\":\"closed by the server\"}" },
		{ "tls/version", "null" },
		{ "tls/cipher", "null" },
		{ "tls/legacy_offer", "true" },
		{ "tls/client_certificate_requested", "true" },
		{ "tls/complete", "false" },
		{ "tls/proven", "null" },
		{ "chain/0/role", "\"leaf\"" },
		{ "chain/1/sha256",
			"\"0011223344556677889900112233445566778899001122334455667788990011\"" },
		{ "chain/1/role", "\"other\"" },
		{ "chain/1/known_as", "null" },
		{ "chain/1/issued_by", "[]" },
		{ "chain/1/spki_sha256", "null" },
		{ "chain/1/subject", "null" },
		{ "chain/1/not_after", "null" },
		{ "chain/1/eku", "[]" },
		{ "chain/1/san", "[]" },
		{ "chain_dropped", "3" },
	};

	sample_serve(sample, ROLE_ISSUING, NULL);
	sample->verdict.outcome = OUTCOME_RESET;
	(void)snprintf(
		sample->verdict.message, sizeof sample->verdict.message, "closed by the server");
	sample->verdict.version[0] = sample->verdict.cipher[0] = '\0';
	sample->verdict.legacy_offer = sample->verdict.client_cert_requested = true;
	sample->verdict.complete = false;
	sample->verdict.proven = PROOF_UNKNOWN;
	sample->verdict.chain_dropped = 3;
	expect_all(all, ARRAY_LEN(all));
}

Test(ndjson, what_is_unknown_is_null)
{
	static const struct expected all[] = {
		{ "target/unicode", "\"中文.hk\"" },
		{ "target/addresses_dropped", "36" },
		{ "target/sni", "null" },
		{ "paths/0/trusted", "null" },
		{ "paths/0/reason", "\"an anchor is missing\"" },
		{ "paths/1/trusted", "false" },
		{ "paths/1/completed_by", "\"nothing\"" },
		{ "findings/0/due", "null" },
		{ "findings/0/certificate", "null" },
		{ "findings/0/actions", "[]" },
		{ "findings/1/due", "\"2026-06-15\"" },
		{ "findings/1/certificate", "\"abc\"" },
		{ "findings/1/actions",
			"[{\"do\":\"request-certificate\"},"
			"{\"do\":\"install-certificate\",\"certificate\":\"ssl-ca-3-17-2025\"}]" },
		{ "chain/0/san_dropped", "7" },
	};
	struct verdict *verdict = &sample->verdict;

	sample->target.unicode = sample_text(sample, "中文.hk");
	sample->target.sni = NULL;
	sample->leaf.san_dropped = 7;
	verdict->addresses_dropped = 36;
	verdict->paths[0].trusted = ANSWER_UNKNOWN;
	(void)snprintf(
		verdict->paths[0].reason, sizeof verdict->paths[0].reason, "an anchor is missing");
	verdict->paths[1].trusted = ANSWER_NO;
	verdict->paths[1].completed_by = COMPLETION_NOTHING;
	(void)sample_find(sample, RULE_chain_untrusted, SEVERITY_CRITICAL, "nobody trusts it");
	struct finding *finding = sample_find(
		sample, RULE_migration_renewal_due, SEVERITY_NOTE, "soon");
	sample_due(finding, 2026, 6, 15);
	(void)snprintf(finding->certificate, sizeof finding->certificate, "abc");
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
	finding_act(finding, ACTION_INSTALL_CERTIFICATE, "ssl-ca-3-17-2025");
	expect_all(all, ARRAY_LEN(all));
}

Test(ndjson, further_looks)
{
	struct sample *other = calloc(1, sizeof *other);
	struct verdict_look looks[3] = { { LOOK_ECDSA, 0, NULL }, { LOOK_NO_SNI, 2, NULL },
		{ LOOK_AGAIN, 1, NULL } };
	struct verdict nothing = { .outcome = OUTCOME_HANDSHAKE, .message = "no", .tls_ms = -1 };

	cr_assert_not_null(other);
	sample_init(other, "other.example.hk", 443, PROTOCOL_HTTPS);
	looks[0].verdict = &other->verdict;
	looks[1].verdict = looks[2].verdict = &nothing;
	sample->verdict.looks.items = looks;
	sample->verdict.looks.count = ARRAY_LEN(looks);
	sample_find(sample, RULE_leaf_expired, SEVERITY_CRITICAL, "expired")->look = LOOK_ECDSA;
	json_t *got = record();

	expect_keys(got, "",
		"schema time as_of target status error tls chain validation scts paths findings "
		"looks timing");
	expect_keys(got, "looks/0", "look error tls same_as chain");
	expect_value(got, "looks/0/look", "\"ecdsa\"");
	expect_value(got, "looks/0/error", "null");
	expect_value(got, "looks/0/same_as", "null");
	expect_value(got, "looks/0/chain/0/role", "\"leaf\"");
	expect_value(got, "looks/1/look", "\"no-sni\"");
	expect_value(got, "looks/1/error/kind", "\"handshake\"");
	expect_value(got, "looks/1/same_as", "0");
	expect_value(got, "looks/1/chain", "[]");
	expect_value(got, "looks/2/same_as", "\"main\"");
	expect_value(got, "findings/0/look", "\"ecdsa\"");
	json_decref(got);
	sample->verdict.looks.items = NULL;
	sample->verdict.looks.count = 0;
	sample_release(other);
	free(other);
}

Test(ndjson, a_file_that_was_checked_has_no_tls)
{
	static const struct expected all[] = { { "target/port", "null" }, { "tls", "null" },
		{ "error", "null" }, { "chain/0/role", "\"leaf\"" }, { "timing/tls_ms", "null" } };

	sample->verdict.version[0] = sample->verdict.cipher[0] = '\0';
	sample->verdict.tls_ms = -1;
	sample->target.port = 0;
	expect_all(all, ARRAY_LEN(all));
}

Test(ndjson, a_proof_that_failed)
{
	static const struct expected all[] = { { "tls/proven", "false" },
		{ "error/kind", "\"handshake\"" } };

	sample->verdict.outcome = OUTCOME_HANDSHAKE;
	sample->verdict.proven = PROOF_REFUTED;
	expect_all(all, ARRAY_LEN(all));
}

/* A renderer that has seen anything writes what a new one writes. */
Test(ndjson, is_the_same_whatever_was_rendered_before)
{
	const struct report_format *format = report_format_by_name("ndjson");
	CLEANUP(renderer_freep) struct renderer *used = renderer_new();
	static struct sample samples[SAMPLE_FLEET];
	size_t count = sample_fleet(samples);

	cr_assert(used && report_format_renders(format));
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < count; i++) {
			CLEANUP(renderer_freep) struct renderer *fresh = renderer_new();
			CLEANUP(buf_release)
			struct buf a = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);

			cr_assert(report_render(format, used, &samples[i].verdict, &a));
			cr_assert(report_render(format, fresh, &samples[i].verdict, &b));
			cr_expect_str_eq(buf_text(&a), buf_text(&b));
		}
	}
	for (size_t i = 0; i < count; i++)
		sample_release(&samples[i]);
}

Test(ndjson, what_a_renderer_keeps)
{
	CLEANUP(renderer_freep) struct renderer *renderer = renderer_new();
	char print[FINGERPRINT_TEXT] = "", text[8192] = "";
	size_t len = 0, found = 0;

	cr_assert_null(renderer_find(renderer, print, &len));
	for (unsigned i = 0; i < 2000; i++) {
		(void)snprintf(print, sizeof print, "%064x", i * 2654435761u);
		memmove(print, print + 56, 8);
		(void)snprintf(text, sizeof text, "certificate %u", i);
		renderer_keep(renderer, print, text, strlen(text));
		const char *kept = renderer_find(renderer, print, &len);
		cr_assert(kept && len == strlen(text) && memcmp(kept, text, len) == 0, "%u", i);
	}
	for (unsigned i = 0; i < 2000; i++) {
		(void)snprintf(print, sizeof print, "%064x", i * 2654435761u);
		memmove(print, print + 56, 8);
		found += renderer_find(renderer, print, &len) != NULL;
	}
	cr_expect_eq(found, (size_t)256, "the newest, and no more");
	print[40] = 'x';
	renderer_keep(renderer, print, text, sizeof text);
	cr_expect_null(renderer_find(renderer, print, &len), "too long");
}
