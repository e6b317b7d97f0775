/* SPDX-License-Identifier: MIT */
/*
 * Judges every case of a suite in the schema of x509-limbo and compares with what it expects.
 *
 *	suite FILE [--level N] [--limit SECONDS] [--why] [--floor RIGHT]
 *
 * FILE is plain JSON, "-" standard input.  Each case is judged in a process that is ended when it
 * takes longer than the limit: that case is wrong, whatever it would have said.  The ids of wrong
 * cases come out a line each, then the counts by trust alone, then the counts.  Exits 1 when
 * anything is wrong, or, with --floor, when fewer are right than that.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "rules/profile/profile.h"
#include "tests/forge.h"
#include "tests/suite/suite_case.h"

#define LIMIT_MS 1000
#define LEVEL 2 /* what Debian's OpenSSL asks of a server */

struct suite {
	const char *file;
	int level, limit_ms;
	bool why, has_floor;
	size_t floor;
	struct profile *profile;
	json_t *tests;
	size_t counts[SUITE_SKIPPED + 1], trust_counts[SUITE_SKIPPED + 1];
};

/* Cases from FROM on, each answer as it comes; never returns. */
static void judge_from(const struct suite *suite, size_t from, int out)
{
	for (size_t i = from; i < json_array_size(suite->tests); i++) {
		struct suite_answer answer = suite_case_judge(
			json_array_get(suite->tests, i), suite->level, suite->profile);
		if (write(out, &answer, sizeof answer) != (ssize_t)sizeof answer)
			break;
	}
	/* Nothing of the parent's is freed or flushed twice. */
	_exit(0);
}

static pid_t start(const struct suite *suite, size_t from, int *ret_in)
{
	int ends[2];

	forge_must(pipe(ends) == 0, "a pipe");
	(void)fflush(stdout);
	pid_t pid = fork();
	forge_must(pid >= 0, "a process");
	if (pid == 0) {
		(void)close(ends[0]);
		judge_from(suite, from, ends[1]);
	}
	(void)close(ends[1]);
	*ret_in = ends[0];
	return pid;
}

static void stop(pid_t pid, int in)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	(void)close(in);
}

/* False when it took too long, or the process is gone. */
static bool next_answer(const struct suite *suite, int in, struct suite_answer *ret_answer)
{
	struct pollfd ready = { .fd = in, .events = POLLIN };

	/* Answers are shorter than what a pipe takes at once, so they come whole. */
	return poll(&ready, 1, suite->limit_ms) == 1 &&
	       read(in, ret_answer, sizeof *ret_answer) == (ssize_t)sizeof *ret_answer;
}

static struct suite_answer no_answer(const json_t *test)
{
	const char *expected = json_string_value(json_object_get(test, "expected_result"));
	struct suite_answer answer;
	bool accept = expected && strcmp(expected, "SUCCESS") == 0;

	memset(&answer, 0, sizeof answer);
	answer.outcome = answer.trust_outcome = accept ? SUITE_FALSE_REJECT : SUITE_FALSE_ACCEPT;
	(void)snprintf(answer.why, sizeof answer.why, "no answer within the limit");
	return answer;
}

static void count(struct suite *suite, const json_t *test, const struct suite_answer *answer)
{
	static const char *const names[] = {
		[SUITE_RIGHT] = "right",
		[SUITE_FALSE_ACCEPT] = "false accept",
		[SUITE_FALSE_REJECT] = "false reject",
		[SUITE_SKIPPED] = "skipped",
	};
	const char *id = json_string_value(json_object_get(test, "id"));
	bool wrong = answer->outcome != SUITE_RIGHT && answer->outcome != SUITE_SKIPPED;

	suite->counts[answer->outcome]++;
	suite->trust_counts[answer->trust_outcome]++;
	if (suite->why && (wrong || answer->trust_outcome == SUITE_FALSE_REJECT))
		printf("%s %s; by trust alone %s: %s\n", id, names[answer->outcome],
			names[answer->trust_outcome], answer->why);
	else if (wrong)
		printf("%s\n", id);
}

