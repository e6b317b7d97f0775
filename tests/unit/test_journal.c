/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "cli/run/journal.h"
#include "tests/checkpoint_lines.h"

/* --- Lines --- */

/* Takes TEXT line by line; false with the reason when one is refused. */
static bool take_all(struct journal *journal, const char *text, struct error *err)
{
	uint64_t offset = 0;

	for (size_t len; *text; text += len, offset += len) {
		len = strcspn(text, "\n");
		if (!journal_take(journal, text, len, offset, err))
			return false;
		len += text[len] == '\n';
	}
	return true;
}

static const struct {
	const char *descr, *text;
	uint64_t done, ok;
	uint32_t attempts;
	uint64_t last_at;
} good[] = {
	{ "the first line alone", BEGIN, 0, 0, 0, 0 },
	{ "no targets", HEAD("00000000", "0"), 0, 0, 0, 0 },
	{ "a service for a file that appears at the end",
		BEGIN "\n" TO_REPLACED "\n" GROUP("3", "null"), 1, 1, 0, 0 },
	{ "without a word about outputs", BEGIN "\n" GROUP("3", "null"), 1, 1, 0, 0 },
	{ "a stream", BEGIN "\n" TO_STREAM "\n" GROUP("3", "null"), 1, 1, 1, 0 },
	{ "a file", BEGIN "\n" TO_FILE "\n" GROUP("3", "17"), 1, 1, 1, 17 },
	{ "several targets", BEGIN "\n" TO_FILE "\n" GROUP("3,0,8", "17"), 3, 1, 1, 17 },
	{ "again", BEGIN "\n" GROUP("3", "null") "\n" TO_FILE "\n{\"again\":351,\"at\":5}", 1, 1, 1,
		5 },
	{ "two records",
		BEGIN
		"\n{\"done\":[1],\"statuses\":[\"ok\",\"critical\"],\"at\":null,\"lengths\":[2,"
		"7],\"records\":[{},{\"a\":1}]}",
		1, 1, 0, 0 },
	{ "brackets inside of records",
		BEGIN
		"\n{\"done\":[1],\"statuses\":[\"ok\"],\"at\":null,\"lengths\":[15],\"records\":[{"
		"\"a\":\"],\\\"}]}\"}]}",
		1, 1, 0, 0 },
};

Test(journal, lines)
{
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct journal journal = { .has_head = false };
		struct error err = { .code = ERROR_NONE };

		cr_assert(
			take_all(&journal, good[i].text, &err), "%s: %s", good[i].descr, err.text);
		cr_expect_eq(journal.done_count, good[i].done, "%s", good[i].descr);
		cr_expect_eq(journal.results[STATUS_OK], good[i].ok, "%s", good[i].descr);
		cr_expect_eq(journal.attempts, good[i].attempts, "%s", good[i].descr);
		cr_expect_eq(journal.last.at, good[i].last_at, "%s", good[i].descr);
		journal_release(&journal);
	}
}

static const struct {
	const char *descr, *text;
} bad[] = {
	{ "nothing of it", "hello" },
	{ "another version", "{\"schema\":\"chainmend.checkpoint/2\",\"delivered\":\"00000000\"}" },
	{ "a result", "{\"schema\":\"chainmend.result/1\"}" },
	{ "the counter is no number", HEAD("0000000x", "9") },
	{ "the counter is short", HEAD("000000", "9") },
	{ "too many targets", HEAD("00000000", "99999999999") },
	{ "more digits than a number has", HEAD("00000000", "99999999999999999999999999") },
	{ "zeros before it", HEAD("00000000", "09") },
	{ "behind the first line", BEGIN "x" },
	{ "the first line twice", BEGIN "\n" BEGIN },
	{ "an empty line", BEGIN "\n\n" TO_STREAM },
	{ "a foreign line", BEGIN "\nhello" },
	{ "an output that is none", BEGIN "\n{\"output\":\"elsewhere\"}" },
	{ "a path that is no hex",
		BEGIN "\n{\"output\":\"file\",\"device\":1,\"inode\":1,\"path\":\"/a\"}" },
	{ "a path with a NUL",
		BEGIN "\n{\"output\":\"file\",\"device\":1,\"inode\":1,\"path\":\"2f00\"}" },
	{ "a target that there is not", BEGIN "\n" GROUP("9", "null") },
	{ "a target done twice", BEGIN "\n" GROUP("3", "null") "\n" GROUP("3", "null") },
	{ "a target done twice at once", BEGIN "\n" GROUP("3,3", "null") },
	{ "no target", BEGIN "\n" GROUP("", "null") },
	{ "a negative target", BEGIN "\n" GROUP("-1", "null") },
	{ "no place in a file", BEGIN "\n" TO_FILE "\n" GROUP("3", "null") },
	{ "a place in a stream", BEGIN "\n" TO_STREAM "\n" GROUP("3", "0") },
	{ "an unknown status", BEGIN
		"\n{\"done\":[1],\"statuses\":[\"fine\"],\"at\":null,\"lengths\":[2],\"records\":[{"
		"}]}" },
	{ "more records than statuses", BEGIN
		"\n{\"done\":[1],\"statuses\":[\"ok\"],\"at\":null,\"lengths\":[2,2],\"records\":[{"
		"},{}]}" },
	{ "fewer lengths than statuses",
		BEGIN "\n{\"done\":[1],\"statuses\":[\"ok\",\"ok\"],\"at\":null,\"lengths\":[2],"
		      "\"records\":[{},{}]}" },
	{ "a length that lies", BEGIN
		"\n{\"done\":[1],\"statuses\":[\"ok\"],\"at\":null,\"lengths\":[3],\"records\":[{}]"
		"}" },
	{ "a length beyond the end",
		BEGIN "\n{\"done\":[1],\"statuses\":[\"ok\"],\"at\":null,\"lengths\":[1000000],"
		      "\"records\":[{}]}" },
	{ "a record that is none", BEGIN
		"\n{\"done\":[1],\"statuses\":[\"ok\"],\"at\":null,\"lengths\":[2],\"records\":[[]]"
		"}" },
	{ "a control character", BEGIN
		"\n{\"done\":[1],\"statuses\":[\"ok\"],\"at\":null,\"lengths\":[3],\"records\":[{"
		"\x1b}]}" },
	{ "again, of no line", BEGIN "\n" TO_FILE "\n{\"again\":0,\"at\":5}" },
	{ "again, of itself",
		BEGIN "\n" GROUP("3", "null") "\n" TO_FILE "\n{\"again\":99999,\"at\":5}" },
	{ "again, to nowhere", BEGIN "\n" GROUP("3", "null") "\n{\"again\":351,\"at\":null}" },
};

