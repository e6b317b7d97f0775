/* SPDX-License-Identifier: MIT */
#include "reports/history/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <sqlite3.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "reports/history/curve.h"
#include "reports/history/history_text.h"
#include "reports/text/page.h"
#include "tests/sample.h"

static struct instant day(int year, int month, int number)
{
	struct instant instant;

	cr_assert(instant_from_day(year, month, number, &instant));
	return instant;
}

/* Open counts on days of 2026 from 1 January on, as "0:40 7:33". */
static void fill(struct curve *curve, const char *text)
{
	size_t at, open;
	int used;

	while (sscanf(text, "%zu:%zu%n", &at, &open, &used) == 2) {
		struct curve_point point = { .open = open, .total = 50 };
		point.time.seconds = day(2026, 1, 1).seconds + (int64_t)at * SECONDS_A_DAY + 3600;
		cr_assert(curve_add(curve, &point));
		text += used;
	}
}

Test(curve, forecasts)
{
	static const struct {
		const char *descr, *points;
		enum curve_course course;
		const char *done;
	} rows[] = {
		{ "no run", "", CURVE_UNKNOWN, NULL },
		{ "one run", "0:40", CURVE_UNKNOWN, NULL },
		{ "two runs are no pace", "0:40 7:20", CURVE_UNKNOWN, NULL },
		{ "three runs of one day are none either", "3:40 3:30 3:20", CURVE_UNKNOWN, NULL },
		{ "one a day", "0:40 10:30 20:20", CURVE_FALLS, "2026-02-10" },
		{ "given in any order", "20:20 0:40 10:30", CURVE_FALLS, "2026-02-10" },
		{ "a day begun is a day", "0:41 10:31 20:20", CURVE_FALLS, "2026-02-10" },
		{ "level", "0:40 10:40 20:40", CURVE_STALLED, NULL },
		{ "growing", "0:10 10:20 20:30", CURVE_STALLED, NULL },
		{ "so slow that no date means anything", "0:4000 59:3999 60:3999", CURVE_STALLED,
			NULL },
		{ "only the last sixty days make the pace", "0:1000 100:40 110:30 120:20",
			CURVE_FALLS, "2026-05-21" },
		{ "done", "0:40 10:30 20:0", CURVE_DONE, NULL },
		{ "done at once", "0:0", CURVE_DONE, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(curve_release) struct curve curve = { .has_deadline = false };
		char done[INSTANT_TEXT] = "";

		fill(&curve, rows[i].points);
		struct curve_forecast forecast = curve_forecast(&curve);
		cr_expect_eq(forecast.course, rows[i].course, "%s: %d", rows[i].descr,
			(int)forecast.course);
		if (forecast.course == CURVE_FALLS)
			instant_format_day(forecast.done, done);
		cr_expect_str_eq(done, rows[i].done ? rows[i].done : "", "%s", rows[i].descr);
	}
}

Test(curve, what_was_not_examined_is_not_done)
{
	CLEANUP(curve_release) struct curve curve = { .has_deadline = false };
	struct curve_point point = { .time = day(2026, 1, 1), .unknown = 1, .total = 2 };

	cr_assert(curve_add(&curve, &point));
	cr_expect_neq(curve_forecast(&curve).course, CURVE_DONE);
}

/* A folder of its own for each test. */
struct place {
	char folder[64], path[96];
};

static struct place place_new(void)
{
	struct place place = { .folder = "/tmp/chainmend-history-XXXXXX" };

	cr_assert_not_null(mkdtemp(place.folder));
	(void)snprintf(place.path, sizeof place.path, "%s/fleet.db", place.folder);
	return place;
}

static void place_release(struct place *place)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char path[128];

	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		(void)snprintf(path, sizeof path, "%s%s", place->path, endings[i]);
		(void)unlink(path);
	}
	(void)rmdir(place->folder);
}

/* The built-in one, for its deadline; kept to the end of the test's process. */
static const struct profile *real_profile(void)
{
	static struct profile *profile;
	struct error err = { .code = ERROR_NONE };

	if (!profile)
		profile = profile_load("hongkong-post", &err);
	cr_assert_not_null(profile, "%s", err.text);
	return profile;
}

static struct history_start start_on(int month, int number, const char *key)
{
	return (struct history_start){ .profile = real_profile(),
		.began = day(2026, month, number),
		.as_of = day(2026, month, number),
		.version = "test",
		.targets = 2,
		.key = key };
}

