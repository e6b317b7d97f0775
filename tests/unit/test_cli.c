/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "checker/base/attr.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/engine/proxy.h"
#include "cli/options/option_values.h"
#include "cli/options/options.h"
#include "cli/run/queue.h"
#include "cli/supply/system_store.h"
#include "reports/report.h"
#include "rules/verdict.h"
#include "tests/forge.h"

static void expect_error(const char *descr, const struct error *err, const char *why)
{
	cr_expect(strstr(err->text, why), "%s: \"%s\" has no \"%s\" in it", descr, err->text, why);
}

/* --- Values --- */

static const struct {
	const char *descr, *text;
	bool ok;
	double value;
} decimals[] = {
	{ "whole", "10", true, 10 },
	{ "decimals", "2.5", true, 2.5 },
	{ "no digit before the point", ".25", true, 0.25 },
	{ "no digit behind it", "3.", true, 3 },
	{ "the most", "3600", true, 3600 },
	{ "above the most", "3600.1", false, 0 },
	{ "zero", "0", false, 0 },
	{ "zero with decimals", "0.000", false, 0 },
	{ "negative", "-1", false, 0 },
	{ "nothing", "", false, 0 },
	{ "a point alone", ".", false, 0 },
	{ "two points", "1.2.3", false, 0 },
	{ "a comma", "2,5", false, 0 },
	{ "an exponent", "1e3", false, 0 },
	{ "not a number", "nan", false, 0 },
	{ "a blank behind", "1 ", false, 0 },
	{ "many digits", "0.0000000000000000000001", false, 0 },
};

Test(cli, decimals)
{
	for (size_t i = 0; i < ARRAY_LEN(decimals); i++) {
		struct error err = { .code = ERROR_NONE };
		double value = -1;
		bool ok = value_decimal("--timeout", decimals[i].text, 3600, &value, &err);

		cr_expect_eq(ok, decimals[i].ok, "%s", decimals[i].descr);
		if (ok)
			cr_expect_float_eq(value, decimals[i].value, 1e-9, "%s", decimals[i].descr);
		else
			expect_error(decimals[i].descr, &err, "--timeout '");
	}
}

static const struct {
	const char *descr, *text;
	bool ok;
	unsigned value;
} wholes[] = {
	{ "the least", "0", true, 0 },
	{ "the most", "10", true, 10 },
	{ "above", "11", false, 0 },
	{ "beyond 64 bits", "18446744073709551616", false, 0 },
	{ "decimals", "1.0", false, 0 },
	{ "a sign", "+1", false, 0 },
	{ "nothing", "", false, 0 },
};

Test(cli, wholes)
{
	for (size_t i = 0; i < ARRAY_LEN(wholes); i++) {
		struct error err = { .code = ERROR_NONE };
		unsigned value = 99;
		bool ok = value_whole("--retries", wholes[i].text, 0, 10, &value, &err);

		cr_expect_eq(ok, wholes[i].ok, "%s", wholes[i].descr);
		cr_expect_eq(value, ok ? wholes[i].value : 99, "%s", wholes[i].descr);
		if (!ok)
			expect_error(wholes[i].descr, &err, "from 0 to 10");
	}
}

static const struct {
	const char *descr, *text, *format, *path, *why;
} output_texts[] = {
	{ "a file", "run.txt", NULL, "run.txt", NULL },
	{ "standard output", "-", NULL, "-", NULL },
	{ "a format and a file", "ndjson:run.ndjson", "ndjson", "run.ndjson", NULL },
	{ "a format and standard output", "text:-", "text", "-", NULL },
	{ "a format and a path with a colon", "text:a:b", "text", "a:b", NULL },
	{ "a path with a colon", "./a:b", NULL, "./a:b", NULL },
	{ "a prefix that is no format", "C:run.txt", NULL, "C:run.txt", NULL },
	{ "formats are lower case", "TEXT:x", NULL, "TEXT:x", NULL },
	{ "a colon first", ":x", NULL, ":x", NULL },
	{ "a long prefix", "0123456789012345678901234567890123456789:x", NULL,
		"0123456789012345678901234567890123456789:x", NULL },
	{ "a format of machines", "sarif:fleet.sarif", "sarif", "fleet.sarif", NULL },
	{ "a format without a file", "ndjson:", NULL, NULL, "'ndjson:' names no file" },
	{ "nothing", "", NULL, NULL, "names no file" },
};

