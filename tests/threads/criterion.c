/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Filled by constructors, before there is any thread. */
static struct inline_test *tests;
static int count;

/* Of the child, whose threads may all assert. */
static _Atomic int failures;

void inline_add(struct inline_test *test)
{
	test->next = tests;
	tests = test;
	count++;
}

void inline_check(bool fatal, const char *file, int line, bool holds, const char *message, ...)
{
	va_list args;

	if (holds)
		return;
	fprintf(stderr, "%s:%d: does not hold: ", file, line);
	va_start(args, message);
	if (message)
		vfprintf(stderr, message, args);
	va_end(args);
	fputc('\n', stderr);
	failures++;
	if (fatal)
		exit(EXIT_FAILURE);
}

static void run(const struct inline_test *test)
{
	if (test->of->init)
		test->of->init();
	test->run();
	if (test->of->fini)
		test->of->fini();
	/* Ends with ThreadSanitizer's own status when it had something to report. */
	exit(failures ? EXIT_FAILURE : EXIT_SUCCESS);
}

int main(void)
{
	bool all = count > 0;
	int number = 0;

	printf("TAP version 13\n1..%d\n", count);
	for (const struct inline_test *test = tests; test; test = test->next) {
		int status = -1;

		fflush(stdout);
		pid_t child = fork();
		if (child == 0)
			run(test);
		bool ok = child > 0 && waitpid(child, &status, 0) == child && status == 0;
		printf("%sok %d - %s::%s\n", ok ? "" : "not ", ++number, test->suite, test->name);
		all = all && ok;
	}
	return all ? EXIT_SUCCESS : EXIT_FAILURE;
}
