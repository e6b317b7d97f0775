/* SPDX-License-Identifier: MIT */
/*
 * commands - the subcommands, and what their exit codes mean
 *
 * Each is a whole program: it reads its own options (argv[0] is its name), does
 * its work, says on standard error what went wrong, and returns an exit code.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/* A contract that schedulers and monitoring rely on. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_FAILED = 1, /* something at or above --fail-on */
	EXIT_CODE_TROUBLE =
		2, /* wrong usage, unreadable input, unwritable output, a fault of ours */
	EXIT_CODE_UNEXAMINED = 3, /* nothing to fail on, but some targets could not be examined */
	EXIT_CODE_INTERRUPTED = 130,
};

int command_scan(int argc, const char **argv);
int command_check(int argc, const char **argv);
int command_explain(int argc, const char **argv);
int command_profile(int argc, const char **argv);

#endif
