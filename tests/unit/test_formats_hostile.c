/* SPDX-License-Identifier: MIT */
/*
 * Whatever an input or a server wrote, a report stays a report: nothing acts on
 * the terminal, no line is added, no record breaks.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "reports/report.h"
#include "reports/text/page.h"
#include "tests/sample.h"

#define ROOM (256u << 20)
#define LONG 65536u

/* REPEAT: the text again and again up to 64 KiB. */
static const struct {
	const char *descr, *text;
	bool repeat;
} hostile[] = {
	{ "clears the screen, sets the title", "\033[2J\033]0;owned\a", false },
	{ "ends the line", "a\nb\r\nc\vd\fe\tf", false },
	{ "forges a record", "x\"}\n{\"schema\":\"chainmend.result/1\",\"status\":\"ok\"}", false },
	{ "right-to-left override", "\xe2\x80\xaegnp.exe\xe2\x80\xac", false },
	{ "isolates and marks", "\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", false },
	{ "C1 control sequence",
		"\xc2\x9b"
		"31m\xc2\x9d"
		"0;x\xc2\x9c",
		false },
	{ "delete and backspace", "abc\x7f\b\b\b", false },
	{ "separators",
		"a\xe2\x80\xa8"
		"b\xe2\x80\xa9"
		"c",
		false },
	{ "invalid UTF-8", "\xff\xfe\xc0\xaf\xed\xa0\x80\xf5\x80\x80\x80", false },
	{ "ends in half a character", "abc\xe9\xa6", false },
	{ "byte order mark, zero width, tags", "\xef\xbb\xbf\xe2\x80\x8b\xf3\xa0\x81\x81", false },
	{ "quotes and backslashes", "\"\\\"\\\\u0000\\", false },
	{ "format directives", "%s%n%1000000d", false },
	{ "nothing at all", "", false },
	{ "blanks", "   ", false },
	{ "64 KiB of a letter", "A", true },
	{ "64 KiB of escapes", "\033", true },
	{ "64 KiB of Chinese", "香", true },
	{ "64 KiB of marks on a letter", "\xcc\x81", true },
	{ "64 KiB of stray bytes", "\xff", true },
	{ "64 KiB of line ends", "\n", true },
};

static char *text_of(size_t number)
{
	const char *unit = hostile[number].text;
	size_t len = strlen(unit), times = hostile[number].repeat ? LONG / len : 1;
	char *text = malloc(times * len + 1);

	cr_assert_not_null(text);
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * len, unit, len);
	text[times * len] = '\0';
	return text;
}

