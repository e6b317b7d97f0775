/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "reports/report.h"
#include "reports/text/page.h"
#include "tests/golden.h"
#include "tests/sample.h"

#define ROOM (256u << 20)

static struct sample fleet[SAMPLE_FLEET];
static size_t fleet_size;

static void set_up(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	fleet_size = sample_fleet(fleet);
}

static void tear_down(void)
{
	for (size_t i = 0; i < fleet_size; i++)
		sample_release(&fleet[i]);
}

TestSuite(formats, .init = set_up, .fini = tear_down);

static struct report_run run_of(unsigned columns)
{
	return (struct report_run){
		.profile = sample_profile(),
		.as_of = sample_day(),
		.language = LANGUAGE_EN,
		.columns = columns,
	};
}

/* The report of COUNT samples; the caller releases it. */
static struct buf report_of(const char *format, const struct report_run *run,
	const struct sample *samples, size_t count, const struct report_summary *summary)
{
	char path[] = "/tmp/chainmend-formats-XXXXXX";
	struct buf got = BUF_INIT(ROOM);
	struct error err = { .code = ERROR_NONE };
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	struct report *report = report_open(report_format_by_name(format), path, run, &err);
	cr_assert_not_null(report, "%s", err.text);
	for (size_t i = 0; i < count; i++)
		cr_assert(report_add(report, &samples[i].verdict, &err), "%s", err.text);
	cr_assert(report_close(report, summary, &err), "%s", err.text);
	report_free(report);
	cr_assert(buf_read_file(&got, path, &err), "%s", err.text);
	(void)close(fd);
	(void)unlink(path);
	return got;
}

static struct buf fleet_report(const char *format, const struct report_run *run)
{
	struct report_summary summary = { .targets = 16, .duplicates = 3 };

	return report_of(format, run, fleet, fleet_size, &summary);
}

Test(formats, are_found_by_name)
{
	static const char *const none[] = { "", "TEXT", "xml" };
	const struct report_format *text = report_format_by_name("text");

	cr_assert_not_null(text);
	cr_expect_str_eq(report_format_name(text), "text");
	cr_expect_str_eq(report_format_name(report_format_by_name("ndjson")), "ndjson");
	cr_expect_str_eq(report_format_names(),
		"text, html, xlsx, ndjson, json, csv, markdown, junit, sarif, prometheus, nagios, "
		"timeline, chain");
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		cr_expect_null(report_format_by_name(none[i]), "%s", none[i]);
}

static const struct {
	const char *golden, *format;
	unsigned columns;
	enum language language;
	bool verbose, color;
} goldens[] = {
	{ "fleet.ndjson", "ndjson", 0, LANGUAGE_EN, false, false },
	{ "fleet-file.txt", "text", 0, LANGUAGE_EN, false, false },
	{ "fleet-40.txt", "text", 40, LANGUAGE_EN, false, false },
	{ "fleet-80-zh-Hans.txt", "text", 80, LANGUAGE_ZH_HANS, false, false },
	{ "fleet-80-zh-Hant.txt", "text", 80, LANGUAGE_ZH_HANT, false, false },
	{ "fleet-200-verbose.txt", "text", 200, LANGUAGE_ZH_HANT, true, false },
	{ "fleet-100-color.txt", "text", 100, LANGUAGE_EN, false, true },
	{ "chain.txt", "chain", 80, LANGUAGE_EN, false, false },
	{ "chain-zh-Hant.txt", "chain", 80, LANGUAGE_ZH_HANT, false, false },
};

Test(formats, whole_reports)
{
	for (size_t i = 0; i < ARRAY_LEN(goldens); i++) {
		struct report_run run = run_of(goldens[i].columns);

		run.language = goldens[i].language;
		run.verbose = goldens[i].verbose;
		run.color = goldens[i].color;
		struct buf got = fleet_report(goldens[i].format, &run);
		golden_expect(goldens[i].golden, buf_text(&got), got.len);
		buf_release(&got);
	}
}