Test(cli, output_texts)
{
	for (size_t i = 0; i < ARRAY_LEN(output_texts); i++) {
		const char *descr = output_texts[i].descr, *path = NULL;
		const struct report_format *format = NULL;
		struct error err = { .code = ERROR_NONE };
		bool ok = value_output(output_texts[i].text, &format, &path, &err);

		cr_expect_eq(ok, !output_texts[i].why, "%s: %s", descr, err.text);
		if (!ok) {
			expect_error(descr, &err, output_texts[i].why);
			continue;
		}
		cr_expect_str_eq(path, output_texts[i].path, "%s", descr);
		cr_expect_eq(format,
			output_texts[i].format ? report_format_by_name(output_texts[i].format)
					       : NULL,
			"%s", descr);
	}
}

static const struct {
	const char *descr, *a, *b;
	bool near;
} slips[] = {
	{ "the same", "chain.order", "chain.order", true },
	{ "one letter less", "chain.orde", "chain.order", true },
	{ "two letters changed", "chaim.ordor", "chain.order", true },
	{ "three letters changed", "xxxin.order", "chain.order", false },
	{ "a part", "order", "chain.order", true },
	{ "two letters are part of too much", "in", "chain.order", false },
	{ "nothing", "", "chain.order", false },
};

Test(cli, slips)
{
	for (size_t i = 0; i < ARRAY_LEN(slips); i++)
		cr_expect_eq(
			value_is_near(slips[i].a, slips[i].b), slips[i].near, "%s", slips[i].descr);
}

/* --- Command lines --- */

#define WORDS 10

static const struct {
	const char *descr;
	const char *words[WORDS]; /* of scan */
	const char *why;
} wrong_lines[] = {
	{ "unknown option", { "--bogus" }, "--bogus: there is no such option" },
	{ "no value", { "x", "--timeout" }, "--timeout: a value has to follow" },
	{ "value of a flag", { "--ordered=yes" }, "--ordered" },
	{ "unknown format", { "-f", "xml" },
		"there is no format 'xml'; there are: text, html, xlsx, ndjson, json, csv, "
		"markdown, "
		"junit, sarif, prometheus, nagios, timeline, chain" },
	{ "no such day", { "--as-of", "2026-02-30" }, "--as-of '2026-02-30'" },
	{ "no such language", { "--lang", "fr" }, "--lang 'fr'" },
	{ "no such choice", { "--fail-on", "note" }, "warning, critical, never" },
	{ "asking at URLs that may not be fetched",
		{ "--revocation", "full", "--fetch", "profile" }, "takes --fetch any" },
	{ "no such way of asking", { "--revocation", "some" }, "profile, full, none" },
	{ "no such rows", { "--csv", "services" }, "--csv 'services'" },
	{ "rows of no output", { "--csv", "hosts", "-f", "ndjson", "-o", "text:x" },
		"no output is in that format" },
	{ "no connections", { "-c0" }, "--concurrency '0'" },
	{ "store without a file", { "--trust-store", "current=" }, "is not NAME=FILE" },
	{ "store without a name", { "--trust-store", "=x" }, "is not NAME=FILE" },
	{ "one file twice", { "-o", "x", "-o", "text:x" }, "--output names 'x' twice" },
	{ "no such handshake", { "--handshake", "half" }, "flight, complete" },
	{ "no such look", { "--probe", "sni,keys" }, "--probe 'sni,keys' is neither auto, all" },
	{ "a list that ends too late", { "--probe", "sni," }, "--probe 'sni,'" },
	{ "no look at all", { "--repeat", "0" }, "--repeat '0'" },
	{ "a negative limit", { "--per-address", "-1" }, "neither 0, for no limit" },
	{ "a limit that is none", { "--per-network", "x" }, "--per-network 'x'" },
	{ "an unknown proxy", { "--proxy", "ftp://a" }, "--proxy: " },
	{ "names resolved here", { "--proxy", "socks5://a:1" }, "socks5h" },
	{ "a checkpoint of a text report", { "--checkpoint", "x" },
		"goes with records only, -f ndjson or -o ndjson:FILE, and not with format 'text'" },
	{ "a checkpoint of one text report",
		{ "--checkpoint", "x", "-o", "ndjson:y", "-o", "text:z" },
		"not with format 'text'" },
	{ "a checkpoint in order", { "--checkpoint", "x", "-f", "ndjson", "--ordered" },
		"--ordered" },
	{ "a checkpoint over the output", { "--checkpoint", "x", "-o", "ndjson:x" },
		"both name 'x'" },
	{ "a checkpoint without a name", { "--checkpoint", "" }, "names no file" },
	{ "going on with nothing", { "--resume" }, "--checkpoint FILE has to name it" },
	{ "an option of check", { "--name", "x" }, "--name: there is no such option" },
};