/* A fixed array takes what fits, cut wherever that is. */
static void cram(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	len = len < size ? len : size - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

#define CRAM(array, text) cram(array, sizeof(array), text)

static void poison_target(struct sample *sample, char *text)
{
	struct target *target = &sample->target;

	target->host = target->unicode = target->address = target->sni = target->source = text;
	sample->labels[1] = (struct label){ text, text };
	sample_owner(sample, text);
	target->labels.count = 2;
}

static void poison_chain(struct sample *sample, char *text)
{
	struct cert *leaf = &sample->leaf;
	static char *names[2];

	names[0] = text;
	leaf->subject = leaf->issuer = leaf->common_name = leaf->issuer_common_name = text;
	leaf->serial = leaf->key = leaf->signature = text;
	leaf->eku = leaf->san = names;
}

/* TEXT in every field that anybody but us may have written, and in those of ours too. */
static void poison(struct sample *sample, char *text)
{
	struct verdict *verdict = &sample->verdict;

	sample_init(sample, "a.hk", 443, PROTOCOL_SMTP);
	sample_serve(sample, ROLE_OTHER, NULL);
	poison_target(sample, text);
	poison_chain(sample, text);
	verdict->addresses = 2;
	CRAM(verdict->address, text);
	CRAM(verdict->message, text);
	CRAM(verdict->version, text);
	CRAM(verdict->cipher, text);
	CRAM(verdict->paths[0].reason, text);
	for (enum severity severity = SEVERITY_NOTE; severity <= SEVERITY_CRITICAL; severity++) {
		struct finding *finding = sample_find(sample, RULE_chain_unrelated, severity, "");

		CRAM(finding->message, text);
		CRAM(finding->certificate, text);
		finding->action_count = 3;
		finding->actions[0].kind = ACTION_REMOVE_CERTIFICATE;
		finding->actions[1].kind = ACTION_REPLACE_LEAF;
		finding->actions[2].kind = ACTION_REMOVE_CERTIFICATE;
		CRAM(finding->actions[0].certificate, text);
		CRAM(finding->actions[1].certificate, text);
		CRAM(finding->actions[2].certificate, sample->leaf.sha256_text);
	}
}

/* The states that print other parts of it. */
static const struct {
	enum status status;
	enum outcome outcome;
	bool bad, with_findings, with_chain;
} states[] = {
	{ STATUS_CRITICAL, OUTCOME_SERVED, false, true, true },
	{ STATUS_WARNING, OUTCOME_RESET, false, true, true },
	{ STATUS_OK, OUTCOME_SERVED, false, false, true },
	{ STATUS_OUT_OF_SCOPE, OUTCOME_SERVED, false, false, true },
	{ STATUS_UNREACHABLE, OUTCOME_STARTTLS, false, false, false },
	{ STATUS_UNREACHABLE, OUTCOME_BAD_TARGET, true, false, false },
};

#define STATES ARRAY_LEN(states)

static struct sample samples[STATES];

static void fill(char *text)
{
	for (size_t i = 0; i < STATES; i++) {
		struct sample *sample = &samples[i];

		poison(sample, text);
		sample->verdict.status = states[i].status;
		sample->verdict.outcome = states[i].outcome;
		if (states[i].bad)
			sample->target.fault = text;
		if (!states[i].with_findings)
			sample->verdict.findings.all.count = 0;
		if (!states[i].with_chain)
			sample->verdict.chain.count = 0;
	}
}

static struct buf report_of(const char *format, unsigned columns, bool verbose)
{
	char path[] = "/tmp/chainmend-hostile-XXXXXX";
	struct buf got = BUF_INIT(ROOM);
	struct error err = { .code = ERROR_NONE };
	struct report_run run = { .profile = sample_profile(),
		.as_of = sample_day(),
		.columns = columns,
		.verbose = verbose };
	struct report_summary summary = { .targets = STATES };
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	struct report *report = report_open(report_format_by_name(format), path, &run, &err);
	cr_assert_not_null(report, "%s", err.text);
	for (size_t i = 0; i < STATES; i++)
		cr_assert(report_add(report, &samples[i].verdict, &err), "%s", err.text);
	cr_assert(report_close(report, &summary, &err), "%s", err.text);
	report_free(report);
	cr_assert(buf_read_file(&got, path, &err), "%s", err.text);
	(void)close(fd);
	(void)unlink(path);
	return got;
}

/* Only characters that do nothing, in lines of at most COLUMNS (0: of any width). */
static void expect_harmless(const struct buf *got, size_t columns, const char *descr)
{
	size_t line = 0;

	for (size_t i = 0; i < got->len;) {
		uint32_t point = 0;
		size_t bytes = text_utf8_next(got->data + i, got->len - i, &point);

		cr_assert_gt(bytes, (size_t)0, "%s: no UTF-8 at %zu", descr, i);
		cr_assert(point == '\n' || !text_is_unsafe(point), "%s: U+%04X at %zu", descr,
			(unsigned)point, i);
		i += bytes;
		if (point != '\n')
			continue;
		size_t wide = page_columns(got->data + line, i - line - 1);
		cr_assert(columns == 0 || wide <= columns, "%s: %zu columns", descr, wide);
		line = i;
	}
}

Test(hostile, text_is_harmless_at_any_width)
{
	static const unsigned columns[] = { 40, 80, 200 };

	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		char *text = text_of(i);

		fill(text);
		for (size_t c = 0; c < 2 * ARRAY_LEN(columns); c++) {
			struct buf got = report_of("text", columns[c / 2], c % 2);

			expect_harmless(&got, columns[c / 2], hostile[i].descr);
			buf_release(&got);
		}
		for (size_t s = 0; s < STATES; s++)
			sample_release(&samples[s]);
		free(text);
	}
}

/* What VALUE has to be for a field that held TEXT: the same, unless that was no UTF-8. */
static void expect_text(const json_t *value, const char *text, const char *descr)
{
	bool valid = true;

	cr_assert(json_is_string(value), "%s: no string", descr);
	for (size_t i = 0, len = strlen(text); i < len && valid;) {
		uint32_t point;
		size_t bytes = text_utf8_next(text + i, len - i, &point);

		valid = bytes > 0;
		i += bytes;
	}
	if (valid)
		cr_expect_str_eq(json_string_value(value), text, "%s", descr);
	else
		cr_expect_not_null(strstr(json_string_value(value), "\\x"), "%s", descr);
}

static void expect_record(const json_t *record, const char *text, const char *descr)
{
	const json_t *target = json_object_get(record, "target");
	const json_t *error = json_object_get(record, "error");
	const json_t *leaf = json_array_get(json_object_get(record, "chain"), 0);
	const json_t *finding = json_array_get(json_object_get(record, "findings"), 0);

	expect_text(json_object_get(target, "host"), text, descr);
	expect_text(json_object_get(json_object_get(target, "labels"), "owner"), text, descr);
	if (json_is_object(error))
		cr_expect(json_is_string(json_object_get(error, "message")), "%s", descr);
	if (leaf) {
		expect_text(json_object_get(leaf, "subject"), text, descr);
		expect_text(json_array_get(json_object_get(leaf, "san"), 0), text, descr);
	}
	if (finding)
		cr_expect(json_is_string(json_object_get(finding, "message")), "%s", descr);
}

Test(hostile, each_record_stays_one_line_of_json)
{
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		char *text = text_of(i);
		size_t records = 0;

		fill(text);
		struct buf got = report_of("ndjson", 0, false);
		expect_harmless(&got, 0, hostile[i].descr);
		for (size_t at = 0; at < got.len;) {
			size_t len = strcspn(got.data + at, "\n");
			json_error_t why;
			json_t *record = json_loadb(got.data + at, len, 0, &why);

			cr_assert_not_null(record, "%s: %s", hostile[i].descr, why.text);
			expect_record(record, text, hostile[i].descr);
			json_decref(record);
			records++;
			at += len + 1;
		}
		cr_expect_eq(records, STATES, "%s: %zu records", hostile[i].descr, records);
		buf_release(&got);
		for (size_t s = 0; s < STATES; s++)
			sample_release(&samples[s]);
		free(text);
	}
}
