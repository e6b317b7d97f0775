/* SPDX-License-Identifier: MIT */
#include "cli/process/child.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STEP_NS 20000000L
#define SECOND_NS 1000000000L

extern char **environ;

/* A copy of the list, whose texts posix_spawn() promises not to write to. */
static char **list_copy(const char *const *texts)
{
	size_t count = 0;

	while (texts[count])
		count++;
	char **copy = calloc(count + 1, sizeof *copy);
	if (copy)
		memcpy(copy, texts, count * sizeof *copy);
	return copy;
}

static int redirect(posix_spawn_file_actions_t *actions, const struct child *child)
{
	int failed = posix_spawn_file_actions_adddup2(actions, child->input, STDIN_FILENO);

	if (failed == 0 && child->output >= 0)
		failed = posix_spawn_file_actions_adddup2(actions, child->output, STDOUT_FILENO);
	if (failed == 0 && child->output >= 0)
		failed = posix_spawn_file_actions_adddup2(actions, child->output, STDERR_FILENO);
	return failed;
}

static bool start(const struct child *child, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	char **argv = list_copy(child->words);
	char **envp = child->environment ? list_copy(child->environment) : environ;
	int failed = ENOMEM;

	if (argv && envp && (failed = posix_spawn_file_actions_init(&actions)) == 0) {
		failed = redirect(&actions, child);
		if (failed == 0)
			failed = posix_spawnp(ret_pid, argv[0], &actions, NULL, argv, envp);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	free(argv);
	if (child->environment)
		free(envp);
	errno = failed;
	return failed == 0;
}

enum child_end child_run(const struct child *child, int *ret_status)
{
	const struct timespec step = { .tv_nsec = STEP_NS };
	pid_t pid;

	if (!start(child, &pid))
		return CHILD_UNKNOWN;
	for (long left = child->seconds * (SECOND_NS / STEP_NS); left > 0; left--) {
		if (waitpid(pid, ret_status, WNOHANG) == pid)
			return CHILD_ENDED;
		(void)nanosleep(&step, NULL);
	}
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, ret_status, 0);
	return CHILD_KILLED;
}