static void run(struct suite *suite)
{
	size_t total = json_array_size(suite->tests);
	int in = -1;
	pid_t pid = start(suite, 0, &in);

	for (size_t i = 0; i < total; i++) {
		const json_t *test = json_array_get(suite->tests, i);
		struct suite_answer answer;
		bool answered = next_answer(suite, in, &answer);

		if (!answered) {
			stop(pid, in);
			answer = no_answer(test);
			pid = start(suite, i + 1, &in);
		}
		count(suite, test, &answer);
	}
	stop(pid, in);
}

static void say(const char *title, const size_t counts[SUITE_SKIPPED + 1])
{
	printf("%s%zu right, %zu false accepts, %zu false rejects, %zu skipped\n", title,
		counts[SUITE_RIGHT], counts[SUITE_FALSE_ACCEPT], counts[SUITE_FALSE_REJECT],
		counts[SUITE_SKIPPED]);
}

static bool read_number(int argc, char **argv, int *at, uint64_t most, uint64_t *ret_number)
{
	return *at + 1 < argc && text_to_uint(argv[++*at], most, ret_number);
}

static bool read_arguments(struct suite *suite, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		uint64_t number = 0;

		if (strcmp(argv[i], "--why") == 0) {
			suite->why = true;
		} else if (strcmp(argv[i], "--level") == 0) {
			if (!read_number(argc, argv, &i, 5, &number))
				return false;
			suite->level = (int)number;
		} else if (strcmp(argv[i], "--limit") == 0) {
			if (!read_number(argc, argv, &i, 3600, &number))
				return false;
			suite->limit_ms = (int)number * 1000;
		} else if (strcmp(argv[i], "--floor") == 0) {
			if (!read_number(argc, argv, &i, 1000000, &number))
				return false;
			suite->has_floor = true;
			suite->floor = (size_t)number;
		} else if (!suite->file && (argv[i][0] != '-' || !argv[i][1])) {
			suite->file = argv[i];
		} else {
			return false;
		}
	}
	return suite->file != NULL;
}

/* The text of the error is printed; NULL then. */
static json_t *read_suite(const char *file)
{
	json_error_t wrong;
	bool standard = strcmp(file, "-") == 0;
	json_t *json = standard ? json_loadf(stdin, 0, &wrong) : json_load_file(file, 0, &wrong);
	json_t *tests = json_object_get(json, "testcases");

	if (!json)
		(void)fprintf(stderr, "suite: %s: line %d: %s\n", file, wrong.line, wrong.text);
	else if (!json_is_array(tests))
		(void)fprintf(stderr, "suite: %s: there is no list of testcases in it\n", file);
	tests = json_is_array(tests) ? json_incref(tests) : NULL;
	json_decref(json);
	return tests;
}

int main(int argc, char **argv)
{
	struct suite suite = { .level = LEVEL, .limit_ms = LIMIT_MS };
	struct error err = { .code = ERROR_NONE };

	if (!read_arguments(&suite, argc, argv)) {
		(void)fprintf(stderr, "usage: suite FILE [--level N] [--limit SECONDS] [--why] "
				      "[--floor RIGHT]\n");
		return 2;
	}
	suite.tests = read_suite(suite.file);
	suite.profile = suite.tests ? profile_load("hongkong-post", &err) : NULL;
	if (!suite.profile) {
		json_decref(suite.tests);
		return 2;
	}
	run(&suite);
	say("trust alone: ", suite.trust_counts);
	say("", suite.counts);
	profile_free(suite.profile);
	json_decref(suite.tests);
	if (suite.has_floor)
		return suite.counts[SUITE_RIGHT] < suite.floor;
	return suite.counts[SUITE_FALSE_ACCEPT] + suite.counts[SUITE_FALSE_REJECT] > 0;
}
