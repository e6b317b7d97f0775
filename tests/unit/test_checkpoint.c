/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "cli/options/options.h"
#include "cli/run/checkpoint.h"
#include "cli/run/outputs.h"
#include "reports/report.h"
#include "tests/checkpoint_lines.h"

static char folder[] = "/tmp/chainmend-checkpoint-XXXXXX";

static void set_up(void)
{
	cr_assert(mkdtemp(folder) && chdir(folder) == 0);
}

static void tear_down(void)
{
	static const char *const names[] = { "c", "out", "other", "whole" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		(void)unlink(names[i]);
	(void)rmdir(folder);
}

TestSuite(checkpoint, .init = set_up, .fini = tear_down);

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void expect_file(const char *name, const char *want, const char *descr)
{
	CLEANUP(buf_release) struct buf got = BUF_INIT(1 << 20);
	struct error err = { .code = ERROR_NONE };

	cr_assert(buf_read_file(&got, name, &err), "%s: %s", descr, err.text);
	cr_expect_str_eq(buf_text(&got), want, "%s: %s has '%s'", descr, name, buf_text(&got));
}

/* A run that writes directly to NAME, as a shell's ">" or ">>" opens it, and to the file "whole".
 */
struct session {
	struct checkpoint *checkpoint;
	struct outputs *outputs;
	int fd;
};

static const struct journal_head session_head = { .targets = HASH,
	.profile = HASH,
	.trust = HASH,
	.options = "as-of now",
	.as_of = "2026-06-15T08:00:00Z",
	.count = 9 };

static bool session_begin(struct session *session, const char *name, int flags, struct error *err)
{
	char path[32];
	struct output_option items[] = {
		{ report_format_by_name("ndjson"), "whole" },
		{ report_format_by_name("ndjson"), path },
	};
	struct options options = { .outputs = { .items = items, .count = name ? 2 : 1 } };

	*session = (struct session){ .fd = -1 };
	if (name) {
		session->fd = open(name, O_WRONLY | O_CREAT | flags, 0600);
		cr_assert_geq(session->fd, 0);
		(void)snprintf(path, sizeof path, "/dev/fd/%d", session->fd);
	}
	session->outputs = outputs_open(
		&options, &(struct outputs_subject){ .profile = NULL }, err);
	cr_assert(session->outputs, "%s", err->text);
	session->checkpoint = checkpoint_open("c", true, err);
	return session->checkpoint && checkpoint_bind(session->checkpoint, &session_head, err) &&
	       checkpoint_begin(session->checkpoint, session->outputs, err);
}

static void session_add(struct session *session, size_t number)
{
	struct error err = { .code = ERROR_NONE };
	struct journal_group group;
	struct made made;

	make(&made, number, 1, &group);
	cr_assert(checkpoint_add(session->checkpoint, session->outputs, &group, &err), "%s",
		err.text);
	buf_release(&made.records);
}

/* As if it was killed: nothing that appears at the end appears. */
static void session_kill(struct session *session)
{
	outputs_free(session->outputs);
	checkpoint_free(session->checkpoint);
	if (session->fd >= 0)
		(void)close(session->fd);
}

static void session_end(struct session *session)
{
	struct report_summary summary = { .targets = 9 };
	struct error err = { .code = ERROR_NONE };

	cr_assert(checkpoint_finish(session->checkpoint, &err), "%s", err.text);
	cr_assert(outputs_close(session->outputs, &summary, &err), "%s", err.text);
	session_kill(session);
}

#define RECORD(n) "{\"target\":" #n ",\"text\":\"],\\\"\"}\n"

/* How many of the last record's bytes had arrived when the process was killed, and were noted. */
static const struct {
	const char *descr;
	int missing;
	bool noted;
} fates[] = {
	{ "all of them, and noted", 0, true },
	{ "all of them", 0, false },
	{ "none", (int)sizeof RECORD(1) - 1, false },
	{ "all but one", 1, false },
	{ "one", (int)sizeof RECORD(1) - 2, false },
};

/* As if it had been killed while it wrote its second record. */
static void break_off(size_t i)
{
	struct session session;
	struct error err = { .code = ERROR_NONE };

	(void)unlink("c");
	(void)unlink("other");
	write_file("out", "");
	cr_assert(session_begin(&session, "out", O_APPEND, &err), "%s", err.text);
	session_add(&session, 0);
	session_add(&session, 1);
	session_kill(&session);
	cr_assert_eq(truncate("out", (off_t)(2 * (sizeof RECORD(1) - 1)) - fates[i].missing), 0);
	if (!fates[i].noted) {
		int fd = open("c", O_WRONLY);
		cr_assert_eq(pwrite(fd, "00000001", 8, JOURNAL_DELIVERED_AT), (ssize_t)8);
		(void)close(fd);
	}
}

Test(checkpoint, the_last_record_is_there_once)
{
	for (size_t i = 0; i < ARRAY_LEN(fates); i++) {
		struct error err = { .code = ERROR_NONE };
		struct session session;

		break_off(i);
		cr_assert(session_begin(&session, "out", O_APPEND, &err), "%s: %s", fates[i].descr,
			err.text);
		session_add(&session, 2);
		session_end(&session);
		expect_file("out", RECORD(0) RECORD(1) RECORD(2), fates[i].descr);
		expect_file("whole", RECORD(0) RECORD(1) RECORD(2), fates[i].descr);
	}
}

Test(checkpoint, another_file_gets_what_is_missing)
{
	for (size_t i = 0; i < ARRAY_LEN(fates); i++) {
		struct error err = { .code = ERROR_NONE };
		bool lost = fates[i].missing == (int)sizeof RECORD(1) - 1;
		struct session session;

		break_off(i);
		cr_assert(session_begin(&session, "other", O_TRUNC, &err), "%s: %s", fates[i].descr,
			err.text);
		session_add(&session, 2);
		session_kill(&session);
		expect_file("out", lost ? RECORD(0) : RECORD(0) RECORD(1), fates[i].descr);
		expect_file("other", lost ? RECORD(1) RECORD(2) : RECORD(2), fates[i].descr);
	}
}

Test(checkpoint, a_file_that_was_emptied_gets_everything)
{
	struct error err = { .code = ERROR_NONE };
	struct session session;

	break_off(1);
	cr_assert(session_begin(&session, "out", O_TRUNC, &err), "%s", err.text);
	session_add(&session, 5);
	session_kill(&session);
	expect_file("out", RECORD(0) RECORD(1) RECORD(5), "emptied");
}

Test(checkpoint, an_output_that_is_gone)
{
	struct error err = { .code = ERROR_NONE };
	struct session session;

	/* Its number is not given to another file while somebody has it open. */
	break_off(1);
	int held = open("out", O_RDONLY);
	(void)unlink("out");
	cr_expect_not(session_begin(&session, "other", O_TRUNC, &err));
	cr_expect(strstr(err.text, "/out: was the output of the run before"), "%s", err.text);
	session_kill(&session);

	/* But where it is known that all of it has arrived, it is not asked for. */
	err.code = ERROR_NONE;
	(void)close(held);
	break_off(0);
	(void)unlink("out");
	cr_expect(session_begin(&session, "other", O_TRUNC, &err), "%s", err.text);
	session_kill(&session);
	expect_file("other", "", "nothing new");
}

/* Files only, then a pipe's worth of bytes, then files only. */
Test(checkpoint, a_direct_output_gets_what_none_has_had)
{
	struct error err = { .code = ERROR_NONE };
	struct session session;

	cr_assert(session_begin(&session, NULL, 0, &err), "%s", err.text);
	session_add(&session, 0);
	session_add(&session, 1);
	session_kill(&session);
	cr_assert(session_begin(&session, "out", O_TRUNC, &err), "%s", err.text);
	session_add(&session, 2);
	session_kill(&session);
	cr_assert(session_begin(&session, NULL, 0, &err), "%s", err.text);
	session_add(&session, 3);
	session_kill(&session);
	cr_assert(session_begin(&session, "other", O_TRUNC, &err), "%s", err.text);
	session_end(&session);
	expect_file("out", RECORD(0) RECORD(1) RECORD(2), "the first");
	expect_file("other", RECORD(3), "the second");
	expect_file("whole", RECORD(0) RECORD(1) RECORD(2) RECORD(3), "all");
}

Test(checkpoint, a_line_that_is_torn_was_not_done)
{
	struct error err = { .code = ERROR_NONE };
	struct session session;
	struct stat info;

	cr_assert(session_begin(&session, NULL, 0, &err), "%s", err.text);
	session_add(&session, 0);
	cr_assert_eq(stat("c", &info), 0);
	off_t whole = info.st_size;
	session_add(&session, 1);
	session_kill(&session);
	cr_assert_eq(stat("c", &info), 0);
	for (off_t size = info.st_size - 1; size >= whole; size -= 7) {
		cr_assert_eq(truncate("c", size), 0);
		cr_assert(session_begin(&session, NULL, 0, &err), "%s", err.text);
		cr_expect_eq(checkpoint_journal(session.checkpoint)->done_count, 1u);
		session_add(&session, 1);
		session_end(&session);
		expect_file("whole", RECORD(0) RECORD(1), "torn");
		/* The runs add words about outputs, so the last line ends later each time. */
		cr_assert_eq(stat("c", &info), 0);
		size = info.st_size > whole + 400 ? whole - 1 : info.st_size;
	}
}

static const struct {
	const char *descr, *text, *why;
} foreign[] = {
	{ "somebody's letter", "Dear Sir,\n", "c:1: not a checkpoint of this version" },
	{ "without a line end", "Dear Sir", "c: not a checkpoint of this version" },
	{ "a result", "{\"schema\":\"chainmend.result/1\"}\n", "c:1: not a checkpoint" },
	{ "a foreign line behind a good one", BEGIN "\nDear Sir\n", "c:2: not a line" },
};

Test(checkpoint, what_is_not_ours_is_left_alone)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		struct error err = { .code = ERROR_NONE };

		write_file("c", foreign[i].text);
		cr_expect_null(checkpoint_open("c", true, &err), "%s", foreign[i].descr);
		cr_expect(strstr(err.text, foreign[i].why), "%s: %s", foreign[i].descr, err.text);
		expect_file("c", foreign[i].text, foreign[i].descr);
	}
	struct error err = { .code = ERROR_NONE };
	cr_expect_null(checkpoint_open("c", false, &err));
	cr_expect(strstr(err.text, "is there already"), "%s", err.text);
}

