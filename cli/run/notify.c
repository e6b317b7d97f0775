/* SPDX-License-Identifier: MIT */
#include "cli/run/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "cli/options/options.h"
#include "cli/process/child.h"
#include "reports/report.h"

#define SECONDS_MOST 60

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

static bool tell(const struct option_list *words, const char *line, struct error *err)
{
	const char *program = words->items[0];
	int status = 0, input = offer_line(line);
	const char **all = calloc(words->count + 1, sizeof *all);

	if (input < 0 || !all) {
		int why = errno;
		if (input >= 0)
			(void)close(input);
		free(all);
		return error_set_errno(err, why, "--notify %s", program);
	}
	memcpy(all, words->items, words->count * sizeof *all);
	enum child_end end = child_run(
		&(struct child){
			.words = all, .input = input, .output = -1, .seconds = SECONDS_MOST },
		&status);
	int why = errno;
	(void)close(input);
	free(all);
	if (end == CHILD_UNKNOWN)
		return error_set_errno(err, why, "--notify %s", program);
	if (end == CHILD_KILLED)
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