Test(formats, one_service_shows_its_chain)
{
	struct report_run run = run_of(80);
	struct report_summary summary = { .targets = 1 };
	struct buf got = report_of("text", &run, fleet, 1, &summary);

	golden_expect("one-80.txt", buf_text(&got), got.len);
	buf_release(&got);
}

static const struct {
	enum proof proven;
	const char *words; /* NULL: none */
} proofs[] = {
	{ PROOF_SHOWN, NULL },
	{ PROOF_UNKNOWN, ", and has not shown that it holds the key to it" },
	{ PROOF_REFUTED, ", and does not hold the key to it" },
};

Test(formats, says_who_does_not_hold_the_key)
{
	struct report_run run = run_of(200);
	struct report_summary summary = { .targets = 1 };

	for (size_t i = 0; i < ARRAY_LEN(proofs); i++) {
		fleet[0].verdict.proven = proofs[i].proven;
		struct buf got = report_of("text", &run, fleet, 1, &summary);
		const char *found = strstr(
			buf_text(&got), proofs[i].words ? proofs[i].words : " the key to it");

		cr_expect_eq(found != NULL, proofs[i].words != NULL, "%zu: %s", i, buf_text(&got));
		buf_release(&got);
	}
}

/* Results come in as they are done, but the report is the same. */
Test(formats, text_does_not_depend_on_the_order_of_results)
{
	struct sample *turned = calloc(SAMPLE_FLEET, sizeof *turned);
	struct report_summary summary = { .targets = 16 };
	struct report_run run = run_of(80);

	cr_assert_not_null(turned);
	for (size_t i = 0; i < fleet_size; i++)
		turned[i] = fleet[fleet_size - 1 - i];
	struct buf forth = report_of("text", &run, fleet, fleet_size, &summary);
	struct buf back = report_of("text", &run, turned, fleet_size, &summary);
	cr_expect_str_eq(buf_text(&forth), buf_text(&back));
	buf_release(&forth);
	buf_release(&back);
	free(turned);
}

Test(formats, says_when_not_all_was_examined)
{
	struct report_run run = run_of(80);
	struct report_summary cut = { .targets = 40, .interrupted = true }, none = { .targets = 0 };

	fleet[0].verdict.addresses_dropped = 36;
	struct buf got = report_of("text", &run, fleet, 1, &cut);
	struct buf empty = report_of("text", &run, fleet, 0, &none);
	struct buf lines = report_of("ndjson", &run, fleet, 0, &none);

	cr_expect_not_null(strstr(buf_text(&got), "Interrupted: 1 of 40 services were examined."),
		"%s", buf_text(&got));
	cr_expect_not_null(strstr(buf_text(&got), "36 further addresses not examined: of one "),
		"%s", buf_text(&got));
	cr_expect_not_null(strstr(buf_text(&empty), "Nothing was examined."));
	cr_expect_eq(lines.len, (size_t)0);
	buf_release(&got);
	buf_release(&empty);
	buf_release(&lines);
}

/* Many in order are not listed one by one, but all that are at fault. */
Test(formats, long_lists)
{
	enum { MANY = 500 };
	struct sample *many = calloc(2 * MANY, sizeof *many);
	struct report_run run = run_of(100);
	struct report_summary summary = { .targets = 2 * MANY };

	cr_assert_not_null(many);
	for (size_t i = 0; i < 2 * MANY; i++) {
		char host[64];

		(void)snprintf(host, sizeof host, "%s%zu.hk", i < MANY ? "bad" : "good", i);
		sample_init(&many[i], host, 443, PROTOCOL_HTTPS);
		if (i < MANY)
			finding_act(sample_find(&many[i], RULE_chain_incomplete, SEVERITY_CRITICAL,
					    "the issuer is not served"),
				ACTION_INSTALL_CERTIFICATE, "ssl-ca-3-17-2025");
	}
	struct buf got = report_of("text", &run, many, 2 * MANY, &summary);
	cr_expect_not_null(strstr(buf_text(&got), "500 services: add ssl-ca-3-17-2025"));
	cr_expect_not_null(strstr(buf_text(&got), "bad0.hk:443"));
	cr_expect_not_null(strstr(buf_text(&got), "bad499.hk:443"));
	cr_expect_not_null(strstr(buf_text(&got), "and 440 more (all of them with -v)"));
	run.verbose = true;
	struct buf all = report_of("text", &run, many, 2 * MANY, &summary);
	cr_expect_not_null(strstr(buf_text(&all), "good999.hk:443"));
	buf_release(&got);
	buf_release(&all);
	for (size_t i = 0; i < 2 * MANY; i++)
		sample_release(&many[i]);
	free(many);
}

