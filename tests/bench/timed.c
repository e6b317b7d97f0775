/* SPDX-License-Identifier: MIT */
/*
 * timed FILE COMMAND... - runs a command and writes into FILE what it took
 *
 *	user and system microseconds, microseconds on the wall, peak KiB, exit status
 *
 * All of the process and of the children it waited for.  A process is said to have been as large
 * as what it was forked from, until it has grown larger itself (getrusage(2), ru_maxrss): this
 * program is small, so that its word on peaks holds from some two MiB on.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/base/clock.h"

static int64_t microseconds(struct timeval time)
{
	return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

/* wait4(2) would say the same of one child, and this one has no other. */
static bool wait_for(pid_t pid, int *ret_status, struct rusage *ret_usage)
{
	while (waitpid(pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return false;
	return getrusage(RUSAGE_CHILDREN, ret_usage) == 0;
}

int main(int argc, char *argv[])
{
	int status = 0;
	struct rusage usage;

	if (argc < 3) {
		fputs("usage: timed FILE COMMAND...\n", stderr);
		return 2;
	}
	FILE *file = fopen(argv[1], "w");

	if (!file) {
		fprintf(stderr, "timed: %s: %s\n", argv[1], strerror(errno));
		return 2;
	}
	uint64_t began = clock_monotonic_us();
	pid_t pid = fork();

	if (pid == 0) {
		execvp(argv[2], argv + 2);
		fprintf(stderr, "timed: %s: %s\n", argv[2], strerror(errno));
		_exit(127);
	}
	if (pid < 0 || !wait_for(pid, &status, &usage)) {
		fprintf(stderr, "timed: %s\n", strerror(errno));
		return 2;
	}
	fprintf(file, "%" PRId64 " %" PRId64 " %" PRIu64 " %ld %d\n", microseconds(usage.ru_utime),
		microseconds(usage.ru_stime), clock_monotonic_us() - began, usage.ru_maxrss,
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return fclose(file) == 0 ? 0 : 2;
}