static bool add(struct history *history, const char *host, bool migrated, struct error *err)
{
	struct sample sample;

	sample_init(&sample, host, 443, PROTOCOL_HTTPS);
	if (!migrated) {
		(void)sample_find(
			&sample, RULE_migration_retired_intermediate, SEVERITY_CRITICAL, "old");
		sample.verdict.status = STATUS_CRITICAL;
	}
	bool good = history_add(history, &sample.verdict, err);
	sample_release(&sample);
	return good;
}

/* A whole run in which OPEN of COUNT hosts are still to do.  Asserts nothing, because a forked
 * child may not: Criterion takes word of a process it did not start for a fault of its own. */
static bool keep(const char *path, const struct history_start *start, size_t open, size_t count,
	struct error *err)
{
	struct history *history = history_open(path, err);
	bool good = history && history_begin(history, start, err);
	char host[32];

	for (size_t i = 0; good && i < count; i++) {
		(void)snprintf(host, sizeof host, "h%zu.example.hk", i);
		good = add(history, host, i >= open, err);
	}
	good = good && history_finish(history, start->began, false, err);
	history_free(history);
	return good;
}

static void run(const char *path, struct history_start start, size_t open, size_t count)
{
	struct error err = { .code = ERROR_NONE };

	cr_assert(keep(path, &start, open, count, &err), "%s", err.text);
}

struct counted {
	size_t runs, ended, results, open;
};

static void count_run(void *arg, const struct history_run *run)
{
	struct counted *counted = arg;

	counted->runs++;
	counted->ended += run->ended && !run->interrupted;
	for (enum status status = STATUS_OK; status < STATUS_COUNT; status++)
		counted->results += run->results[status];
	counted->open += run->open;
}

static struct counted count(const char *path)
{
	struct counted counted = { .runs = 0 };
	struct error err = { .code = ERROR_NONE };
	struct history *history = history_open_to_read(path, &err);

	cr_assert_not_null(history, "%s", err.text);
	cr_assert(history_runs(history, NULL, count_run, &counted, &err), "%s", err.text);
	history_free(history);
	return counted;
}

Test(history, keeps_runs_and_draws_their_curve)
{
	struct place place = place_new();
	struct error err = { .code = ERROR_NONE };
	CLEANUP(curve_release) struct curve curve = { .has_deadline = false };
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	struct page page;

	/* More than one transaction's worth. */
	run(place.path, start_on(5, 1, NULL), 600, 700);
	run(place.path, start_on(5, 11, NULL), 500, 700);
	run(place.path, start_on(5, 21, NULL), 400, 700);
	struct counted counted = count(place.path);
	cr_expect_eq(counted.runs, 3);
	cr_expect_eq(counted.results, 2100);
	cr_expect_eq(counted.open, 1500);
	struct history *history = history_open_to_read(place.path, &err);
	cr_assert(history_curve(history, real_profile()->id, NULL, &curve, &err), "%s", err.text);
	cr_expect_eq(curve.points.count, 3);
	cr_expect(curve.has_deadline && curve.deadline.seconds == day(2026, 6, 15).seconds);
	CLEANUP(curve_release) struct curve some = { .has_deadline = false };
	const struct instant before = curve.points.items[2].time;
	cr_assert(history_curve(history, real_profile()->id, &before, &some, &err));
	cr_expect_eq(some.points.count, 2);
	page_init(&page, &out, 160, false);
	cr_assert(history_text_runs(history, &page, &err));
	cr_expect(strstr(buf_text(&out), "2026-05-21"), "%s", buf_text(&out));
	cr_expect(strstr(buf_text(&out), "due by 2026-06-15"), "%s", buf_text(&out));
	cr_expect(strstr(buf_text(&out), "2026-06-30, 15 days after the deadline"), "%s",
		buf_text(&out));
	history_free(history);
	place_release(&place);
}

Test(history, a_run_of_a_key_is_gone_on_with_until_it_ends)
{
	struct place place = place_new();
	struct error err = { .code = ERROR_NONE };
	struct history_start start = start_on(5, 1, "key");

	struct history *history = history_open(place.path, &err);
	cr_assert(history_begin(history, &start, &err), "%s", err.text);
	cr_assert(add(history, "a.example.hk", true, &err), "%s", err.text);
	cr_assert(add(history, "b.example.hk", false, &err), "%s", err.text);
	cr_assert(history_commit(history, &err));
	history_free(history); /* killed */
	cr_expect_eq(count(place.path).ended, 0);

	start.goes_on = true;
	history = history_open(place.path, &err);
	cr_assert(history_begin(history, &start, &err), "%s", err.text);
	cr_assert(add(history, "b.example.hk", false, &err), "%s",
		err.text); /* once more, for it was not known to be done */
	cr_assert(add(history, "c.example.hk", true, &err), "%s", err.text);
	cr_assert(history_finish(history, start.began, false, &err), "%s", err.text);
	history_free(history);
	struct counted counted = count(place.path);
	cr_expect_eq(counted.runs, 1);
	cr_expect_eq(counted.ended, 1);
	cr_expect_eq(counted.results, 3);

	start.goes_on = false;
	run(place.path, start, 0, 1); /* begun anew: another run */
	cr_expect_eq(count(place.path).runs, 2);
	place_release(&place);
}