/* Killed before its first line was whole: nothing was done. */
Test(checkpoint, a_first_line_that_is_torn)
{
	static const size_t lens[] = { 0, 1, 30, sizeof BEGIN - 1 };

	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		char begin[sizeof BEGIN] = BEGIN;
		struct error err = { .code = ERROR_NONE };
		struct session session;

		begin[lens[i]] = '\0';
		write_file("c", begin);
		cr_assert(session_begin(&session, NULL, 0, &err), "%zu: %s", lens[i], err.text);
		session_add(&session, 0);
		session_end(&session);
		expect_file("whole", RECORD(0), "anew");
	}
}

static const struct {
	const char *descr, *why;
	struct journal_head head;
} others[] = {
	{ "targets", "other targets", { "x", HASH, HASH, "as-of now", "", 9 } },
	{ "their number", "other targets", { HASH, HASH, HASH, "as-of now", "", 8 } },
	{ "profile", "another profile", { HASH, "x", HASH, "as-of now", "", 9 } },
	{ "trust", "other anchors", { HASH, HASH, "x", "as-of now", "", 9 } },
	{ "options", "other options: as-of now; now: as-of then",
		{ HASH, HASH, HASH, "as-of then", "", 9 } },
};

Test(checkpoint, what_it_is_bound_to)
{
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct error err = { .code = ERROR_NONE };

		write_file("c", BEGIN "\n");
		CLEANUP(checkpoint_freep)
		struct checkpoint *checkpoint = checkpoint_open("c", true, &err);
		cr_assert(checkpoint, "%s", err.text);
		cr_expect_not(checkpoint_bind(checkpoint, &others[i].head, &err));
		cr_expect(strstr(err.text, others[i].why), "%s: %s", others[i].descr, err.text);
		expect_file("c", BEGIN "\n", others[i].descr);
	}
}

Test(checkpoint, one_run_at_a_time)
{
	struct error err = { .code = ERROR_NONE };
	struct session session;

	cr_assert(session_begin(&session, NULL, 0, &err), "%s", err.text);
	cr_expect_null(checkpoint_open("c", true, &err));
	cr_expect(strstr(err.text, "another run is using it"), "%s", err.text);
	session_kill(&session);
}