/* The same work, other certificates: one block, and each service's own below. */
Test(formats, own_certificates_stand_with_their_service)
{
	struct sample *pair = calloc(2, sizeof *pair);
	struct report_run run = run_of(100);
	struct report_summary summary = { .targets = 2 };

	cr_assert_not_null(pair);
	for (size_t i = 0; i < 2; i++) {
		sample_init(&pair[i], i ? "two.hk" : "one.hk", 443, PROTOCOL_HTTPS);
		finding_act(sample_find(&pair[i], RULE_chain_unrelated, SEVERITY_WARNING,
				    "something else is served"),
			ACTION_REMOVE_CERTIFICATE, pair[i].leaf.sha256_text);
	}
	struct buf got = report_of("text", &run, pair, 2, &summary);
	cr_expect_not_null(strstr(buf_text(&got), "1. 2 services: remove a certificate"), "%s",
		buf_text(&got));
	cr_expect_not_null(strstr(buf_text(&got), "remove one.hk (SHA-256 ..."));
	cr_expect_not_null(strstr(buf_text(&got), "remove two.hk (SHA-256 ..."));
	buf_release(&got);
	sample_release(&pair[0]);
	sample_release(&pair[1]);
	free(pair);
}

/* One rule that found several things has one heading; severities and days stay apart. */
Test(formats, findings_of_one_rule_stand_together)
{
	struct sample *one = calloc(1, sizeof *one);
	struct report_run run = run_of(100);
	struct report_summary summary = { .targets = 1 };

	cr_assert_not_null(one);
	sample_init(one, "one.hk", 443, PROTOCOL_HTTPS);
	sample_owner(one, "web team");
	(void)sample_find(one, RULE_chain_unrelated, SEVERITY_WARNING, "A is served");
	(void)sample_find(one, RULE_chain_unrelated, SEVERITY_WARNING, "B is served");
	(void)sample_find(one, RULE_chain_unrelated, SEVERITY_CRITICAL, "C is served");
	sample_due(sample_find(one, RULE_chain_unrelated, SEVERITY_WARNING, "D is served"), 2026, 7,
		1);
	struct buf got = report_of("text", &run, one, 1, &summary);
	cr_expect_not_null(strstr(buf_text(&got), "\n1. one.hk:443, web team: "
						  "a certificate is served that"),
		"%s", buf_text(&got));
	cr_expect_not_null(
		strstr(buf_text(&got), "   critical: chain.unrelated\n"
				       "     C is served\n"
				       "   warning: chain.unrelated\n"
				       "     A is served\n"
				       "     B is served\n"
				       "   warning: chain.unrelated (due 2026-07-01, in 11 days)\n"
				       "     D is served\n"),
		"%s", buf_text(&got));
	cr_expect_null(strstr(buf_text(&got), "Where"), "%s", buf_text(&got));
	buf_release(&got);
	sample_release(one);
	free(one);
}