static enum options_result read_scan(
	const char *const words[WORDS], struct options *options, struct error *err)
{
	const char *argv[WORDS + 2] = { "scan" };
	int argc = 1;

	for (size_t i = 0; i < WORDS && words[i]; i++)
		argv[argc++] = words[i];
	return options_read(options, &options_scan, argc, argv, err);
}

Test(cli, wrong_lines)
{
	for (size_t i = 0; i < ARRAY_LEN(wrong_lines); i++) {
		struct error err = { .code = ERROR_NONE };
		struct options options;

		cr_expect_eq(read_scan(wrong_lines[i].words, &options, &err), OPTIONS_WRONG, "%s",
			wrong_lines[i].descr);
		cr_expect_eq(err.code, ERROR_USAGE, "%s", wrong_lines[i].descr);
		expect_error(wrong_lines[i].descr, &err, wrong_lines[i].why);
		options_release(&options);
	}
}

Test(cli, defaults_of_scan)
{
	static const char *const words[WORDS] = { "www.example.hk" };
	struct error err = { .code = ERROR_NONE };
	struct options options;

	cr_assert_eq(setenv("LC_ALL", "zh_HK.UTF-8", 1), 0);
	cr_assert_eq(read_scan(words, &options, &err), OPTIONS_READ, "%s", err.text);
	cr_expect_str_eq(options.profile, "hongkong-post");
	cr_expect_eq(options.concurrency, 1000);
	cr_expect_geq(options.threads, 1);
	cr_expect_float_eq(options.timeout_s, 10, 1e-9);
	cr_expect_float_eq(options.per_address, 20, 1e-9);
	cr_expect_float_eq(options.per_network, 0, 1e-9);
	cr_expect_eq(options.handshake, HANDSHAKE_CHOICE_FLIGHT);
	cr_expect(options.probe_auto);
	cr_expect_null(options.proxy);
	cr_expect_null(options.checkpoint);
	cr_expect_eq(options.retries, 1);
	cr_expect_eq(options.fail_on, FAIL_ON_CRITICAL);
	cr_expect_eq(options.fetch, FETCH_PROFILE);
	cr_expect_eq(options.language, LANGUAGE_ZH_HANT);
	cr_expect_not(options.has_as_of);
	cr_assert_eq(options.outputs.count, 1);
	cr_expect_str_eq(options.outputs.items[0].path, "-");
	cr_expect_eq(options.outputs.items[0].format, report_format_by_name("text"));
	options_release(&options);
}

Test(cli, options_behind_targets)
{
	static const char *const words[WORDS] = { "a.hk", "-o", "x", "b.hk", "-f", "ndjson",
		"-otext:y", "--", "-c" };
	struct error err = { .code = ERROR_NONE };
	struct options options;

	cr_assert_eq(read_scan(words, &options, &err), OPTIONS_READ, "%s", err.text);
	cr_assert_eq(options.args.count, 3);
	cr_expect_str_eq(options.args.items[0], "a.hk");
	cr_expect_str_eq(options.args.items[1], "b.hk");
	cr_expect_str_eq(options.args.items[2], "-c");
	cr_assert_eq(options.outputs.count, 2);
	cr_expect_str_eq(options.outputs.items[0].path, "x");
	cr_expect_eq(options.outputs.items[0].format, report_format_by_name("ndjson"),
		"a plain file is in the format of -f, though -f comes later");
	cr_expect_str_eq(options.outputs.items[1].path, "y");
	cr_expect_eq(options.outputs.items[1].format, report_format_by_name("text"));
	options_release(&options);
}