Test(history, two_writers_at_once_lose_nothing)
{
	struct place place = place_new();
	pid_t children[4];

	for (size_t i = 0; i < ARRAY_LEN(children); i++) {
		struct history_start start = start_on(5, (int)i + 1, NULL);
		struct error err = { .code = ERROR_NONE };

		children[i] = fork();
		if (children[i] == 0) {
			bool good = keep(place.path, &start, 100, 600, &err);
			if (!good)
				(void)fprintf(stderr, "a writer: %s\n", err.text);
			_exit(good ? 0 : 1);
		}
		cr_assert_gt(children[i], 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(children); i++) {
		int status = 1;
		cr_assert_eq(waitpid(children[i], &status, 0), children[i]);
		cr_expect_eq(status, 0);
	}
	struct counted counted = count(place.path);
	cr_expect_eq(counted.ended, ARRAY_LEN(children));
	cr_expect_eq(counted.results, 600 * ARRAY_LEN(children));
	place_release(&place);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	cr_assert(fputs(text, file) >= 0 && fclose(file) == 0);
}

Test(history, what_is_not_ours_is_left_alone)
{
	struct place place = place_new();
	struct error err = { .code = ERROR_NONE };
	sqlite3 *db;

	cr_expect_null(history_open_to_read(place.path, &err));
	cr_expect_eq(err.code, ERROR_IO);
	cr_expect(strstr(err.text, place.path), "%s", err.text);

	err = (struct error){ .code = ERROR_NONE };
	write_file(place.path,
		"host,owner\nwww.example.hk,web team\nand more, so that it is no header\n"
		"0123456789012345678901234567890123456789\n");
	cr_expect_null(history_open(place.path, &err));
	cr_expect(strstr(err.text, "not a database"), "%s", err.text);
	cr_assert_eq(unlink(place.path), 0);

	err = (struct error){ .code = ERROR_NONE };
	cr_assert_eq(sqlite3_open(place.path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "CREATE TABLE theirs (id)", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
	cr_expect_null(history_open(place.path, &err));
	cr_expect(strstr(err.text, "not a history of chainmend"), "%s", err.text);
	cr_assert_eq(unlink(place.path), 0);

	run(place.path, start_on(5, 1, NULL), 1, 1);
	err = (struct error){ .code = ERROR_NONE };
	cr_assert_eq(sqlite3_open(place.path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
	cr_expect_null(history_open(place.path, &err));
	cr_expect(strstr(err.text, "newer chainmend"), "%s", err.text);
	place_release(&place);
}

Test(history, a_host_through_time)
{
	struct place place = place_new();
	struct error err = { .code = ERROR_NONE };
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16), lines = BUF_INIT(1 << 16);
	struct page page;

	run(place.path, start_on(5, 1, NULL), 1, 2);
	run(place.path, start_on(5, 2, NULL), 1, 2);
	run(place.path, start_on(5, 3, NULL), 0, 2);
	struct history *history = history_open_to_read(place.path, &err);
	page_init(&page, &out, 100, false);
	cr_assert(history_text_host(history, "h0.example.hk", 0, &page, &err));
	const char *text = buf_text(&out);
	cr_expect(strstr(text, "2026-05-01"), "%s", text);
	cr_expect_null(strstr(text, "2026-05-02"), "nothing had changed:\n%s", text);
	cr_expect(strstr(text, "2026-05-03"), "%s", text);
	cr_expect(strstr(text, "migration.retired-intermediate"), "%s", text);
	cr_assert(history_json_host(history, "h0.example.hk", 443, &lines, &err));
	size_t count = 0;
	for (const char *at = buf_text(&lines); (at = strchr(at, '\n')); at++)
		count++;
	cr_expect_eq(count, 3, "%s", buf_text(&lines));
	buf_clear(&out);
	cr_assert(history_text_host(history, "nobody.example.hk", 0, &page, &err));
	cr_expect(strstr(buf_text(&out), "in no run"), "%s", buf_text(&out));
	history_free(history);
	place_release(&place);
}