Test(journal, lines_of_others)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct journal journal = { .has_head = false };
		struct error err = { .code = ERROR_NONE };

		cr_expect_not(take_all(&journal, bad[i].text, &err), "%s", bad[i].descr);
		cr_expect(strstr(err.text, "checkpoint"), "%s: %s", bad[i].descr, err.text);
		journal_release(&journal);
	}
}

/* Every line that is cut anywhere is refused, and none of it is read beyond its end. */
Test(journal, lines_that_are_torn)
{
	static const char *const whole[] = { BEGIN, BEGIN "\n" TO_FILE,
		BEGIN "\n" GROUP("3,4", "null"),
		BEGIN "\n" GROUP("3", "null") "\n" TO_STREAM "\n{\"again\":351,\"at\":null}" };

	for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
		const char *last = strrchr(whole[i], '\n');
		size_t before = last ? (size_t)(last - whole[i]) + 1 : 0, len = strlen(whole[i]);

		for (size_t cut = before; cut < len; cut++) {
			struct journal journal = { .has_head = false };
			struct error err = { .code = ERROR_NONE };
			char *text = malloc(cut - before + 1);

			cr_assert(text);
			memcpy(text, whole[i] + before, cut - before);
			if (before > 0) {
				CLEANUP(buf_release) struct buf head = BUF_INIT(4096);
				(void)buf_add(&head, whole[i], before);
				cr_assert(take_all(&journal, buf_text(&head), &err));
			}
			cr_expect_not(journal_take(&journal, text, cut - before, before, &err),
				"%zu, %zu", i, cut);
			journal_release(&journal);
			free(text);
		}
	}
}

/* --- What is written is what is read --- */

Test(journal, what_is_written_is_what_is_read)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(65536);
	const struct journal_head head = { .targets = HASH,
		.profile = HASH,
		.trust = HASH,
		.options = "as-of now",
		.as_of = "2026-06-15T08:00:00Z",
		.count = 20 };
	const struct journal_output output = {
		.kind = JOURNAL_FILE, .device = 7, .inode = UINT64_MAX, .path = "/tmp/\n\"\xff"
	};
	struct journal journal = { .has_head = false };
	struct error err = { .code = ERROR_NONE };
	struct journal_group group;
	struct made made;
	char *records;
	size_t len;

	journal_put_head(&text, &head);
	journal_put_output(&text, &output);
	size_t line = text.len;
	make(&made, 4, 3, &group);
	group.kind = JOURNAL_FILE;
	group.at = 12345678901;
	journal_put_group(&text, &group);
	journal_put_again(&text, &(struct journal_attempt){ .line = line, .at = 9 }, JOURNAL_FILE);
	cr_assert(take_all(&journal, buf_text(&text), &err), "%s\n%s", err.text, buf_text(&text));
	cr_expect_str_eq(journal.head.options, head.options);
	cr_expect_str_eq(journal.last_output.path, output.path);
	cr_expect_eq(journal.last_output.inode, UINT64_MAX);
	cr_expect_eq(journal.attempts, 2u);
	cr_expect_eq(journal.last.line, line);
	cr_expect_eq(journal.results[STATUS_WARNING], 3u);
	for (uint64_t i = 0; i < 20; i++)
		cr_expect_eq(journal_is_done(&journal, i), i >= 4 && i < 7);
	cr_expect_not(journal_is_done(&journal, 99));

	char *group_line = text.data + line;
	*strchr(group_line, '\n') = '\0';
	journal_records(group_line, strlen(group_line), &records, &len);
	cr_assert(records);
	cr_expect_eq(len, made.records.len);
	cr_expect_eq(memcmp(records, made.records.data, len), 0);
	buf_release(&made.records);
	journal_release(&journal);
}