/* The work of all problems is added up, when there are enough of them. */
Test(formats, work_is_added_up)
{
	enum { FEW = 3 };
	struct sample *few = calloc(FEW, sizeof *few);
	struct report_run run = run_of(100);
	struct report_summary summary = { .targets = FEW };

	cr_assert_not_null(few);
	for (size_t i = 0; i < FEW; i++) {
		char host[64];

		(void)snprintf(host, sizeof host, "h%zu.hk", i);
		sample_init(&few[i], host, 443, PROTOCOL_HTTPS);
		struct finding *finding = sample_find(&few[i], RULE_chain_incomplete,
			i == 2 ? SEVERITY_WARNING : SEVERITY_CRITICAL, "something is missing");
		finding_act(finding, ACTION_INSTALL_CERTIFICATE, "ssl-ca-3-17-2025");
		if (i > 0)
			finding_act(finding, ACTION_REMOVE_CERTIFICATE, "ssl-ca-3-17-2017");
	}
	struct buf two = report_of("text", &run, few, 2, &summary);
	struct buf all = report_of("text", &run, few, FEW, &summary);
	cr_expect_null(strstr(buf_text(&two), "  what to do"), "%s", buf_text(&two));
	cr_expect_not_null(
		strstr(buf_text(&all), "  what to do               critical  warning\n"
				       "  add ssl-ca-3-17-2025            2        1\n"
				       "  remove ssl-ca-3-17-2017         1        1\n\n"),
		"%s", buf_text(&all));
	buf_release(&two);
	buf_release(&all);
	for (size_t i = 0; i < FEW; i++)
		sample_release(&few[i]);
	free(few);
}

static const struct {
	const char *descr;
	int year, month, day;
	const char *want;
} dues[] = {
	{ "far ahead", 2027, 6, 20, "(due 2027-06-20, in 365 days)" },
	{ "tomorrow", 2026, 6, 21, "(due 2026-06-21, in 1 day)" },
	{ "today", 2026, 6, 20, "(due 2026-06-20, today)" },
	{ "yesterday", 2026, 6, 19, "(due 2026-06-19, 1 day overdue)" },
	{ "long ago", 2025, 6, 20, "(due 2025-06-20, 365 days overdue)" },
};

Test(formats, counts_days)
{
	struct report_run run = run_of(100);
	struct report_summary summary = { .targets = 1 };

	for (size_t i = 0; i < ARRAY_LEN(dues); i++) {
		struct sample *one = calloc(1, sizeof *one);

		cr_assert_not_null(one);
		sample_init(one, "a.hk", 443, PROTOCOL_HTTPS);
		sample_due(sample_find(one, RULE_leaf_expires_soon, SEVERITY_WARNING, "soon"),
			dues[i].year, dues[i].month, dues[i].day);
		struct buf got = report_of("text", &run, one, 1, &summary);
		cr_expect_not_null(strstr(buf_text(&got), dues[i].want), "%s: %s", dues[i].descr,
			buf_text(&got));
		buf_release(&got);
		sample_release(one);
		free(one);
	}
}

/* How a target is named, in all that makes it another one. */
static const struct {
	const char *descr, *host, *unicode, *address, *sni;
	uint16_t port;
	enum protocol protocol;
	const char *want;
} services[] = {
	{ "https goes without saying", "a.hk", NULL, NULL, "a.hk", 443, PROTOCOL_HTTPS,
		"  a.hk:443\n" },
	{ "another protocol", "a.hk", NULL, NULL, "a.hk", 25, PROTOCOL_SMTP, "  a.hk:25 smtp\n" },
	{ "both forms of a name", "xn--fiq228c.hk", "中文.hk", NULL, "xn--fiq228c.hk", 443,
		PROTOCOL_HTTPS, "  中文.hk:443 (xn--fiq228c.hk)\n" },
	{ "IPv6", "2001:db8::1", NULL, NULL, NULL, 993, PROTOCOL_IMAPS,
		"  [2001:db8::1]:993 imaps\n" },
	{ "at an address", "a.hk", NULL, "192.0.2.9", "a.hk", 443, PROTOCOL_HTTPS,
		"  a.hk@192.0.2.9:443\n" },
	{ "another name is asked for", "192.0.2.9", NULL, NULL, "a.hk", 443, PROTOCOL_HTTPS,
		"  192.0.2.9:443 as a.hk\n" },
	{ "a file", "C: old/chain.pem", NULL, NULL, NULL, 0, PROTOCOL_TLS, "  C: old/chain.pem\n" },
	{ "no file", "-", NULL, NULL, NULL, 0, PROTOCOL_TLS, "  standard input\n" },
};