Test(cli, how_to_scan)
{
	static const char *const words[WORDS] = { "--handshake=complete", "--per-address=0",
		"--per-network", "2.5", "--proxy=http://u:p@proxy.hk", "--checkpoint=x", "--resume",
		"-f", "ndjson" };
	struct error err = { .code = ERROR_NONE };
	struct options options;

	cr_assert_eq(read_scan(words, &options, &err), OPTIONS_READ, "%s", err.text);
	cr_expect(options.handshake == HANDSHAKE_CHOICE_COMPLETE && options.resume);
	cr_expect_float_eq(options.per_address, 0, 1e-9);
	cr_expect_float_eq(options.per_network, 2.5, 1e-9);
	cr_assert(options.proxy);
	cr_expect_str_eq(options.proxy->host, "proxy.hk");
	cr_expect_str_eq(options.checkpoint, "x");
	options_release(&options);
}

Test(cli, how_to_look_further)
{
	static const struct {
		const char *list;
		bool is_auto, key_types, sni, versions;
	} table[] = {
		{ "auto", true, true, true, true },
		{ "all", false, true, true, true },
		{ "none", false, false, false, false },
		{ "sni", false, false, true, false },
		{ "versions,key-types", false, true, false, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const char *words[WORDS] = { "--repeat=3", "--probe", table[i].list };
		struct error err = { .code = ERROR_NONE };
		struct options options;

		cr_assert_eq(read_scan(words, &options, &err), OPTIONS_READ, "%s", err.text);
		cr_expect_eq(options.probe_auto, table[i].is_auto, "%s", table[i].list);
		cr_expect_eq(options.probe.key_types, table[i].key_types, "%s", table[i].list);
		cr_expect_eq(options.probe.sni, table[i].sni, "%s", table[i].list);
		cr_expect_eq(options.probe.versions, table[i].versions, "%s", table[i].list);
		cr_expect_eq(options.probe.repeat, 3);
		options_release(&options);
	}
}

/* --- The system's store --- */

struct bundle {
	struct forge_pki pki;
	char path[64];
};

/* Comments, another kind of PEM and CRLF, as bundles of distributions have them. */
static void bundle_init(struct bundle *bundle, const char *const ids[])
{
	forge_pki_init(&bundle->pki, forge_day("2026-07-01"), FORGE_KEYS_FAST, NULL);
	(void)snprintf(bundle->path, sizeof bundle->path, "/tmp/chainmend-test-XXXXXX");
	int fd = mkstemp(bundle->path);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	cr_assert(file);
	(void)fputs("# a comment\r\n-----BEGIN X509 CRL-----\r\nMAA=\r\n"
		    "-----END X509 CRL-----\r\n",
		file);
	for (size_t i = 0; ids[i]; i++)
		(void)fputs(
			forge_cert_pem(&bundle->pki.forge, forge_pki_find(&bundle->pki, ids[i])),
			file);
	(void)fputs("-----BEGIN CERTIFICATE-----\ncut off", file);
	cr_assert_eq(fclose(file), 0);
}

static void bundle_release(struct bundle *bundle)
{
	(void)unlink(bundle->path);
	forge_pki_release(&bundle->pki);
}

Test(cli, system_store_by_fingerprint)
{
	/* The two intermediates have one name and one key: only one of them is asked for. */
	static const char *const held[] = { "ssl-ca-3-17-2017", "root-ca-3", "ssl-ca-3-17-2025",
		NULL };
	static const char *const asked[] = { "ssl-ca-3-17-2025", "globalsign-r3", "root-ca-3" };
	static const bool expected[] = { true, false, true };
	uint8_t wanted[ARRAY_LEN(asked)][FINGERPRINT_BYTES];
	const struct cert *found[ARRAY_LEN(asked)];
	struct error err = { .code = ERROR_NONE };
	struct bundle bundle;

	bundle_init(&bundle, held);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		memcpy(wanted[i], forge_pki_cert(&bundle.pki, asked[i])->sha256, FINGERPRINT_BYTES);
	cr_assert(system_store_find(bundle.path, (const uint8_t(*)[FINGERPRINT_BYTES])wanted,
			  ARRAY_LEN(asked), found, &err),
		"%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		cr_expect_eq(found[i] != NULL, expected[i], "%s", asked[i]);
		if (found[i])
			cr_expect(cert_equal(found[i], forge_pki_cert(&bundle.pki, asked[i])), "%s",
				asked[i]);
		cert_unref(found[i]);
	}
	bundle_release(&bundle);
}

Test(cli, system_store_that_is_not_there)
{
	const uint8_t wanted[1][FINGERPRINT_BYTES] = { { 0 } };
	const struct cert *found[1];
	struct error err = { .code = ERROR_NONE };

	cr_expect_not(system_store_find("/nonexistent/bundle.pem", wanted, 1, found, &err));
	cr_expect_null(found[0]);
	expect_error("not there", &err, "/nonexistent/bundle.pem");
}

Test(cli, system_store_of_the_environment)
{
	cr_assert_eq(setenv("SSL_CERT_FILE", "/nonexistent/bundle.pem", 1), 0);
	cr_expect_str_eq(system_store_path(), "/nonexistent/bundle.pem");
	cr_assert_eq(setenv("SSL_CERT_FILE", "", 1), 0);
	const char *path = system_store_path();
	cr_expect(!path || access(path, R_OK) == 0);
}

/* --- The order of the input --- */

/* A result is "TARGET.ADDRESS"; targets 0, 1, 2 have 1, 2, 1 addresses. */
static const struct {
	const char *descr;
	const char *come;
	const char *out, *rest; /* at once, and at the end */
} orders[] = {
	{ "in order", "0a1a1b2a", "0a1a1b2a", "" },
	{ "backwards", "2a1b1a0a", "0a1a1b2a", "" },
	{ "addresses sorted", "0a1b1a", "0a1a1b", "" },
	{ "one address short", "0a1a2a", "0a", "1a2a" },
	{ "two that were waited for", "1b2a1a0a", "0a1a1b2a", "" },
	{ "the last ones never came", "0a1a", "0a", "1a" },
	{ "the first never came", "1a1b2a", "", "1a1b2a" },
	{ "nothing", "", "", "" },
};

struct seen {
	char text[32];
};

static void see(void *arg, struct queue_item *item)
{
	struct seen *seen = arg;
	size_t len = strlen(seen->text);

	(void)snprintf(
		seen->text + len, sizeof seen->text - len, "%zu%s", item->number, item->address);
	cr_expect_str_eq(item->record, "record");
	queue_item_release(item);
}

static void come(struct queue *queue, const char *text)
{
	static const size_t addresses[] = { 1, 2, 0 };
	struct error err = { .code = ERROR_NONE };

	for (; *text; text += 2) {
		size_t number = (size_t)(text[0] - '0');
		struct queue_item item = { .number = number,
			.addresses = addresses[number],
			.address = { text[1] },
			.verdict = calloc(1, sizeof(struct verdict)),
			.record = text_copy("record", 6),
			.len = 6 };
		cr_assert(item.verdict && item.record);
		cr_assert(queue_add(queue, &item, &err));
	}
}

Test(cli, order_of_the_input)
{
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		struct seen seen = { "" };
		struct error err = { .code = ERROR_NONE };
		CLEANUP(queue_freep) struct queue *queue = queue_new(see, &seen, &err);

		cr_assert(queue);
		come(queue, orders[i].come);
		cr_expect_str_eq(seen.text, orders[i].out, "%s", orders[i].descr);
		seen.text[0] = '\0';
		queue_finish(queue);
		cr_expect_str_eq(seen.text, orders[i].rest, "%s, at the end", orders[i].descr);
	}
}

Test(cli, order_that_was_not_finished)
{
	struct error err = { .code = ERROR_NONE };
	struct seen seen = { "" };
	CLEANUP(queue_freep) struct queue *queue = queue_new(see, &seen, &err);

	cr_assert(queue);
	come(queue, "1a");
	/* What it holds goes with it: the leak checker of the test run sees to that. */
	cr_expect_str_eq(seen.text, "");
}
