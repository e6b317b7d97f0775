/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/target/target.h"
#include "reports/result/results.h"
#include "rules/verdict.h"

#define RECORD(host)                                                                      \
	"{\"schema\":\"chainmend.result/1\",\"time\":\"2026-01-15T08:00:00Z\",\"as_of\":" \
	"\"2026-01-15\",\"status\":\"ok\",\"target\":{\"host\":\"" host "\"}}"
#define RUN "\"schema\":\"chainmend.run/1\""

static const struct {
	const char *descr, *text;
	const char *hosts; /* as they come, a blank behind each */
	const char *want;  /* the error at the end; NULL: none */
} rows[] = {
	{ "nothing", "", "", NULL },
	{ "lines", RECORD("a") "\n" RECORD("b") "\n", "a b ", NULL },
	{ "the last line has no end", RECORD("a") "\n" RECORD("b"), "a b ", NULL },
	{ "empty lines, CRLF, a mark", "\xef\xbb\xbf" RECORD("a") "\r\n\r\n \n" RECORD("b") "\n",
		"a b ", NULL },
	{ "a bad line", RECORD("a") "\n\n{\"x\":1}\n" RECORD("b") "\n", "a ",
		"file:3: there is no \"schema\"" },
	{ "a cut line", RECORD("a") "\n{\"schema\":\"chain", "a ",
		"file:2: the last record is cut off: the file is not whole" },
	{ "a line that is cut and goes on", "{\"schema\":\n" RECORD("b") "\n", "",
		"file:1: not JSON" },
	{ "no JSON at all", "Hongkong Post\n", "", "file:1: not JSON" },
	{ "two in a line", RECORD("a") RECORD("b") "\n", "", "file:1: not JSON" },
	{ "a document", "{" RUN ",\"results\":[" RECORD("a") "," RECORD("b") "],\"counts\":{}}\n",
		"a b ", NULL },
	{ "a document without results", "{" RUN ",\"results\":[]}", "", NULL },
	{ "a document, laid out, schema last",
		"{\n \"counts\": {\"results\": [1]},\n \"a\": \"\\\"[\",\n \"results\" :\n "
		"[\n" RECORD("a") " ,\n" RECORD("b") "\n ],\n " RUN "\n}\n",
		"a b ", NULL },
	{ "the line of a bad element",
		"{" RUN ",\"results\":[\n" RECORD("a") ",\n{\"x\":1},\n" RECORD("b") "\n]}\n", "a ",
		"file:3: there is no \"schema\"" },
	{ "another document", "{\"schema\":\"x\",\"results\":[" RECORD("a") "]}", "a ",
		"file:1: \"schema\" is not \"chainmend.run/1\"" },
	{ "a document that ends early", "{" RUN ",\"results\":[" RECORD("a") ",\n", "a ",
		"file:2: the document is cut off: the file is not whole" },
	{ "a document that ends in a record", "{" RUN ",\"results\":[\n{\"schema\":\"ch", "",
		"file:2: the last record is cut off" },
	{ "a document without an end", "{" RUN ",\"results\":[" RECORD("a") "]", "a ",
		"file:1: not JSON around the results" },
	{ "something behind a document", "{" RUN ",\"results\":[" RECORD("a") "]}\n{}", "a ",
		"file:2: not JSON around the results" },
	{ "results that are no list", "{" RUN ",\"results\":{}}\n", "",
		"file:1: \"schema\" is not \"chainmend.result/1\"" },
};

/* Reads to the end; the hosts into OUT. */
static void read_all(struct results *results, struct buf *out, struct error *err)
{
	struct verdict *verdict;

	cr_assert_not_null(results, "%s", err->text);
	while ((verdict = results_next(results, err))) {
		(void)buf_addf(out, "%s ", verdict->target->host);
		verdict_free(verdict);
	}
	results_free(results);
}

static void expect(size_t row, struct buf *hosts, struct error *err, const char *name)
{
	char want[200] = "";

	cr_expect_str_eq(buf_text(hosts), rows[row].hosts, "%s", rows[row].descr);
	cr_expect_eq(err->code != ERROR_NONE, rows[row].want != NULL, "%s: %s", rows[row].descr,
		err->text);
	if (rows[row].want)
		(void)snprintf(want, sizeof want, "%s%s", name, rows[row].want + strlen("file"));
	cr_expect_not_null(strstr(err->text, want), "%s: %s", rows[row].descr, err->text);
	buf_release(hosts);
}

Test(results, bytes_are_lines_or_a_document)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf hosts = BUF_INIT(4096);
		struct error err = { .code = ERROR_NONE };

		read_all(results_new_of_bytes("file", rows[i].text, strlen(rows[i].text), &err),
			&hosts, &err);
		expect(i, &hosts, &err, "file");
	}
}

/* LEN bytes at TEXT in a file of their own. */
static void save(char *path, const char *text, size_t len)
{
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	(void)close(fd);
}

Test(results, files_are_read_as_bytes_are)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char path[] = "/tmp/chainmend-results-XXXXXX";
		const char *paths[] = { path };
		struct buf hosts = BUF_INIT(4096);
		struct error err = { .code = ERROR_NONE };

		save(path, rows[i].text, strlen(rows[i].text));
		read_all(results_new(paths, 1, &err), &hosts, &err);
		expect(i, &hosts, &err, path);
		(void)unlink(path);
	}
}

/* Files longer than what is read at once, records across its ends, several files. */
Test(results, long_files_come_one_after_the_other)
{
	char lines[] = "/tmp/chainmend-results-XXXXXX", whole[] = "/tmp/chainmend-results-XXXXXX";
	const char *paths[] = { lines, whole, lines };
	struct buf text = BUF_INIT(8u << 20), document = BUF_INIT(8u << 20);
	struct buf hosts = BUF_INIT(1u << 20);
	struct error err = { .code = ERROR_NONE };

	(void)buf_add_text(&document, "{" RUN ",\"results\":[");
	for (int i = 0; i < 3000; i++) {
		(void)buf_addf(&text, "%s\n", RECORD("a"));
		(void)buf_addf(&document, "%s%s", i ? "," : "", RECORD("b"));
	}
	(void)buf_add_text(&document, "]}");
	save(lines, buf_text(&text), text.len);
	save(whole, buf_text(&document), document.len);
	read_all(results_new(paths, ARRAY_LEN(paths), &err), &hosts, &err);
	cr_expect_eq(err.code, ERROR_NONE, "%s", err.text);
	cr_expect_eq(hosts.len, (size_t)9000 * 2);
	cr_expect(hosts.data && hosts.data[6000] == 'b' && hosts.data[11998] == 'b' &&
		  hosts.data[12000] == 'a');
	(void)unlink(lines);
	(void)unlink(whole);
	buf_release(&text);
	buf_release(&document);
	buf_release(&hosts);
}

Test(results, a_file_that_is_not_there)
{
	const char *paths[] = { "/tmp/chainmend/no/such/file" };
	struct error err = { .code = ERROR_NONE };
	CLEANUP(results_freep) struct results *results = results_new(paths, 1, &err);

	cr_assert_not_null(results);
	cr_expect_null(results_next(results, &err));
	cr_expect_eq(err.code, ERROR_IO);
	cr_expect_not_null(strstr(err.text, paths[0]), "%s", err.text);
}