Test(formats, names_services)
{
	struct report_run run = run_of(100);
	struct report_summary summary = { .targets = 1 };

	for (size_t i = 0; i < ARRAY_LEN(services); i++) {
		struct sample *one = calloc(1, sizeof *one);

		cr_assert_not_null(one);
		sample_init(one, services[i].host, services[i].port, services[i].protocol);
		one->target.unicode = services[i].unicode ? sample_text(one, services[i].unicode)
							  : NULL;
		one->target.address = services[i].address ? sample_text(one, services[i].address)
							  : NULL;
		one->target.sni = services[i].sni ? sample_text(one, services[i].sni) : NULL;
		struct buf got = report_of("text", &run, one, 1, &summary);
		cr_expect_not_null(strstr(buf_text(&got), services[i].want), "%s: %s",
			services[i].descr, buf_text(&got));
		buf_release(&got);
		sample_release(one);
		free(one);
	}
}

Test(formats, an_aborted_report_leaves_what_was_there)
{
	static const char *const names[] = { "text", "ndjson" };
	char path[] = "/tmp/chainmend-formats-XXXXXX";
	struct report_run run = run_of(0);
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, "old", 3), 3);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf got = BUF_INIT(ROOM);
		struct error err = { .code = ERROR_NONE };
		struct report *report = report_open(
			report_format_by_name(names[i]), path, &run, &err);

		cr_assert_not_null(report, "%s", err.text);
		cr_assert(report_add(report, &fleet[0].verdict, &err));
		report_free(report);
		cr_assert(buf_read_file(&got, path, &err));
		cr_expect_str_eq(buf_text(&got), "old", "%s", names[i]);
		buf_release(&got);
	}
	report_free(NULL);
	(void)close(fd);
	(void)unlink(path);
}

Test(formats, a_place_that_cannot_be_written_is_told_at_once)
{
	struct error err = { .code = ERROR_NONE };
	struct report_run run = run_of(0);

	cr_expect_null(report_open(
		report_format_by_name("ndjson"), "/tmp/chainmend/no/such/folder/x", &run, &err));
	cr_expect_eq(err.code, ERROR_IO);
	cr_expect_not_null(strstr(err.text, "/tmp/chainmend/no/such/folder/x"));
}

/* Standard output into FD while COUNT samples are reported; was all of it written? */
static bool report_into(int fd, const char *format, size_t count, bool close_it)
{
	struct error err = { .code = ERROR_NONE };
	struct report_run run = run_of(0);
	struct report_summary summary = { .targets = count };
	int was = dup(STDOUT_FILENO);

	cr_assert_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	struct report *report = report_open(report_format_by_name(format), NULL, &run, &err);
	bool fine = report != NULL;
	for (size_t i = 0; i < count && fine; i++)
		fine = report_add(report, &fleet[i].verdict, &err);
	if (fine && close_it)
		fine = report_close(report, &summary, &err);
	report_free(report);
	cr_assert_eq(dup2(was, STDOUT_FILENO), STDOUT_FILENO);
	(void)close(was);
	return fine;
}

Test(formats, a_full_disk_is_no_success)
{
	int full = open("/dev/full", O_WRONLY), ends[2];

	cr_assert_geq(full, 0);
	cr_expect_not(report_into(full, "ndjson", 2, true));
	cr_expect_not(report_into(full, "text", 2, true));
	cr_assert_eq(pipe(ends), 0);
	(void)close(ends[0]);
	cr_expect_not(report_into(ends[1], "ndjson", 2, true), "nobody reads");
	cr_expect_not(report_into(ends[1], "text", 2, true), "nobody reads");
	(void)close(ends[1]);
	(void)close(full);
}

Test(formats, an_interrupted_run_leaves_whole_lines)
{
	static char got[65536];
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_expect(report_into(ends[1], "ndjson", 3, false));
	(void)close(ends[1]);
	ssize_t len = read(ends[0], got, sizeof got - 1);
	cr_assert_gt(len, 0);
	size_t lines = 0;
	for (ssize_t i = 0; i < len; i++)
		lines += got[i] == '\n';
	cr_expect_eq(lines, (size_t)3);
	cr_expect_eq(got[len - 1], '\n');
	(void)close(ends[0]);
}
