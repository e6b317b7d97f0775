/* SPDX-License-Identifier: MIT */
#include "cli/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "cli/options.h"
#include "reports/report.h"

#define SECONDS_MOST 60
#define STEP_NS 20000000L

extern char **environ;

static void set_count(const char *name, size_t count)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%zu", count);
	(void)setenv(name, text, 1);
}

/* For the program that is started next, and this process ends soon. */
static void set_environment(const struct options *options, const struct notice_of_end *notice)
{
	static const char *const names[STATUS_COUNT] = {
		[STATUS_OK] = "CHAINMEND_OK",
		[STATUS_OUT_OF_SCOPE] = "CHAINMEND_OUT_OF_SCOPE",
		[STATUS_WARNING] = "CHAINMEND_WARNING",
		[STATUS_CRITICAL] = "CHAINMEND_CRITICAL",
		[STATUS_UNREACHABLE] = "CHAINMEND_UNREACHABLE",
	};

	set_count("CHAINMEND_EXIT_CODE", (size_t)notice->exit_code);
	if (options->config)
		(void)setenv("CHAINMEND_CONFIG", options->config, 1);
	for (size_t i = 0; notice->summary && i < STATUS_COUNT; i++)
		set_count(names[i], notice->summary->results[i]);
}

/* The line waits in a pipe, which takes it whole. */
static int offer_line(const char *line)
{
	char text[1024];
	int ends[2], len = snprintf(text, sizeof text - 1, "%s\n", line);

	if (pipe(ends) != 0)
		return -1;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	ssize_t written = write(
		ends[1], text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1);
	(void)close(ends[1]);
	if (written > 0)
		return ends[0];
	(void)close(ends[0]);
	return -1;
}

static bool start(const struct option_list *words, int input, pid_t *ret_child)
{
	posix_spawn_file_actions_t actions;
	char **argv = calloc(words->count + 1, sizeof *argv);
	int failed = ENOMEM;

	if (!argv)
		errno = failed;
	if (argv && (failed = posix_spawn_file_actions_init(&actions)) == 0) {
		/* posix_spawn() promises not to write to them. */
		for (size_t i = 0; i < words->count; i++)
			memcpy(&argv[i], &words->items[i], sizeof argv[i]);
		failed = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
		if (failed == 0)
			failed = posix_spawnp(ret_child, argv[0], &actions, NULL, argv, environ);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	free(argv);
	errno = failed;
	return failed == 0;
}

/* Its wait status; false when it had to be killed. */
static bool wait_for(pid_t child, int *ret_status)
{
	const struct timespec step = { .tv_nsec = STEP_NS };

	for (long left = SECONDS_MOST * (1000000000L / STEP_NS); left > 0; left--) {
		if (waitpid(child, ret_status, WNOHANG) == child)
			return true;
		(void)nanosleep(&step, NULL);
	}
	(void)kill(child, SIGKILL);
	(void)waitpid(child, ret_status, 0);
	return false;
}

static bool tell(const struct option_list *words, const char *line, struct error *err)
{
	const char *program = words->items[0];
	int status = 0, input = offer_line(line);
	pid_t child;

	if (input < 0)
		return error_set_errno(err, errno, "--notify %s", program);
	bool started = start(words, input, &child);
	int why = errno;
	(void)close(input);
	if (!started)
		return error_set_errno(err, why, "--notify %s", program);
	if (!wait_for(child, &status))
		return error_set(err, ERROR_IO, "--notify %s: still running after a minute, killed",
			program);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status))
		return error_set(
			err, ERROR_IO, "--notify %s: exit status %d", program, WEXITSTATUS(status));
	return error_set(
		err, ERROR_IO, "--notify %s: ended by signal %d", program, WTERMSIG(status));
}

static void describe(
	const struct options *options, const struct notice_of_end *notice, char *out, size_t size)
{
	const struct report_summary *summary = notice->summary;
	char said[1024];

	if (!summary)
		phrase_say(said, sizeof said, "the scan failed: %s", notice->why);
	else
		phrase_say(said, sizeof said,
			"%zu critical, %zu with warnings, %zu not examined, %zu out of scope, %zu "
			"in order",
			summary->results[STATUS_CRITICAL], summary->results[STATUS_WARNING],
			summary->results[STATUS_UNREACHABLE], summary->results[STATUS_OUT_OF_SCOPE],
			summary->results[STATUS_OK]);
	phrase_render(said, options->console.language, out, size);
}

bool notify_of_end(
	const struct options *options, const struct notice_of_end *notice, struct error *err)
{
	char line[1024];

	if (options->notify.count == 0 ||
		(notice->exit_code == 0 && options->notify_on == NOTIFY_ON_PROBLEM))
		return true;
	set_environment(options, notice);
	describe(options, notice, line, sizeof line);
	return tell(&options->notify, line, err);
}
